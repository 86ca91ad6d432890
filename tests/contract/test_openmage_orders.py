"""Orders and customers of an OpenMage shop, and what is done to an order once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.openmage.regions import STATES, state_of
from engine.errors import IntegraError, OutcomeUnknown, Refused, RetryLater
from engine.model.channel import ChannelOrderState, PaymentState, Shipment, Track
from engine.model.people import Address
from tests.contract.sample_openmage import ADDRESS, Bench, a_bench

pytestmark = pytest.mark.anyio

HOME = Address("Rua das Flores", "123", "", "Centro", "Campinas", "SP", "13010000")
PARCEL = Shipment("correios", "Correios PAC", "AA123456785BR", ())


async def numbers(bench: Bench, back: timedelta) -> list[str]:
    since = bench.clock.now - back
    return [order.number async for page in bench.channel.orders(since) for order in page]


# ----------------------------------------------------------------- reading orders


async def test_an_order_is_told_with_buyer_address_lines_and_money() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        order = await bench.told(bench.order({"CAM-001": 2}))
        assert (order.state, order.payment) == (ChannelOrderState.OPEN, PaymentState.PENDING)
        assert (order.buyer.name, order.buyer.document) == ("Mariana Oliveira", "52998224725")
        assert (order.buyer.email, order.buyer_id, order.buyer_group) == ("mariana@example.com.br", None, "0")
        assert order.delivery == HOME
        (line,) = order.lines
        assert (line.sku, line.ordered, line.unit_price) == ("CAM-001", Decimal(2), Decimal("59.90"))
        assert (order.freight, order.total) == (Decimal("18.90"), Decimal("138.70"))
        assert order.discount == order.surcharge == 0
        assert await bench.channel.order("999") is None


@pytest.mark.parametrize("name", [*STATES, *STATES.values(), "sao paulo", "GOIAS"])
def test_a_state_is_known_by_its_letters_and_by_whatever_people_type(name: str) -> None:
    assert state_of(name) in STATES


async def test_all_orders_of_years_come_in_their_order_though_the_list_has_no_pages() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1_000)
        start = bench.clock.now
        placed = []
        for days in (0, 3, 4, 90, 400, 401):
            bench.clock.now = start + timedelta(days=days)
            placed.append(bench.order({"CAM-001": 1}).number)
        bench.clock.now += timedelta(days=30)
        assert await numbers(bench, timedelta(days=2_000)) == placed
        assert await numbers(bench, timedelta(days=32)) == placed[-2:]
        assert await numbers(bench, timedelta(days=30, hours=6)) == placed[-1:], "where two windows meet too"
        assert len(bench.asked()) < 120


async def test_a_rush_of_one_second_is_read_whole_and_once() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1_000)
        placed = [bench.order({"CAM-001": 1}).number for _ in range(45)]
        bench.clock.advance(5)
        assert await numbers(bench, timedelta(seconds=5)) == placed
        assert await numbers(bench, timedelta(seconds=4)) == []


async def test_an_order_that_changes_while_it_is_read_carries_the_reader_past_no_other() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 100)
        first = bench.order({"CAM-001": 1})
        since, listed_at = bench.clock.now, first.updated_at
        bench.clock.advance(60)
        pages = bench.channel.orders(since)
        bench.shop.faults.delay("xmlrpc", "multiCall sales_order.info", 0)
        bench.order({"CAM-001": 1})
        original = bench.shop.faults.take

        def cancelled_between(method: str, path: str) -> Any:
            if "sales_order.info" in path and first.state == "new":
                bench.shop.sales.cancel(first)
            return original(method, path)

        bench.shop.faults.take = cancelled_between  # type: ignore[method-assign]
        (page,) = [page async for page in pages]
        assert page[0].state is ChannelOrderState.CANCELLED
        assert page[0].updated_at == listed_at < first.updated_at


# ----------------------------------------------------------------- money


async def test_an_offline_payment_is_noted_by_the_invoice_and_a_card_is_captured_after_it() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        boleto, card = bench.order({"CAM-001": 1}), bench.order({"CAM-001": 1}, "cartao")
        assert (await bench.told(card)).payment is PaymentState.AUTHORIZED
        for placed, captures in ((boleto, 0), (card, 1)):
            await bench.channel.capture(placed.number, notify=True)
            assert (await bench.told(placed)).payment is PaymentState.PAID
            assert bench.asked().count("sales_order_invoice.capture") == captures
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "invoice"] == ["invoice", "invoice"]
        with pytest.raises(Refused, match="channel-capture-refused"):
            await bench.channel.capture(boleto.number, notify=False)


@pytest.mark.parametrize(
    ("method", "effect"),
    [("invoice.create", "lose_reply"), ("invoice.capture", "lose_reply"), ("invoice.capture", "refuse")],
)
async def test_a_capture_broken_off_anywhere_goes_on_and_takes_the_money_once(method: str, effect: str) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        card = bench.order({"CAM-001": 1}, "cartao")
        bench.bad_day(f"sales_order_{method}", effect)
        with pytest.raises(OutcomeUnknown):
            await bench.channel.capture(card.number, notify=False)
        if (await bench.told(card)).payment is not PaymentState.PAID:
            await bench.channel.capture(card.number, notify=False)
        assert (await bench.told(card)).payment is PaymentState.PAID
        assert len(bench.shop.sales.invoices) == 1


async def test_a_payment_in_review_can_only_be_decided_at_the_gateway() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        card = bench.order({"CAM-001": 1}, "cartao", review=True)
        assert (await bench.told(card)).payment is PaymentState.REVIEW
        with pytest.raises(Refused, match="channel-capture-refused"):
            await bench.channel.capture(card.number, notify=False)
        with pytest.raises(Refused, match="channel-cancel-refused"):
            await bench.channel.cancel(card.number)
        bench.shop.gateway(card.number, accept=True)
        assert (await bench.told(card)).payment is PaymentState.AUTHORIZED


async def test_a_cancelled_order_is_told_and_cannot_be_cancelled_again() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        await bench.channel.cancel(placed.number)
        assert (await bench.told(placed)).state is ChannelOrderState.CANCELLED
        with pytest.raises(Refused, match="channel-cancel-refused"):
            await bench.channel.cancel(placed.number)


# ----------------------------------------------------------------- parcels


def parcels(bench: Bench) -> list[tuple[list[int], list[str]]]:
    """Of each shipment the quantities and the tracking."""
    return [
        ([int(quantity) for _, quantity in one.quantities], [track.number for track in one.tracks])
        for one in bench.shop.sales.shipments.values()
    ]


async def test_a_parcel_is_mailed_once_with_its_tracking_in_it() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 3})
        line = (await bench.told(placed)).lines[0].external_id
        await bench.channel.ship(placed.number, Shipment("c", "Correios", "AA1", ((line, Decimal(2)),)))
        assert (await bench.told(placed)).lines[0].shipped == 2
        await bench.channel.ship(placed.number, Shipment("c", "Correios", "", ((line, Decimal(99)),), notify=False))
        assert parcels(bench) == [([2], ["AA1"]), ([1], [])]
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "shipment"] == ["shipment"]
        calls = bench.asked()
        assert calls.index("sales_order_shipment.addTrack") < calls.index("sales_order_shipment.sendInfo")
        with pytest.raises(Refused, match="channel-ship-refused"):
            await bench.channel.ship(placed.number, PARCEL)


async def test_several_volumes_are_one_parcel_with_the_code_of_each_and_one_mail() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 3})
        await bench.channel.ship(placed.number, Shipment("c", "Correios", "AA1", (), further=("AA2", "AA3")))
        assert parcels(bench) == [([3], ["AA1", "AA2", "AA3"])]
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "shipment"] == ["shipment"]


async def test_a_parcel_whose_answer_was_lost_still_gets_its_tracking() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day("shipment.create", "lose_reply")
        await bench.channel.ship(placed.number, PARCEL)
        assert parcels(bench) == [([1], ["AA123456785BR"])]


async def test_a_parcel_of_which_nothing_is_known_is_an_unknown_outcome() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day("shipment.create", "answer", status=504)
        with pytest.raises(OutcomeUnknown):
            await bench.channel.ship(placed.number, PARCEL)
        assert parcels(bench) == []


@pytest.mark.parametrize(("effect", "body"), [("refuse", None), ("answer", (102, "Invalid carrier specified."))])
async def test_a_parcel_without_its_tracking_is_an_unknown_outcome_and_gets_it_later_with_the_mail(
    effect: str, body: Any
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day("addTrack", effect, body=body)
        with pytest.raises(OutcomeUnknown):
            await bench.channel.ship(placed.number, PARCEL)
        (bare,) = await bench.channel.parcels_of(placed.number)
        assert (bare.order_id, bare.tracks) == (placed.number, ())
        await bench.channel.add_tracks(bare, [Track("Correios", "AA123456785BR")])
        (told,) = await bench.channel.parcels_of(placed.number)
        assert told.tracks == (Track("Correios", "AA123456785BR"),)
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "shipment"] == ["shipment"]


async def test_of_several_volumes_whose_codes_come_later_the_buyer_has_one_mail() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 3})
        bench.bad_day("addTrack", "refuse", body=None)
        with pytest.raises(OutcomeUnknown):
            await bench.channel.ship(placed.number, Shipment("c", "Correios", "AA1", (), further=("AA2", "AA3")))
        (bare,) = await bench.channel.parcels_of(placed.number)
        await bench.channel.add_tracks(bare, [Track("Correios", code) for code in ("AA1", "AA2", "AA3")])
        assert parcels(bench) == [([3], ["AA1", "AA2", "AA3"])]
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "shipment"] == ["shipment"]


async def test_a_parcel_whose_mail_fails_is_looked_at_again_and_not_called_refused() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day("sendInfo", "answer", body=(102, "SMTP is down"))
        with pytest.raises(OutcomeUnknown):
            await bench.channel.ship(placed.number, PARCEL)
        assert parcels(bench) == [([1], ["AA123456785BR"])]


@pytest.mark.parametrize(
    ("method", "how"),
    [
        ("addTrack", {"effect": "lose_reply"}),
        ("sendInfo", {"effect": "lose_reply"}),
        ("sendInfo", {"effect": "answer", "status": 500, "body": ""}),
        ("sendInfo", {"effect": "answer", "status": 200, "body": "<html>Manutenção</html>"}),
    ],
)
async def test_a_parcel_is_tracked_and_mailed_once_though_an_answer_on_the_way_was_lost(
    method: str, how: dict[str, Any]
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day(method, **how)
        await bench.channel.ship(placed.number, PARCEL)
        assert parcels(bench) == [([1], ["AA123456785BR"])]
        assert [mail.kind for mail in bench.shop.mail if mail.kind == "shipment"] == ["shipment"]


async def test_a_parcel_that_the_merchant_recorded_in_the_shop_is_seen() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 2})
        before = bench.clock.now
        bench.clock.advance(60)
        bench.shop.sales.ship(placed, {}, None, notify=False)
        ((told,),) = [page async for page in bench.channel.orders(before)]
        assert told.lines[0].shipped == 2
        ((parcel,),) = [page async for page in bench.channel.parcels(before)]
        assert (parcel.order_id, parcel.tracks) == (told.external_id, ())
        assert [page async for page in bench.channel.parcels(bench.clock.now + timedelta(seconds=1))] == []


# ----------------------------------------------------------------- customers


async def test_a_customer_is_read_with_his_address_and_changed_in_place() -> None:
    async with a_bench() as bench:
        bench.shop.brazil = {486: ("RJ", "Rio de Janeiro")}
        person = bench.shop.people.create(
            {"email": "Joana@Example.com", "firstname": "Joana", "lastname": "Prado", "taxvat": "529.982.247-25"}
        )
        names = {"firstname": "Joana", "lastname": "Prado", "company": "Casa"}
        bench.shop.people.add_address(person, {**ADDRESS, **names, "is_default_billing": True})
        ((told,),) = [page async for page in bench.channel.customers(bench.clock.now)]
        assert (told.person.name, told.person.email, told.group) == ("Joana Prado", "joana@example.com", "1")
        assert (told.person.document, told.person.address) == ("52998224725", HOME)
        changes = {
            "name": "Joana Lima", "group": "2", "street": "Av. Brasil", "city": "Niterói", "state": "RJ",
            "postcode": "24000000", "phone": "21 1", "document": "11144477735",
        }  # fmt: skip
        await bench.channel.update_customer(told.external_id, changes)
        again = await bench.channel.customer(told.external_id)
        assert again is not None
        assert (again.person.name, again.group, again.person.document) == ("Joana Lima", "2", "11144477735")
        assert again.person.address == Address("Av. Brasil", "123", "", "Centro", "Niterói", "RJ", "24000000")
        (address,) = person.addresses
        assert (address.fields["company"], address.fields["region_id"]) == ("Casa", "486")


async def test_a_customer_without_an_address_gets_one_only_where_it_is_whole() -> None:
    async with a_bench() as bench:
        person = bench.shop.people.create({"email": "a@b.com", "firstname": "A", "lastname": "-"})
        number = str(person.customer_id)
        with pytest.raises(Refused, match="customer-no-address"):
            await bench.channel.update_customer(number, {"phone": "1"})
        whole = {"street": "Rua 1", "number": "2", "city": "Campinas", "state": "SP", "postcode": "13010000"}
        await bench.channel.update_customer(number, whole)
        told = await bench.channel.customer(number)
        assert told is not None
        assert told.person.address == Address("Rua 1", "2", "", "", "Campinas", "SP", "13010000")
        assert await bench.channel.customer("77") is None


# ----------------------------------------------------------------- no answer at all


@pytest.mark.parametrize("page", ["sales_order.list", "multiCall sales_order.info", "store.list"])
async def test_a_reading_that_breaks_off_can_be_begun_again(page: str) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order({"CAM-001": 1})
        bench.bad_day(page, "lose_reply")
        with pytest.raises(RetryLater):
            await numbers(bench, timedelta(days=1))
        assert await numbers(bench, timedelta(days=1)) == [placed.number]


async def test_no_right_to_see_orders_is_told_while_reading_them() -> None:
    async with a_bench() as bench:
        bench.shop.denied.add("sales_order.info")
        await bench.on_sale("CAM-001")
        bench.order({"CAM-001": 1})
        with pytest.raises(IntegraError, match="openmage-rights"):
            await numbers(bench, timedelta(days=1))
