"""Orders as both generations tell them. The state decides, never the status: merchants name statuses as they like."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from connectors.magento_shapes.options import PaymentMethods, Selling
from connectors.magento_shapes.people import address_of, document_of, name_of
from connectors.magento_shapes.values import Json, amount, moment, quantity
from engine.amounts import CENT, ZERO
from engine.errors import Refused
from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState, Refund, Shipment
from engine.model.people import Person

CLOSED = "closed"
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


@dataclass(frozen=True, slots=True)
class Told:
    """What stands at another place in each generation. Addresses have their street as a list of lines."""

    key: str  # of the order in all calls
    billing: Json
    delivery: Json
    shipping_method: str  # a code, for an order without a description
    payment_label: str
    documents: Iterable[object]  # where a CPF or CNPJ may stand, the likeliest first
    paid: bool


def channel_order(row: Json, told: Told, options: Selling) -> ChannelOrder:
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
    method = str((row.get("payment") or {}).get("method") or "")
    return ChannelOrder(
        external_id=told.key,
        number=str(row["increment_id"]),
        placed_at=moment(row["created_at"]),
        updated_at=moment(row["updated_at"]),
        state=_state(row, lines),
        payment=_payment(row, options.payments, method, paid=told.paid),
        raw_status=f"{row.get('state') or ''}/{row.get('status') or ''}",
        payment_method=method,
        payment_label=told.payment_label or method,
        buyer=_buyer(row, told, options),
        buyer_id=None if row.get("customer_id") is None else str(row["customer_id"]),
        buyer_group=None if row.get("customer_group_id") is None else str(row["customer_group_id"]),
        delivery=address_of(told.delivery, options.street_lines),
        delivery_name=name_of(told.delivery),
        delivery_phone=str(told.delivery.get("telephone") or "").strip(),
        shipping_method=str(row.get("shipping_description") or told.shipping_method),
        lines=lines,
        freight=freight,
        discount=discount - min(rest, ZERO),
        surcharge=max(rest, ZERO),
        total=total,
        note=str(row.get("customer_note") or "").strip(),
    )


def sold_items(row: Json) -> list[Json]:
    """The items that are billed and shipped: of a configurable the parent, whose child repeats its SKU at price 0."""
    return [item for item in row.get("items") or () if not item.get("parent_item_id")]


def left_to_ship(item: Json) -> Decimal:
    """What of an order's item can still leave."""
    gone = sum((quantity(item.get(key)) for key in ("qty_shipped", "qty_canceled", "qty_refunded")), ZERO)
    return max(quantity(item.get("qty_ordered")) - gone, ZERO)


def going(order: Json, shipment: Shipment, external_id: str) -> dict[str, Decimal]:
    """Order item -> what leaves now: what is asked, else all, cut to what is left.

    The shop cuts by itself and says nothing. Raises Refused("channel-ship-refused") where nothing is left.
    """
    left = {str(item["item_id"]): left_to_ship(item) for item in sold_items(order)}
    asked = dict(shipment.quantities) or left
    unknown = next((line for line in asked if line not in left), None)
    if unknown is not None:
        detail = f"order {external_id}: no line {unknown}"
        raise Refused("channel-ship-refused", detail, order=external_id, line=unknown)
    cut = {line: min(quantity, left[line]) for line, quantity in asked.items()}
    found = {line: quantity for line, quantity in cut.items() if quantity > 0}
    if not found:
        raise Refused("channel-ship-refused", f"order {external_id}: nothing left to ship", order=external_id)
    return found


def credited(order: Json, refund: Refund, external_id: str) -> tuple[dict[str, Decimal], Decimal]:
    """What is credited now: order item -> quantity, cut to what is billed and not credited yet; and the freight.

    Raises Refused("channel-refund-refused") where nothing is left.
    """
    left = {
        str(item["item_id"]): quantity(item.get("qty_invoiced")) - quantity(item.get("qty_refunded"))
        for item in sold_items(order)
    }
    cut = {line: min(asked, left.get(line, ZERO)) for line, asked in refund.quantities}
    found = {line: quantity for line, quantity in cut.items() if quantity > 0}
    if not found:
        raise Refused("channel-refund-refused", f"order {external_id}: nothing left to credit", order=external_id)
    freight = amount(order.get("shipping_invoiced")) - amount(order.get("shipping_refunded"))
    return found, max(freight, ZERO) if refund.freight else ZERO


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


def _payment(row: Json, methods: PaymentMethods, method: str, *, paid: bool) -> PaymentState:
    """Where the money stands. Gateways' own status words are not read: one of them calls a chargeback "pending"."""
    state = str(row.get("state") or "")
    if state == "holded":
        state = str(row.get("hold_before_state") or state)
    total, refunded = (amount(row.get(key)) for key in ("grand_total", "total_refunded"))
    if state == "payment_review":
        return PaymentState.REVIEW
    if refunded and (state == CLOSED or refunded >= total):
        return PaymentState.REFUNDED
    if state not in {*STATES, CLOSED}:
        return PaymentState.UNKNOWN
    if paid:
        return PaymentState.PAID
    if methods.is_card(method) and state not in ("canceled", CLOSED):
        authorised = amount((row.get("payment") or {}).get("amount_authorized"))
        return PaymentState.AUTHORIZED if authorised or state == "processing" else PaymentState.PENDING
    if state == "processing" and not methods.is_offline(method):
        return PaymentState.UNKNOWN
    return PaymentState.PENDING


def _buyer(row: Json, told: Told, options: Selling) -> Person:
    name = name_of({"firstname": row.get("customer_firstname"), "lastname": row.get("customer_lastname")})
    return Person(
        name=name or name_of(told.billing),
        email=str(row.get("customer_email") or told.billing.get("email") or "").strip().lower(),
        phone=str(told.billing.get("telephone") or told.delivery.get("telephone") or "").strip(),
        document=document_of(told.documents),
        address=address_of(told.billing or told.delivery, options.street_lines),
    )
