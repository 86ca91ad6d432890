"""Orders of a Magento shop in the engine's words, and what is done to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.magento.options import Options, parse
from connectors.magento.orders import channel_order
from connectors.sandbox.shop import order_view
from connectors.sandbox.shop.orders import Order
from engine.errors import Refused
from engine.model.channel import ChannelOrder, ChannelOrderState, PaymentState, Shipment
from engine.model.people import Address
from tests.contract.magento_channel import Bench, a_bench, as_told
from tests.contract.sample_shop import ADDRESS

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NOTHING, TWO = Decimal(0), Decimal(2)
OPTIONS = Options(url="http://loja.test")


async def all_orders(bench: Bench, since: datetime = LONG_AGO) -> list[list[ChannelOrder]]:
    return [list(page) async for page in bench.channel.orders(since)]


def altered(placed: Order, **changes: Any) -> ChannelOrder:
    """The order as the shop would tell it, with some of its fields as another shop has them."""
    return channel_order({**order_view.full(placed), **changes}, OPTIONS)


# ----------------------------------------------------------------- mapping


async def test_a_boleto_order_arrives_with_buyer_address_lines_and_totals() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order({"CAM-001": 2})
        order = await as_told(bench, placed)
        assert (order.number, order.external_id) == ("000000001", "1")
        assert (order.state, order.payment) == (ChannelOrderState.OPEN, PaymentState.PENDING)
        assert order.raw_status == "new/pending"
        assert (order.payment_method, order.payment_label) == ("boleto", "Boleto bancário")
        assert (order.buyer.name, order.buyer.document) == ("Mariana Oliveira", "52998224725")
        assert (order.buyer.email, order.buyer.phone) == ("mariana@example.com.br", "19 99999-0000")
        assert order.delivery == Address("Rua das Flores", "123", "", "Centro", "Campinas", "SP", "13010000")
        assert (order.delivery_name, order.delivery_phone) == ("Mariana Oliveira", "19 99999-0000")
        assert order.shipping_method == "Correios - SEDEX"
        assert (order.freight, order.discount, order.surcharge) == (Decimal("24.90"), NOTHING, NOTHING)
        assert order.total == Decimal("144.70")
        (line,) = order.lines
        assert (line.sku, line.ordered, line.unit_price, line.discount) == ("CAM-001", TWO, Decimal("59.90"), NOTHING)
        assert order.placed_at == order.updated_at == datetime(2026, 5, 4, 12, tzinfo=UTC)
        assert (order.buyer_id, order.buyer_group) == (None, "0")


async def test_an_offline_payment_noted_as_received_is_paid_and_the_buyer_is_mailed_once() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(payment="pix")
        await bench.channel.capture(str(placed.order_id), notify=True)
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.OPEN, PaymentState.PAID)
        assert order.lines[0].invoiced == 2
        assert [mail.kind for mail in bench.shop.mail].count("invoice") == 1


async def test_an_authorised_card_is_captured_by_our_invoice() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(payment="cartao")
        assert (await as_told(bench, placed)).payment is PaymentState.AUTHORIZED
        await bench.channel.capture(str(placed.order_id), notify=False)
        assert (await as_told(bench, placed)).payment is PaymentState.PAID
        assert "invoice" not in [mail.kind for mail in bench.shop.mail]


async def test_a_payment_in_review_can_neither_be_captured_nor_cancelled_here() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(payment="cartao", review=True)
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.OPEN, PaymentState.REVIEW)
        with pytest.raises(Refused, match="channel-capture-refused"):
            await bench.channel.capture(order.external_id, notify=False)
        with pytest.raises(Refused, match="channel-cancel-refused"):
            await bench.channel.cancel(order.external_id)
        bench.shop.storefront.gateway(order.number, accept=True)
        assert (await as_told(bench, placed)).payment is PaymentState.AUTHORIZED
        other = bench.visit.order(payment="cartao", review=True)
        bench.shop.storefront.gateway(other.increment_id, accept=False)
        assert (await as_told(bench, other)).state is ChannelOrderState.CANCELLED


async def test_surprise_5_a_cancelled_order_gives_its_goods_back_and_is_cancelled_once() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        placed = bench.visit.order()
        await bench.channel.cancel(str(placed.order_id))
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.CANCELLED, PaymentState.PENDING)
        assert order.lines[0].cancelled == 2
        assert bench.shop.salable("CAM-001") == 10
        with pytest.raises(Refused, match="channel-cancel-refused"):
            await bench.channel.cancel(str(placed.order_id))


async def test_a_shipped_and_paid_order_is_complete_and_a_refunded_one_says_so() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        number = str(placed.order_id)
        await bench.channel.capture(number, notify=False)
        await bench.channel.ship(number, Shipment("retirada", "Retirada na loja", "", ()))
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.COMPLETE, PaymentState.PAID)
        await bench.visit.post(f"V1/order/{number}/refund", {})
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.COMPLETE, PaymentState.REFUNDED)
        assert order.lines[0].returned == 2


async def test_an_order_refunded_before_it_left_is_cancelled() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        await bench.channel.capture(str(placed.order_id), notify=False)
        await bench.visit.post(f"V1/order/{placed.order_id}/refund", {})
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.CANCELLED, PaymentState.REFUNDED)


async def test_an_order_on_hold_keeps_what_is_known_of_its_money() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(payment="cartao")
        await bench.visit.post(f"V1/orders/{placed.order_id}/hold")
        order = await as_told(bench, placed)
        assert (order.state, order.payment) == (ChannelOrderState.HELD, PaymentState.AUTHORIZED)
        card = {"method": "pagarme_creditcard"}
        told = altered(placed, hold_before_state="processing", payment=card)
        assert (told.state, told.payment) == (ChannelOrderState.HELD, PaymentState.AUTHORIZED)


async def test_a_state_nobody_knows_parks_the_order_and_a_renamed_status_does_not() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        strange = altered(placed, state="awaiting_stars", status="awaiting_stars")
        assert (strange.state, strange.payment) == (ChannelOrderState.UNKNOWN, PaymentState.UNKNOWN)
        assert strange.raw_status == "awaiting_stars/awaiting_stars"
        renamed = altered(placed, status="separacao_no_deposito")
        assert (renamed.state, renamed.payment) == (ChannelOrderState.OPEN, PaymentState.PENDING)


async def test_surprise_4_an_order_whose_status_was_emptied_by_a_comment_is_read_like_any_other() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        await bench.visit.post(f"V1/orders/{placed.order_id}/comments", {"statusHistory": {"comment": "ligar"}})
        order = await as_told(bench, placed)
        assert (order.state, order.raw_status) == (ChannelOrderState.OPEN, "new/")


@pytest.mark.parametrize(
    ("method", "state", "authorised", "expected"),
    [
        ("pagarme_creditcard", "processing", None, PaymentState.AUTHORIZED),
        ("mercadopago_paymentmagento_cc", "new", 100, PaymentState.AUTHORIZED),
        ("pagbank_paymentmagento_cc_vault", "pending_payment", None, PaymentState.PENDING),
        ("pagarme_billet", "new", None, PaymentState.PENDING),
        ("banktransfer", "processing", None, PaymentState.PENDING),
        ("mercadopago_custom_pix", "processing", None, PaymentState.PENDING),
        ("carteira_desconhecida", "new", None, PaymentState.PENDING),
        ("carteira_desconhecida", "processing", None, PaymentState.UNKNOWN),
    ],
)
async def test_where_the_money_of_an_unpaid_order_stands_depends_on_the_way_it_comes(
    method: str, state: str, authorised: int | None, expected: PaymentState
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        payment = {"method": method, "amount_authorized": authorised}
        assert altered(bench.visit.order(), state=state, payment=payment).payment is expected


@pytest.mark.parametrize(
    ("changes", "discount", "surcharge"),
    [
        ({"grand_total": 144.7}, "0", "0"),
        ({"grand_total": 134.7, "discount_amount": -10}, "10", "0"),
        ({"grand_total": 151.2}, "0", "6.50"),  # a gateway's interest, tax: no field tells it
        ({"grand_total": 137.47}, "7.23", "0"),  # a rebate for Pix that a module takes off the total
        ({"grand_total": 0, "discount_amount": -144.7, "total_due": 0}, "144.70", "0"),
        # store credit of Adobe Commerce: the total is without it, and what is left is what was paid
        (
            {"grand_total": 104.7, "extension_attributes": {"customer_balance_amount": 40, "shipping_assignments": []}},
            "40",
            "0",
        ),
    ],
)
async def test_lines_freight_discount_and_surcharge_add_up_to_what_is_paid(
    changes: Mapping[str, Any], discount: str, surcharge: str
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        order = altered(bench.visit.order(), **changes)
        assert (order.discount, order.surcharge) == (Decimal(discount), Decimal(surcharge))
        goods = sum(line.ordered * line.unit_price for line in order.lines)
        assert goods + order.freight + order.surcharge - order.discount == order.total


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Rua A", "10", "ap 4", "Centro"], ("Rua A", "10", "ap 4", "Centro")),
        (["Rua A", "10", "", "Centro"], ("Rua A", "10", "", "Centro")),
        (["Rua A", "10", "Centro"], ("Rua A", "10", "", "Centro")),
        (["Rua A", "10"], ("Rua A", "10", "", "")),
        (["Rua A, 10 - Centro"], ("Rua A, 10 - Centro", "", "", "")),
        (["Rua A", "10", "ap 4", "Centro", "fundos"], ("Rua A", "10", "ap 4", "Centro, fundos")),
        ("Rua A", ("Rua A", "", "", "")),
        (None, ("", "", "", "")),
    ],
)
async def test_an_address_whose_blank_lines_the_checkout_squeezed_out_keeps_its_district(
    lines: Any, expected: tuple[str, str, str, str]
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order()
        full = order_view.full(placed)
        full["extension_attributes"]["shipping_assignments"][0]["shipping"]["address"]["street"] = lines
        delivery = channel_order(full, OPTIONS).delivery
        assert (delivery.street, delivery.number, delivery.complement, delivery.district) == expected


async def test_a_shop_with_another_order_of_its_address_lines_is_read_by_the_setting() -> None:
    async with a_bench(street_lines=["street", "number", "district", "complement"]) as bench:
        await bench.on_sale("CAM-001")
        placed = bench.visit.order(address={**ADDRESS, "street": ["Rua A", "10", "Centro", "ap 4"]})
        assert (await as_told(bench, placed)).delivery.district == "Centro"


@pytest.mark.parametrize(
    ("taxvat", "vat_id", "module", "expected"),
    [
        (None, "529.982.247-25", None, "52998224725"),
        ("***.982.247-**", "529.982.247-25", None, "52998224725"),
        ("***.982.247-**", None, None, ""),
        ("xxx.982.247-xx", None, "52998224725", "52998224725"),
        (None, None, "12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("1234", None, "52998224725", "52998224725"),
    ],
)
async def test_a_guests_document_is_found_where_the_checkout_puts_it_and_a_masked_one_is_none(
    taxvat: str | None, vat_id: str | None, module: str | None, expected: str
) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        full = order_view.full(bench.visit.order())
        full["customer_taxvat"], full["billing_address"]["vat_id"] = taxvat, vat_id
        full["extension_attributes"]["shipping_assignments"][0]["shipping"]["address"].pop("vat_id", None)
        full["billing_address"]["extension_attributes"] = {"cpf_cnpj": module}
        options = parse({"url": "https://loja.test", "document_attributes": ["cpf_cnpj"]})
        assert channel_order(full, options).buyer.document == expected


async def test_a_registered_buyers_document_and_group_come_from_the_account() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        person = {
            "email": "Loja@Example.com.BR", "firstname": "Bazar", "lastname": "Central Ltda", "group_id": 2,
            "taxvat": "12.ABC.345/01DE-35",
        }  # fmt: skip
        customer = await bench.visit.post("V1/customers", {"customer": person})
        placed = bench.visit.order(customer_id=customer["id"])
        order = await as_told(bench, placed)
        assert (order.buyer_id, order.buyer_group) == (str(customer["id"]), "2")
        assert (order.buyer.document, order.buyer.email) == ("12ABC34501DE35", "loja@example.com.br")


# ----------------------------------------------------------------- polling


async def test_orders_come_oldest_change_first_and_each_once_over_many_pages() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1000)
        placed = []
        for number in range(230):
            bench.visit.clock.advance(1 if number % 3 == 0 else 0)
            placed.append(bench.visit.order({"CAM-001": 1}))
        pages = await all_orders(bench)
        told = [order.number for page in pages for order in page]
        assert told == [order.increment_id for order in placed]
        assert max(len(page) for page in pages) <= 100


async def test_a_whole_page_of_one_second_loses_no_order() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1000)
        numbers = [bench.visit.order({"CAM-001": 1}).increment_id for _ in range(300)]
        told = [order.number for page in await all_orders(bench) for order in page]
        assert told == numbers


async def test_an_order_that_changes_while_the_pages_are_read_is_not_lost() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1000)
        placed = []
        for _ in range(150):
            bench.visit.clock.advance()
            placed.append(bench.visit.order({"CAM-001": 1}))
        told: list[str] = []
        async for page in bench.channel.orders(LONG_AGO):
            if not told:
                bench.visit.clock.advance()
                bench.shop.storefront.cancel_order(placed[0].increment_id)  # moves to the end, shifts all others
            told += [order.number for order in page]
        assert set(told) == {order.increment_id for order in placed}
        assert told[-1] == placed[0].increment_id


async def test_only_what_changed_since_is_asked_for_in_utc_to_the_second() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        bench.visit.order({"CAM-001": 1})
        bench.visit.clock.advance(60)
        later = bench.visit.order({"CAM-001": 1})
        since = bench.visit.clock.now.astimezone(ZoneInfo("America/Sao_Paulo"))
        told = await all_orders(bench, since + timedelta(milliseconds=300))
        assert [[order.number for order in page] for page in told] == [[later.increment_id]]


async def test_a_shop_without_orders_answers_null_and_that_is_no_order() -> None:
    async with a_bench() as bench:
        assert await all_orders(bench) == []
        assert await bench.channel.order("77") is None


async def test_orders_of_another_website_are_not_ours() -> None:
    async with a_bench(websites=[2]) as bench:
        await bench.on_sale("CAM-001")
        bench.product("CAM-001").website_ids = [1]
        bench.visit.order({"CAM-001": 1})
        assert await all_orders(bench) == []
