"""The orders: the queues with their counts, the ids of a list, the rows of a page, and one order in full."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading import search
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe
from engine.orders import Queue

ALL = "all"
QUEUES = (*(queue.value for queue in Queue), ALL)
WORK = tuple(queue.value for queue in Queue if queue not in (Queue.HELD, Queue.DONE))
"""The queues in which an order waits for a person."""

_COUNTS = "SELECT queue, count(*) AS orders FROM sales_order GROUP BY queue"
# Work is done oldest first; what is looked up is mostly of late.
_IDS_OF_QUEUE = "SELECT id FROM sales_order WHERE queue = :queue {matching} ORDER BY placed_at, id"
_CAME_BACK = (
    "SELECT id FROM sales_order INDEXED BY sales_order_came_back WHERE came_back_at IS NOT NULL AND queue = :queue"
    " {matching} ORDER BY came_back_at, id"
)
_IDS_OF_DONE = "SELECT id FROM sales_order WHERE queue = :queue {matching} ORDER BY placed_at DESC, id DESC"
_IDS_OF_ALL = "SELECT id FROM sales_order WHERE true {matching} ORDER BY placed_at DESC, id DESC"
_MATCHING = f"AND id IN ({search.ORDERS})"
_SCANNED = f"SELECT id FROM sales_order WHERE id IN ({search.ORDERS}) ORDER BY placed_at DESC, id DESC LIMIT :most"
SCANNED_MAX = 20
ORDERS = """
SELECT o.id, o.account, o.number, iif(o.erp_written_at IS NULL, NULL, o.erp_number) AS erp_number, o.placed_at,
       o.buyer_name, o.total_cents, o.payment, o.fulfilment, o.cancellation, o.queue, o.parked, o.alarm, o.decision,
       o.authorized_until, o.tracking, o.row_version, o.payment_method, o.shipping_method, o.held, o.in_parts,
       o.came_back_at, d.id IS NOT NULL AS withdrawable, d.not_before AS leaves_at,
       (SELECT s.until FROM order_said s WHERE s.order_id = o.id AND s.kind = iif(o.held, 'hold', 'wait')) AS back_at,
       EXISTS (SELECT 1 FROM effect w WHERE w.order_id = o.id AND w.state = 'decided' AND w.attempts > 0
               AND w.kind NOT IN ('erp-order', 'erp-reserve', 'erp-release', 'erp-release-invoiced', 'track')) AS tried
FROM sales_order o LEFT JOIN effect d ON d.order_id = o.id AND d.state = 'decided' AND d.attempts = 0
     AND d.kind IN ('accept-payment', 'deny-payment', 'capture', 'cancel', 'ship', 'refund', 'credit-short',
                'erp-delivery')
WHERE {which}
"""
_PAGE = ORDERS.format(which="o.id IN (SELECT value FROM json_each(?))")
_LATE = ORDERS.format(
    which="+o.queue IN ('decide', 'held') AND o.payment = 'authorized' AND o.authorized_until IS NOT NULL"
    " ORDER BY o.authorized_until LIMIT 1"
)
_COME_BACK = "SELECT count(*) FROM sales_order INDEXED BY sales_order_came_back WHERE came_back_at IS NOT NULL"
_FIRST_BACK = ORDERS.format(which="o.came_back_at IS NOT NULL ORDER BY o.came_back_at, o.id LIMIT 1")
_ALARMS = "SELECT count(*) FROM sales_order WHERE queue = 'problem' AND alarm IS NOT NULL"
_FIRST_ALARM = ORDERS.format(which="o.queue = 'problem' AND o.alarm IS NOT NULL ORDER BY o.placed_at, o.id LIMIT 1")
_TROUBLED = """
SELECT o.id, o.number, iif(o.erp_written_at IS NULL, NULL, o.erp_number) AS erp_number, o.account, o.alarm, o.parked,
       o.parked_params, o.raw_status,
       (SELECT max(h.at) FROM order_event h WHERE h.order_id = o.id AND h.what = COALESCE(o.alarm, o.parked)) AS since
FROM sales_order o WHERE {which}
"""
_IN_PROBLEM = _TROUBLED.format(which="o.queue = 'problem' ORDER BY o.alarm IS NULL, o.placed_at, o.id LIMIT ?")
_STANDING_ASIDE = _TROUBLED.format(
    which="o.queue = 'problem' AND EXISTS (SELECT 1 FROM effect e WHERE e.order_id = o.id AND e.state = 'decided'"
    " AND e.error_code = o.parked) ORDER BY o.placed_at, o.id"
)
_NAMED = """
SELECT id FROM sales_order
WHERE (number = :number OR erp_written_at IS NOT NULL AND ltrim(erp_number, '0') = ltrim(:number, '0'))
  AND (:account = '' OR account = :account) ORDER BY placed_at, id LIMIT 20
"""
_OLDEST = "SELECT queue, min(placed_at) AS oldest FROM sales_order WHERE queue <> 'done' GROUP BY queue"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a list shows it. `withdrawable`: a decision was made and has not left yet.

    `back_at`: when one that is held, or waits for goods, comes back to a person; `came_back`: one has, and nobody has
    done anything with it since. `tried`: a decision was to leave, the other side did not take it, and it will be tried
    again.
    `erp_number` is "" until the order was written: the number that is kept for it names nothing in C-Plus before.
    """

    id: int
    account: SafeText
    number: SafeText
    erp_number: SafeText
    placed_at: datetime | None
    buyer: SafeText
    total_cents: int
    payment: str
    fulfilment: str
    cancellation: str
    queue: str
    parked: SafeText
    alarm: SafeText
    decision: SafeText
    authorized_until: datetime | None
    tracking: SafeText
    payment_method: SafeText
    shipping_method: SafeText
    row_version: int
    withdrawable: bool
    leaves_at: datetime | None
    held: bool
    in_parts: bool
    back_at: datetime | None
    came_back: bool
    tried: bool


@dataclass(frozen=True, slots=True)
class Troubled:
    """An order that needs a person, with the code that says why; an alarm goes before what it is parked for.

    `since` is None where its history does not tell it; `erp_number` is "" until the order was written.
    """

    id: int
    number: SafeText
    erp_number: SafeText
    account: SafeText
    since: datetime | None
    code: str
    params: dict[str, Any]


def queue_counts(db: sqlite3.Connection) -> dict[str, int]:
    """Orders in each queue, every queue named, and in all."""
    counts = dict.fromkeys(QUEUES, 0)
    for queue, orders in db.execute(_COUNTS).fetchall():
        counts[queue] = orders
        counts[ALL] += orders
    return counts


def order_ids(db: sqlite3.Connection, queue: str, filter_text: str = "") -> array[int]:
    """The ids of a queue in the order of its list, of those that have each word of the filter: see order_words.

    Those that came back to a person stand on top.
    """
    statement = _IDS_OF_ALL if queue == ALL else _IDS_OF_DONE if queue == Queue.DONE else _IDS_OF_QUEUE
    matching, values = _MATCHING if filter_text else "", {"queue": queue, "words": search.pattern(filter_text)}
    ids = array("q", [row[0] for row in db.execute(statement.format(matching=matching), values).fetchall()])
    back = [row[0] for row in db.execute(_CAME_BACK.format(matching=matching), values).fetchall()]
    if not back:
        return ids
    on_top = frozenset(back)
    return array("q", [*back, *(id for id in ids if id not in on_top)])


def orders_scanned(db: sqlite3.Connection, text: str) -> list[int]:
    """The orders that a scanned code names whole, the newest first; SCANNED_MAX at most."""
    values = {"words": search.whole(text), "most": SCANNED_MAX}
    return [row[0] for row in db.execute(_SCANNED, values).fetchall()]


def order_rows(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, OrderRow]:
    """The rows of these orders, by id; an order that is gone is left out."""
    rows = db.execute(_PAGE, [json.dumps(list(ids))]).fetchall()
    return {row["id"]: order_row(row) for row in rows}


def newest_order(db: sqlite3.Connection) -> int:
    """The id of the order that came in last, 0 with none."""
    return int(db.execute("SELECT COALESCE(max(id), 0) FROM sales_order").fetchone()[0])


def alarm_count(db: sqlite3.Connection) -> int:
    """Orders that must not leave the house."""
    return int(db.execute(_ALARMS).fetchone()[0])


def first_alarm(db: sqlite3.Connection) -> OrderRow | None:
    """The oldest order that must not leave the house."""
    row = db.execute(_FIRST_ALARM).fetchone()
    return order_row(row) if row else None


def troubled(db: sqlite3.Connection, limit: int) -> list[Troubled]:
    """Orders with a problem, those with an alarm first, at most that many; -1 for all of them."""
    return [_troubled(row) for row in db.execute(_IN_PROBLEM, [limit]).fetchall()]


def standing_aside(db: sqlite3.Connection) -> list[Troubled]:
    """Orders that C-Plus does not take as they are: what is to be done there waits for a person."""
    return [_troubled(row) for row in db.execute(_STANDING_ASIDE).fetchall()]


def _troubled(row: sqlite3.Row) -> Troubled:
    return Troubled(
        id=row["id"],
        number=safe(row["number"]),
        erp_number=safe(row["erp_number"] or ""),
        account=safe(row["account"]),
        since=instant(row["since"]),
        code=row["alarm"] or row["parked"] or "",
        params={"status": safe(row["raw_status"]), **params_of(row["parked_params"])},
    )


def orders_named(db: sqlite3.Connection, name: str) -> list[int]:
    """The orders that the shop or C-Plus calls NUMBER, or that a shop does by ACCOUNT/NUMBER; 20 at most."""
    account, _slash, number = name.rpartition("/")
    return [row["id"] for row in db.execute(_NAMED, {"account": account, "number": number}).fetchall()]


def oldest_in_queues(db: sqlite3.Connection) -> dict[str, datetime]:
    """Since when the oldest order of each queue waits."""
    found = {queue: instant(oldest) for queue, oldest in db.execute(_OLDEST).fetchall()}
    return {queue: when for queue, when in found.items() if when}


def came_back(db: sqlite3.Connection) -> tuple[int, OrderRow | None]:
    """How many orders came back with which nobody has done anything since, and the first of them."""
    row = db.execute(_FIRST_BACK).fetchone()
    return int(db.execute(_COME_BACK).fetchone()[0]), order_row(row) if row else None


def next_to_lapse(db: sqlite3.Connection) -> OrderRow | None:
    """The undecided order whose card authorisation ends first."""
    row = db.execute(_LATE).fetchone()
    return order_row(row) if row else None


def order_row(row: sqlite3.Row) -> OrderRow:
    """A row of ORDERS as a value."""
    return OrderRow(
        id=row["id"],
        account=safe(row["account"]),
        number=safe(row["number"]),
        erp_number=safe(row["erp_number"] or ""),
        placed_at=instant(row["placed_at"]),
        buyer=safe(row["buyer_name"]),
        total_cents=row["total_cents"],
        payment=row["payment"],
        fulfilment=row["fulfilment"],
        cancellation=row["cancellation"],
        queue=row["queue"],
        parked=safe(row["parked"] or ""),
        alarm=safe(row["alarm"] or ""),
        decision=safe(row["decision"] or ""),
        authorized_until=instant(row["authorized_until"]),
        tracking=safe(row["tracking"] or ""),
        payment_method=safe(row["payment_method"]),
        shipping_method=safe(row["shipping_method"]),
        row_version=row["row_version"],
        withdrawable=bool(row["withdrawable"]),
        leaves_at=instant(row["leaves_at"]),
        held=bool(row["held"]),
        in_parts=bool(row["in_parts"]),
        back_at=instant(row["back_at"]),
        came_back=row["came_back_at"] is not None,
        tried=bool(row["tried"]),
    )
