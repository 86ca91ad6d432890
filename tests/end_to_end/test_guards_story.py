"""What goes wrong in C-Plus for many products at once does not reach the shop before a person has looked; orders do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from engine.store import content_guards, price_guards
from tests.end_to_end.world import World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def test_a_price_list_and_names_gone_wrong_stay_out_of_the_shop_while_orders_come_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_guards, "MANY_PRICES_MIN_ITEMS", 5)  # the base of the tests sells a dozen products
    monkeypatch.setattr(content_guards, "MIN_ITEMS", 5)
    sku = world.stocked(4)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        shown = world.rest("GET", f"all/V1/products/{sku}")
        world.change("UPDATE PRODUTOPRECO SET PRECO = PRECO * 10 WHERE CODPRECO = ?", r.VAREJO)
        world.change("UPDATE PRODUTO SET NOMEPROD = 'PRODUTO', NOMEPRODWEB = NULL")
        await world.clock.sleep(400)
        number = await engine.bought({sku: 1})
        await engine.sync()
        assert engine.order(number)["erp_written_at"]
        now = world.rest("GET", f"all/V1/products/{sku}")
        assert (now["price"], now["name"]) == (shown["price"], shown["name"])
        held = {row.held_by for row in engine.planned()}
        assert held >= {"many-prices", "many-texts"}

        await engine.let_pass("many-prices")
        await engine.sync()
        assert world.rest("GET", f"all/V1/products/{sku}")["price"] == 500
        assert world.rest("GET", f"all/V1/products/{sku}")["name"] == shown["name"]
