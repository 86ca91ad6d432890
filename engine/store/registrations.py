"""Customers of the ERP who shall have an account in a channel, in the store: found, approved, sent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from engine.store.database import touch
from engine.store.instants import later, to_text

UNFIT, WAITING, APPROVED, SENT = "unfit", "waiting", "approved", "sent"


class Candidate(NamedTuple):
    """A marked customer without an account there; with a reason he cannot be registered as he stands."""

    erp_code: str
    name: str
    email: str
    reason: str = ""


def not_linked(db: sqlite3.Connection, account: str, codes: Iterable[str]) -> set[str]:
    """Those of these keys of the ERP whose customer has no account in the channel, as far as we know."""
    rows = db.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT c.erp_code FROM customer c JOIN customer_link l"
        " ON l.customer_id = c.id WHERE l.account = ? AND c.erp_code IS NOT NULL)",
        (json.dumps(list(codes)), account),
    )
    return {row[0] for row in rows}


def keep(db: sqlite3.Connection, account: str, found: Collection[Candidate], now: datetime) -> None:
    """Make the list these. Who was approved stays so only under the e-mail that was; who was sent stays."""
    db.execute(
        "DELETE FROM registration WHERE account = ? AND standing <> 'sent'"
        " AND erp_code NOT IN (SELECT value FROM json_each(?))",
        (account, json.dumps([one.erp_code for one in found])),
    )
    moved = 0
    for one in found:
        moved += db.execute(
            "INSERT INTO registration (account, erp_code, name, email, standing, reason, found_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (account, erp_code) DO UPDATE SET name = excluded.name,"
            " email = excluded.email, standing = excluded.standing, reason = excluded.reason, approved_by = NULL"
            " WHERE standing <> 'sent' AND NOT (email = excluded.email AND excluded.standing = 'waiting'"
            "  AND (standing IN ('waiting', 'approved') OR reason LIKE 'channel-%'))"
            " AND (name, email, standing, reason) <>"
            " (excluded.name, excluded.email, excluded.standing, excluded.reason)",
            (
                account, one.erp_code, one.name, one.email, UNFIT if one.reason else WAITING, one.reason,
                to_text(now),
            ),
        ).rowcount  # fmt: skip
    if moved:
        touch(db, "customers")


def counts(db: sqlite3.Connection, account: str) -> Mapping[str, int]:
    """How many of each standing."""
    rows = db.execute("SELECT standing, COUNT(*) FROM registration WHERE account = ? GROUP BY standing", (account,))
    return dict(rows.fetchall())


def waiting(db: sqlite3.Connection, account: str, codes: Collection[str] | None = None) -> list[str]:
    """The ERP's keys of those who wait for a person's word; of these alone, None = of all."""
    rows = db.execute(
        "SELECT erp_code FROM registration WHERE account = ?1 AND standing = 'waiting'"
        " AND (?2 IS NULL OR erp_code IN (SELECT value FROM json_each(?2))) ORDER BY erp_code",
        (account, None if codes is None else json.dumps(list(codes))),
    )
    return [row[0] for row in rows]


def approve(db: sqlite3.Connection, account: str, codes: Collection[str], who: str) -> None:
    """These may be registered."""
    touch(db, "customers")
    db.execute(
        "UPDATE registration SET standing = 'approved', approved_by = ? WHERE account = ?"
        " AND erp_code IN (SELECT value FROM json_each(?))",
        (who, account, json.dumps(list(codes))),
    )


def made_on(db: sqlite3.Connection, account: str, day: date) -> int:
    """How many were sent that day, by the account's calendar."""
    row = db.execute("SELECT made FROM registered WHERE account = ? AND day = ?", (account, day.isoformat())).fetchone()
    return 0 if row is None else int(row["made"])


def to_send(db: sqlite3.Connection, account: str, limit: int) -> list[sqlite3.Row]:
    """Those approved, oldest first."""
    return db.execute(
        "SELECT * FROM registration WHERE account = ? AND standing = 'approved' ORDER BY found_at, erp_code LIMIT ?",
        (account, limit),
    ).fetchall()


def to_look_up(db: sqlite3.Connection, account: str, now: datetime) -> list[sqlite3.Row]:
    """Those sent whose outcome is unknown and can land no more."""
    return db.execute(
        "SELECT * FROM registration WHERE account = ? AND standing = 'sent' AND settles_at <= ? ORDER BY erp_code",
        (account, to_text(now)),
    ).fetchall()


def send(db: sqlite3.Connection, account: str, code: str, now: datetime, settle_s: float, day: date) -> None:
    """He is about to be registered: from now on the outcome counts as unknown, and the day's count holds him."""
    db.execute(
        "UPDATE registration SET standing = 'sent', settles_at = ? WHERE account = ? AND erp_code = ?",
        (later(now, settle_s), account, code),
    )
    db.execute(
        "INSERT INTO registered (account, day, made) VALUES (?, ?, 1)"
        " ON CONFLICT (account, day) DO UPDATE SET made = made + 1",
        (account, day.isoformat()),
    )


def not_made(db: sqlite3.Connection, account: str, code: str, reason: str = "") -> None:
    """He certainly has no account: he has his turn again, or with a reason waits until his data change."""
    db.execute(
        "UPDATE registration SET standing = ?, reason = ?, settles_at = NULL WHERE account = ? AND erp_code = ?",
        (UNFIT if reason else APPROVED, reason, account, code),
    )
    touch(db, "customers")


def take_back(db: sqlite3.Connection, account: str, code: str, day: date, reason: str = "") -> None:
    """The channel did not take him, so nobody was written to: the day's count is without him."""
    not_made(db, account, code, reason)
    db.execute("UPDATE registered SET made = made - 1 WHERE account = ? AND day = ?", (account, day.isoformat()))


def done(db: sqlite3.Connection, account: str, code: str) -> None:
    """He has his account."""
    db.execute("DELETE FROM registration WHERE account = ? AND erp_code = ?", (account, code))
    touch(db, "customers")
