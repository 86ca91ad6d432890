"""A shop that counts its open orders wrongly: seen, put right where sending the stock does it, and told where not."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from engine.settings import DefenceSettings
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

STOCK = "V1/inventory/source-items"


def on_sale(world: World, pieces: int = 4) -> str:
    sku = world.stocked(pieces)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    return sku


async def look_again(world: World, engine: Life) -> None:
    """Orders are pulled, and pulled once more when one that was late must be there."""
    await world.clock.sleep(400)
    await engine.sync()


def forget_a_reservation(world: World, sku: str, pieces: int) -> None:
    """As an order of long ago does whose reservation stayed; a negative number sells what is not there."""
    with world.shop.lock:
        stock = world.shop.inventory.stock_of("base")
        world.shop.inventory.reserve(sku, stock.stock_id, Decimal(-pieces), "order_placed", "000000001")


@pytest.mark.parametrize(("pieces", "code"), [(3, "salable-below"), (-2, "salable-above")])
async def test_a_reservation_that_went_wrong_is_told_with_both_numbers_and_not_fought(
    world: World, pieces: int, code: str
) -> None:
    sku = on_sale(world)
    async with life(world) as engine:
        forget_a_reservation(world, sku, pieces)
        for _ in range(4):
            await look_again(world, engine)
        assert engine.problems() == [code]
        (problem,) = engine.rows("SELECT params FROM problem")
        assert json.loads(problem["params"]) == {"n": 1, "items": f"{sku} ({4 - pieces} / 4)"}
        sent = len(world.shop.calls("POST", STOCK))
        await look_again(world, engine)
        assert len(world.shop.calls("POST", STOCK)) == sent, "what a push does not put right is not pushed each hour"

        forget_a_reservation(world, sku, -pieces)
        await look_again(world, engine)
        assert engine.problems() == []


async def test_an_item_that_somebody_marked_as_out_of_stock_is_for_sale_again(world: World) -> None:
    sku = on_sale(world)
    async with life(world) as engine:
        world.rest(
            "POST",
            STOCK,
            {"sourceItems": [{"sku": sku, "source_code": "default", "quantity": 4, "status": 0}]},
        )
        assert world.shop.salable(sku) == 0
        for _ in range(3):
            await look_again(world, engine)
        assert world.shop.salable(sku) == 4
        assert engine.problems() == []
        assert engine.rows("SELECT * FROM salable_gap") == []


async def test_an_open_order_is_no_gap_whether_we_know_it_yet_or_not(world: World) -> None:
    world.account_options["defence"] = DefenceSettings(buffer=Decimal(0))  # the engine does nothing for a while
    sku = on_sale(world)
    async with life(world) as engine:
        await engine.bought({sku: 1})
        sent = len(world.shop.calls("POST", STOCK))
        (reconcile,) = [task for task in engine.engine.tasks() if task.name == "reconcile"]
        await world.clock.sleep(400)
        world.buy({sku: 1})
        await reconcile.run()
        (gap,) = engine.rows("SELECT * FROM salable_gap")
        assert (gap["shown_e4"], gap["due_e4"], gap["standing"]) == (20_000, 30_000, "seen")
        for _ in range(3):
            await look_again(world, engine)
        assert engine.rows("SELECT * FROM salable_gap") == []
        assert engine.problems() == []
        assert world.shop.salable(sku) == 2
        assert len(world.shop.calls("POST", STOCK)) == sent + 1, "the stock as the order left it"


async def test_a_shop_that_does_not_say_what_it_would_sell_is_reconciled_all_the_same(world: World) -> None:
    sku = on_sale(world)
    async with life(world) as engine:
        world.shop.faults.maintenance("GET", "export-stock-salable-qty")
        world.rest("PUT", f"all/V1/products/{sku}", {"product": {"price": 1}})
        await look_again(world, engine)
        assert engine.problems() == ["salable-unread"]
        assert world.rest("GET", f"all/V1/products/{sku}")["price"] == 50
        world.shop.faults.clear()
        await world.clock.sleep(4000)
        await engine.sync()
        assert engine.problems() == []
