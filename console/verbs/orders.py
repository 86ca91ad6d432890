"""integra orders: the orders of a queue; and writing those again that a restored C-Plus lacks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from console.formats import moment, money
from console.language import _, say, say_n
from console.reading.orders import OrderRow, order_ids, order_rows
from console.texts import CANCELLATIONS, FULFILMENTS, PAYMENTS, QUEUES, refusal, title, word
from console.verbs.context import Context, Exit, complain
from console.widths import fit
from engine.orders import MISSING_IN_ERP

READ_ROWS = 500


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
        lambda: _lines(orders, datetime.now(UTC)),
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
    """Have these orders written into C-Plus again, which lost them in a restore."""
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
    missing = [row["id"] for row in rows if row["parked"] == MISSING_IN_ERP]
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
