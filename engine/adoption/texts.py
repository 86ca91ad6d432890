"""Names and texts of adopted products, kept as the shop has them: a merchant may have worked on them for years."""

from __future__ import annotations

import sqlite3

import msgspec

from engine.publishing import Content
from engine.reconcile.ownership import TEXTS
from engine.store import listings, shop_changes


def keep_texts(db: sqlite3.Connection, account: str) -> int:
    """Make the texts that the shop shows our own words about its items there; answers how many items have some.

    A text that is empty there is no word of anybody: ours will be sent.
    """
    rows = db.execute(
        "SELECT p.item, p.wanted, p.confirmed FROM publication p JOIN listing l ON l.account = p.account AND"
        " l.item = p.item AND l.adopted WHERE p.account = ? AND p.facet = 'content' AND p.part = '' AND p.todo"
        " AND p.wanted IS NOT NULL AND p.confirmed IS NOT NULL",
        (account,),
    ).fetchall()
    kept = 0
    for row in rows:
        wanted, shown = (msgspec.json.decode(row[name], type=Content) for name in ("wanted", "confirmed"))
        texts = {
            name: getattr(shown, name)
            for name in TEXTS
            if getattr(shown, name) and getattr(shown, name) != getattr(wanted, name)
        }
        if texts:
            listings.set_columns(db, account, row["item"], **texts)
            shop_changes.take_over(db, account, row["item"], texts)
            kept += 1
    return kept
