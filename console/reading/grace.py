"""Decisions that can still be taken back: they leave only when their grace time is over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.safe_text import SafeText, safe
from engine.store.instants import to_text

_IN_GRACE = """
SELECT e.id, o.number, o.buyer_name, o.decided_by, e.not_before FROM effect e JOIN sales_order o ON o.id = e.order_id
 WHERE e.state = 'decided' AND e.attempts = 0 AND e.not_before > :now ORDER BY e.not_before, e.id
"""
_NOT_LEFT = """
SELECT count(*) FROM effect WHERE id IN (SELECT value FROM json_each(:ids))
   AND (state = 'in-flight' OR state = 'decided' AND attempts = 0)
"""


@dataclass(frozen=True, slots=True)
class InGrace:
    """A decision about an order; `id` is its effect's."""

    id: int
    number: SafeText
    buyer: SafeText
    leaves_at: datetime | None
    who: SafeText


def in_grace(db: sqlite3.Connection, now: datetime) -> list[InGrace]:
    """Those of all orders, the next to leave first."""
    return [
        InGrace(
            row["id"],
            safe(row["number"]),
            safe(row["buyer_name"]),
            instant(row["not_before"]),
            safe(row["decided_by"] or ""),
        )
        for row in db.execute(_IN_GRACE, {"now": to_text(now)}).fetchall()
    ]


def not_left(db: sqlite3.Connection, ids: Sequence[int]) -> int:
    """How many of them wait to leave, or are on their way."""
    return int(db.execute(_NOT_LEFT, {"ids": json.dumps(list(ids))}).fetchone()[0])
