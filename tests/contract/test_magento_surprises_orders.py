"""What a real shop does with orders that nobody would expect, and that our orders come through it whole."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.errors import Refused
from engine.model.channel import ChannelOrderState, Shipment
from engine.publishing import StockPush
from tests.contract.magento_channel import a_bench, as_told
from tests.contract.test_sample_shop_carts import PAYS, a_full_cart

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def level(quantity: int) -> list[StockPush]:
    return [StockPush("CAM-001", "default", Decimal(quantity))]


async def test_surprise_8_a_parcel_that_would_be_empty_is_refused_and_does_not_take_all_that_is_left() -> None:
    """A shipment without lines ships all that is left: what comes to nothing must not be sent."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.on_sale("CAM-002")
        order = await as_told(bench, bench.visit.order({"CAM-001": 1, "CAM-002": 2}))
        first, second = (line.external_id for line in order.lines)
        await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((first, Decimal(1)),)))
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((first, Decimal(1)),)))
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((second, Decimal(0)),)))
        told = await bench.channel.order(order.external_id)
        assert told is not None
        assert [line.shipped for line in told.lines] == [1, 0]


async def test_surprise_8_the_buyer_reads_the_carriers_name_though_the_shop_knows_no_such_carrier() -> None:
    """Any carrier code is taken; ours is the one that every shop has, and the title says who it is."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        await bench.channel.ship(str(placed.order_id), Shipment("braspress", "Braspress", "BR-77", ()))
        (track,) = next(iter(bench.shop.documents.shipments.values())).tracks
        assert (track.carrier, track.title) == ("custom", "Braspress")
        ((parcel,),) = [page async for page in bench.channel.parcels(LONG_AGO)]
        assert [(track.label, track.number) for track in parcel.tracks] == [("Braspress", "BR-77")]


async def test_surprise_10_a_status_that_somebody_set_by_hand_takes_nothing_from_the_order() -> None:
    """The answer to that shows totals of null; the order is read from the shop and keeps its money and its state."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        before = await as_told(bench, placed)
        bench.visit.clock.advance(60)
        seen = bench.visit.clock.now
        entity = {"entity_id": placed.order_id, "status": "aguardando_nota", "state": "processing"}
        answer = await bench.visit.post("V1/orders", {"entity": entity})
        assert answer["grand_total"] is None
        ((after,),) = [page async for page in bench.channel.orders(seen)]
        assert (after.total, after.freight, after.lines) == (before.total, before.freight, before.lines)
        assert (after.state, after.raw_status) == (ChannelOrderState.OPEN, "processing/aguardando_nota")


async def test_surprise_11_orders_of_two_store_views_and_their_parcels_are_never_mixed_up() -> None:
    """Each store counts for itself (1, then 2000000001) and ids are numbers here and text there."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        first, second = bench.visit.order(), bench.visit.order()
        second.increment_id = "2000000001"
        for placed in (first, second):
            await bench.channel.ship(str(placed.order_id), Shipment("x", "X", f"T{placed.order_id}", ()))
        (orders,) = [page async for page in bench.channel.orders(LONG_AGO)]
        assert {order.external_id: order.number for order in orders} == {"1": "000000001", "2": "2000000001"}
        (parcels,) = [page async for page in bench.channel.parcels(LONG_AGO)]
        assert {parcel.order_id: parcel.tracks[0].number for parcel in parcels} == {"1": "T1", "2": "T2"}
        for order in orders:
            (parcel,) = await bench.channel.parcels_of(order.external_id)
            assert parcel.order_id == order.external_id


async def test_surprise_20_what_an_open_order_holds_is_not_taken_off_a_second_time() -> None:
    """An order lowers what is for sale at once and the source only when it leaves, so a source is read with it."""
    async with a_bench() as bench:
        assert bench.channel.capabilities.counts_own_orders
        await bench.on_sale("CAM-001", 10)
        placed = bench.visit.order({"CAM-001": 2})
        assert bench.shop.salable("CAM-001") == 8
        assert await bench.channel.read_stock(["CAM-001"], ["default"]) == level(10), "what was sent stands: no drift"
        await bench.channel.ship(str(placed.order_id), Shipment("x", "X", "", ()))
        assert bench.shop.salable("CAM-001") == 8
        assert await bench.channel.read_stock(["CAM-001"], ["default"]) == level(8)


async def test_surprise_9_a_buyer_who_presses_the_button_twice_is_told_as_one_order() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        cart = await a_full_cart(bench.visit)
        answers = [await bench.visit.call("PUT", f"{cart}/order", PAYS) for _ in range(2)]
        assert [answer.status for answer in answers] == [200, 404]
        ((order,),) = [page async for page in bench.channel.orders(LONG_AGO)]
        assert (order.external_id, order.lines[0].ordered) == (str(answers[0].body), Decimal(2))
        assert bench.shop.salable("CAM-001") == 8
