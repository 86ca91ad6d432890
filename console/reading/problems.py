"""What failed or was skipped, grouped by its cause."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe

# SQLite takes the bare columns of a row with max() from the row that has it: the newest example of each cause.
_BY_CAUSE = """
SELECT account, code, severity, count(*) AS subjects, min(first_at) AS first_at, max(last_at) AS last_at, subject,
       params, detail
FROM problem GROUP BY account, code ORDER BY severity = 'notice', subjects DESC, code, account
"""
_COUNT = "SELECT count(*) FROM problem WHERE severity = 'problem'"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause on one account, with the number of rows it holds up; params and subject are of the newest."""

    account: SafeText
    code: str
    severity: str
    subjects: int
    first_at: datetime | None
    last_at: datetime | None
    subject: SafeText
    params: dict[str, Any]
    detail: SafeText


def causes(db: sqlite3.Connection) -> list[Cause]:
    """All causes, the heavy ones first, notices last."""
    return [
        Cause(
            account=safe(row["account"]),
            code=safe(row["code"]),
            severity=row["severity"],
            subjects=row["subjects"],
            first_at=instant(row["first_at"]),
            last_at=instant(row["last_at"]),
            subject=safe(row["subject"]),
            params=params_of(row["params"]),
            detail=safe(row["detail"]),
        )
        for row in db.execute(_BY_CAUSE).fetchall()
    ]


def problem_count(db: sqlite3.Connection) -> int:
    """Rows that wait for a person or for the other side."""
    return int(db.execute(_COUNT).fetchone()[0])
