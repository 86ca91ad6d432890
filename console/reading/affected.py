"""What one cause of trouble holds up, one by one: the products, orders and buyers behind a row of the overview."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe

AFFECTED_MAX = 500
"""Nobody reads through more of them; the overview counts them all."""

TOPICS = {"*", "problems", "publications"}

# A subject is "order:17" (our id), "item:000000009", "customer:7" (the channel's id), "person:3" (ours), or another.
_OF_A_CAUSE = """
SELECT q.subject, q.params, q.detail, q.first_at AS since, o.id AS order_id,
       COALESCE(o.number, p.code, c.erp_code) AS label, COALESCE(o.buyer_name, p.name, c.name) AS name
FROM problem q
LEFT JOIN sales_order o ON q.subject LIKE 'order:%' AND o.id = CAST(substr(q.subject, 7) AS INTEGER)
LEFT JOIN product p ON q.subject LIKE 'item:%' AND p.sku = substr(q.subject, 6)
LEFT JOIN customer_link l ON q.subject LIKE 'customer%' AND l.account = q.account
     AND l.external_id = substr(q.subject, instr(q.subject, ':') + 1)
LEFT JOIN customer c ON c.id = IIF(q.subject LIKE 'person:%', CAST(substr(q.subject, 8) AS INTEGER), l.customer_id)
WHERE q.account = ? AND q.code = ? ORDER BY q.first_at, q.id LIMIT ?
"""
_REFUSED = """
SELECT rtrim('item:' || q.item || ' ' || q.part) AS subject, '{}' AS params, q.error_detail AS detail,
       q.wanted_at AS since, NULL AS order_id,
       p.code AS label, COALESCE(p.name, json_extract(t.wanted, '$.name')) AS name
FROM publication q
LEFT JOIN product p ON p.sku = q.item
LEFT JOIN publication t ON t.account = q.account AND t.item = q.item AND t.facet = 'content' AND t.part = ''
WHERE q.todo AND q.account = ? AND q.facet = ? AND q.error_code = ? ORDER BY q.wanted_at, q.item, q.part LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Affected:
    """One of them. `label` is what people call it (a product's code, an order's number), else the store's own key."""

    subject: SafeText
    label: SafeText
    name: SafeText
    order: int | None
    since: datetime | None
    params: dict[str, Any]
    detail: SafeText


def affected_by(db: sqlite3.Connection, account: str, code: str) -> list[Affected]:
    """What this cause holds up on the account ("" = C-Plus), the oldest first; AFFECTED_MAX at most."""
    return [_affected(row) for row in db.execute(_OF_A_CAUSE, [account, code, AFFECTED_MAX]).fetchall()]


def refused_by(db: sqlite3.Connection, account: str, facet: str, code: str) -> list[Affected]:
    """What the channel does not take for this cause, the oldest first; AFFECTED_MAX at most."""
    return [_affected(row) for row in db.execute(_REFUSED, [account, facet, code, AFFECTED_MAX]).fetchall()]


def _affected(row: sqlite3.Row) -> Affected:
    return Affected(
        subject=safe(row["subject"]),
        label=safe(row["label"] or row["subject"].partition(":")[2] or row["subject"]),
        name=safe(row["name"] or ""),
        order=row["order_id"],
        since=instant(row["since"]),
        params=params_of(row["params"]),
        detail=safe(row["detail"] or ""),
    )
