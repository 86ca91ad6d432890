"""Who is at a screen since when, and what had come in when he left it last."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from engine.store.database import touch
from engine.store.instants import from_text, to_text

BREAK_S = 1_800.0
"""Whoever presses no key for longer than this has left, even where his console stays open."""

_STAYS = """
UPDATE attendance SET seen_at = ?, seen_order = (SELECT COALESCE(max(id), 0) FROM sales_order) WHERE who = ?
"""
_COMES = """
INSERT INTO attendance (who, seen_at, seen_order, came_at)
VALUES (?1, ?2, (SELECT COALESCE(max(id), 0) FROM sales_order), ?2)
ON CONFLICT (who) DO UPDATE SET left_at = seen_at, left_order = seen_order, seen_at = excluded.seen_at,
    seen_order = excluded.seen_order, came_at = excluded.came_at
"""


def seen(db: sqlite3.Connection, who: str, now: datetime) -> None:
    """Somebody is at his screen. After a break he has come anew, and when he left is kept."""
    row = db.execute("SELECT seen_at FROM attendance WHERE who = ?", (who,)).fetchone()
    if row is not None and (now - from_text(row[0])).total_seconds() <= BREAK_S:
        db.execute(_STAYS, (to_text(now), who))
        return
    db.execute(_COMES, (who, to_text(now)))
    touch(db, "attendance")
