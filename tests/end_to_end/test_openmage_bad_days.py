"""An OpenMage on bad days: answers lost after the write arrived, faults, pages of HTML, sessions that end midway.

Whatever happens on the way, the buyer's order is there once on both sides, its parcel too, with its tracking.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.sandbox.shop.faults import Fault
from tests.end_to_end.openmage_world import TRACKING, OpenMageWorld, invoiced
from tests.end_to_end.world import Life, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server, pytest.mark.long]

PAGE = "<html><title>Manuten\u00e7\u00e3o</title></html>"
LOST = {"effect": "lose_reply"}
SLOW = {"effect": "delay", "seconds": 3.0}  # longer than the engine waits
HTML = {"effect": "answer", "status": 200, "body": PAGE}
BROKEN = {"effect": "answer", "status": 500, "body": ""}
FAULT = {"effect": "answer", "body": (1, "SQLSTATE[40001]: Deadlock found when trying to get lock; try restarting")}


@pytest.fixture
def world(openmage_world: OpenMageWorld) -> OpenMageWorld:
    return openmage_world


async def settled(world: OpenMageWorld, engine: Life) -> None:
    """Until nothing waits any more, with time for what is not known to show."""
    for _ in range(3):
        await engine.sync()
        await world.clock.sleep(90)
    await engine.sync()


async def the_whole_story(world: OpenMageWorld, engine: Life) -> None:
    """Bought, paid, invoiced, shipped; looked at from outside."""
    sku = world.simple_product()
    placed = world.visit({sku: 2})
    await settled(world, engine)
    assert len(world.erp_orders()) == 1
    await engine.decide("confirm_payment", placed.number)
    await settled(world, engine)
    world.staff.invoice(str(engine.order(placed.number)["erp_key"]))
    await settled(world, engine)
    await engine.must("close_shipment", order=engine.order(placed.number)["id"], carrier="correios", tracking=TRACKING)
    await settled(world, engine)
    shop = world.openmage
    assert (placed.state, placed.paid) == ("complete", placed.total())
    assert len(shop.sales.invoices) == 1
    (parcel,) = shop.sales.shipments.values()
    assert [track.number for track in parcel.tracks] == [TRACKING]
    assert "shipment" in [mail.kind for mail in shop.mail]
    assert engine.order(placed.number)["queue"] == "done"
    assert world.shown(sku) == 3
    assert engine.problems() == []


@pytest.mark.parametrize(
    ("method", "how"),
    [
        ("catalog_product.create", LOST),
        ("cataloginventory_stock_item.multiUpdate", LOST),
        ("cataloginventory_stock_item.multiUpdate", FAULT),
        ("multiCall sales_order.info", HTML),
        ("sales_order_invoice.create", LOST),
        ("sales_order_shipment.create", SLOW),
        ("sales_order_shipment.addTrack", LOST),
        ("sales_order_shipment.sendInfo", BROKEN),
    ],
)
async def test_one_call_fails_and_all_is_there_once(world: OpenMageWorld, method: str, how: dict[str, Any]) -> None:
    world.stocked(5)
    world.openmage.faults.add(Fault("xmlrpc|soap", f"^{method}$", **how))
    async with life(world) as engine:
        await settled(world, engine)
        await the_whole_story(world, engine)
        assert world.openmage.faults.rules == [], "the bad call was made"


async def test_a_session_that_ends_before_each_step_is_begun_anew_and_nothing_is_lost(world: OpenMageWorld) -> None:
    sku = world.stocked(5)
    async with life(world) as engine:
        placed = world.visit({sku: 1})
        for step in ("orders", "invoice", "parcel"):
            world.openmage.end_sessions()
            if step == "orders":
                await engine.sync()
            elif step == "invoice":
                await invoiced(world, engine, placed)
            else:
                row = engine.order(placed.number)
                await engine.must("close_shipment", order=row["id"], carrier="correios", tracking=TRACKING)
                await engine.sync()
        assert (placed.state, engine.order(placed.number)["queue"]) == ("complete", "done")
        assert engine.problems() == []
        assert len(world.openmage.asked("login")) == 4
        assert world.shown(sku) == 4


async def test_goods_that_came_back_are_credited_and_sold_again(world: OpenMageWorld) -> None:
    sku = world.stocked(5)
    async with life(world) as engine:
        placed = world.visit({sku: 2})
        await engine.sync()
        await engine.decide("confirm_payment", placed.number)
        await engine.sync()
        sale = world.staff.invoice(str(engine.order(placed.number)["erp_key"]))
        await engine.sync()
        row = engine.order(placed.number)
        await engine.must("close_shipment", order=row["id"], carrier="correios", tracking=TRACKING)
        await engine.sync()
        world.staff.take_back(sale.key, sku, 1)
        await world.clock.sleep(2)
        await engine.sync()
        await engine.must("refund", order=engine.order(placed.number)["id"])
        await settled(world, engine)
        (memo,) = world.openmage.sales.creditmemos.values()
        assert [quantity for _, quantity in memo.quantities] == [Decimal(1)]
        assert world.shown(sku) == world.on_hand_and_reserved(sku)[0] == 4
        assert engine.problems() == []
