"""What people say of an order that neither side is told of: it is put aside, waits for goods, goes in parts, a note.

What has a time ends then, or asks to be looked at: the order stands on top of its list until a person does something.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from enum import StrEnum

from engine.store.instants import to_text


class Said(StrEnum):
    """What can be said of an order; one of each."""

    HOLD = "hold"
    WAIT = "wait"  # for the goods that it lacks
    PART = "part"  # what is there goes first
    NOTE = "note"


ABOUT_SHORT = (Said.WAIT, Said.PART)
"""They end with the shortage."""


def say_of(
    db: sqlite3.Connection, order_id: int, kind: Said, text: str, until: str | None, who: str, now: datetime
) -> None:
    """Say it in place of what was said so before."""
    db.execute(
        "INSERT OR REPLACE INTO order_said (order_id, kind, text, who, at, until) VALUES (?, ?, ?, ?, ?, ?)",
        (order_id, kind, text, who, to_text(now), until),
    )


def forget(db: sqlite3.Connection, order_id: int, *kinds: Said) -> None:
    """None of these is said of it any more."""
    db.executemany("DELETE FROM order_said WHERE order_id = ? AND kind = ?", [(order_id, kind) for kind in kinds])


def of(db: sqlite3.Connection, order_id: int) -> dict[Said, sqlite3.Row]:
    """All that is said of an order."""
    rows = db.execute("SELECT kind, text, who, at, until FROM order_said WHERE order_id = ?", (order_id,)).fetchall()
    return {Said(row["kind"]): row for row in rows}


def next_time(db: sqlite3.Connection, account: str) -> str | None:
    """When the first order of an account comes back to a person; in the past where that is still to be done."""
    row = db.execute(
        "SELECT s.until FROM order_said s INDEXED BY order_said_until CROSS JOIN sales_order o ON o.id = s.order_id"
        " WHERE s.until IS NOT NULL AND o.account = ? ORDER BY s.until LIMIT 1",
        (account,),
    ).fetchone()
    return None if row is None else row["until"]


def over(db: sqlite3.Connection, account: str, now: datetime) -> list[sqlite3.Row]:
    """What was said until a time that has come: order_id, kind, text."""
    return db.execute(
        "SELECT s.order_id, s.kind, s.text FROM order_said s INDEXED BY order_said_until"
        " CROSS JOIN sales_order o ON o.id = s.order_id"
        " WHERE s.until <= ? AND o.account = ? ORDER BY s.until, s.order_id",
        (to_text(now), account),
    ).fetchall()


def no_time_left(db: sqlite3.Connection, order_id: int, kind: Said) -> None:
    """It stays said, and asks nobody again."""
    db.execute("UPDATE order_said SET until = NULL WHERE order_id = ? AND kind = ?", (order_id, kind))
