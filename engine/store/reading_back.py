"""How far the reading back of an account's channel has come, and when it is due again."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from engine.store import accounts
from engine.store.instants import to_text

DUE, REACHED = "reconcile-at", "reconcile-from"
"""Cursors of an account: the moment, and the item after which it goes on."""


def look_at_all(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """Have all that is confirmed compared now: something else may have been sent since."""
    accounts.set_cursor(db, account, DUE, to_text(now))
    accounts.set_cursor(db, account, REACHED, "")
