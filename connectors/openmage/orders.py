"""Orders as the shop tells them. The state decides, never the status: merchants name statuses as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP
from typing import Any

from connectors.magento.orders import STATES, sold_items
from connectors.magento.people import document_of, name_of
from connectors.magento.wire import Json, amount, quantity
from connectors.openmage.faults import Absent
from connectors.openmage.options import Options
from connectors.openmage.people import address_of
from connectors.openmage.shop import Shop
from connectors.openmage.windows import changed
from engine.amounts import CENT, ZERO
from engine.errors import IntegraError
from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState
from engine.model.people import Person

ORDERS_PER_READ = 20
CLOSED = "closed"


async def orders(shop: Shop, updated_since: datetime, now: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
    """Orders of our websites changed at or after that time, oldest change first.

    The list lacks lines and addresses, so each order is read. Its time is that of the list: an order that changed
    between the two must not carry the reader past others that have not been read.
    """
    stores = await _stores(shop)
    async for rows in changed(shop, "sales_order.list", updated_since, now, "order_id"):
        ours = [row for row in rows if row.get("store_id") is None or str(row["store_id"]) in stores]
        for start in range(0, len(ours), ORDERS_PER_READ):
            part = ours[start : start + ORDERS_PER_READ]
            found = await shop.api.read_many([("sales_order.info", (str(row["increment_id"]),)) for row in part])
            page = []
            for row, answer in zip(part, found, strict=True):
                if isinstance(answer, Absent):
                    continue
                if isinstance(answer, IntegraError):
                    raise answer
                page.append(channel_order({**answer, "updated_at": row["updated_at"]}, shop.options))
            yield page


async def order(shop: Shop, external_id: str) -> ChannelOrder | None:
    """One order as it stands."""
    try:
        return channel_order(await read_order(shop, external_id), shop.options)
    except Absent:
        return None


async def read_order(shop: Shop, external_id: str) -> Json:
    """The order as it came. Raises Absent."""
    found: Json = await shop.api.read("sales_order.info", external_id)
    return found


def channel_order(row: Json, options: Options) -> ChannelOrder:
    """The order in the engine's words; its number is its key, as all calls want it.

    lines (each rounded to the cent) + freight + surcharge - discount = total; surcharge or discount takes up whatever
    the shop added that has no field (tax, a gateway's interest, a rebate for Pix).
    """
    lines = tuple(_line(item) for item in sold_items(row))
    freight, total = amount(row.get("shipping_amount")), amount(row.get("grand_total"))
    discount = abs(amount(row.get("discount_amount")))
    goods = sum(((line.ordered * line.unit_price).quantize(CENT, ROUND_HALF_UP) for line in lines), ZERO)
    rest = total - (goods + freight - discount)
    billing: Json = row.get("billing_address") or {}
    delivery: Json = row.get("shipping_address") or billing
    payment: Json = row.get("payment") or {}
    method = str(payment.get("method") or "")
    return ChannelOrder(
        external_id=str(row["increment_id"]),
        number=str(row["increment_id"]),
        placed_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        state=_state(row, lines),
        payment=_payment(row, options, method),
        raw_status=f"{row.get('state') or ''}/{row.get('status') or ''}",
        payment_method=method,
        payment_label=_payment_label(payment) or method,
        buyer=_buyer(row, billing, delivery, options),
        buyer_id=None if row.get("customer_id") is None else str(row["customer_id"]),
        buyer_group=None if row.get("customer_group_id") is None else str(row["customer_group_id"]),
        delivery=address_of(delivery, options.street_lines),
        delivery_name=name_of(delivery),
        delivery_phone=str(delivery.get("telephone") or "").strip(),
        shipping_method=str(row.get("shipping_description") or row.get("shipping_method") or ""),
        lines=lines,
        freight=freight,
        discount=discount - min(rest, ZERO),
        surcharge=max(rest, ZERO),
        total=total,
        note=str(row.get("customer_note") or "").strip(),
    )


def moment(text: Any) -> datetime:
    """`2026-11-24 03:07:24`, or `2026-11-24T03:07:23+00:00` for when a product was made: aware, in UTC."""
    found = datetime.fromisoformat(str(text))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _line(item: Json) -> ChannelLine:
    return ChannelLine(
        external_id=str(item["item_id"]),
        sku=str(item["sku"]),
        name=str(item.get("name") or ""),
        ordered=quantity(item.get("qty_ordered")),
        unit_price=amount(item.get("price")),
        discount=abs(amount(item.get("discount_amount"))),
        invoiced=quantity(item.get("qty_invoiced")),
        shipped=quantity(item.get("qty_shipped")),
        cancelled=quantity(item.get("qty_canceled")),
        returned=quantity(item.get("qty_refunded")),
    )


def _state(row: Json, lines: Sequence[ChannelLine]) -> ChannelOrderState:
    state = str(row.get("state") or "")
    if state == CLOSED:
        left = any(line.shipped for line in lines)
        return ChannelOrderState.COMPLETE if left else ChannelOrderState.CANCELLED
    return STATES.get(state, ChannelOrderState.UNKNOWN)


def _payment(row: Json, options: Options, method: str) -> PaymentState:
    """Where the money stands. `total_due` is empty here, so what was paid is told by `total_paid`."""
    state = str(row.get("state") or "")
    if state == "holded":
        state = str(row.get("hold_before_state") or state)
    paid, total, refunded = (amount(row.get(key)) for key in ("total_paid", "grand_total", "total_refunded"))
    if state == "payment_review":
        return PaymentState.REVIEW
    if refunded and (state == CLOSED or refunded >= total):
        return PaymentState.REFUNDED
    if state not in {*STATES, CLOSED}:
        return PaymentState.UNKNOWN
    if paid >= total:
        return PaymentState.PAID
    if options.payments.is_card(method) and state not in ("canceled", CLOSED):
        authorised = amount((row.get("payment") or {}).get("amount_authorized"))
        return PaymentState.AUTHORIZED if authorised or state == "processing" else PaymentState.PENDING
    if state == "processing" and not options.payments.is_offline(method):
        return PaymentState.UNKNOWN
    return PaymentState.PENDING


def _payment_label(payment: Json) -> str:
    """The method's title, where a module keeps it."""
    values = payment.get("additional_information")
    title = values.get("method_title") if isinstance(values, dict) else None
    return title if isinstance(title, str) else ""


def _buyer(row: Json, billing: Json, delivery: Json, options: Options) -> Person:
    name = name_of({"firstname": row.get("customer_firstname"), "lastname": row.get("customer_lastname")})
    return Person(
        name=name or name_of(billing),
        email=str(row.get("customer_email") or billing.get("email") or "").strip().lower(),
        phone=str(billing.get("telephone") or delivery.get("telephone") or "").strip(),
        document=document_of((row.get("customer_taxvat"), billing.get("vat_id"), delivery.get("vat_id"))),
        address=address_of(billing or delivery, options.street_lines),
    )


async def _stores(shop: Shop) -> set[str]:
    """The store views of our websites."""
    rows = await shop.api.read("store.list")
    return {str(row["store_id"]) for row in rows if int(row["website_id"]) in shop.options.websites}
