"""Items of ours that cannot be made in a shop because another product there has their SKU: each is named to people."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from engine.store import shop_items
from engine.store.problems import clear_problem, raise_problem

NAME_TAKEN = "adoption-name-taken"


def tell_taken_names(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """Raise one problem for each, and forget those that are out of the way."""
    taken = {f"item:{row['item']}": row for row in shop_items.names_taken(db, account)}
    told = db.execute("SELECT subject FROM problem WHERE account = ? AND code = ?", (account, NAME_TAKEN)).fetchall()
    for (subject,) in told:
        if subject not in taken:
            clear_problem(db, account, NAME_TAKEN, subject)
    for subject, row in taken.items():
        params = {"item": row["item"], "name": row["name"], "shop_id": row["remote_id"]}
        raise_problem(db, account, NAME_TAKEN, subject, params, "", "problem", now)
