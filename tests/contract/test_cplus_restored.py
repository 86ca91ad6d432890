"""The file of the base is another one under the same path: what a cursor knew of the former one is not believed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import local
from tests.contract.cplus_store import Store
from tests.firebird_server import FirebirdServer

pytestmark = pytest.mark.anyio


async def test_after_an_older_copy_of_the_base_came_back_the_whole_catalogue_is_read(
    served_newly: Store, firebird_server: FirebirdServer, tmp_path: Path
) -> None:
    erp = served_newly.erp()
    served_newly.close()
    firebird_server.kill()
    shutil.copyfile(served_newly.database.path, tmp_path / "copy.fdb")
    firebird_server.restart()
    sku = served_newly.skus()[0]
    for step in range(3):
        served_newly.change("UPDATE PRODUTO SET NOMEPRODWEB = ? WHERE CODPROD = ?", f"NEW NAME {step}", sku)
    served_newly.change("UPDATE PRODUTO SET LAST_CHANGE = ? WHERE CODPROD = ?", local(served_newly.clock), sku)
    seen = await erp.catalogue([r.VENDA_ONLINE], None)
    assert seen.complete
    assert not (await erp.catalogue([r.VENDA_ONLINE], seen.cursor)).complete
    served_newly.close()
    firebird_server.kill()
    shutil.copyfile(tmp_path / "copy.fdb", served_newly.database.path)
    firebird_server.restart()
    again = await erp.catalogue([r.VENDA_ONLINE], seen.cursor)
    assert again.complete
    assert "NEW NAME" not in {p.sku: p.web_name for p in again.products}[sku]
    await erp.close()
