"""What others change in C-Plus without stamping it reaches the shop: stock at once, the rest within the hour."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from connectors.sandbox.base import registers as r
from engine.model.goods import Catalogue, PhotoStamp, PriceList
from engine.ports import Erp
from engine.settings import EngineSettings
from tests.end_to_end.world import World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

HOUR_S = 3600


class LyingCursors:
    """C-Plus whose cheap comparisons always say that nothing has changed, as a sum that collides would."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)

    async def catalogue(self, tags: Sequence[str], cursor: str | None) -> Catalogue:
        read = await self._erp.catalogue(tags, None)
        if cursor is None:
            return read
        return Catalogue((), (), read.payment_options, complete=False, cursor=cursor, kits=read.kits)

    async def prices(self, cursor: str | None) -> tuple[PriceList | None, str]:
        return (None, cursor) if cursor is not None else await self._erp.prices(None)

    async def photo_stamps(self, cursor: str | None) -> tuple[Sequence[PhotoStamp] | None, str]:
        return (None, cursor) if cursor is not None else await self._erp.photo_stamps(None)


def photos(world: World, sku: str) -> Sequence[str]:
    offer = world.on_shelf(sku)
    assert offer is not None
    return offer.photos


async def test_no_change_depends_on_a_stamp_or_a_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = msgspec.structs.replace(world.settings(), engine=EngineSettings(full_compare_s=HOUR_S))
    monkeypatch.setattr(world, "settings", lambda: slow)
    named, priced, pictured, untagged, stocked, kit = (world.simple_product(index) for index in range(6))
    world.set_stock(stocked, 7)
    async with life(world, wrap_erp=LyingCursors) as engine:
        before = photos(world, pictured)
        world.change("UPDATE PRODUTO SET NOMEPRODWEB = 'Nome sem carimbo' WHERE CODPROD = ?", named)
        world.change("UPDATE PRODUTOPRECO SET PRECO = PRECO + 1 WHERE CODPROD = ? AND CODPRECO = ?", priced, r.VAREJO)
        (price,) = world.base("SELECT PRECO FROM PRODUTOPRECO WHERE CODPROD = ? AND CODPRECO = ?", priced, r.VAREJO)
        picture = world.base("SELECT FIRST 1 CODPRODFOTO, FOTO FROM PRODUTOFOTO WHERE CODPROD = ?", pictured)[0]
        data = bytes(picture["FOTO"])
        touched = data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]
        world.change("UPDATE PRODUTOFOTO SET FOTO = ? WHERE CODPRODFOTO = ?", touched, picture["CODPRODFOTO"])
        tagged = "CODPROD = ? AND CODCARACTERISTICA = ?"
        world.change(f"DELETE FROM PRODUTOCARACTERISTICA WHERE {tagged}", untagged, r.VENDA_ONLINE)
        world.change("UPDATE PRODUTO SET FLAGCOMPOSTO = 'Y' WHERE CODPROD = ?", kit)
        composed = "CODCOMPOSICAO, CODPROD, REFERCODPROD, QUANTIDADE"
        world.change(f"INSERT INTO COMPOSICAO ({composed}) VALUES ('S1', ?, ?, 2)", kit, stocked)
        world.change("UPDATE PRODUTOESTOQUE SET ESTATU = 5 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", stocked, r.LOJA)
        await engine.sync()
        assert world.shop.salable(stocked) == 5, "stock is read whole in every cycle"
        assert world.shop.salable(kit) == 2, "and so is what kits are made of"

        await world.clock.sleep(HOUR_S)
        await engine.sync()
        offer = world.on_shelf(named)
        assert offer is not None
        assert offer.name == "Nome sem carimbo"
        offer = world.on_shelf(priced)
        assert offer is not None
        assert offer.price == Decimal(price["PRECO"])
        assert world.on_shelf(untagged) is None
        assert photos(world, pictured) != before
