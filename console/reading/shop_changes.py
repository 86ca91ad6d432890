"""Texts that somebody changed in a shop's own admin and nobody has said whose they are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.reading.reader import like
from console.safe_text import SafeText, safe
from engine.reconcile.ownership import TEXTS
from engine.store.shop_changes import seen_as

ALL = "all"
PILES = (ALL, *TEXTS)
TOPICS = {"*", "catalogue", "problems", "publications"}

Key = tuple[str, str, str]
"""Account, item, field."""

_SHOWN = """
SELECT s.account, s.item, s.field, s.ours, s.shown, s.seen_at, json_extract(c.wanted, '$.name') AS name
  FROM {source} LEFT JOIN publication c
    ON c.account = s.account AND c.item = s.item AND c.facet = 'content' AND c.part = ''
 WHERE s.standing = 'asked'
"""
_WAITING = _SHOWN.format(source="shop_change s") + " AND (:account IS NULL OR s.account = :account)"
_ASKED = f"{_WAITING} ORDER BY s.account, s.item, s.field"
_COUNTS = f"SELECT field, count(*) FROM ({_WAITING}) GROUP BY field"
_KEYS = f"""
SELECT account, item, field FROM ({_WAITING}) WHERE (:pile = '{ALL}' OR field = :pile)
   AND (:text = '' OR fold(item || ' ' || COALESCE(name, '') || ' ' || ours || ' ' || shown) LIKE :text ESCAPE '\\')
 ORDER BY account, item, field
"""
_ROWS = _SHOWN.format(
    source="json_each(:keys) k CROSS JOIN shop_change s ON s.account = json_extract(k.value, '$[0]')"
    " AND s.item = json_extract(k.value, '$[1]') AND s.field = json_extract(k.value, '$[2]')"
)


@dataclass(frozen=True, slots=True)
class ShopChange:
    """One of them: what was confirmed there, and what the shop shows. `seen` goes with a decision on it."""

    account: SafeText
    item: SafeText
    name: SafeText
    field: str
    ours: SafeText
    shown: SafeText
    seen_at: datetime | None
    seen: str


def asked(db: sqlite3.Connection, account: str | None = None) -> list[ShopChange]:
    """All that wait, of one account or of all."""
    return [_change(row) for row in db.execute(_ASKED, {"account": account}).fetchall()]


def counts(db: sqlite3.Connection, account: str | None) -> dict[str, int]:
    """How many wait, by field and in all."""
    found = dict(db.execute(_COUNTS, {"account": account}).fetchall())
    return dict.fromkeys(PILES, 0) | found | {ALL: sum(found.values())}


def keys(db: sqlite3.Connection, account: str | None, pile: str, text: str = "") -> list[Key]:
    """Those of a field, or all; a text is looked for in key and name of the product and in both texts."""
    values = {"account": account, "pile": pile, "text": like(text)}
    return [(row["account"], row["item"], row["field"]) for row in db.execute(_KEYS, values).fetchall()]


def rows(db: sqlite3.Connection, wanted: Sequence[Key]) -> dict[Key, ShopChange]:
    """These, as far as they still wait."""
    found = db.execute(_ROWS, {"keys": json.dumps(wanted)}).fetchall()
    return {(row["account"], row["item"], row["field"]): _change(row) for row in found}


def both_texts(db: sqlite3.Connection, key: Key) -> tuple[str, str] | None:
    """Ours and the shop's in full, as they were written: not safe to show."""
    row = db.execute(_ROWS, {"keys": json.dumps([key])}).fetchone()
    return None if row is None else (str(json.loads(row["ours"])), str(json.loads(row["shown"])))


def _change(row: sqlite3.Row) -> ShopChange:
    return ShopChange(
        account=safe(row["account"]),
        item=safe(row["item"]),
        name=safe(row["name"] or ""),
        field=row["field"],
        ours=safe(json.loads(row["ours"])),
        shown=safe(json.loads(row["shown"])),
        seen_at=instant(row["seen_at"]),
        seen=seen_as(row),
    )
