"""The account's category map in the store: as it is now, and those before it that items may still stand by.

An item is sent by the map of its day, so what was confirmed before a map was replaced stands by that one or, where an
outcome was never known, by a later one. What a new map moves is sent again a piece at a time: one transaction for a
whole shop would make all other readers of the store wait for seconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from engine.publishing import CategoryMap, Facet
from engine.store import accounts, listings, publications
from engine.store.instants import to_text

CURSOR = "category-map"
FORMER_MAX = 20
ITEMS_PER_TRANSACTION = 500


class _Maps(msgspec.Struct):
    now: CategoryMap
    former: list[tuple[str, CategoryMap]] = []  # until when, and which; oldest first
    moved: list[tuple[str, ...]] = []  # paths put elsewhere, while what stands below them is being sent again
    after: str = ""  # the last item that was looked at for it


def replace_map(db: sqlite3.Connection, account: str, mapped: CategoryMap, now: datetime) -> None:
    """From now the account has this map; `send_moved` sends again what stands where the one before had put it."""
    known = _maps(db, account)
    if known is not None and known.now == mapped:
        return
    former = [] if known is None else [*known.former, (to_text(now), known.now)][-FORMER_MAX:]
    moved: set[tuple[str, ...]] = set()
    row = accounts.get(db, account)
    if known is not None and row is not None and row["approved_at"] is not None:  # else it is the merchant's doing
        moved = {*known.moved, *(path for path, _ in {*known.now} ^ {*mapped})}
    _keep(db, account, _Maps(mapped, former, sorted(moved)))


def send_moved(db: sqlite3.Connection, account: str) -> bool:
    """Send some of what a new map moves again, from where it was left last time; True while there are more."""
    known = _maps(db, account)
    if known is None or not known.moved:
        return False
    rows = _confirmed_after(db, account, known.after)
    moved = [row["item"] for row in rows if _is_moved(db, account, row, {*known.moved})]
    publications.send_again(db, account, Facet.CONTENT, [(item, "") for item in moved])
    if len(rows) < ITEMS_PER_TRANSACTION:
        _keep(db, account, _Maps(known.now, known.former))
        return False
    _keep(db, account, _Maps(known.now, known.former, known.moved, rows[-1]["item"]))
    return True


def former_maps(db: sqlite3.Connection, account: str, confirmed_at: str | None) -> tuple[CategoryMap, ...]:
    """The maps that were replaced since then."""
    known = _maps(db, account)
    if known is None or confirmed_at is None:
        return ()
    return tuple(mapped for until, mapped in known.former if until >= confirmed_at)


def _maps(db: sqlite3.Connection, account: str) -> _Maps | None:
    text = accounts.cursor(db, account, CURSOR)
    return None if text is None else msgspec.json.decode(text, type=_Maps)


def _keep(db: sqlite3.Connection, account: str, maps: _Maps) -> None:
    accounts.set_cursor(db, account, CURSOR, msgspec.json.encode(maps).decode())


def _confirmed_after(db: sqlite3.Connection, account: str, item: str) -> Sequence[sqlite3.Row]:
    return db.execute(
        "SELECT item, json_extract(confirmed, '$.categories') AS path FROM publication WHERE account = ? AND item > ?"
        " AND facet = 'content' AND part = '' AND confirmed IS NOT NULL AND wanted IS NOT NULL ORDER BY item LIMIT ?",
        (account, item, ITEMS_PER_TRANSACTION),
    ).fetchall()


def _is_moved(db: sqlite3.Connection, account: str, row: sqlite3.Row, moved: Collection[tuple[str, ...]]) -> bool:
    """Whether an item's path begins with one of these, and its place is not the shop's own."""
    path = tuple(name.strip().casefold() for name in json.loads(row["path"] or "[]"))
    begins = any(path[:depth] in moved for depth in range(1, len(path) + 1))
    return begins and "categories" not in listings.kept_by_shop(db, account, row["item"])
