"""The audit: who did what to what, when, before and after, and why."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.reader import like
from console.safe_text import SafeText, safe

# What was refused names an order by our own id, and a person knows it by the shop's number.
ENTRIES = """
SELECT a.id, a.at, a.who, a.what, iif(o.id IS NULL, a.subject, 'order ' || o.number || '@' || o.account) AS subject,
       a.before, a.after, a.why, a.kind, a.command_id
FROM audit a
LEFT JOIN sales_order o ON a.subject LIKE 'order %' AND instr(a.subject, '@') = 0
     AND o.id = CAST(substr(a.subject, 7) AS INTEGER)
"""
_AUDIT = f"""
SELECT * FROM ({ENTRIES})
WHERE (:since IS NULL OR at >= :since) AND (:who = '' OR fold(who) LIKE :who ESCAPE '\\')
  AND (:subject = '' OR fold(subject) LIKE :subject ESCAPE '\\')
ORDER BY id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed. `subject` is a kind and a name, "order 000000017@loja"; before and after are plain values of JSON."""

    at: datetime | None
    who: SafeText
    what: SafeText
    subject: SafeText
    before: Any
    after: Any
    why: SafeText


def audited(db: sqlite3.Connection, *, since: str | None, who: str, subject: str, limit: int) -> list[Entry]:
    """The newest first, `limit` at most. `since` is an instant as the store keeps them; the texts may be parts."""
    asked = {"since": since, "who": like(who), "subject": like(subject), "limit": limit}
    return [entry_of(row) for row in db.execute(_AUDIT, asked).fetchall()]


def entry_of(row: sqlite3.Row) -> Entry:
    """A row of ENTRIES."""
    return Entry(
        at=instant(row["at"]),
        who=safe(row["who"]),
        what=safe(row["what"]),
        subject=safe(row["subject"]),
        before=_value(row["before"]),
        after=_value(row["after"]),
        why=safe(row["why"]),
    )


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
