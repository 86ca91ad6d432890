"""integra orders: the orders of a queue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from console.formats import moment, money
from console.language import say_n
from console.reading.orders import OrderRow, order_ids, order_rows
from console.texts import CANCELLATIONS, FULFILMENTS, PAYMENTS, QUEUES, title, word
from console.verbs.context import Context, Exit
from console.widths import fit

READ_ROWS = 500


def run(context: Context, queue: str, limit: int) -> int:
    """Print them."""

    def read(db: sqlite3.Connection) -> list[OrderRow]:
        ids = order_ids(db, queue)[:limit]
        found: dict[int, OrderRow] = {}
        for start in range(0, len(ids), READ_ROWS):
            found |= order_rows(db, ids[start : start + READ_ROWS])
        return [found[id] for id in ids if id in found]

    orders = context.read(read)
    context.show([_as_json(order) for order in orders], lambda: _lines(orders, datetime.now(UTC)))
    return Exit.DONE


def _as_json(order: OrderRow) -> dict[str, object]:
    return {
        "id": order.id,
        "account": order.account,
        "number": order.number,
        "erp_number": order.erp_number,
        "placed_at": order.placed_at and order.placed_at.isoformat(),
        "buyer": order.buyer,
        "total_cents": order.total_cents,
        "queue": order.queue,
        "payment": order.payment,
        "fulfilment": order.fulfilment,
        "cancellation": order.cancellation,
        "parked": order.parked or None,
        "alarm": order.alarm or None,
        "tracking": order.tracking or None,
    }


def _lines(orders: list[OrderRow], now: datetime) -> Iterator[str]:
    for order in orders:
        words = [word(PAYMENTS, order.payment), word(FULFILMENTS, order.fulfilment)]
        if order.cancellation != "none":
            words.append(word(CANCELLATIONS, order.cancellation))
        flag = title(order.alarm or order.parked) if order.alarm or order.parked else ""
        yield (
            f"{fit(order.number, 12)} {fit(order.erp_number or '—', 8)} {fit(moment(order.placed_at, now), 17)}"
            f" {fit(word(QUEUES, order.queue), 10)} {fit(order.buyer, 28)}"
            f" {fit(money(order.total_cents), 14, right=True)}  {' · '.join(words)}  {flag}"
        ).rstrip()
    yield say_n("{n} order", "{n} orders", len(orders))
