"""Taking back whose an item of the shop is: the row waits for a person again, as if nobody had said anything.

Only before the first write is approved. Nothing was sent until then, so whatever of the item counts as confirmed, and
each text of its listing that the shop shows, was taken over from this row and goes with it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from engine.adoption.settling import CHANGED_MEANWHILE, NO_ROW
from engine.reconcile.ownership import TEXTS
from engine.store import listings, mirror, shop_items
from engine.store.database import touch

NOT_SETTLED = "not-settled"


def not_reopened(
    db: sqlite3.Connection, account: str, remote_ids: Iterable[str], seen: Mapping[str, str]
) -> dict[str, str]:
    """Rows that cannot be reopened, and why."""
    wrong = {}
    for remote_id in remote_ids:
        row = shop_items.row(db, account, remote_id)
        if row is None:
            wrong[remote_id] = NO_ROW
        elif seen.get(remote_id, shop_items.seen_as(row)) != shop_items.seen_as(row):
            wrong[remote_id] = CHANGED_MEANWHILE
        elif row["item"] is None and row["settled_by"] is None:
            wrong[remote_id] = NOT_SETTLED
    return wrong


def reopen(db: sqlite3.Connection, account: str, grid_prefix: str, remote_ids: Iterable[str]) -> None:
    """Forget what was said of these rows, and what was taken over because of it."""
    for remote_id in remote_ids:
        row = shop_items.row(db, account, remote_id)
        if row is not None and row["adopted_at"] is not None:
            _let_go(db, account, row["item"], grid_prefix)
        shop_items.reopen(db, account, remote_id)
    touch(db, "accounts", "listed", "publications")


def _let_go(db: sqlite3.Connection, account: str, item: str, grid_prefix: str) -> None:
    """The item is in the shop no longer, as far as we know: what it shall show there is computed anew."""
    values = (account, item)
    content = db.execute(
        "SELECT confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = ''", values
    ).fetchone()
    shown = json.loads(content["confirmed"]) if content is not None and content["confirmed"] else {}
    listings.forget_found(db, account, item, {name: shown.get(name) for name in TEXTS})
    db.execute("DELETE FROM publication WHERE account = ? AND item = ? AND facet IN ('price', 'stock')", values)
    db.execute(
        "UPDATE publication SET confirmed = NULL, confirmed_at = NULL, unconfirmed = 0 WHERE account = ? AND item = ?",
        values,
    )
    cells = db.execute("SELECT sku FROM product WHERE parent = ?", (item.removeprefix(grid_prefix),)).fetchall()
    mirror.mark_changed(db, [item, *(row["sku"] for row in cells)])
