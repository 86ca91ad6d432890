"""All orders, and the acts that make no document: cancel, hold, review at the gateway, comment, overwrite.

What stands here was seen on a real shop or read in Magento's sources; nothing is repaired for the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NO_SUCH_ENTITY, NotFound, Refused
from connectors.sandbox.shop.inventory import Inventory
from connectors.sandbox.shop.mail import Mail
from connectors.sandbox.shop.orders import (
    CANCELED,
    COMPLETE,
    HOLDED,
    PAYMENT_REVIEW,
    PROCESSING,
    STATUSES,
    Item,
    Note,
    Order,
)
from connectors.sandbox.shop.wire import stamp


class OrderBook:
    def __init__(self, clock: Callable[[], datetime], inventory: Inventory, send: Callable[[Mail], None]) -> None:
        self._clock = clock
        self._inventory = inventory
        self._send = send
        self.by_id: dict[int, Order] = {}
        self.statuses: dict[str, list[str]] = {state: list(known) for state, known in STATUSES.items()}
        """A merchant may add to it; a status that is not here can still come by POST /V1/orders."""
        self._by_increment: dict[str, int] = {}
        self._ids: defaultdict[str, count[int]] = defaultdict(lambda: count(1))

    def now(self) -> str:
        return stamp(self._clock())

    def next_id(self, kind: str) -> int:
        """Each kind of row counts on its own."""
        return next(self._ids[kind])

    def get(self, order_id: int) -> Order:
        """Raises NotFound."""
        if order_id not in self.by_id:
            raise NotFound(NO_SUCH_ENTITY)
        return self.by_id[order_id]

    def by_increment(self, increment_id: str) -> Order:
        """By the number that the buyer knows. Raises NotFound."""
        if increment_id not in self._by_increment:
            raise NotFound(NO_SUCH_ENTITY)
        return self.by_id[self._by_increment[increment_id]]

    def add(self, order: Order) -> None:
        self.by_id[order.order_id] = order
        self._by_increment[order.increment_id] = order.order_id

    def mail(self, kind: str, order: Order) -> None:
        """Write to the order's customer."""
        self._send(Mail(kind, order.email, order.increment_id, self._clock()))

    def reserve(self, order: Order, item: Item, quantity: Decimal, event: str) -> None:
        """Owe goods (negative), or owe them no more."""
        if quantity:
            self._inventory.reserve(item.sku, order.stock_id, quantity, event, order.increment_id)

    def set_state(self, order: Order, state: str) -> None:
        """The state with its default status."""
        order.state, order.status = state, self.statuses[state][0]

    # ------------------------------------------------------------- cancelling and holding

    def cancel(self, order_id: int) -> bool:
        """False where the state does not allow it, with status 200: the caller must read the body."""
        order = self.get(order_id)
        if not order.can_cancel:
            return False
        self._cancel(order)
        return True

    def _cancel(self, order: Order) -> None:
        now = self.now()
        for item in order.lines:
            quantity = min(item.to_invoice, item.to_ship)
            item.canceled += quantity
            item.updated_at = now
            self.reserve(order, item, quantity, "order_canceled")
        order.canceled = True
        order.subtotal_canceled = order.subtotal - order.subtotal_invoiced
        order.freight_canceled = order.freight - order.freight_invoiced
        billed = [item for item in order.lines if item.to_refund > 0]
        if not billed:
            self.set_state(order, CANCELED)
        else:
            self.set_state(order, PROCESSING if any(item.to_ship > 0 for item in billed) else COMPLETE)
        order.updated_at = now

    def hold(self, order_id: int) -> None:
        """Raises Refused where the state does not allow it."""
        order = self.get(order_id)
        if not order.can_hold:
            raise Refused("A hold action is not available.")
        order.held_from = (order.state, order.status)
        self.set_state(order, HOLDED)
        order.updated_at = self.now()

    def unhold(self, order_id: int) -> None:
        """Raises Refused for an order that is not on hold."""
        order = self.get(order_id)
        if order.state != HOLDED or order.held_from is None:
            raise Refused("You cannot remove the hold.")
        order.state, order.status = order.held_from
        order.held_from = None
        order.updated_at = self.now()

    # ------------------------------------------------------------- the gateway

    def in_review(self) -> list[Order]:
        """The payments that wait for the gateway."""
        return [order for order in self.by_id.values() if order.state == PAYMENT_REVIEW]

    def review(self, increment_id: str, accept: bool) -> Order:
        """What the gateway decides; REST has no call for it.

        Accepted, the money is authorised and still to be captured; denied, the order is cancelled and its goods are
        free again. Raises Refused for an order that is not in review.
        """
        order = self.by_increment(increment_id)
        if order.state != PAYMENT_REVIEW:
            raise Refused("The payment is not in review.")
        if accept:
            self.set_state(order, PROCESSING)
            order.updated_at = self.now()
        else:
            self._cancel(order)
        return order

    # ------------------------------------------------------------- comments, and states set by hand

    def comment(self, order_id: int, data: Mapping[str, Any]) -> None:
        """Add to the history. Without a status the order loses its own: always send it. Raises Refused."""
        order = self.get(order_id)
        status = data.get("status") or None
        if status is not None and status not in self.statuses.get(order.state, ()):
            message = 'Unable to add comment: The status "%1" is not part of the order status history.'
            raise Refused(message, [status])
        notified = data.get("is_customer_notified") or 0
        self.note(order, data.get("comment") or "", status, notified, data.get("is_visible_on_front") or 0)
        order.status = status
        order.updated_at = self.now()
        if notified:
            self.mail("comment", order)

    def note(
        self,
        order: Order,
        comment: str,
        status: str | None,
        notified: int = 0,
        visible: int = 0,
        document: str | None = None,
    ) -> None:
        """Write to an order's history, the newest first."""
        order.notes.insert(0, Note(self.next_id("note"), comment, self.now(), status, notified, visible, document))

    def overwrite(self, data: Mapping[str, Any]) -> Order:
        """POST /V1/orders: set state and status of a stored order, asking nobody. Raises Refused for a new one.

        A status `canceled` set this way frees no goods. Left out, the increment id becomes a new one.
        """
        order = self.by_id.get(data.get("entity_id") or 0)
        if order is None:
            raise Refused("Please provide payment for the order.")
        del self._by_increment[order.increment_id]
        order.increment_id = data.get("increment_id") or f"{self.next_id('order'):09d}"
        self._by_increment[order.increment_id] = order.order_id
        order.state = data.get("state") or order.state
        order.status = data.get("status") or order.status
        order.ext_order_id = data.get("ext_order_id") or order.ext_order_id
        order.ext_customer_id = data.get("ext_customer_id") or order.ext_customer_id
        order.updated_at = self.now()
        return order
