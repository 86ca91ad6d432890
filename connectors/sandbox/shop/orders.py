"""An order and its documents: the records, and what the state allows.

What changes them: checkout.py places, order_book.py cancels, holds and comments, documents.py bills, ships and refunds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop.wire import ZERO

NEW, PROCESSING, COMPLETE, CLOSED = "new", "processing", "complete", "closed"
CANCELED, HOLDED, PAYMENT_REVIEW, PENDING_PAYMENT = "canceled", "holded", "payment_review", "pending_payment"

STATUSES: dict[str, tuple[str, ...]] = {
    NEW: ("pending",),
    PENDING_PAYMENT: ("pending_payment",),
    PAYMENT_REVIEW: ("payment_review", "fraud"),
    PROCESSING: ("processing", "fraud"),
    COMPLETE: ("complete",),
    CLOSED: ("closed",),
    CANCELED: ("canceled",),
    HOLDED: ("holded",),
}
"""State -> its statuses, the default first. `status` is a label; decisions rest on the state."""


@dataclass
class OrderAddress:
    address_id: int
    kind: str
    """billing or shipping"""
    fields: dict[str, Any]

    def view(self, order: Order) -> dict[str, Any]:
        return {
            "address_type": self.kind,
            "email": order.email,
            "entity_id": self.address_id,
            "parent_id": order.order_id,
            **self.fields,
        }


@dataclass
class Item:
    """A line; `sku` is the one whose goods move.

    A variant bought through its configurable gives two lines with that SKU: the parent carries price and quantities.
    """

    item_id: int
    product_id: int
    product_type: str
    sku: str
    name: str
    price: Decimal
    ordered: Decimal
    row_total: Decimal
    weight: Decimal
    created_at: str
    updated_at: str
    parent: Item | None = None
    choices: list[dict[str, Any]] = field(default_factory=list)
    invoiced: Decimal = ZERO
    shipped: Decimal = ZERO
    canceled: Decimal = ZERO
    refunded: Decimal = ZERO
    row_invoiced: Decimal = ZERO
    amount_refunded: Decimal = ZERO

    @property
    def to_invoice(self) -> Decimal:
        return max(self.ordered - self.invoiced - self.canceled, ZERO)

    @property
    def to_ship(self) -> Decimal:
        return max(self.ordered - self.shipped - self.refunded - self.canceled, ZERO)

    @property
    def to_refund(self) -> Decimal:
        return max(self.invoiced - self.refunded, ZERO)


@dataclass
class Payment:
    """`authorised` is money reserved on a card, not yet taken."""

    method: str
    title: str
    authorised: Decimal | None = None
    card: str | None = None
    transaction: str | None = None


@dataclass
class Note:
    """One entry of the order's history."""

    note_id: int
    comment: str
    created_at: str
    status: str | None
    notified: int = 0
    visible: int = 0
    document: str | None = None

    def view(self, order_id: int) -> dict[str, Any]:
        result: dict[str, Any] = {
            "comment": self.comment,
            "created_at": self.created_at,
            "entity_id": self.note_id,
            "is_customer_notified": self.notified,
            "is_visible_on_front": self.visible,
            "parent_id": order_id,
            "status": self.status,
        }
        if self.document:
            result["entity_name"] = self.document
        return result


@dataclass
class Order:
    """`status` None: a comment without status emptied it. Totals have two decimals, BRL."""

    order_id: int
    increment_id: str
    state: str
    status: str | None
    created_at: str
    updated_at: str
    stock_id: int
    email: str
    firstname: str
    lastname: str
    group_id: int
    billing: OrderAddress
    shipping: OrderAddress
    items: list[Item]
    payment: Payment
    shipping_method: str
    shipping_title: str
    freight: Decimal
    subtotal: Decimal
    customer_id: int | None = None
    taxvat: str | None = None
    remote_ip: str = "127.0.0.1"
    notes: list[Note] = field(default_factory=list)
    held_from: tuple[str, str | None] | None = None
    paid: Decimal = ZERO
    invoiced: bool = False
    subtotal_invoiced: Decimal = ZERO
    freight_invoiced: Decimal = ZERO
    canceled: bool = False
    subtotal_canceled: Decimal = ZERO
    freight_canceled: Decimal = ZERO
    refunds: bool = False
    subtotal_refunded: Decimal = ZERO
    freight_refunded: Decimal = ZERO
    adjustment_positive: Decimal = ZERO
    adjustment_negative: Decimal = ZERO
    ext_order_id: str | None = None
    ext_customer_id: str | None = None

    @property
    def grand_total(self) -> Decimal:
        return self.subtotal + self.freight

    @property
    def total_canceled(self) -> Decimal:
        return self.subtotal_canceled + self.freight_canceled

    @property
    def total_refunded(self) -> Decimal:
        adjustments = self.adjustment_positive - self.adjustment_negative
        return self.subtotal_refunded + self.freight_refunded + adjustments

    @property
    def lines(self) -> list[Item]:
        """The lines that are billed and shipped: a variant's own line is not."""
        return [item for item in self.items if item.parent is None]

    def line(self, item_id: int) -> Item | None:
        return next((item for item in self.lines if item.item_id == item_id), None)

    # ------------------------------------------------------------- what the state allows

    @property
    def blocked(self) -> bool:
        """On hold or in payment review: no document can be made."""
        return self.state in (HOLDED, PAYMENT_REVIEW)

    @property
    def can_invoice(self) -> bool:
        ended = self.state in (CANCELED, COMPLETE, CLOSED)
        return not self.blocked and not ended and any(item.to_invoice > 0 for item in self.lines)

    @property
    def can_ship(self) -> bool:
        return not self.blocked and self.state != CANCELED and any(item.to_ship > 0 for item in self.lines)

    @property
    def can_cancel(self) -> bool:
        ended = self.state in (CANCELED, COMPLETE, CLOSED)
        return not self.blocked and not ended and any(item.to_invoice > 0 for item in self.lines)

    @property
    def can_refund(self) -> bool:
        return self.paid > self.total_refunded

    @property
    def can_hold(self) -> bool:
        return self.state not in (CANCELED, PAYMENT_REVIEW, COMPLETE, CLOSED, HOLDED)


@dataclass
class DocumentItem:
    """A line of an invoice, shipment or credit memo."""

    item_id: int
    line: Item
    quantity: Decimal
    row_total: Decimal


@dataclass
class Track:
    track_id: int
    created_at: str
    updated_at: str
    number: str
    title: str
    carrier: str
    weight: Decimal | None = None
    quantity: Decimal | None = None
    description: str | None = None


@dataclass
class Invoice:
    """State 2 = paid: whatever `capture` said, Magento leaves it so."""

    document_id: int
    increment_id: str
    order: Order
    created_at: str
    updated_at: str
    items: list[DocumentItem]
    freight: Decimal
    comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Shipment:
    document_id: int
    increment_id: str
    order: Order
    created_at: str
    updated_at: str
    items: list[DocumentItem]
    source_code: str
    tracks: list[Track] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class CreditMemo:
    document_id: int
    increment_id: str
    order: Order
    created_at: str
    updated_at: str
    items: list[DocumentItem]
    freight: Decimal
    adjustment_positive: Decimal
    adjustment_negative: Decimal
    comments: list[dict[str, Any]] = field(default_factory=list)
