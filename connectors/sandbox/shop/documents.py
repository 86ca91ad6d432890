"""Invoices, shipments with their tracks, and credit memos: what each does to the order, the stock and the money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from connectors.sandbox.shop.errors import Refused
from connectors.sandbox.shop.inventory import DEFAULT_SOURCE, SHIPPED, Inventory
from connectors.sandbox.shop.order_book import OrderBook
from connectors.sandbox.shop.orders import (
    CANCELED,
    CLOSED,
    COMPLETE,
    HOLDED,
    NEW,
    PAYMENT_REVIEW,
    PROCESSING,
    CreditMemo,
    DocumentItem,
    Invoice,
    Item,
    Order,
    Shipment,
    Track,
)
from connectors.sandbox.shop.wire import ZERO, money

Picked = list[tuple[Item, Decimal]]


class Documents:
    def __init__(self, inventory: Inventory, book: OrderBook) -> None:
        self._inventory = inventory
        self._book = book
        self.invoices: dict[int, Invoice] = {}
        self.shipments: dict[int, Shipment] = {}
        self.creditmemos: dict[int, CreditMemo] = {}

    # ------------------------------------------------------------- invoices

    def invoice(
        self,
        order_id: int,
        wanted: Mapping[int, Decimal] | None = None,
        notify: bool = False,
        comment: Mapping[str, Any] | None = None,
    ) -> Invoice:
        """Bill lines (all that is left, where none are named) and take the money. Raises Refused.

        An authorised card is captured by it. The first invoice carries the whole freight. The order's status becomes
        the state's default; a merchant's own is lost.
        """
        order = self._book.get(order_id)
        if order.blocked:
            _invalid("Invoice", f"An invoice cannot be created when an order has a status of {order.status}")
        picked = _pick(order, wanted, lambda item: item.to_invoice)
        for item, quantity in picked:
            if quantity > item.to_invoice:
                raise Refused(f'We found an invalid quantity to invoice item "{item.name}".')
        picked = [(item, quantity) for item, quantity in picked if quantity > 0]
        problems = []
        if not picked:
            problems.append("The invoice can't be created without products. Add products and try again.")
        if not order.can_invoice:
            problems.append("The order does not allow an invoice to be created.")
        if problems:
            _invalid("Invoice", *problems)
        now, invoice_id = self._book.now(), self._book.next_id("invoice")
        freight = order.freight - order.freight_invoiced
        lines = self._lines("invoice_item", picked)
        invoice = Invoice(invoice_id, f"{invoice_id:09d}", order, now, now, lines, freight)
        for line in lines:
            line.line.invoiced += line.quantity
            line.line.row_invoiced += line.row_total
            line.line.updated_at = now
            order.subtotal_invoiced += line.row_total
        order.freight_invoiced += freight
        order.invoiced = True
        order.paid += sum((line.row_total for line in lines), freight)
        self._add_comment(invoice.comments, comment, notify, invoice_id)
        self.invoices[invoice_id] = invoice
        self._book.set_state(order, PROCESSING)
        self._finish(order)
        order.updated_at = now
        if notify:
            self._book.mail("invoice", order)
        return invoice

    # ------------------------------------------------------------- shipments

    def ship(
        self,
        order_id: int,
        wanted: Mapping[int, Decimal] | None = None,
        tracks: Sequence[Mapping[str, Any]] = (),
        notify: bool = False,
        comment: Mapping[str, Any] | None = None,
        source_code: str | None = None,
    ) -> Shipment:
        """Send lines away (all that is left, where none are named); more than is left is cut to it, not refused.

        Without a source, a stock of exactly one takes that one, any other stock takes source `default`, whether or
        not it is a source of the stock (seen on a real shop). A source with too little gives an error that hides why.
        """
        order = self._book.get(order_id)
        if order.blocked:
            _invalid("Shipment", f"A shipment cannot be created when an order has a status of {order.status}")
        picked = [(i, min(q, i.to_ship)) for i, q in _pick(order, wanted, lambda item: item.to_ship)]
        picked = [(item, quantity) for item, quantity in picked if quantity > 0]
        problems = []
        if not order.can_ship:
            problems.append("The order does not allow a shipment to be created.")
        if not picked:
            problems.append("You can't create a shipment without products.")
        if any(not track.get("track_number") for track in tracks):
            problems.append("Please enter a tracking number.")
        if problems:
            _invalid("Shipment", *problems)
        source = source_code or self._source_of(order)
        self._take(picked, source)
        now, shipment_id = self._book.now(), self._book.next_id("shipment")
        lines = self._lines("shipment_item", picked)
        shipment = Shipment(shipment_id, f"{shipment_id:09d}", order, now, now, lines, source)
        shipment.tracks = [self._track(entry, now) for entry in tracks]
        for line in lines:
            line.line.shipped += line.quantity
            line.line.updated_at = now
            self._book.reserve(order, line.line, line.quantity, SHIPPED)
        self._add_comment(shipment.comments, comment, notify, shipment_id)
        self.shipments[shipment_id] = shipment
        before = (order.state, order.status)
        if order.state == NEW:
            self._book.set_state(order, PROCESSING)
        self._finish(order)
        if (order.state, order.status) != before:
            # Magento writes the order's own row only where it changed: polling by updated_at misses the others.
            order.updated_at = now
        if notify:
            self._book.mail("shipment", order)
        return shipment

    def add_track(self, data: Mapping[str, Any]) -> tuple[Shipment, Track]:
        """A track that comes later moves the shipment's time of change, not the order's (seen on a real shop)."""
        shipment = self.shipments.get(data.get("parent_id") or 0)
        if shipment is None or data.get("order_id") != shipment.order.order_id:
            raise Refused("Could not save the shipment tracking.")
        now = self._book.now()
        track = self._track(data, now)
        shipment.tracks.append(track)
        shipment.updated_at = now
        return shipment, track

    def _source_of(self, order: Order) -> str:
        sources = self._inventory.sources_of(order.stock_id)
        return sources[0] if len(sources) == 1 else DEFAULT_SOURCE

    def _take(self, picked: Picked, source: str) -> None:
        if not self._inventory.by_source:
            return  # taken when it was ordered
        for item, quantity in picked:
            stored = self._inventory.item(item.sku, source)
            if stored is None or stored.quantity < quantity:
                raise Refused("Could not save a shipment, see error log for details")
        for item, quantity in picked:
            self._inventory.move(item.sku, source, -quantity)

    def _track(self, data: Mapping[str, Any], now: str) -> Track:
        return Track(
            self._book.next_id("track"), now, now, data.get("track_number") or "", data.get("title") or "",
            data.get("carrier_code") or "", data.get("weight"), data.get("qty"), data.get("description"),
        )  # fmt: skip

    # ------------------------------------------------------------- credit memos

    def refund(
        self,
        order_id: int,
        wanted: Mapping[int, Decimal] | None = None,
        freight: Decimal | None = None,
        adjustments: tuple[Decimal, Decimal] = (ZERO, ZERO),
        return_to_stock: Sequence[int] = (),
        notify: bool = False,
        comment: Mapping[str, Any] | None = None,
    ) -> CreditMemo:
        """Give money back outside the gateway. `freight` None = all of it. Raises Refused.

        Goods shipped come back to their source where their line is named in `return_to_stock`; goods not yet shipped
        are no longer owed.
        """
        order = self._book.get(order_id)
        if order.state in (PAYMENT_REVIEW, HOLDED, CANCELED, CLOSED):
            _invalid("Creditmemo", f"A creditmemo can not be created when an order has a status of {order.status}")
        left = order.paid - order.total_refunded
        if left <= 0:
            _invalid("Creditmemo", "The order does not allow a creditmemo to be created.")
        picked = [(i, q) for i, q in _pick(order, wanted, lambda item: item.to_refund) if q > 0]
        for item, quantity in picked:
            if quantity > item.to_refund:
                text = "The quantity to creditmemo must not be greater than the unrefunded quantity for product SKU"
                _invalid("Creditmemo", f'{text} "{item.sku}".')
        lines = self._lines("creditmemo_item", picked)
        given = order.freight_invoiced - order.freight_refunded if freight is None else money(freight)
        plus, minus = adjustments
        total = sum((line.row_total for line in lines), given) + plus - minus
        if total <= 0 or total > left:
            _invalid("Creditmemo", f"The most money available to refund is {left}.")
        now, memo_id = self._book.now(), self._book.next_id("creditmemo")
        memo = CreditMemo(memo_id, f"{memo_id:09d}", order, now, now, lines, given, plus, minus)
        for line in lines:
            self._give_back(order, line, line.line.item_id in return_to_stock)
            line.line.refunded += line.quantity
            line.line.amount_refunded += line.row_total
            line.line.updated_at = now
            order.subtotal_refunded += line.row_total
        order.refunds = True
        order.freight_refunded += given
        order.adjustment_positive += plus
        order.adjustment_negative += minus
        self._add_comment(memo.comments, comment, notify, memo_id)
        self.creditmemos[memo_id] = memo
        self._finish(order)
        self._book.note(order, f"We refunded R${total:.2f} offline.", order.status, document="creditmemo")
        order.updated_at = now
        if notify:
            self._book.mail("creditmemo", order)
        return memo

    def _give_back(self, order: Order, line: DocumentItem, to_stock: bool) -> None:
        item = line.line
        unshipped = min(line.quantity, item.to_ship)
        self._book.reserve(order, item, unshipped, "creditmemo_created")
        source = next(
            (s.source_code for s in self.shipments.values() if any(entry.line is item for entry in s.items)),
            self._source_of(order),
        )
        stored = self._inventory.item(item.sku, source)
        # What was not shipped and does not come back is gone from the shelf all the same.
        moved = line.quantity - unshipped if to_stock else -unshipped
        if stored is not None and moved and stored.quantity + moved >= 0:
            self._inventory.move(item.sku, source, moved)

    # ------------------------------------------------------------- common to all three

    def _finish(self, order: Order) -> None:
        """Complete when nothing is left to bill or ship, closed when all money went back."""
        if order.state == CANCELED or order.blocked or order.can_invoice or order.can_ship:
            return
        if order.state in (PROCESSING, COMPLETE) and not order.can_refund:
            self._book.set_state(order, CLOSED)
        elif order.state == PROCESSING:
            self._book.set_state(order, COMPLETE)

    def _lines(self, kind: str, picked: Picked) -> list[DocumentItem]:
        return [
            DocumentItem(self._book.next_id(kind), item, quantity, _share(item, quantity)) for item, quantity in picked
        ]

    def _add_comment(
        self, comments: list[dict[str, Any]], comment: Mapping[str, Any] | None, notify: bool, parent_id: int
    ) -> None:
        if comment and comment.get("comment"):
            entry = {
                "is_customer_notified": int(notify),
                "parent_id": parent_id,
                "comment": comment["comment"],
                "is_visible_on_front": int(comment.get("is_visible_on_front") or 0),
                "created_at": self._book.now(),
                "entity_id": self._book.next_id("document_comment"),
            }
            comments.append(entry)


def _invalid(kind: str, *problems: str) -> NoReturn:
    raise Refused("\n".join([f"{kind} Document Validation Error(s):", *problems]))


def _pick(order: Order, wanted: Mapping[int, Decimal] | None, left: Callable[[Item], Decimal]) -> Picked:
    """The lines named with their quantity, or all that is left. Lines of other orders, and variants' own, drop out."""
    if not wanted:
        return [(item, left(item)) for item in order.lines]
    named = ((order.line(item_id), quantity) for item_id, quantity in wanted.items())
    return [(item, quantity) for item, quantity in named if item is not None]


def _share(item: Item, quantity: Decimal) -> Decimal:
    """The part of a line's total that a quantity of it stands for."""
    return item.row_total if quantity == item.ordered else money(item.row_total * quantity / item.ordered)
