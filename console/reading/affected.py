"""What one cause of trouble holds up, one by one: the products, orders and buyers behind it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from console.formats import instant
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe

AFFECTED_MAX = 500
"""Nobody reads through more of them; they are all counted where the cause is."""

TOPICS = {"*", "problems", "publications", "orders"}


class CauseKey(NamedTuple):
    """A cause on an account ("" = C-Plus). source: problem | refused | order; facet "" but of what was refused."""

    source: str
    account: str
    code: str
    facet: str = ""


# A subject is "order:17" (our id), "item:000000009", "customer:7" (the channel's id), "person:3" (ours), or another.
_OF_A_CAUSE = """
SELECT q.subject, q.params, q.detail, q.since, q.item, q.ignored_why, q.ignored_by, o.id AS order_id,
       COALESCE(o.number, p.code, c.erp_code) AS label,
       COALESCE(o.buyer_name, p.name, json_extract(t.wanted, '$.name'), c.name) AS name
FROM (SELECT * FROM trouble WHERE source = ? AND account = ? AND code = ? AND facet = ?
       ORDER BY ignored_at IS NOT NULL, since, subject LIMIT ?) q
LEFT JOIN sales_order o ON o.id = q.order_id
LEFT JOIN product p ON p.sku = q.item
LEFT JOIN publication t ON t.account = q.account AND t.item = q.item AND t.facet = 'content' AND t.part = ''
LEFT JOIN customer_link l ON q.subject LIKE 'customer%' AND l.account = q.account
     AND l.external_id = substr(q.subject, instr(q.subject, ':') + 1)
LEFT JOIN customer c ON c.id = IIF(q.subject LIKE 'person:%', CAST(substr(q.subject, 8) AS INTEGER), l.customer_id)
ORDER BY q.ignored_why IS NOT NULL, q.since, q.subject
"""


@dataclass(frozen=True, slots=True)
class Affected:
    """One of them. `label` is what people call it (a product's code, an order's number), else the store's own key.

    `ignored_why`: somebody leaves it aside, until it changes.
    """

    subject: SafeText
    label: SafeText
    name: SafeText
    item: SafeText
    order: int | None
    since: datetime | None
    params: dict[str, Any]
    detail: SafeText
    ignored_why: SafeText
    ignored_by: SafeText


def affected_by(db: sqlite3.Connection, cause: CauseKey) -> list[Affected]:
    """What this cause holds up, the oldest first and what is left aside last; AFFECTED_MAX at most."""
    return [_affected(row) for row in db.execute(_OF_A_CAUSE, [*cause, AFFECTED_MAX]).fetchall()]


def _affected(row: sqlite3.Row) -> Affected:
    return Affected(
        subject=safe(row["subject"]),
        label=safe(row["label"] or row["subject"].partition(":")[2] or row["subject"]),
        name=safe(row["name"] or ""),
        item=safe(row["item"] or ""),
        order=row["order_id"],
        since=instant(row["since"]),
        params=params_of(row["params"]),
        detail=safe(row["detail"] or ""),
        ignored_why=safe(row["ignored_why"] or ""),
        ignored_by=safe(row["ignored_by"] or ""),
    )
