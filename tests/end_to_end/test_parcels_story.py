"""Parcels that others record in the shop, and a parcel's tracking code whose answer was lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sandbox.decider import tracking_code
from engine.errors import OutcomeUnknown
from engine.model.channel import Shipment
from engine.ports import SalesChannel
from tests.end_to_end.paid_orders import TRACKING, erp_key, paid_order, ship, shipped, two_products
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def invoiced(world: World, engine: Life, lines: dict[str, int]) -> str:
    number = await paid_order(world, engine, lines)
    world.staff.invoice(erp_key(engine, number))
    await engine.sync()
    return number


def ship_in_the_shop(world: World, number: str, only: dict[str, int], *tracks: str) -> str:
    order = world.shop_order(number)
    lines = {item["sku"]: item["item_id"] for item in order["items"]}
    body = {
        "items": [{"order_item_id": lines[sku], "qty": quantity} for sku, quantity in only.items()],
        "tracks": [{"track_number": track, "title": "Jadlog", "carrier_code": "custom"} for track in tracks],
    }
    return str(world.rest("POST", f"V1/order/{order['entity_id']}/ship", body))


async def test_surprise_3_a_parcel_and_a_track_made_in_the_shops_admin_are_seen_though_the_order_keeps_its_time(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await invoiced(world, engine, {one: 3, two: 1})
        await world.clock.sleep(3600)
        ship_in_the_shop(world, number, {one: 1})
        await engine.sync()
        stamp = world.shop_order(number)["updated_at"]
        await world.clock.sleep(3600)
        parcel = ship_in_the_shop(world, number, {one: 1})
        assert world.shop_order(number)["updated_at"] == stamp, "the poll of orders does not see it"
        await engine.sync()
        assert engine.events(number).count("shipped-in-channel") == 2
        (line,) = engine.rows("SELECT shipped_e4 FROM order_line WHERE sku = ?", one)
        assert line["shipped_e4"] == 20_000

        await world.clock.sleep(3600)
        track = {"order_id": world.shop_order(number)["entity_id"], "parent_id": int(parcel)}
        track |= {"track_number": "JD0002", "title": "Jadlog", "carrier_code": "custom"}
        world.rest("POST", "V1/shipment/track", {"entity": track})
        assert world.shop_order(number)["updated_at"] == stamp
        await engine.sync()
        await engine.sync()
        assert engine.events(number).count("tracked-in-channel") == 1
        assert (engine.order(number)["carrier"], engine.order(number)["tracking"]) == ("Jadlog", "JD0002")


class _LateShop:
    """The shop takes a shipment, keeps it without its track, and the answer is lost."""

    def __init__(self, channel: SalesChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        bare = Shipment(shipment.carrier, shipment.carrier_label, "", shipment.quantities, notify=False)
        await self._channel.ship(external_id, bare)
        raise OutcomeUnknown("channel-answer-lost")


async def test_a_parcel_that_landed_without_its_tracking_code_gets_it_once_and_the_buyer_is_mailed(
    world: World,
) -> None:
    one, two = two_products(world)
    async with life(world, wrap_channel=_LateShop) as engine:
        number = await invoiced(world, engine, {one: 1, two: 1})
        await ship(engine, number)
        for _ in range(3):
            await world.clock.sleep(60)
            await engine.sync()
        assert shipped(world, number) == {one: 1, two: 1}
        assert world.tracks(number) == [TRACKING]
        assert [mail.kind for mail in world.shop.mail].count("shipment") == 1
        assert engine.order(number)["queue"] == "done"
        assert "tracked-in-channel" not in engine.events(number), "it is ours"


async def test_an_order_that_a_person_shipped_in_the_admin_meanwhile_is_not_shipped_again(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await invoiced(world, engine, {one: 1, two: 1})
        ship_in_the_shop(world, number, {one: 1, two: 1}, "JD0001")
        await ship(engine, number)
        assert world.tracks(number) == ["JD0001"]
        row = engine.order(number)
        assert (row["fulfilment"], row["queue"], row["parked"]) == ("shipped", "done", None)
        assert engine.rows("SELECT 1 FROM effect WHERE state IN ('decided', 'in-flight')") == []


async def test_a_part_that_a_person_shipped_in_the_admin_meanwhile_does_not_take_the_rest_along(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number = await paid_order(world, engine, {one: 2, two: 1})
        world.staff.invoice(erp_key(engine, number), only={one: 1})
        await engine.sync()
        ship_in_the_shop(world, number, {one: 1}, "JD0001")
        await ship(engine, number)
        assert shipped(world, number) == {one: 1, two: 0}


async def test_without_the_right_to_shipments_orders_go_on_and_what_is_not_seen_is_told(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        numbers = [await invoiced(world, engine, {sku: 1}) for sku in (one, two)]
        refused = {
            "message": "The consumer isn't authorized to access %resources.",
            "parameters": {"resources": "Magento_Sales::shipment"},
        }
        world.shop.faults.answer("GET", "V1/shipments", 401, refused, times=1000)
        parcels = [(number, tracking_code(int(number))) for number in numbers]
        for number, code in parcels:
            await ship(engine, number, code)
        await world.clock.sleep(60)
        await engine.sync()
        for number, code in parcels:
            assert world.tracks(number) == [code], "it left with the shipment"
            assert (engine.order(number)["queue"], engine.order(number)["parked"]) == ("done", None)
        assert engine.rows("SELECT 1 FROM effect WHERE state IN ('decided', 'in-flight')") == []
        assert "tracks-unseen" in engine.problems()
