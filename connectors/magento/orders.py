"""Orders as the shop tells them. The state decides, never the status: merchants name statuses as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from connectors.magento.failures import Absent
from connectors.magento.options import Options
from connectors.magento.people import address_of, document_of, name_of
from connectors.magento.search import changed_since
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento.wire import Json, amount, moment, quantity
from engine.amounts import CENT, ZERO
from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState
from engine.model.people import Person

STATES = {
    "new": ChannelOrderState.OPEN,
    "pending_payment": ChannelOrderState.OPEN,
    "payment_review": ChannelOrderState.OPEN,
    "processing": ChannelOrderState.OPEN,
    "holded": ChannelOrderState.HELD,
    "complete": ChannelOrderState.COMPLETE,
    "canceled": ChannelOrderState.CANCELLED,
}
"""Without `closed` (all money given back), which lives on where the goods had left."""


async def orders(shop: Shop, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
    """Orders of our websites changed at or after that time, oldest change first."""
    async for rows in changed_since(shop.rest, f"{SHOP}/orders", updated_since, "entity_id", "entity_id"):
        views = await shop.views.ours(int(row["store_id"]) for row in rows if row.get("store_id") is not None)
        # A store view that was deleted leaves its orders without one.
        ours = [channel_order(row, shop.options) for row in rows if row.get("store_id") in {*views, None}]
        if ours:
            yield ours


async def order(shop: Shop, external_id: str) -> ChannelOrder | None:
    """One order as it stands."""
    try:
        return channel_order(await read_order(shop, external_id), shop.options)
    except Absent:
        return None


async def read_order(shop: Shop, external_id: str) -> Json:
    """The order as it came. Raises Absent."""
    found: Json = await shop.rest.get(f"{SHOP}/orders{path_of(external_id)}")
    return found


def sold_items(row: Json) -> list[Json]:
    """The items that are billed and shipped: of a configurable the parent, whose child repeats its SKU at price 0."""
    return [item for item in row.get("items") or () if not item.get("parent_item_id")]


def channel_order(row: Json, options: Options) -> ChannelOrder:
    """The order in the engine's words.

    lines (each rounded to the cent) + freight + surcharge - discount = total, where the order's discount already holds
    what its lines say of theirs; surcharge or discount takes up whatever the shop added that has no field (tax, a
    gateway's interest, a rebate for Pix).
    """
    lines = tuple(_line(item) for item in sold_items(row))
    freight, total = amount(row.get("shipping_amount")), amount(row.get("grand_total"))
    discount = abs(amount(row.get("discount_amount")))
    goods = sum(((line.ordered * line.unit_price).quantize(CENT, ROUND_HALF_UP) for line in lines), ZERO)
    rest = total - (goods + freight - discount)
    billing: Json = row.get("billing_address") or {}
    shipping = _shipping(row)
    delivery: Json = shipping.get("address") or billing
    payment: Json = row.get("payment") or {}
    method = str(payment.get("method") or "")
    return ChannelOrder(
        external_id=str(row["entity_id"]),
        number=str(row["increment_id"]),
        placed_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        state=_state(row, lines),
        payment=_payment(row, options, method),
        raw_status=f"{row.get('state') or ''}/{row.get('status') or ''}",
        payment_method=method,
        payment_label=_payment_label(row, payment) or method,
        buyer=_buyer(row, billing, delivery, options),
        buyer_id=None if row.get("customer_id") is None else str(row["customer_id"]),
        buyer_group=None if row.get("customer_group_id") is None else str(row["customer_group_id"]),
        delivery=address_of(delivery, options.street_lines),
        delivery_name=name_of(delivery),
        delivery_phone=str(delivery.get("telephone") or "").strip(),
        shipping_method=str(row.get("shipping_description") or shipping.get("method") or ""),
        lines=lines,
        freight=freight,
        discount=discount - min(rest, ZERO),
        surcharge=max(rest, ZERO),
        total=total,
        note=str(row.get("customer_note") or "").strip(),
    )


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
    if state == "closed":
        left = any(line.shipped for line in lines)
        return ChannelOrderState.COMPLETE if left else ChannelOrderState.CANCELLED
    return STATES.get(state, ChannelOrderState.UNKNOWN)


def _payment(row: Json, options: Options, method: str) -> PaymentState:
    """Where the money stands. Gateways' own status words are not read: one of them calls a chargeback "pending"."""
    state = str(row.get("state") or "")
    if state == "holded":
        state = str(row.get("hold_before_state") or state)
    due, total, refunded = (amount(row.get(key)) for key in ("total_due", "grand_total", "total_refunded"))
    if state == "payment_review":
        return PaymentState.REVIEW
    if refunded and (state == "closed" or refunded >= total):
        return PaymentState.REFUNDED
    if state not in {*STATES, "closed"}:
        return PaymentState.UNKNOWN
    if due <= 0:
        return PaymentState.PAID
    if options.payments.is_card(method) and state not in ("canceled", "closed"):
        authorised = amount((row.get("payment") or {}).get("amount_authorized"))
        return PaymentState.AUTHORIZED if authorised or state == "processing" else PaymentState.PENDING
    if state == "processing" and not options.payments.is_offline(method):
        return PaymentState.UNKNOWN
    return PaymentState.PENDING


def _payment_label(row: Json, payment: Json) -> str:
    """The method's title: named in the extension, first in the list of values without names elsewhere."""
    pairs = (row.get("extension_attributes") or {}).get("payment_additional_info") or ()
    title = next((pair.get("value") for pair in pairs if pair.get("key") == "method_title"), None)
    values = payment.get("additional_information")
    first = values[0] if isinstance(values, list) and values else None
    return next((text for text in (title, first) if isinstance(text, str) and text), "")


def _shipping(row: Json) -> Json:
    assignments = (row.get("extension_attributes") or {}).get("shipping_assignments") or ()
    return dict(assignments[0].get("shipping") or {}) if assignments else {}


def _documents(row: Json, billing: Json, delivery: Json, options: Options) -> Iterator[object]:
    """Where a CPF or CNPJ may stand, the likeliest first: a guest's is in an address, or where a module puts it."""
    yield row.get("customer_taxvat")
    yield billing.get("vat_id")
    yield delivery.get("vat_id")
    holders = (row, billing, delivery)
    extensions = (holder.get("extension_attributes") for holder in holders)
    places = [place for place in (*holders, *extensions) if isinstance(place, dict)]
    for code in options.document_attributes:
        for place in places:
            value = place.get(code)
            yield value if isinstance(value, str | int) else None


def _buyer(row: Json, billing: Json, delivery: Json, options: Options) -> Person:
    name = name_of({"firstname": row.get("customer_firstname"), "lastname": row.get("customer_lastname")})
    return Person(
        name=name or name_of(billing),
        email=str(row.get("customer_email") or billing.get("email") or "").strip().lower(),
        phone=str(billing.get("telephone") or delivery.get("telephone") or "").strip(),
        document=document_of(_documents(row, billing, delivery, options)),
        address=address_of(billing or delivery, options.street_lines),
    )


def left_to_ship(item: Json) -> Decimal:
    """What of an order's item can still leave."""
    gone = sum((quantity(item.get(key)) for key in ("qty_shipped", "qty_canceled", "qty_refunded")), ZERO)
    return max(quantity(item.get("qty_ordered")) - gone, ZERO)
