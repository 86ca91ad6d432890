"""The audit as a list: its piles, the newest entries of one that have some words, and the way back from each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from console.reading.audit import ENTRIES, Entry, entry_of
from console.reading.reader import like
from console.reading.undoing import Undo, undo_of

ALL, ORDERS, GOODS, CUSTOMERS, ACCOUNTS, PROBLEMS, SETTINGS, REFUSED = (
    "all", "orders", "goods", "customers", "accounts", "problems", "settings", "refused",
)  # fmt: skip
KINDS: Mapping[str, tuple[str, ...]] = {
    ORDERS: ("order", "decisions"),
    GOODS: ("item", "sku"),
    CUSTOMERS: ("customer",),
    ACCOUNTS: ("account",),
    PROBLEMS: ("problem",),
    SETTINGS: ("setting", "key", "operator"),
    REFUSED: ("refused",),
}
"""What an entry is about, by pile."""
LISTED_MAX = 5_000
"""Nobody scrolls through more; the filter looks in all of them."""
COUNTED_MAX = 999
WORDS_MAX = 8
TOPICS = {"*", "audit"}

Word = tuple[str, Collection[str]]
"""Something typed, and the deeds that are called so in the operator's language."""

_OF_KINDS = "a.kind IN (SELECT value FROM json_each(:kinds))"
_COUNT = f"SELECT count(*) FROM (SELECT 1 FROM audit a WHERE {_OF_KINDS} LIMIT :most)"
_COUNT_ALL = "SELECT count(*) FROM (SELECT 1 FROM audit LIMIT :most)"
_NEWEST = "SELECT a.id FROM audit a WHERE {which} ORDER BY a.id DESC LIMIT :most"
_SAID = f"""
SELECT a.id FROM ({ENTRIES}) a WHERE {{which}} ORDER BY a.id DESC LIMIT :most
"""
# Logins, keys and numbers have no accents: of these SQLite itself looks at a million while Python folds a few reasons.
_HAS_WORD = """
(subject LIKE :word{n} ESCAPE '\\' OR who LIKE :word{n} ESCAPE '\\'
 OR replace(what, 'refused:', '') IN (SELECT value FROM json_each(:deeds{n}))
 OR why <> '' AND fold(why) LIKE :word{n} ESCAPE '\\')
"""
_ROWS = f"""
SELECT e.*, c.args FROM json_each(:ids) j JOIN ({ENTRIES}) e ON e.id = j.value
  LEFT JOIN command c ON c.id = e.command_id
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """An entry of the audit, and how it is taken back: a command, or why there is none."""

    id: int
    entry: Entry
    undo: Undo | str


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """Entries in each pile, no more than one above COUNTED_MAX."""
    most = COUNTED_MAX + 1
    found = {
        pile: int(db.execute(_COUNT, {"kinds": json.dumps(kinds), "most": most}).fetchone()[0])
        for pile, kinds in KINDS.items()
    }
    return {ALL: int(db.execute(_COUNT_ALL, {"most": most}).fetchone()[0]), **found}


def keys(db: sqlite3.Connection, pile: str, words: Sequence[Word]) -> list[int]:
    """The newest first, LISTED_MAX at most. An entry must have each of the words."""
    which, asked = ["true"], dict[str, object](most=LISTED_MAX)
    if pile in KINDS:
        which.append(_OF_KINDS)
        asked["kinds"] = json.dumps(KINDS[pile])
    for n, (word, deeds) in enumerate(words[:WORDS_MAX]):
        which.append(_HAS_WORD.format(n=n))
        asked |= {f"word{n}": like(word), f"deeds{n}": json.dumps(sorted(deeds))}
    statement = _SAID if words else _NEWEST
    return [row["id"] for row in db.execute(statement.format(which=" AND ".join(which)), asked).fetchall()]


def rows(db: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Deed]:
    """These entries, as far as they are there."""
    found = db.execute(_ROWS, {"ids": json.dumps(list(ids))}).fetchall()
    return {row["id"]: Deed(row["id"], entry_of(row), undo_of(db, row)) for row in found}
