"""A Firebird user whose owner gave him no right to some of the tables: the work goes on without what they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.cplus.base.layout import OPTIONAL
from connectors.sandbox.base import registers as r
from tests.contract.cplus_store import Store, order_for

pytestmark = pytest.mark.anyio

USER, PASSWORD = "INTEGRA_FEW_RIGHTS", "direitos"
KEPT_FROM_HIM = ("COMPOSICAO", "PROMOCAO", "PEDIDO", "CONTROLELOCK")


@pytest.fixture
def restricted(served: Store) -> Iterator[Store]:
    """A store whose user may do everything but read a few of the tables that Integra can do without."""
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"CREATE OR ALTER USER {USER} PASSWORD '{PASSWORD}' USING PLUGIN {plugin}")
    tables = served.rows("SELECT TRIM(RDB$RELATION_NAME) AS NAME FROM RDB$RELATIONS WHERE RDB$SYSTEM_FLAG = 0")
    for table in {row["NAME"] for row in tables} - {*KEPT_FROM_HIM}:
        served.change(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {USER}")
    served.change(f"GRANT USAGE ON SEQUENCE SEQ_CODORCPROD TO {USER}")
    yield served
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"DROP USER {USER} USING PLUGIN {plugin}")


async def test_tables_that_the_user_may_not_read_stop_no_task_and_are_named(restricted: Store) -> None:
    assert set(KEPT_FROM_HIM) <= set(OPTIONAL)
    erp = restricted.erp(user=USER, password=PASSWORD)
    try:
        read = await erp.catalogue([r.VENDA_ONLINE], None)
        assert read.products
        assert read.kits.parts == ()
        prices, _ = await erp.prices(None)
        assert prices is not None
        assert prices.promotions == ()
        assert await erp.arrivals() is None
        sku = restricted.skus()[0]
        restricted.stock(sku, 2)
        written = await erp.write_order(await erp.take_order_codes(), order_for("00000002", (sku, 1)))
        assert written.reserved
        assert not (await erp.release_order(written.codes.key)).state.reserved
        (notice,) = (notice for notice in await erp.notices() if notice.code == "erp-tables-unreadable")
        assert notice.params == {"user": USER, "tables": ", ".join(sorted(KEPT_FROM_HIM))}

        restricted.change(f"GRANT SELECT ON COMPOSICAO TO {USER}")
        await erp.identity()  # looks anew
        assert (await erp.catalogue([r.VENDA_ONLINE], None)).kits.parts
        assert "COMPOSICAO" not in str(await erp.notices())
    finally:
        await erp.close()


async def test_who_may_read_everything_is_told_nothing(served: Store) -> None:
    erp = served.erp()
    assert "erp-tables-unreadable" not in {notice.code for notice in await erp.notices()}
    await erp.close()
