"""The three axes of an order in words: cancellation, payment, fulfilment."""

from __future__ import annotations

from console.reading.orders import OrderRow
from console.safe_text import SafeText
from console.texts import CANCELLATIONS, FULFILMENTS, PAYMENTS, word

MONEY_MOVED = ("capturing", "paid", "refunded")
IN_THE_STORE = ("received", "reserved", "short")


def axes(order: OrderRow) -> list[SafeText]:
    """Of a cancelled order only what went before counts: money taken, goods that left. Nothing of it is reserved."""
    over = order.cancellation == "cancelled"
    words = [word(CANCELLATIONS, order.cancellation)] if order.cancellation != "none" else []
    if not over or order.payment in MONEY_MOVED:
        words.append(word(PAYMENTS, order.payment))
    if not over or order.fulfilment not in IN_THE_STORE:
        words.append(word(FULFILMENTS, order.fulfilment))
    return words
