"""Everything that failed or was skipped, by cause: what needs a person, what to know, what is left aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.affected import CauseKey
from console.reading.reader import fold, like
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe
from console.texts import title

WAITS, NOTICE, IGNORED = "waits", "notice", "ignored"
PILES = (WAITS, NOTICE, IGNORED)
TOPICS = {"*", "problems", "publications", "orders"}

# SQLite takes the bare columns of a row with one max() from the row that has it: the newest example of each cause.
_CAUSES = f"""
SELECT source, account, code, facet, iif(ignored_at IS NOT NULL, '{IGNORED}', iif(severity = 'notice', '{NOTICE}',
       '{WAITS}')) AS pile, count(*) AS rows, max(COALESCE(last_at, since, '')) AS last_at, subject, params, detail,
       ignored_why, ignored_by,
       sum(:text <> '' AND fold(subject || ' ' || params || ' ' || detail) LIKE :text ESCAPE '\\') AS matching
  FROM trouble
 GROUP BY pile, source, account, code, facet
 ORDER BY rows DESC, code, account, facet
"""
_SINCE = """
SELECT min(since), max(since) FROM trouble
 WHERE source = ? AND account = ? AND code = ? AND facet = ? AND (ignored_at IS NOT NULL) = ?
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause, with the number of rows it holds up; subject, params and detail are of the newest of them.

    `until`: nothing that is wrong since later was seen.
    """

    key: CauseKey
    pile: str
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    subject: SafeText
    params: dict[str, Any]
    detail: SafeText
    ignored_why: SafeText
    ignored_by: SafeText
    until: str | None
    matching: bool


def troubles(db: sqlite3.Connection, text: str = "") -> list[Trouble]:
    """All of it, what holds up most first. `matching`: title, account, code or any row of it has the text."""
    found = db.execute(_CAUSES, {"text": like(text)}).fetchall()
    return [_trouble(db, row, fold(text)) for row in found]


def counts(causes: Sequence[Trouble]) -> Mapping[str, int]:
    """Rows in each pile."""
    return {pile: sum(one.rows for one in causes if one.pile == pile) for pile in PILES}


def _trouble(db: sqlite3.Connection, row: sqlite3.Row, text: str) -> Trouble:
    key = CauseKey(row["source"], row["account"], row["code"], row["facet"])
    code = safe(row["code"])
    first, newest = db.execute(_SINCE, [*key, row["pile"] == IGNORED]).fetchone()
    return Trouble(
        key=key,
        pile=row["pile"],
        rows=row["rows"],
        first_at=instant(first),
        last_at=instant(row["last_at"]),
        subject=safe(row["subject"]),
        params=params_of(row["params"]),
        detail=safe(row["detail"]),
        ignored_why=safe(row["ignored_why"] or ""),
        ignored_by=safe(row["ignored_by"] or ""),
        until=newest,
        matching=bool(row["matching"]) or text in fold(f"{title(code)} {code} {row['account'] or 'C-Plus'}"),
    )
