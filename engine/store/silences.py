"""When an account was not heard for too long, and whether its shop is defended against selling what is gone.

While a shop was out of reach, paused, or this engine did not run, the counter went on selling what the shop shows.
Until all of it is caught up the shop may be cut off again at any moment: what is sent to it shows less than there is.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from engine.store.database import touch
from engine.store.instants import from_text, to_text

OFTEN_WITHIN = timedelta(days=1)
KEPT_FOR = timedelta(days=30)


class Defence(StrEnum):
    """Why an account shows less than there is, where little is left."""

    NONE = ""
    BEHIND = "behind"  # it was silent, and has not caught up
    OFTEN = "often"  # it was cut off often within a day, and will be again


@dataclass(frozen=True, slots=True)
class Patience:
    """An account is silent when it was not heard for `silent_s`. `often` silences in a day are too many, 0 = never; of
    those in which something was tried and failed: an engine that is started twice an hour is not cut off.
    """

    silent_s: float
    often: int


def look(db: sqlite3.Connection, account: str, patience: Patience, heard_at: datetime | None, now: datetime) -> Defence:
    """How it stands now, and keep it. `heard_at`: when the shop last took something, by the caller's own memory."""
    row = db.execute("SELECT heard_at, behind_since, defence FROM stock_link WHERE account = ?", (account,)).fetchone()
    if row is None:
        return Defence.NONE  # it has never been caught up: there is nothing to fall behind of
    heard = max(from_text(row["heard_at"]), heard_at or from_text(row["heard_at"]))
    behind = row["behind_since"]
    if behind is None and (now - heard).total_seconds() > patience.silent_s:
        behind = to_text(heard)
        db.execute(
            "INSERT INTO silence (account, began_at, failed) VALUES (?1, ?2, EXISTS (SELECT 1 FROM task"
            " WHERE account = ?1 AND name IN ('stock', 'orders') AND failures)) ON CONFLICT DO NOTHING",
            (account, behind),
        )
        db.execute("DELETE FROM silence WHERE began_at < ?", (to_text(now - KEPT_FOR),))
    defence = _defence(_lately(db, account, now), patience.often, behind)
    if (to_text(heard), behind, defence) != tuple(row):
        db.execute(
            "UPDATE stock_link SET heard_at = ?, behind_since = ?, defence = ? WHERE account = ?",
            (to_text(heard), behind, defence, account),
        )
    if (behind, defence) != (row["behind_since"], row["defence"]):
        touch(db, "stock-link")
    return defence


def _defence(silences: int, often: int, behind: str | None) -> Defence:
    if often and silences >= often:
        return Defence.OFTEN
    return Defence.NONE if behind is None else Defence.BEHIND


def _lately(db: sqlite3.Connection, account: str, now: datetime) -> int:
    since = to_text(now - OFTEN_WITHIN)
    return int(
        db.execute(
            "SELECT COUNT(*) FROM silence WHERE account = ? AND began_at >= ? AND failed", (account, since)
        ).fetchone()[0]
    )


def heard(db: sqlite3.Connection, account: str, *, all_sent: bool, now: datetime) -> bool:
    """A cycle ended well, with nothing left to send or not; True where that ends a time of being behind.

    It counts for nothing while the account's orders cannot be read: what was sold there is not known then.
    """
    if not _reads_orders(db, account):
        return False
    at = to_text(now)
    if not all_sent:
        db.execute("UPDATE stock_link SET heard_at = ? WHERE account = ?", (at, account))
        return False
    db.execute(
        "INSERT INTO stock_link (account, heard_at) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET"
        " heard_at = excluded.heard_at",
        (account, at),
    )
    ended = db.execute("UPDATE silence SET ended_at = ? WHERE account = ? AND ended_at IS NULL", (at, account)).rowcount
    caught_up = db.execute(
        "UPDATE stock_link SET behind_since = NULL WHERE account = ? AND behind_since IS NOT NULL", (account,)
    ).rowcount
    if ended or caught_up:
        touch(db, "stock-link")
    return caught_up > 0


def _reads_orders(db: sqlite3.Connection, account: str) -> bool:
    row = db.execute("SELECT failures FROM task WHERE account = ? AND name = 'orders'", (account,)).fetchone()
    return row is None or not row["failures"]
