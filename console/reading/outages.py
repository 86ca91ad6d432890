"""C-Plus or a shop out of reach: since when and what waits, and what came of it once it was back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.safe_text import SafeText, safe
from engine.store.accounts import ERP
from engine.store.effects import AT_CHANNEL, IN_ERP
from engine.store.instants import later

OUTAGE_S_MIN = 60.0
"""What is over sooner passes by itself, and nobody is told."""
TOLD_FOR_S = 7_200.0
"""What has been over for longer is no news: nobody is told, and nothing is counted."""
CALL_MAX = 20

_LASTING = "SELECT id, account, began_at, began_order, ended_at FROM outage WHERE ended_at IS NULL ORDER BY account"
_ENDED = """
SELECT id, account, began_at, began_order, ended_at FROM outage WHERE ended_at > ? AND
    julianday(ended_at) - julianday(began_at) >= ? / 86400.0
ORDER BY ended_at DESC LIMIT 1
"""
_WAITING = """
SELECT e.kind, count(*) AS effects FROM effect e JOIN sales_order o ON o.id = e.order_id
 WHERE e.state IN ('decided', 'in-flight') AND (:account = '' OR o.account = :account) GROUP BY e.kind
"""
_CAME = """
SELECT count(*) AS orders, COALESCE(sum(total_cents), 0) AS total_cents,
       COALESCE(sum(erp_written_at IS NULL), 0) AS unwritten
  FROM sales_order
 WHERE id > :began_order AND placed_at <= :ended_at AND cancellation <> 'cancelled'
   AND (:account = '' OR account = :account)
"""
_SHORT = """
SELECT id, number, buyer_name, buyer_phone FROM sales_order
 WHERE id > :began_order AND placed_at <= :ended_at AND cancellation = 'none' AND fulfilment = 'short'
   AND (:account = '' OR account = :account)
 ORDER BY placed_at, id LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Outage:
    """`account` "" is C-Plus; `ended_at` is None while it lasts."""

    id: int
    account: SafeText
    began_at: datetime
    ended_at: datetime | None

    def seconds(self, now: datetime) -> float:
        """How long it lasted, or has lasted."""
        return ((self.ended_at or now) - self.began_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Down:
    """An outage that lasts: so many effects wait to be written into C-Plus, so many for the shop."""

    outage: Outage
    for_erp: int
    for_shop: int


@dataclass(frozen=True, slots=True)
class ToCall:
    """The buyer of an order whose goods are missing."""

    order: int
    number: SafeText
    buyer: SafeText
    phone: SafeText


@dataclass(frozen=True, slots=True)
class Back:
    """The last outage that ended. Of the orders placed until then, `unwritten` do not stand in C-Plus yet."""

    outage: Outage
    orders: int
    total_cents: int
    unwritten: int
    short: tuple[ToCall, ...]

    def is_news(self, now: datetime) -> bool:
        """It has not been over for long."""
        ended_at = self.outage.ended_at
        return ended_at is not None and (now - ended_at).total_seconds() < TOLD_FOR_S


def lasting(db: sqlite3.Connection) -> tuple[Down, ...]:
    """All that is out of reach; C-Plus first."""
    found: list[Down] = []
    for row in db.execute(_LASTING).fetchall():
        waiting = dict(db.execute(_WAITING, {"account": row["account"]}).fetchall())
        for_erp = sum(count for kind, count in waiting.items() if kind in IN_ERP)
        for_shop = sum(count for kind, count in waiting.items() if kind in AT_CHANNEL)
        if (outage := _outage(row)) is not None:
            found.append(Down(outage, for_erp if row["account"] == ERP else 0, for_shop))
    return tuple(found)


def last_ended(db: sqlite3.Connection, now: datetime) -> Back | None:
    """The last one that is worth telling; None where there is none."""
    row = db.execute(_ENDED, [later(now, -TOLD_FOR_S), OUTAGE_S_MIN]).fetchone()
    if row is None or (outage := _outage(row)) is None:
        return None
    values = {name: row[name] for name in ("account", "began_order", "ended_at")} | {"most": CALL_MAX}
    came = db.execute(_CAME, values).fetchone()
    short = [
        ToCall(found["id"], safe(found["number"]), safe(found["buyer_name"]), safe(found["buyer_phone"]))
        for found in db.execute(_SHORT, values).fetchall()
    ]
    return Back(outage, came["orders"], came["total_cents"], came["unwritten"], tuple(short))


def _outage(row: sqlite3.Row) -> Outage | None:
    began_at = instant(row["began_at"])
    if began_at is None:
        return None
    return Outage(row["id"], safe(row["account"]), began_at, instant(row["ended_at"]))
