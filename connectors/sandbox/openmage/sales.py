"""Orders, invoices, shipments. The quantity of a product drops when the order is placed and comes back on a cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count

from connectors.sandbox.openmage.catalogue import Catalogue, Product
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.values import ZERO
from connectors.sandbox.shop.mail import Mail
from connectors.sandbox.shop.payments import METHODS

STATUSES = {
    "new": "pending", "processing": "processing", "payment_review": "payment_review", "complete": "complete",
    "canceled": "canceled", "closed": "closed",
}  # fmt: skip
CARRIERS = {"custom": "Custom Value", "dhl": "DHL (Deprecated)", "fedex": "Federal Express", "ups": "United Parcel"}
FIRST_NUMBER = 100000001
OPEN, PAID = "1", "2"


@dataclass
class Item:
    item_id: int
    product: Product
    name: str
    price: Decimal
    ordered: Decimal
    invoiced: Decimal = ZERO
    shipped: Decimal = ZERO
    cancelled: Decimal = ZERO
    refunded: Decimal = ZERO

    def to_ship(self) -> Decimal:
        return max(self.ordered - self.shipped - self.cancelled - self.refunded, ZERO)

    def to_invoice(self) -> Decimal:
        return self.ordered - self.invoiced - self.cancelled


@dataclass
class Order:
    order_id: int
    number: str
    items: list[Item]
    customer: Mapping[str, str]  # email, firstname, lastname, group_id, taxvat, customer_id
    billing: Mapping[str, str]
    shipping: Mapping[str, str]
    shipping_method: str
    shipping_title: str
    freight: Decimal
    method: str
    state: str
    created_at: datetime
    updated_at: datetime
    status: str = ""
    paid: Decimal | None = None
    authorized: Decimal | None = None
    freight_refunded: Decimal = ZERO
    history: list[tuple[str, str | None, datetime]] = field(default_factory=list)

    def freight_left(self) -> Decimal:
        """Billed and not credited."""
        return self.freight - self.freight_refunded if self.paid is not None else ZERO

    def refunded(self) -> Decimal:
        return sum((item.price * item.refunded for item in self.items), ZERO) + self.freight_refunded

    def subtotal(self) -> Decimal:
        return sum((item.price * item.ordered for item in self.items), ZERO)

    def total(self) -> Decimal:
        return self.subtotal() + self.freight


@dataclass
class Invoice:
    invoice_id: int
    number: str
    order: Order
    state: str
    created_at: datetime


@dataclass
class Track:
    track_id: int
    carrier: str
    title: str
    number: str
    created_at: datetime


@dataclass
class Shipment:
    shipment_id: int
    number: str
    order: Order
    quantities: list[tuple[Item, Decimal]]
    created_at: datetime
    comment: str | None = None
    mailed: bool = False
    tracks: list[Track] = field(default_factory=list)


@dataclass
class Creditmemo:
    number: str
    order: Order
    quantities: list[tuple[Item, Decimal]]
    freight: Decimal


class Sales:
    def __init__(self, clock: Callable[[], datetime], catalogue: Catalogue, send: Callable[[Mail], None]) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._send = send
        self._item_ids = count(1)
        self._track_ids = count(1)
        self.orders: dict[str, Order] = {}
        self.invoices: dict[str, Invoice] = {}
        self.shipments: dict[str, Shipment] = {}
        self.creditmemos: dict[str, Creditmemo] = {}
        self.returns_to_stock = False  # the shop's setting: what is credited is counted back in

    def order(self, number: object, fault: str = "not_exists") -> Order:
        found = self.orders.get(str(number))
        if found is None:
            raise ApiFault(fault)
        return found

    def place(
        self,
        lines: Mapping[str, int | Decimal],
        method: str,
        customer: Mapping[str, str],
        address: Mapping[str, str],
        *,
        shipping_title: str,
        freight: Decimal,
        review: bool,
    ) -> Order:
        """A visitor orders. Raises ApiFault for what is not on the shelf in that quantity."""
        now = self._clock()
        wanted = [(self._catalogue.of(sku, "sku"), Decimal(quantity)) for sku, quantity in lines.items()]
        for product, quantity in wanted:
            if not product.salable() or (product.counts_stock and product.quantity < quantity):
                raise ApiFault("internal", "The requested quantity is not available.")
        items = []
        for product, quantity in wanted:
            price = product.price(customer["group_id"], quantity, now.date())
            items.append(Item(next(self._item_ids), product, product.values.get("name", ""), price, quantity))
            self._take(product, quantity)
        number = str(FIRST_NUMBER + len(self.orders))
        state = METHODS[method].state(review)
        order = Order(
            len(self.orders) + 1, number, items, customer, address, address, "flatrate_flatrate", shipping_title,
            freight, method, state, now, now,
        )  # fmt: skip
        if METHODS[method].authorises:
            order.authorized = order.total()
        self.orders[number] = order
        self._move(order, state)
        self._mail("order", order)
        return order

    def review(self, order: Order, accept: bool) -> None:
        """The gateway's decision on a payment in review, which the API has no call for."""
        if order.state != "payment_review":
            raise ApiFault("status_not_changed")
        if accept:
            self._move(order, "processing")
        else:
            self._cancel(order)

    def comment(self, order: Order, status: str, text: str) -> None:
        """The status is taken as it is given, whatever it is."""
        order.status = status
        order.history.insert(0, (status, text or None, self._clock()))
        order.updated_at = self._clock()

    def cancel(self, order: Order) -> None:
        """Recorded: order/cancel_complete."""
        if order.state in ("canceled", "complete", "closed", "payment_review") or any(i.invoiced for i in order.items):
            raise ApiFault("status_not_changed")
        self._cancel(order)

    def invoice(self, order: Order, quantities: Mapping[str, Decimal], notify: bool) -> Invoice:
        """Offline payments are paid by it; a card waits for `capture`. Recorded: invoice/again."""
        left = [item for item in order.items if item.to_invoice() > 0]
        if not left or order.state in ("canceled", "complete", "closed", "payment_review", "holded"):
            raise ApiFault("data_invalid", "Cannot do invoice for order.")
        for item in left:
            item.invoiced += quantities.get(str(item.item_id), ZERO) if quantities else item.to_invoice()
        number = str(FIRST_NUMBER + len(self.invoices))
        invoice = Invoice(len(self.invoices) + 1, number, order, OPEN, self._clock())
        self.invoices[number] = invoice
        if not METHODS[order.method].authorises:
            self._pay(invoice)
        self._settle(order)
        if notify:
            self._mail("invoice", order)
        return invoice

    def capture(self, invoice: Invoice) -> None:
        if invoice.state != OPEN:
            raise ApiFault("status_not_changed", "Invoice cannot be captured.")
        self._pay(invoice)
        invoice.order.updated_at = self._clock()

    def credit(self, order: Order, quantities: Mapping[str, Decimal], freight: Decimal, notify: bool) -> Creditmemo:
        """Without quantities all that is billed and not credited. No gateway is asked; all of it closes the order."""
        left = {str(item.item_id): item.invoiced - item.refunded for item in order.items}
        asked = {key: quantities.get(key, ZERO) for key in left} if quantities else left
        if order.paid is None or order.state in ("canceled", "closed") or not any(left.values()):
            raise ApiFault("cannot_create_creditmemo")
        if any(quantity > left[key] for key, quantity in asked.items()) or freight > order.freight_left():
            raise ApiFault("internal", "Invalid qty to refund item or freight above what is left.")
        credited = [(item, asked[str(item.item_id)]) for item in order.items if asked[str(item.item_id)]]
        for item, quantity in credited:
            item.refunded += quantity
            if self.returns_to_stock and item.product.counts_stock:
                item.product.quantity += quantity
                item.product.in_stock = True
        order.freight_refunded += freight
        memo = Creditmemo(str(FIRST_NUMBER + len(self.creditmemos)), order, credited, freight)
        self.creditmemos[memo.number] = memo
        self._move(order, "closed" if order.refunded() >= order.total() else order.state)
        if notify:
            self._mail("creditmemo", order)
        return memo

    def ship(self, order: Order, quantities: Mapping[str, Decimal], comment: str | None, notify: bool) -> Shipment:
        """More than what is left is cut to it without a word. Recorded: shipment/again."""
        left = [item for item in order.items if item.to_ship() > 0]
        if not left or order.state in ("canceled", "complete", "closed", "payment_review", "holded"):
            raise ApiFault("data_invalid", "Cannot do shipment for order.")
        going = []
        for item in left:
            quantity = min(quantities.get(str(item.item_id), ZERO), item.to_ship()) if quantities else item.to_ship()
            if quantity > 0:
                item.shipped += quantity
                going.append((item, quantity))
        number = str(FIRST_NUMBER + len(self.shipments))
        shipment = Shipment(len(self.shipments) + 1, number, order, going, self._clock(), comment)
        self.shipments[number] = shipment
        self._settle(order)
        if notify:
            self._mail("shipment", order)
        return shipment

    def track(self, shipment: Shipment, carrier: str, title: str, number: str) -> Track:
        """Recorded: shipment/bad_carrier."""
        if carrier not in CARRIERS:
            raise ApiFault("data_invalid", "Invalid carrier specified.")
        track = Track(next(self._track_ids), carrier, title, number, self._clock())
        shipment.tracks.append(track)
        return track

    def send_info(self, shipment: Shipment) -> None:
        self._mail("shipment", shipment.order)
        shipment.mailed = True

    # ------------------------------------------------------------- what follows by itself

    def _take(self, product: Product, quantity: Decimal) -> None:
        if product.counts_stock:
            product.quantity -= quantity
            product.in_stock = product.quantity > 0

    def _cancel(self, order: Order) -> None:
        for item in order.items:
            back = item.to_ship()
            item.cancelled += back
            if item.product.counts_stock and back:
                item.product.quantity += back
                item.product.in_stock = True
        self._move(order, "canceled")

    def _pay(self, invoice: Invoice) -> None:
        invoice.state = PAID
        invoice.order.paid = invoice.order.total()

    def _settle(self, order: Order) -> None:
        done = all(item.to_ship() <= 0 and item.to_invoice() <= 0 for item in order.items)
        self._move(order, "complete" if done else "processing")

    def _move(self, order: Order, state: str) -> None:
        order.state, order.status = state, STATUSES[state]
        order.updated_at = self._clock()
        order.history.insert(0, (order.status, None, order.updated_at))

    def _mail(self, kind: str, order: Order) -> None:
        self._send(Mail(kind, order.customer["email"], order.number, self._clock()))
