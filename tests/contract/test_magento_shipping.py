"""What leaves a Magento shop: shipments with their track, source and mail; and nothing done twice."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from engine.errors import Refused
from engine.model.channel import Shipment, Track
from tests.contract.magento_channel import a_bench, as_told, bodies
from tests.contract.sample_shop import GUEST

pytestmark = pytest.mark.anyio


async def test_a_shipment_carries_its_tracking_code_and_mails_the_buyer() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        order = await as_told(bench, bench.visit.order())
        shipment = Shipment("correios", "Correios SEDEX", "QB123456785BR", ((order.lines[0].external_id, Decimal(2)),))
        await bench.channel.ship(order.external_id, shipment)
        (made,) = bench.shop.documents.shipments.values()
        (track,) = made.tracks
        assert (track.number, track.title, track.carrier) == ("QB123456785BR", "Correios SEDEX", "custom")
        assert made.source_code == "default"
        assert [mail.kind for mail in bench.shop.mail].count("shipment") == 1
        item = bench.shop.inventory.item("CAM-001", "default")
        assert item is not None
        assert item.quantity == bench.shop.salable("CAM-001") == 8


async def test_a_shipment_of_several_volumes_carries_the_code_of_each() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        order = await as_told(bench, bench.visit.order())
        shipment = Shipment("correios", "Correios", "QB123456785BR", (), further=("AA473124829BR",))
        await bench.channel.ship(order.external_id, shipment)
        (made,) = bench.shop.documents.shipments.values()
        assert [track.number for track in made.tracks] == ["QB123456785BR", "AA473124829BR"]
        assert [mail.kind for mail in bench.shop.mail].count("shipment") == 1


async def test_a_pick_up_is_shipped_without_a_track_and_silently_where_nobody_asked_for_mail() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        await bench.channel.ship(str(placed.order_id), Shipment("retirada", "Retirada", "", (), notify=False))
        (made,) = bench.shop.documents.shipments.values()
        assert not made.tracks
        assert made.items[0].quantity == 2
        assert "shipment" not in [mail.kind for mail in bench.shop.mail]


async def test_surprise_2_more_than_is_left_is_cut_to_what_is_left_and_nothing_left_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = bodies(monkeypatch)
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.on_sale("CAM-002")
        order = await as_told(bench, bench.visit.order({"CAM-001": 3, "CAM-002": 1}))
        first, second = (line.external_id for line in order.lines)
        await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((first, Decimal(1)),)))
        await bench.channel.ship(
            order.external_id, Shipment("x", "X", "", ((first, Decimal(99)), (second, Decimal(1))))
        )
        asked = [[item["qty"] for item in json.loads(body)["items"]] for body in sent if b"order_item_id" in body]
        assert asked == [[1], [2, 1]]
        made = [[int(item.quantity) for item in one.items] for one in bench.shop.documents.shipments.values()]
        assert made == asked
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((first, Decimal(1)),)))
        assert len(bench.shop.documents.shipments) == 2


async def test_surprise_7_a_variant_is_shipped_by_the_line_that_the_order_names() -> None:
    async with a_bench() as bench:
        await bench.grid(sizes=("M",), colours=("Azul",))
        order = await as_told(bench, bench.visit.order({"CAM-M-Azul": 2}))
        await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((order.lines[0].external_id, Decimal(2)),)))
        told = await bench.channel.order(order.external_id)
        assert told is not None
        assert told.lines[0].shipped == 2


async def test_surprise_1_the_goods_leave_the_source_of_the_account_and_not_the_default_one() -> None:
    async with a_bench(source="loja", stock_id=2) as bench:
        bench.shop.inventory.add_source({"source_code": "loja", "name": "Loja"})
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        for source, left in (("loja", 5), ("default", 9)):
            bench.shop.inventory.put("CAM-001", source, Decimal(left), 1)
        await bench.channel.ship(str(placed.order_id), Shipment("x", "X", "", ()))
        held = {item.source_code: item.quantity for item in bench.shop.inventory.items_of("CAM-001")}
        assert held == {"loja": 3, "default": 9}


async def test_a_source_with_too_little_refuses_the_shipment_by_name() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        bench.shop.inventory.put("CAM-001", "default", Decimal(1), 1)
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(str(placed.order_id), Shipment("x", "X", "", ()))
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(str(placed.order_id), Shipment("x", "X", "", (("999", Decimal(1)),)))


async def test_surprise_3_a_second_parcel_and_a_late_track_are_told_by_the_shipments_own_time() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        order = await as_told(bench, bench.visit.order({"CAM-001": 3}))
        line = order.lines[0].external_id
        await bench.channel.ship(order.external_id, Shipment("x", "X", "", ((line, Decimal(1)),)))
        bench.visit.clock.advance(60)
        seen = bench.visit.clock.now
        await bench.channel.ship(order.external_id, Shipment("x", "Jadlog", "JD1", ((line, Decimal(1)),)))
        assert [page async for page in bench.channel.orders(seen)] == [], "the order keeps its time"
        ((second,),) = [page async for page in bench.channel.parcels(seen)]
        assert (second.order_id, second.tracks) == (order.external_id, (Track("Jadlog", "JD1"),))

        bench.visit.clock.advance(60)
        seen = bench.visit.clock.now
        first, _ = await bench.channel.parcels_of(order.external_id)
        mails = len(bench.shop.mail)
        late = (Track("Correios", "AA123456785BR"), Track("Correios", "AA123456799BR"))
        await bench.channel.add_tracks(first, late)
        assert len(bench.shop.mail) == mails + 1, "one mail tells of both volumes"
        assert [page async for page in bench.channel.orders(seen)] == []
        ((tracked,),) = [page async for page in bench.channel.parcels(seen)]
        assert tracked.tracks == late
        assert await bench.channel.parcels_of("999") == []


async def test_surprise_6_an_order_captured_twice_is_captured_once() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(guest=GUEST)
        await bench.channel.capture(str(placed.order_id), notify=False)
        with pytest.raises(Refused, match="channel-capture-refused"):
            await bench.channel.capture(str(placed.order_id), notify=False)
        assert len(bench.shop.documents.invoices) == 1
