"""The account's category map in the store: as it is now, and those before it that items may still stand by.

An item is sent by the map of its day, so what was confirmed before a map was replaced stands by that one or, where an
outcome was never known, by a later one.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

import msgspec

from engine.publishing import CategoryMap, Facet
from engine.store import accounts, listings, publications
from engine.store.instants import to_text

CURSOR = "category-map"
FORMER_MAX = 20


class _Maps(msgspec.Struct):
    now: CategoryMap
    former: list[tuple[str, CategoryMap]] = []  # until when, and which; oldest first


def replace_map(db: sqlite3.Connection, account: str, mapped: CategoryMap, now: datetime) -> int:
    """From now the account has this map: what stands where the one before had put it is sent again. How many."""
    known = _maps(db, account)
    if known is not None and known.now == mapped:
        return 0
    former = [] if known is None else [*known.former, (to_text(now), known.now)][-FORMER_MAX:]
    accounts.set_cursor(db, account, CURSOR, msgspec.json.encode(_Maps(mapped, former)).decode())
    row = accounts.get(db, account)
    if known is None or row is None or row["approved_at"] is None:  # what is there then is the merchant's doing
        return 0
    changed = [path for path, _ in {*known.now} ^ {*mapped}]
    moved = list(_standing_at(db, account, changed))
    publications.send_again(db, account, Facet.CONTENT, [(item, "") for item in moved])
    return len(moved)


def former_maps(db: sqlite3.Connection, account: str, confirmed_at: str | None) -> tuple[CategoryMap, ...]:
    """The maps that were replaced since then."""
    known = _maps(db, account)
    if known is None or confirmed_at is None:
        return ()
    return tuple(mapped for until, mapped in known.former if until >= confirmed_at)


def _maps(db: sqlite3.Connection, account: str) -> _Maps | None:
    text = accounts.cursor(db, account, CURSOR)
    return None if text is None else msgspec.json.decode(text, type=_Maps)


def _standing_at(db: sqlite3.Connection, account: str, changed: Iterable[tuple[str, ...]]) -> Iterable[str]:
    """Items in the channel whose path begins with one of these; not those whose place is the shop's own."""
    keys = set(changed)
    rows = db.execute(
        "SELECT item, json_extract(confirmed, '$.categories') AS path FROM publication WHERE account = ? AND"
        " facet = 'content' AND part = '' AND confirmed IS NOT NULL AND wanted IS NOT NULL ORDER BY item",
        (account,),
    ).fetchall()
    for row in rows:
        path = tuple(name.strip().casefold() for name in json.loads(row["path"] or "[]"))
        begins = any(path[:depth] in keys for depth in range(1, len(path) + 1))
        if begins and "categories" not in listings.kept_by_shop(db, account, row["item"]):
            yield row["item"]
