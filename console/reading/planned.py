"""What the next cycles would write to the channels."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.reading.reader import fold, like
from console.reading.search import SKUS, pattern
from console.safe_text import SafeText, safe
from engine.publishing import Facet
from engine.store.plan_numbers import number_of

ALL, HELD, REFUSED = "all", "held", "refused"
PILES = (ALL, HELD, REFUSED, *Facet)
TOPICS = {"*", "publications", "accounts"}
KEYS_MAX = 20_000
"""Nobody reads through a first publication row by row; what is held and refused comes first, and all is counted."""

Key = tuple[str, str, str, str]
"""Account, item, facet, part."""

_TODO = """
WITH planned (account, item, facet, part, confirmed, wanted, error_code, wanted_at, held_by) AS (
    SELECT account, item, facet, part, confirmed, wanted, error_code, wanted_at, held_by FROM publication WHERE todo
    UNION ALL
    SELECT account, item, 'price', part, confirmed, wanted, NULL, wanted_at, 'price-groups' FROM price_group_plan)
"""
_THESE = """
WITH planned (account, item, facet, part, confirmed, wanted, error_code, wanted_at, held_by) AS (
    SELECT p.account, p.item, p.facet, p.part, p.confirmed, p.wanted, p.error_code, p.wanted_at, p.held_by
      FROM json_each(:keys) k CROSS JOIN publication p
        ON p.account = json_extract(k.value, '$[0]') AND p.item = json_extract(k.value, '$[1]')
       AND p.facet = json_extract(k.value, '$[2]') AND p.part = json_extract(k.value, '$[3]')
     WHERE p.todo)
"""
_TOLD = """
SELECT q.account, q.item, q.facet, q.part, q.confirmed, q.wanted, q.error_code, q.wanted_at,
       COALESCE(q.held_by, CASE WHEN t.confirmed IS NULL AND (
           EXISTS (SELECT 1 FROM shop_proposal s WHERE s.account = q.account AND s.item = q.item)
           OR EXISTS (SELECT 1 FROM shop_item s WHERE s.account = q.account AND s.remote_sku = q.item)
       ) THEN 'adoption' END) AS held_by,
       COALESCE(p.name, json_extract(t.wanted, '$.name'), json_extract(t.confirmed, '$.name')) AS name
FROM planned q
LEFT JOIN product p ON p.sku = q.item
LEFT JOIN publication t ON t.account = q.account AND t.item = q.item AND t.facet = 'content' AND t.part = ''
"""
_PLANNED = f"""
{_TODO} {_TOLD}
WHERE (:account IS NULL OR q.account = :account) AND (:guard IS NULL OR q.held_by = :guard)
ORDER BY q.account, q.item, q.facet, q.part
"""
_BY_KEY = f"{_THESE} {_TOLD}"
_COUNTS = """
SELECT facet, count(*), sum(held_by IS NOT NULL), sum(error_code IS NOT NULL) FROM publication WHERE todo
 GROUP BY facet
"""
_GROUPS = "SELECT account, item, 'price' AS facet, part FROM price_group_plan"
_KEYS = f"""
SELECT account, item, facet, part FROM publication q
 WHERE todo AND (:pile = '{ALL}' OR :pile = facet OR :pile = '{HELD}' AND held_by IS NOT NULL
                 OR :pile = '{REFUSED}' AND error_code IS NOT NULL)
   AND (:words = '' OR item IN ({SKUS}) OR item LIKE :text ESCAPE '\\')
 ORDER BY held_by IS NULL, error_code IS NULL, account, item, facet, part LIMIT {KEYS_MAX}
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

    @property
    def takes_away(self) -> bool:
        """Nothing of it would be shown any more, or it would leave the storefront."""
        return self.after is None or (
            self.facet == Facet.CONTENT
            and not self.after.get("enabled", True)
            and bool((self.before or {}).get("enabled"))
        )


WHOLE = "price-groups"
"""A guard that holds all of an account's rows or none of them."""
BY_PERSON = ("price-drop", "many-prices", "many-texts", "many-leaving", "many-to-zero", WHOLE)
"""The guards that a person lets something pass."""


def planned(db: sqlite3.Connection, account: str | None = None, guard: str | None = None) -> list[Planned]:
    """All of it, or of one account, or what one guard holds; item by item."""
    return _told(db.execute(_PLANNED, {"account": account, "guard": guard}).fetchall())


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Rows in each pile."""
    found = dict.fromkeys(PILES, 0)
    for facet, rows, held, refused in db.execute(_COUNTS).fetchall():
        found |= {facet: rows, HELD: found[HELD] + held, REFUSED: found[REFUSED] + refused}
    groups = len(db.execute(_GROUPS).fetchall())
    found[HELD] += groups
    found[Facet.PRICE] += groups
    return found | {ALL: sum(found[facet] for facet in Facet)}


def keys(db: sqlite3.Connection, pile: str, text: str = "") -> list[Key]:
    """Those of a pile, held ones first, KEYS_MAX at most; a text is looked for in the product's key, code and name."""
    values = {"pile": pile, "text": like(text), "words": pattern(text) if text else ""}
    found = [tuple(row) for row in db.execute(_KEYS, values).fetchall()]
    if pile in (ALL, HELD, Facet.PRICE):
        groups = [tuple(row) for row in db.execute(_GROUPS).fetchall()]
        found = [key for key in groups if fold(text) in fold(key[1])] + found
    return found


def rows(db: sqlite3.Connection, wanted: Sequence[Key]) -> dict[Key, Planned]:
    """These, as far as they are still to be written."""
    raw = db.execute(_BY_KEY, {"keys": json.dumps(wanted)}).fetchall()
    if len(raw) < len(wanted):
        raw += db.execute(_PLANNED, {"account": None, "guard": WHOLE}).fetchall()
    found = {
        (row["account"], row["item"], row["facet"], row["part"]): one for row, one in zip(raw, _told(raw), strict=True)
    }
    return {key: found[key] for key in wanted if key in found}


def _told(rows: Sequence[sqlite3.Row]) -> list[Planned]:
    whole: dict[str, list[sqlite3.Row]] = {}
    for row in rows:
        if row["held_by"] == WHOLE:
            whole.setdefault(row["account"], []).append(row)
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


def _number(row: sqlite3.Row, whole: Mapping[str, Sequence[sqlite3.Row]]) -> str | None:
    if row["held_by"] not in BY_PERSON:
        return None
    return number_of(whole[row["account"]] if row["held_by"] == WHOLE else [row])


def _value(text: str | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text
