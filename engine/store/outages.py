"""When the ERP (account "") or a shop was out of reach."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from engine.store.database import touch
from engine.store.instants import to_text

OUTAGES_KEPT = 100


def begins(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """It is out of reach now; told again while it lasts, the first time counts."""
    began = db.execute(
        "INSERT INTO outage (account, began_at, began_order)"
        " VALUES (?, ?, (SELECT COALESCE(max(id), 0) FROM sales_order)) ON CONFLICT DO NOTHING",
        (account, to_text(now)),
    ).rowcount
    if began:
        db.execute("DELETE FROM outage WHERE id <= (SELECT max(id) FROM outage) - ?", (OUTAGES_KEPT,))
        touch(db, "outages")


def ends(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """It answers again."""
    ended = db.execute(
        "UPDATE outage SET ended_at = ? WHERE account = ? AND ended_at IS NULL", (to_text(now), account)
    ).rowcount
    if ended:
        touch(db, "outages")
