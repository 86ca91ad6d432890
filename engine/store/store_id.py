"""The store's own id: made once, kept for as long as its file lives, and the same in every copy of it."""

from __future__ import annotations

import sqlite3

_KEY = "store-id"


def read(db: sqlite3.Connection) -> str | None:
    """The id; None where none was made yet."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return None if row is None else str(row[0])


def keep(db: sqlite3.Connection, made: str) -> str:
    """Make this the id of a store that has none."""
    db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (_KEY, made))
    return made
