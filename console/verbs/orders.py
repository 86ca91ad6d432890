"""integra orders: the orders of a queue; and writing those again that a restored C-Plus lacks."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from console.formats import moment, money
from console.language import _, say, say_n
from console.order_words import axes
from console.reading.orders import OrderRow, order_ids, order_rows
from console.texts import QUEUES, refusal, title, word
from console.verbs.context import Context, Exit, complain
from console.widths import cells, fit
from engine.orders import NOT_IN_ERP

READ_ROWS = 500
EVERY_QUEUE = "all"
COLUMNS = 160
"""Where no terminal says how many it has: a file, a pipe."""


def run(context: Context, queue: str, limit: int) -> int:
    """Print them."""

    def read(db: sqlite3.Connection) -> tuple[list[OrderRow], dict[int, dict[str, object]]]:
        ids = order_ids(db, queue)[:limit]
        found: dict[int, OrderRow] = {}
        for start in range(0, len(ids), READ_ROWS):
            found |= order_rows(db, ids[start : start + READ_ROWS])
        return [found[id] for id in ids if id in found], _customers(db, list(found)) if context.json else {}

    orders, customers = context.read(read)
    context.show(
        [_as_json(order) | {"customer": customers.get(order.id)} for order in orders],
        lambda: _lines(orders, datetime.now(UTC), mixed=queue == EVERY_QUEUE),
    )
    return Exit.DONE


def _customers(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, dict[str, object]]:
    """What C-Plus says of the buyers of these orders, by order."""
    rows = db.execute(
        "SELECT o.id AS order_id, c.erp_code AS code, c.price_table, c.blocked, c.block_reason, c.credit_cents"
        " FROM sales_order o JOIN customer c ON c.id = o.customer_id WHERE o.id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {
        row["order_id"]: {
            "code": row["code"],
            "price_table": row["price_table"],
            "blocked": bool(row["blocked"]),
            "block_reason": row["block_reason"],
            "credit_limit_cents": row["credit_cents"],
        }
        for row in rows
    }


def rewrite(context: Context, numbers: Sequence[str]) -> int:
    """Have these orders written into C-Plus again, which was restored or had them deleted."""
    if not numbers:
        complain(_("Say which orders: integra orders rewrite NUMBER ... (integra orders problem lists them)"))
        return Exit.WRONG_USAGE
    left = Exit.DONE
    with context.engine() as engine:
        for number in numbers:
            known = context.read(lambda db, number=number: _ids_of(db, number))  # type: ignore[misc]
            if not known:
                complain(say("There is no order {number}.", number=number))
                left = Exit.NEEDS_PERSON
            for order in known:
                answer = engine.ask("rewrite", {"order": order})
                if answer.ok:
                    print(say("{number}: is being written again.", number=number))
                else:
                    complain(refusal(answer.code, answer.params))
                    left = Exit.NEEDS_PERSON
    return left


def _ids_of(db: sqlite3.Connection, number: str) -> list[int]:
    """Two shops may use one number: those that are missing in C-Plus are meant, where there are any."""
    rows = db.execute("SELECT id, parked FROM sales_order WHERE number = ? ORDER BY id", (number,)).fetchall()
    missing = [row["id"] for row in rows if row["parked"] in NOT_IN_ERP]
    return missing or [row["id"] for row in rows[:1]]


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


def _lines(orders: list[OrderRow], now: datetime, *, mixed: bool) -> Iterator[str]:
    """A line for each; numbers, times and totals whole, and buyer and state share what is left."""
    rows = [
        (
            order.number,
            order.erp_number.lstrip("0") or order.erp_number or "—",
            moment(order.placed_at, now),
            money(order.total_cents),
            order.buyer,
            _state(order, mixed=mixed),
        )
        for order in orders
    ]
    widths = [max((cells(row[column]) for row in rows), default=0) for column in range(4)]
    left = max(0, shutil.get_terminal_size((COLUMNS, 24)).columns - sum(widths) - 5)
    buyer_width = min(max((cells(row[4]) for row in rows), default=0), left // 2)
    for number, erp_number, placed, total, buyer, state in rows:
        yield " ".join(
            (
                fit(number, widths[0]),
                fit(erp_number, widths[1], right=True),
                fit(placed, widths[2]),
                fit(buyer, buyer_width),
                fit(total, widths[3], right=True),
                fit(state, left - buyer_width),
            )
        ).rstrip()
    yield say_n("{n} order", "{n} orders", len(orders))


def _state(order: OrderRow, *, mixed: bool) -> str:
    """What most concerns somebody who reads the list, first; the queue only where the list has several."""
    words = [title(order.alarm or order.parked)] if order.alarm or order.parked else []
    if mixed:
        words.append(word(QUEUES, order.queue))
    return " · ".join((*words, *axes(order)))
