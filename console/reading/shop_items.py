"""What was in a shop before us, row by row for the screen: piles with their counts, the keys of one, and its rows.

A key is the id in the shop; of what is in C-Plus alone, the item.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from console.reading import search
from console.reading.adoption import OPEN, STANDING, STANDING_FROM
from console.reading.reader import like
from console.safe_text import SafeText, safe
from engine.store.shop_items import seen_as

PILES = ("doubtful", "double", "only-shop", "only-cplus", "not-flagged", "settled", "left-alone", "sure")
TOPICS = {"*", "accounts", "listed"}
FOUND_MAX = 100
"""Of a search, so many products are shown: whoever sees more types on."""

_ONLY_CPLUS = """
  FROM publication c LEFT JOIN erp_key k ON k.item = c.item
 WHERE c.account = :account AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL AND c.confirmed IS NULL
   AND NOT EXISTS (SELECT 1 FROM shop_item s WHERE s.account = :account AND s.item = c.item)
   AND NOT EXISTS (SELECT 1 FROM shop_proposal q WHERE q.account = :account AND q.item = c.item)
"""
_COUNTS = f"""
SELECT standing, count(*) FROM (SELECT {STANDING} AS standing {STANDING_FROM} WHERE s.account = :account)
 GROUP BY standing
UNION ALL SELECT 'only-cplus', count(*) {_ONLY_CPLUS}
"""
_KEYS = f"""
SELECT s.remote_id {STANDING_FROM} LEFT JOIN erp_key k ON k.item = s.item
 WHERE s.account = :account AND {STANDING} = :pile AND (:text = '' OR fold(s.remote_sku || ' ' || s.name || ' ' ||
       s.gtin || ' ' || s.remote_id || ' ' || COALESCE(s.item || ' ' || k.code || ' ' || k.name, ''))
       LIKE :text ESCAPE '\\' OR EXISTS (
           SELECT 1 FROM shop_proposal q JOIN erp_key o ON o.item = q.item WHERE q.account = s.account
              AND q.remote_id = s.remote_id AND fold(o.item || ' ' || o.code || ' ' || o.name) LIKE :text ESCAPE '\\'))
 ORDER BY s.remote_sku, s.remote_id
"""
_KEYS_ONLY_CPLUS = f"""
SELECT c.item {_ONLY_CPLUS} AND (:text = '' OR fold(c.item || ' ' || COALESCE(k.code || ' ' || k.name, ''))
       LIKE :text ESCAPE '\\') ORDER BY c.item
"""
# A grid has no key of its own; what is wanted of it says its name.
_ROWS = f"""
SELECT s.*, {STANDING} AS told, k.code, COALESCE(k.name, json_extract(c.wanted, '$.name'), '') AS our_name
{STANDING_FROM} LEFT JOIN erp_key k ON k.item = s.item
 WHERE s.account = :account AND s.remote_id IN (SELECT value FROM json_each(:keys))
"""
_ROWS_ONLY_CPLUS = """
SELECT c.item, k.code, k.gtin, COALESCE(k.name, json_extract(c.wanted, '$.name'), '') AS our_name
  FROM publication c LEFT JOIN erp_key k ON k.item = c.item
 WHERE c.account = :account AND c.facet = 'content' AND c.part = '' AND c.item IN (SELECT value FROM json_each(:keys))
"""
_PROPOSALS = """
SELECT q.remote_id, q.item, q.reason, k.code, k.gtin, COALESCE(k.name, json_extract(c.wanted, '$.name'), '') AS name,
       h.remote_sku AS holder
  FROM shop_proposal q
  LEFT JOIN erp_key k ON k.item = q.item
  LEFT JOIN publication c ON c.account = q.account AND c.item = q.item AND c.facet = 'content' AND c.part = ''
  LEFT JOIN shop_item h ON h.account = q.account AND h.item = q.item
 WHERE q.account = :account AND q.remote_id IN (SELECT value FROM json_each(:keys)) ORDER BY q.remote_id, q.item
"""
_PRODUCTS = """
SELECT k.item, k.code, k.gtin, k.name, h.remote_sku AS holder FROM erp_key k
  LEFT JOIN shop_item h ON h.account = :account AND h.item = k.item
 WHERE true {matching}
 ORDER BY k.name, k.item LIMIT :most
"""
_GRIDS = """
SELECT :prefix || k.parent AS item, '' AS code, '' AS gtin, min(k.name) AS name, h.remote_sku AS holder FROM erp_key k
  LEFT JOIN shop_item h ON h.account = :account AND h.item = :prefix || k.parent
 WHERE k.parent IS NOT NULL {matching}
 GROUP BY k.parent ORDER BY 4, 1 LIMIT :most
"""
_MATCHING = f"AND k.item IN ({search.SKUS})"
_OPEN = """
SELECT account, count(*) FROM shop_item
 WHERE item IS NULL AND settled_by IS NULL AND standing IN ('doubtful', 'double') GROUP BY account
"""


@dataclass(frozen=True, slots=True)
class Ours:
    """A product of C-Plus, or a grid of it. `holder` is the SKU of the shop's item that it is already, if any."""

    item: str
    code: SafeText
    gtin: SafeText
    name: SafeText
    holder: SafeText
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShopRow:
    """One item of the shop, or of what is in C-Plus alone. `item` is whose it is; `seen` goes with a decision on it."""

    id: str
    standing: str
    reason: str
    sku: SafeText
    name: SafeText
    gtin: SafeText
    kind: str
    item: str
    code: SafeText
    our_name: SafeText
    settled_by: SafeText
    taken: bool
    seen: str
    proposals: tuple[Ours, ...] = ()

    @property
    def open(self) -> bool:
        """A person has to say whose it is."""
        return self.standing in OPEN


def counts(db: sqlite3.Connection, account: str) -> dict[str, int]:
    """Rows in each pile."""
    return dict.fromkeys(PILES, 0) | dict(db.execute(_COUNTS, {"account": account}).fetchall())


def keys(db: sqlite3.Connection, account: str, pile: str, text: str = "") -> list[str]:
    """The keys of a pile in the order of its list; a text is looked for in all that the row is known by."""
    statement = _KEYS_ONLY_CPLUS if pile == "only-cplus" else _KEYS
    found = db.execute(statement, {"account": account, "pile": pile, "text": like(text)}).fetchall()
    return [row[0] for row in found]


def rows(db: sqlite3.Connection, account: str, wanted: Sequence[str], pile: str = "") -> dict[str, ShopRow]:
    """The rows with these keys; one that is gone is left out."""
    values = {"account": account, "keys": json.dumps(list(wanted))}
    if pile == "only-cplus":
        return {row["item"]: _only_ours(row) for row in db.execute(_ROWS_ONLY_CPLUS, values).fetchall()}
    proposals: dict[str, list[Ours]] = {}
    for row in db.execute(_PROPOSALS, values).fetchall():
        proposals.setdefault(row["remote_id"], []).append(_ours(row, row["reason"]))
    return {
        row["remote_id"]: _row(row, tuple(proposals.get(row["remote_id"], ())))
        for row in db.execute(_ROWS, values).fetchall()
    }


def products(db: sqlite3.Connection, account: str, text: str, *, grids: bool, grid_prefix: str) -> list[Ours]:
    """Products of C-Plus, or grids, that have a word in key, code, GTIN or name for each of its; FOUND_MAX at most."""
    values = {"account": account, "words": search.pattern(text), "prefix": grid_prefix, "most": FOUND_MAX}
    statement = (_GRIDS if grids else _PRODUCTS).format(matching=_MATCHING if text.strip() else "")
    return [_ours(row) for row in db.execute(statement, values).fetchall()]


def open_rows(db: sqlite3.Connection) -> dict[str, int]:
    """How many rows of each account wait for a person."""
    return dict(db.execute(_OPEN).fetchall())


def pile_of(db: sqlite3.Connection, account: str, key: str) -> str | None:
    """The pile in which an item of the shop lies."""
    found = rows(db, account, [key]).get(key)
    return None if found is None else found.standing


def _ours(row: sqlite3.Row, reason: str = "") -> Ours:
    return Ours(
        item=row["item"],
        code=safe(row["code"] or ""),
        gtin=safe(row["gtin"] or ""),
        name=safe(row["name"] or ""),
        holder=safe(row["holder"] or ""),
        reason=reason,
    )


def _row(row: sqlite3.Row, proposals: tuple[Ours, ...]) -> ShopRow:
    return ShopRow(
        id=row["remote_id"],
        standing=row["told"],
        reason=row["reason"],
        sku=safe(row["remote_sku"]),
        name=safe(row["name"]),
        gtin=safe(row["gtin"]),
        kind=row["kind"],
        item=row["item"] or "",
        code=safe(row["code"] or ""),
        our_name=safe(row["our_name"]) if row["item"] else safe(""),
        settled_by=safe(row["settled_by"] or ""),
        taken=row["adopted_at"] is not None,
        seen=seen_as(row),
        proposals=proposals,
    )


def _only_ours(row: sqlite3.Row) -> ShopRow:
    nothing = safe("")
    return ShopRow(
        id=row["item"],
        standing="only-cplus",
        reason="nothing",
        sku=nothing,
        name=nothing,
        gtin=safe(row["gtin"] or ""),
        kind="",
        item=row["item"],
        code=safe(row["code"] or ""),
        our_name=safe(row["our_name"]),
        settled_by=nothing,
        taken=False,
        seen="",
    )
