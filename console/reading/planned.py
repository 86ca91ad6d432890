"""What the next cycles would write to the channels."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.safe_text import SafeText, safe

_PLANNED = """
WITH planned (account, item, facet, part, confirmed, wanted, error_code, wanted_at, held_by) AS (
    SELECT account, item, facet, part, confirmed, wanted, error_code, wanted_at, held_by FROM publication WHERE todo
    UNION ALL
    SELECT account, item, 'price', part, confirmed, wanted, NULL, wanted_at, 'price-groups' FROM price_group_plan)
SELECT q.account, q.item, q.facet, q.part, q.confirmed, q.wanted, q.error_code, q.wanted_at,
       COALESCE(q.held_by, CASE WHEN t.confirmed IS NULL AND (
           EXISTS (SELECT 1 FROM shop_proposal s WHERE s.account = q.account AND s.item = q.item)
           OR EXISTS (SELECT 1 FROM shop_item s WHERE s.account = q.account AND s.remote_sku = q.item)
       ) THEN 'adoption' END) AS held_by,
       COALESCE(p.name, json_extract(t.wanted, '$.name'), json_extract(t.confirmed, '$.name')) AS name
FROM planned q
LEFT JOIN product p ON p.sku = q.item
LEFT JOIN publication t ON t.account = q.account AND t.item = q.item AND t.facet = 'content' AND t.part = ''
WHERE (:account IS NULL OR q.account = :account) AND (:guard IS NULL OR q.held_by = :guard)
ORDER BY q.account, q.item, q.facet, q.part
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """One row: `before` is what the channel shows, `after` what it shall show, None = nothing.

    Values as the facet has them: a price's cents (a special price: a text of cents and days), a stock's
    ten-thousandths, the digests of photos in their order, the fields of the texts.
    """

    account: SafeText
    item: SafeText
    name: SafeText
    facet: str
    part: SafeText
    before: Any
    after: Any
    held_by: str | None
    error_code: str | None
    wanted_at: str
    number: str | None  # by which a person lets it pass; of this very change, so that no other passes by it
    wanted: str | None  # `after` as the store has it


WHOLE = "price-groups"
"""A guard that holds all of an account's rows or none of them."""
BY_PERSON = ("price-drop", "many-to-zero", WHOLE)
"""The guards that a person lets something pass."""
NUMBER_DIGITS = 6


def planned(db: sqlite3.Connection, account: str | None = None, guard: str | None = None) -> list[Planned]:
    """All of it, or of one account, or what one guard holds; item by item."""
    rows = db.execute(_PLANNED, {"account": account, "guard": guard}).fetchall()
    whole: dict[str, list[str]] = {}
    for row in rows:
        if row["held_by"] == WHOLE:
            whole.setdefault(row["account"], []).append(_change(row))
    return [
        Planned(
            account=safe(row["account"]),
            item=safe(row["item"]),
            name=safe(row["name"] or ""),
            facet=row["facet"],
            part=safe(row["part"]),
            before=_value(row["confirmed"]),
            after=_value(row["wanted"]),
            held_by=row["held_by"],
            error_code=row["error_code"],
            wanted_at=row["wanted_at"],
            number=_number(row, whole),
            wanted=row["wanted"],
        )
        for row in rows
    ]


def _number(row: sqlite3.Row, whole: Mapping[str, Sequence[str]]) -> str | None:
    if row["held_by"] not in BY_PERSON:
        return None
    said = "\n".join(whole[row["account"]]) if row["held_by"] == WHOLE else _change(row)
    return f"{int(hashlib.sha256(said.encode()).hexdigest(), 16) % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}}"


def _change(row: sqlite3.Row) -> str:
    names = ("account", "item", "facet", "part", "confirmed", "wanted", "held_by")
    return json.dumps([row[name] for name in names])


def _value(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
