"""Falls of prices that were allowed ahead and are not over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.safe_text import SafeText, safe
from engine.store.instants import to_text

TOPICS = {"*", "price-list"}
NAMED_MAX = 200
"""Nobody reads through more products of one allowance."""

_AHEAD = """
SELECT a.id, a.account, a.items, a.fall_percent, a.from_at, a.until_at, a.who, a.at,
       (SELECT json_group_array(json_array(j.value, COALESCE(p.name, '')))
          FROM (SELECT value FROM json_each(a.items) LIMIT :most) j LEFT JOIN product p ON p.sku = j.value) AS named
  FROM price_allowance a
 WHERE a.until_at > :now ORDER BY a.from_at, a.id
"""


@dataclass(frozen=True, slots=True)
class AllowedAhead:
    """Prices of `items` (none = every product) may fall by `fall_percent`. `names` are those of the first of them."""

    id: int
    account: SafeText
    items: tuple[SafeText, ...]
    names: tuple[SafeText, ...]
    fall_percent: int
    from_at: datetime | None
    until_at: datetime | None
    who: SafeText
    at: datetime | None


def allowed_ahead(db: sqlite3.Connection, now: datetime) -> list[AllowedAhead]:
    """Those that hold or are to come, the next one first."""
    rows = db.execute(_AHEAD, {"now": to_text(now), "most": NAMED_MAX}).fetchall()
    return [_row(row, json.loads(row["items"]), json.loads(row["named"])) for row in rows]


def _row(row: sqlite3.Row, items: Sequence[str], named: Sequence[tuple[str, str]]) -> AllowedAhead:
    return AllowedAhead(
        id=row["id"],
        account=safe(row["account"]),
        items=tuple(safe(item) for item in items),
        names=tuple(safe(name) for _item, name in named),
        fall_percent=row["fall_percent"],
        from_at=instant(row["from_at"]),
        until_at=instant(row["until_at"]),
        who=safe(row["who"]),
        at=instant(row["at"]),
    )
