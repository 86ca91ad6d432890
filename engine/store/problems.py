"""What a person should know of: one row per (account, code, subject), counted while it lasts, gone when it healed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal

from engine.errors import Param
from engine.store.database import touch
from engine.store.instants import from_text, to_text

Severity = Literal["notice", "problem"]

DETAIL_CHARS_MAX = 2_000
"""A shop that answers with a whole HTML page must not fill the file."""


def raise_problem(
    db: sqlite3.Connection,
    account: str,
    code: str,
    subject: str,
    params: Mapping[str, Param],
    detail: str,
    severity: Severity,
    now: datetime,
) -> None:
    """Note that this is wrong now: a first time, or once more with the newest params, detail and severity.

    account "" is the engine's or the ERP's; subject is "order:17", "item:000000009", "task:stock".
    """
    db.execute(
        """
        INSERT INTO problem (account, code, subject, params, detail, severity, first_at, last_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account, code, subject) DO UPDATE SET
            params = excluded.params, detail = excluded.detail, severity = excluded.severity,
            last_at = excluded.last_at, count = count + 1
        """,
        (
            account,
            code,
            subject,
            json.dumps(dict(params), sort_keys=True),
            detail[:DETAIL_CHARS_MAX],
            severity,
            to_text(now),
            to_text(now),
        ),
    )
    touch(db, "problems")


def problem_params(db: sqlite3.Connection, account: str, code: str, subject: str) -> Mapping[str, Param] | None:
    """What is known of what is wrong; None when it is not."""
    row = db.execute(
        "SELECT params FROM problem WHERE account = ? AND code = ? AND subject = ?", (account, code, subject)
    ).fetchone()
    params: Mapping[str, Param] | None = None if row is None else json.loads(row[0])
    return params


def problem_since(db: sqlite3.Connection, account: str, code: str, subject: str) -> datetime | None:
    """Since when this has been wrong; None when it is not."""
    row = db.execute(
        "SELECT first_at FROM problem WHERE account = ? AND code = ? AND subject = ?", (account, code, subject)
    ).fetchone()
    return None if row is None else from_text(row[0])


def clear_problem(db: sqlite3.Connection, account: str, code: str | None, subject: str) -> bool:
    """It healed: forget this code of the subject, or all its codes with None. True when there was one to forget."""
    cursor = db.execute(
        "DELETE FROM problem WHERE account = ?1 AND subject = ?2 AND (?3 IS NULL OR code = ?3)",
        (account, subject, code),
    )
    return _told(db, cursor)


def has_problem(db: sqlite3.Connection, account: str, code: str, subject: str) -> bool:
    """Whether this is known to be wrong."""
    row = db.execute(
        "SELECT 1 FROM problem WHERE account = ? AND code = ? AND subject = ?", (account, code, subject)
    ).fetchone()
    return row is not None


def clear_other_problems(db: sqlite3.Connection, account: str, code: str, subject: str) -> bool:
    """Forget every other code of the subject: what is wrong with it now is `code`."""
    cursor = db.execute("DELETE FROM problem WHERE account = ? AND subject = ? AND code <> ?", (account, subject, code))
    return _told(db, cursor)


def keep_problems_of(db: sqlite3.Connection, account: str, code: str, subjects: Collection[str]) -> None:
    """Of this code only these subjects are wrong any more."""
    for row in db.execute("SELECT subject FROM problem WHERE account = ? AND code = ?", (account, code)).fetchall():
        if row["subject"] not in subjects:
            clear_problem(db, account, code, row["subject"])


def _told(db: sqlite3.Connection, deleted: sqlite3.Cursor) -> bool:
    if deleted.rowcount:
        touch(db, "problems")
    return deleted.rowcount > 0
