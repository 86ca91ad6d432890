"""What has come since a person left his screen, and what of it does not wait."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.formats import STORE_TIME, instant
from console.reading.orders import ORDERS, OrderRow, order_row
from engine.store.instants import later, to_text

TOLD_FOR_S = 7_200.0
"""So long after a person came back the time before is told of."""
LAPSING_MAX = 200

_ATTENDANCE = (
    "SELECT came_at, left_at, left_order FROM attendance WHERE who = ? AND came_at > ? AND left_at IS NOT NULL"
)
_CAME = "SELECT count(*), COALESCE(sum(total_cents), 0) FROM sales_order WHERE id > ? AND cancellation <> 'cancelled'"
_LAPSING = ORDERS.format(
    which="+o.queue IN ('decide', 'held') AND o.payment = 'authorized' AND o.authorized_until IS NOT NULL"
    " AND o.authorized_until < ?"
    " ORDER BY o.authorized_until LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Morning:
    """A person was last seen at `left_at` and has been back since `came_at`; so many orders have come since he left."""

    came_at: datetime
    left_at: datetime
    orders: int
    total_cents: int

    def is_news(self, now: datetime) -> bool:
        """He has not been back for long."""
        return (now - self.came_at).total_seconds() < TOLD_FOR_S


def morning(db: sqlite3.Connection, who: str, now: datetime) -> Morning | None:
    """For this person; None at his first time, and when he has been back for long."""
    row = db.execute(_ATTENDANCE, [who, later(now, -TOLD_FOR_S)]).fetchone()
    if row is None:
        return None
    came_at, left_at = instant(row["came_at"]), instant(row["left_at"])
    orders, total_cents = db.execute(_CAME, [row["left_order"]]).fetchone()
    return None if came_at is None or left_at is None else Morning(came_at, left_at, orders, total_cents)


def lapsing_today(db: sqlite3.Connection, now: datetime) -> tuple[OrderRow, ...]:
    """Undecided orders whose card authorisation ends before the day does on the store's clock; the first one first."""
    local = now.astimezone(STORE_TIME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tuple(order_row(row) for row in db.execute(_LAPSING, [to_text(midnight), LAPSING_MAX]).fetchall())
