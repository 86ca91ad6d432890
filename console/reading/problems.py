"""What failed or was skipped, grouped by its cause; without what people leave aside."""

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
SELECT account, code, severity, count(*) AS subjects, min(since) AS first_at, max(last_at) AS last_at, subject,
       params, detail
FROM trouble WHERE source = 'problem' AND ignored_at IS NULL GROUP BY account, code
"""
_CAUSES = f"""
SELECT c.*, o.number, iif(o.erp_written_at IS NULL, NULL, o.erp_number) AS erp_number
FROM ({_BY_CAUSE}) c
LEFT JOIN sales_order o ON c.subject LIKE 'order:%' AND o.id = CAST(substr(c.subject, 7) AS INTEGER)
ORDER BY c.severity = 'notice', c.subject NOT LIKE 'erp:%', c.subjects DESC, c.code, c.account
"""
_REFUSED = """
SELECT account, facet, code, count(*) AS items, item, detail FROM trouble
WHERE source = 'refused' AND ignored_at IS NULL GROUP BY account, facet, code ORDER BY items DESC
"""
_HELD = (
    "SELECT account, held_by, count(*) FROM publication WHERE todo AND held_by IS NOT NULL GROUP BY account, held_by"
)
_GROUPS = (  # a handful of rows at most: their prices were counted by who asked
    "SELECT account, 'price-groups', sum(sets + takes_away) FROM price_group_change WHERE approved_by IS NULL"
    " GROUP BY account"
)
# What several tasks of an account meet alike is one problem.
_COUNT = """
SELECT count(*) FILTER (WHERE subject NOT LIKE 'task:%')
       + count(DISTINCT iif(subject LIKE 'task:%', account || ' ' || code, NULL))
  FROM trouble WHERE source = 'problem' AND severity = ? AND ignored_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause on one account, with the number of rows it holds up; params and subject are of the newest.

    `number` and `erp_number` where that is an order: the shop's, and C-Plus's once it stands there.
    """

    account: SafeText
    code: str
    severity: str
    subjects: int
    first_at: datetime | None
    last_at: datetime | None
    subject: SafeText
    params: dict[str, Any]
    detail: SafeText
    number: SafeText
    erp_number: SafeText

    @property
    def holds_up_all(self) -> bool:
        """Whether it keeps every account from going on, or from being sure of C-Plus."""
        return self.subject.startswith("erp:") and self.severity == "problem"


def causes(db: sqlite3.Connection) -> list[Cause]:
    """All causes: what holds up all accounts, then the heavy ones, notices last."""
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
            number=safe(row["number"] or ""),
            erp_number=safe(row["erp_number"] or ""),
        )
        for row in db.execute(_CAUSES).fetchall()
    ]


@dataclass(frozen=True, slots=True)
class RefusedItems:
    """What the channel of an account does not take of that many items; item and detail are an example."""

    account: SafeText
    facet: str
    code: str
    items: int
    item: SafeText
    detail: SafeText


def refused_items(db: sqlite3.Connection) -> list[RefusedItems]:
    """What waits to be published and was refused, by account, facet and cause."""
    return [
        RefusedItems(safe(account), facet, safe(code), items, safe(item), safe(detail or ""))
        for account, facet, code, items, item, detail in db.execute(_REFUSED).fetchall()
    ]


@dataclass(frozen=True, slots=True)
class HeldRows:
    """That many rows of an account are held by a guard until a person lets them pass."""

    account: SafeText
    guard: str
    rows: int


def held_rows(db: sqlite3.Connection) -> list[HeldRows]:
    """What the guards hold."""
    found = [*db.execute(_HELD), *db.execute(_GROUPS)]
    return [HeldRows(safe(account), guard, rows) for account, guard, rows in found]


def problem_count(db: sqlite3.Connection) -> int:
    """What waits for a person or for the other side."""
    return int(db.execute(_COUNT, ["problem"]).fetchone()[0])


def notice_count(db: sqlite3.Connection) -> int:
    """What is worth knowing and stops nothing."""
    return int(db.execute(_COUNT, ["notice"]).fetchone()[0])
