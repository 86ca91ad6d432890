"""How each shop keeps up with the stock: how long a sale takes to get there, and how often it sold what was gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.formats import STORE_TIME, instant
from console.safe_text import SafeText, safe
from engine.store.instants import to_text
from engine.store.stock_lag import LONGER

LAG_DAYS, ORDER_DAYS = 7, 90
SHARE_PERCENT = 95
RATE_OF = 10_000

_ACCOUNTS = """
SELECT a.id, COALESCE(l.defence, '') AS defence, l.behind_since,
       (SELECT count(*) FROM silence s WHERE s.account = a.id AND s.failed AND s.began_at >= :silences_since)
           AS silences
  FROM account a LEFT JOIN stock_link l ON l.account = a.id ORDER BY a.id
"""
_LAG = f"""
SELECT up_to_s, sum(falls) AS falls, sum(seconds) AS seconds, max(longest_s) AS longest_s FROM stock_lag
 WHERE account = :account AND day >= :day GROUP BY up_to_s ORDER BY up_to_s = {LONGER}, up_to_s
"""
_ORDERS = """
SELECT o.account, count(*) AS orders,
       sum(EXISTS (SELECT 1 FROM order_event e WHERE e.order_id = o.id AND e.what IN ('written-short', 'fell-short')))
           AS oversold
  FROM sales_order o WHERE o.placed_at >= :since GROUP BY o.account
"""


@dataclass(frozen=True, slots=True)
class KeepingUp:
    """One account. Of `falls` sales within LAG_DAYS: seconds on average, of SHARE_PERCENT of them, of the slowest.

    `oversold` of `orders` within ORDER_DAYS lacked goods when they came in, or lost them later. `silences`: how often
    within LAG_DAYS it was tried in vain for too long.
    """

    account: SafeText
    defence: str
    behind_since: datetime | None
    silences: int
    falls: int
    mean_s: float
    most_s: float
    longest_s: float
    orders: int
    oversold: int

    @property
    def rate(self) -> float | None:
        """Oversold orders in RATE_OF; None where there were none at all."""
        return self.oversold * RATE_OF / self.orders if self.orders else None


def keeping_up(db: sqlite3.Connection, now: datetime) -> list[KeepingUp]:
    """Every account."""
    day = (now.astimezone(STORE_TIME) - timedelta(days=LAG_DAYS - 1)).date().isoformat()
    since = to_text(now - timedelta(days=ORDER_DAYS))
    orders = {row["account"]: row for row in db.execute(_ORDERS, {"since": since}).fetchall()}
    silences_since = to_text(now - timedelta(days=LAG_DAYS))
    found = []
    for row in db.execute(_ACCOUNTS, {"silences_since": silences_since}).fetchall():
        classes = db.execute(_LAG, {"account": row["id"], "day": day}).fetchall()
        falls = sum(one["falls"] for one in classes)
        told = orders.get(row["id"])
        found.append(
            KeepingUp(
                account=safe(row["id"]),
                defence=row["defence"],
                behind_since=instant(row["behind_since"]),
                silences=row["silences"],
                falls=falls,
                mean_s=sum(one["seconds"] for one in classes) / falls if falls else 0.0,
                most_s=_within(classes, falls * SHARE_PERCENT / 100),
                longest_s=max((one["longest_s"] for one in classes), default=0.0),
                orders=told["orders"] if told else 0,
                oversold=told["oversold"] if told else 0,
            )
        )
    return found


def _within(classes: Sequence[sqlite3.Row], falls: float) -> float:
    """Seconds within which so many falls were told: the end of a class, or its slowest where that is sooner."""
    counted = 0
    for one in classes:
        counted += one["falls"]
        if counted >= falls:
            return float(min(one["up_to_s"] or one["longest_s"], one["longest_s"]))
    return 0.0
