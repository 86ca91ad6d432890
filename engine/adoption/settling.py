"""What a person says of doubtful rows, checked as a whole: nothing is settled while one row of it cannot be."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping

from engine.adoption.matching import SKU_TWICE
from engine.store import shop_items

NO_ROW, TAKEN_OVER, NO_ITEM, ITEM_TAKEN, ITEM_TWICE = "no-row", "taken-over", "no-item", "item-taken", "item-twice"
WRONG_KIND, SKU_STANDS_TWICE, CHANGED_MEANWHILE = "wrong-kind", "sku-stands-twice", "changed-meanwhile"

Decisions = Mapping[str, str | None]
"""Id in the shop -> item of ours; None = it is none of ours and is left alone."""


def wrong_rows(
    db: sqlite3.Connection, account: str, grid_prefix: str, decisions: Decisions, seen: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Rows that cannot be settled so, and why. `seen`: what the person saw of them (`shop_items.seen_as`), if told."""
    times = Counter(item for item in decisions.values() if item is not None)
    wrong = {}
    for remote_id, item in decisions.items():
        why = _wrong(db, account, grid_prefix, decisions, times, remote_id, item)
        if why != NO_ROW and _is_stale(db, account, remote_id, seen or {}):
            why = CHANGED_MEANWHILE
        if why:
            wrong[remote_id] = why
    return wrong


def _is_stale(db: sqlite3.Connection, account: str, remote_id: str, seen: Mapping[str, str]) -> bool:
    row = shop_items.row(db, account, remote_id)
    return row is not None and remote_id in seen and seen[remote_id] != shop_items.seen_as(row)


def _wrong(
    db: sqlite3.Connection,
    account: str,
    grid_prefix: str,
    decisions: Decisions,
    times: Counter[str],
    remote_id: str,
    item: str | None,
) -> str | None:
    row = shop_items.row(db, account, remote_id)
    if row is None:
        return NO_ROW
    if row["adopted_at"] is not None and row["item"] != item:
        return TAKEN_OVER
    if item is None:
        return None
    kind = _kind(db, grid_prefix, item)
    if kind is None:
        return NO_ITEM
    if (row["kind"] == "grid") != (kind == "grid"):
        return WRONG_KIND
    if row["reason"] == SKU_TWICE:
        return SKU_STANDS_TWICE  # the shop itself cannot tell the two apart by what we send
    if times[item] > 1:
        return ITEM_TWICE
    holder = shop_items.holder(db, account, item)
    if holder not in (None, remote_id) and holder not in decisions:
        return ITEM_TAKEN
    return None


def _kind(db: sqlite3.Connection, grid_prefix: str, item: str) -> str | None:
    if db.execute("SELECT 1 FROM erp_key WHERE item = ?", (item,)).fetchone():
        return "simple"
    parent = item.removeprefix(grid_prefix)
    is_grid = parent != item and db.execute("SELECT 1 FROM erp_key WHERE parent = ? LIMIT 1", (parent,)).fetchone()
    return "grid" if is_grid else None
