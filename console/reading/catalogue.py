"""The catalogue of an account, row by row: piles with their counts, the items of one, and what a list shows of them.

An item is a product's SKU, or a grid's key behind the account's prefix.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from console.reading import search
from console.reading.reader import like
from console.safe_text import SafeText, safe
from engine.listing import OBSTACLES
from engine.listing_fields import own_values
from engine.settings import AccountSettings
from engine.store import listings

ALL, ON_SALE, WAITING, INCOMPLETE, WITHHELD, UNFLAGGED = (
    "all", "on-sale", "waiting", "incomplete", "withheld", "unflagged",
)  # fmt: skip
PILES = (ALL, ON_SALE, WAITING, INCOMPLETE, WITHHELD, UNFLAGGED)
LISTED_MAX = 20_000
"""Nobody scrolls through more rows; whoever means another one filters."""
TOPICS = {"*", "catalogue", "listed", "publications", "price-list", "photos"}

# --- piles ------------------------------------------------------------------------------------------------------------

# Products of C-Plus, as far as the mirror or adoption has heard of them, and the grids that are wanted in the shop.
_ALL = """
SELECT c.item FROM grid g CROSS JOIN publication c ON c.account = :account AND c.item = :prefix || g.key
   AND c.facet = 'content' AND c.part = ''
UNION ALL SELECT sku FROM sku_number
"""
_ON_SALE = "SELECT item FROM publication INDEXED BY publication_on_sale WHERE account = :account AND on_sale = 1"
_WAITING = "SELECT DISTINCT item FROM publication INDEXED BY publication_todo WHERE account = :account AND todo"
_WITHHELD = "SELECT item FROM listing INDEXED BY listing_withheld WHERE account = :account AND withheld"
_UNFLAGGED = """
SELECT sku AS item FROM sku_number n
 WHERE NOT EXISTS (SELECT 1 FROM product_tag t WHERE t.tag = :tag AND t.sku = n.sku)
"""
_WITHOUT_PHOTO = "NOT EXISTS (SELECT 1 FROM photo f WHERE f.sku = {sku} AND f.problem IS NULL)"
_INCOMPLETE = f"""
SELECT t.sku AS item FROM product_tag t WHERE t.tag = :tag AND (
    t.sku IN (SELECT sku FROM product INDEXED BY product_bare
               WHERE instr(data, '"gtin":""') OR instr(data, '"weight_kg":null'))
    OR t.sku IN (SELECT substr(subject, 6) FROM problem WHERE account = :account AND subject LIKE 'item:%'
                    AND code IN (SELECT value FROM json_each(:obstacles)))
    OR {_WITHOUT_PHOTO.format(sku="t.sku")})
"""
_PILES: Mapping[str, str] = {
    ALL: _ALL,
    ON_SALE: _ON_SALE,
    WAITING: _WAITING,
    INCOMPLETE: _INCOMPLETE,
    WITHHELD: _WITHHELD,
    UNFLAGGED: _UNFLAGGED,
}
_MATCHING = f"""
WHERE item IN ({search.SKUS} UNION ALL
    SELECT :prefix || key FROM grid WHERE fold(json_extract(data, '$.name') || ' ' || key) LIKE :text ESCAPE '\\')
"""

# --- rows -------------------------------------------------------------------------------------------------------------

_ROWS = f"""
SELECT j.value AS item, p.sku IS NOT NULL AS mirrored, g.key IS NOT NULL AS is_grid,
       COALESCE(p.code, k.code, '') AS code, COALESCE(p.active, 1) AS active, COALESCE(p.whole, 0) AS whole,
       COALESCE(NULLIF(json_extract(p.data, '$.web_name'), ''), p.name, k.name, json_extract(g.data, '$.name'), '')
           AS erp_name,
       COALESCE(json_extract(p.data, '$.gtin'), k.gtin, '') = '' AS without_gtin,
       p.sku IS NOT NULL AND json_extract(p.data, '$.weight_kg') IS NULL AS without_weight,
       {_WITHOUT_PHOTO.format(sku="j.value")} AS without_photo,
       NOT EXISTS (SELECT 1 FROM price c WHERE c.sku = j.value AND c.price_table = :table) AS without_price,
       EXISTS (SELECT 1 FROM product_tag t WHERE t.tag = :tag AND t.sku = j.value) AS flagged,
       (SELECT group_concat(code) FROM problem q WHERE q.account = :account AND q.subject = 'item:' || j.value
           AND q.code IN (SELECT value FROM json_each(:obstacles))) AS obstacles
  FROM json_each(:items) j
  LEFT JOIN product p ON p.sku = j.value
  LEFT JOIN erp_key k ON k.item = j.value
  LEFT JOIN grid g ON j.value = :prefix || g.key AND p.sku IS NULL
"""
_SHOWN = """
SELECT item,
       max(CASE WHEN facet = 'content' THEN json_extract(confirmed, '$.name') END) AS name_shown,
       max(on_sale) AS on_sale,
       max(CASE WHEN facet = 'price' AND part = '' THEN wanted END) AS price,
       max(CASE WHEN facet = 'price' AND part = '' THEN confirmed END) AS price_shown,
       sum(CASE WHEN facet = 'stock' THEN CAST(wanted AS INTEGER) END) AS stock_e4,
       sum(CASE WHEN facet = 'stock' THEN CAST(confirmed AS INTEGER) END) AS stock_shown_e4,
       max(todo) AS todo, max(held_by) AS held_by, max(CASE WHEN todo THEN error_code END) AS error_code
  FROM publication WHERE account = :account AND item IN (SELECT value FROM json_each(:items)) GROUP BY item
"""
_OWN = "SELECT * FROM listing WHERE account = :account AND item IN (SELECT value FROM json_each(:items))"
_NAMED = """
SELECT sku FROM product WHERE sku = :name OR code = :name
UNION SELECT item FROM erp_key WHERE item = :name
UNION SELECT sku FROM sku_number WHERE sku IN (:padded)
UNION SELECT :prefix || key FROM grid WHERE :prefix || key = :name
UNION SELECT sku FROM sku_number WHERE id IN (SELECT rowid FROM product_search WHERE product_search MATCH :word)
 LIMIT 2
"""
SKU_DIGITS = 9
"""C-Plus fills its keys with zeros to so many."""


class Shown(NamedTuple):
    """What the shop shows of an item as far as we know, and what it shall show. Prices as the store has them."""

    name: SafeText
    on_sale: bool
    price: str | None
    price_shown: str | None
    stock_e4: int | None
    stock_shown_e4: int | None
    todo: bool
    held_by: str | None
    error_code: str | None


NOTHING_SHOWN = Shown(SafeText(""), False, None, None, None, None, False, None, None)


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One item. `own`: what the account says of it, by field of the listing; None = C-Plus's word.

    `lacks`: of photo, weight, price, gtin. `seen` goes with a change of it.
    """

    item: str
    code: SafeText
    erp_name: SafeText
    is_grid: bool
    mirrored: bool
    active: bool
    whole: bool
    flagged: bool
    obstacles: tuple[str, ...]
    lacks: tuple[str, ...]
    own: Mapping[str, Any]
    seen: int
    shown: Shown

    @property
    def label(self) -> SafeText:
        """What people call it: its code, else its key."""
        return self.code or safe(self.item)

    @property
    def name(self) -> SafeText:
        """What it shall be called in the shop."""
        return safe(self.own["name"]) if self.own["name"] else self.erp_name

    @property
    def state(self) -> str:
        """The one thing about it that matters most."""
        shown, withheld = self.shown, bool(self.own["withheld"])
        found = (
            ("refused", shown.todo and shown.error_code is not None),
            ("held", shown.todo and shown.held_by is not None),
            ("withheld", withheld),
            ("unflagged", not (self.flagged or self.is_grid)),
            ("inactive", not self.active),
            ("incomplete", bool(self.obstacles)),
            ("waiting", shown.todo),
            ("on-sale", shown.on_sale),
        )
        return next((state for state, holds in found if holds), "absent")


def counts(db: sqlite3.Connection, account: AccountSettings) -> dict[str, int]:
    """Rows in each pile; no more than LISTED_MAX + 1 are counted."""
    values = {**_values(account), "most": LISTED_MAX + 1}
    return {
        pile: db.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT :most)", values).fetchone()[0]
        for pile, sql in _PILES.items()
    }


def keys(
    db: sqlite3.Connection, account: AccountSettings, pile: str, text: str = "", *, most: int = LISTED_MAX
) -> list[str]:
    """The first items of a pile by key, -1 = all of them; a text is looked for in all that people know a product by."""
    values = {**_values(account), "words": search.pattern(text), "text": like(text), "most": most}
    matching = _MATCHING if text.strip() else ""
    found = db.execute(f"SELECT item FROM ({_PILES[pile]}) {matching} ORDER BY item LIMIT :most", values).fetchall()
    return [row[0] for row in found]


def rows(db: sqlite3.Connection, account: AccountSettings, items: Sequence[str]) -> dict[str, ListingRow]:
    """The rows of these items; one that nobody knows is left out."""
    values = {**_values(account), "items": json.dumps(list(items))}
    shown = {row["item"]: _shown(row) for row in db.execute(_SHOWN, values).fetchall()}
    own = {row["item"]: dict(row) for row in db.execute(_OWN, values).fetchall()}
    found = db.execute(_ROWS, values).fetchall()
    return {row["item"]: _row(row, own.get(row["item"]), shown.get(row["item"], NOTHING_SHOWN)) for row in found}


def item_named(db: sqlite3.Connection, account: AccountSettings, name: str) -> str | None:
    """The item that a SKU, a code or a bar code means, leading zeros left out or not; None for none, or several."""
    values = {**_values(account), "name": name, "padded": name.zfill(SKU_DIGITS), "word": search.whole(name)}
    exact = db.execute(_NAMED, values).fetchall() if name else []
    return exact[0][0] if len(exact) == 1 else None


def _values(account: AccountSettings) -> dict[str, Any]:
    return {
        "account": account.id,
        "prefix": account.grid_prefix,
        "tag": account.online_tag,
        "table": account.base_price_table,
        "obstacles": json.dumps(OBSTACLES),
    }


def _shown(row: sqlite3.Row) -> Shown:
    return Shown(
        name=safe(row["name_shown"] or ""),
        on_sale=bool(row["on_sale"]),
        price=row["price"],
        price_shown=row["price_shown"],
        stock_e4=row["stock_e4"],
        stock_shown_e4=row["stock_shown_e4"],
        todo=bool(row["todo"]),
        held_by=row["held_by"],
        error_code=row["error_code"],
    )


def _row(row: sqlite3.Row, own: Mapping[str, Any] | None, shown: Shown) -> ListingRow:
    lacks = ("photo", "weight", "price", "gtin") if row["mirrored"] else ()
    return ListingRow(
        item=row["item"],
        code=safe(row["code"]),
        erp_name=safe(row["erp_name"]),
        is_grid=bool(row["is_grid"]),
        mirrored=bool(row["mirrored"]),
        active=bool(row["active"]),
        whole=bool(row["whole"]),
        flagged=bool(row["flagged"]),
        obstacles=tuple((row["obstacles"] or "").split(",")) if row["obstacles"] else (),
        lacks=tuple(name for name in lacks if row[f"without_{name}"]),
        own=own_values(own),
        seen=listings.version(own),
        shown=shown,
    )
