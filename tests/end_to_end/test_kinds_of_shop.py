"""The same trade with shops that keep their stock in another way: in several sources, or in none."""

from __future__ import annotations

import pytest

from connectors.sandbox.base import registers as r
from engine.settings import SourceSettings
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def shipped(world: World, engine: Life, number: str) -> None:
    """The order is paid, invoiced in C-Plus and leaves."""
    await engine.decide("confirm_payment", number)
    await engine.sync()
    world.staff.invoice(engine.order(number)["erp_key"])
    await engine.sync()
    await engine.decide("close_shipment", number, carrier="correios", tracking="AA473124829BR")
    await engine.heals()
    assert engine.order(number)["queue"] == "done"


# --- several sources --------------------------------------------------------------------------------------------------


@pytest.fixture
def two_sources(world: World) -> World:
    """The site sells from the room of the shop, which ships, and from the depot; `default` is no source of it."""
    inventory = world.shop.inventory
    for code in ("loja", "deposito"):
        inventory.add_source({"source_code": code, "name": code.title()})
    stock = inventory.add_stock("Site", ["loja", "deposito"], ["base"])
    world.more_shop_options = {"source": "loja", "stock_id": stock.stock_id}
    sources = {"loja": SourceSettings(sectors=[r.LOJA]), "deposito": SourceSettings(sectors=[r.DEPOSITO])}
    world.account_options = {"sources": sources}
    return world


def levels(world: World, sku: str) -> dict[str, int]:
    return {item.source_code: int(item.quantity) for item in world.shop.inventory.items_of(sku)}


async def test_each_source_shows_its_room_and_an_order_served_from_the_depot_leaves_from_the_shop(
    two_sources: World,
) -> None:
    world = two_sources
    sku = world.stocked(3, 5)
    async with life(world) as engine:
        assert (levels(world, sku), world.shop.salable(sku)) == ({"loja": 3, "deposito": 5}, 8)

        number = await engine.bought({sku: 4}, payment="pix")
        assert world.on_hand_and_reserved(sku) == (8, 4)
        assert levels(world, sku) == {"loja": 7, "deposito": 1}, "reserved in the depot, held where it leaves from"
        assert world.shop.salable(sku) == 4

        world.till.sell(sku)
        await engine.heals()
        assert world.shop.salable(sku) == 3

        await shipped(world, engine, number)
        (shipment,) = world.shop.documents.shipments.values()
        assert shipment.source_code == "loja"
        assert "default" not in levels(world, sku), "nothing ever stood or left there"
        assert world.on_hand_and_reserved(sku) == (3, 0)
        assert (sum(levels(world, sku).values()), world.shop.salable(sku)) == (3, 3)


async def test_what_a_source_lost_in_the_shops_admin_comes_back_there_and_the_other_one_is_left_alone(
    two_sources: World,
) -> None:
    world = two_sources
    sku = world.stocked(3, 5)
    async with life(world) as engine:
        await world.clock.sleep(60)
        await engine.sync()
        row = {"sku": sku, "source_code": "deposito", "quantity": 50, "status": 1}
        world.rest("POST", "V1/inventory/source-items", {"sourceItems": [row]})
        await world.clock.sleep(60)
        sent = len(world.shop.calls("POST", "V1/inventory/source-items"))
        await engine.heals()
        assert levels(world, sku) == {"loja": 3, "deposito": 5}
        put_right = list(world.shop.calls("POST", "V1/inventory/source-items"))[sent:]
        assert [call.rows for call in put_right] == [1]


# --- none -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def without_sources(world: World) -> World:
    """A shop whose modules of sources were taken out: one number a product, which its own orders lower."""
    world.shop.inventory.by_source = False
    world.more_shop_options = {"inventory": "product"}
    return world


async def test_a_shop_without_sources_counts_its_orders_itself_and_nothing_is_taken_off_twice(
    without_sources: World,
) -> None:
    world = without_sources
    sku = world.stocked(10)
    async with life(world) as engine:
        assert world.shop.salable(sku) == 10

        number = await engine.bought({sku: 2}, payment="pix")
        assert world.on_hand_and_reserved(sku) == (10, 2)
        assert world.shop.salable(sku) == 8

        world.till.sell(sku)
        await engine.heals()
        assert world.shop.salable(sku) == 7

        await shipped(world, engine, number)
        assert world.on_hand_and_reserved(sku) == (7, 0)
        assert world.shop.salable(sku) == 7

        other = await engine.bought({sku: 3})
        assert world.shop.salable(sku) == 4
        world.shop.storefront.cancel_order(other)
        await engine.heals()
        assert world.on_hand_and_reserved(sku) == (7, 0)
        assert world.shop.salable(sku) == 7


async def test_a_stock_whose_reply_is_lost_is_right_in_a_shop_without_sources_too(without_sources: World) -> None:
    world = without_sources
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.lose_reply("PUT", f"{sku}/stockItems")
        world.till.sell(sku)
        await engine.sync()
        number = world.buy({sku: 2})  # between what was sent without an answer and what is sent again
        await engine.heals()
        assert not world.shop.faults.rules, "the reply was lost"
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.shop.salable(sku) == 7
