"""Listings in the store: the account's own words about an item, and what was found there before us."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from engine.listing import Override, override_of
from engine.store.database import touch


def override(db: sqlite3.Connection, account: str, item: str) -> Override:
    """The account's own words about an item."""
    return override_of(row(db, account, item))


def row(db: sqlite3.Connection, account: str, item: str) -> Mapping[str, Any] | None:
    """All that is kept of an item on an account; None for nothing."""
    found = db.execute("SELECT * FROM listing WHERE account = ? AND item = ?", (account, item)).fetchone()
    return None if found is None else dict(found)


def version(found: Mapping[str, Any] | None) -> int:
    """Of what a person sees of it; 0 = nothing was ever said."""
    return 0 if found is None else int(found["row_version"])


def kept_by_shop(db: sqlite3.Connection, account: str, item: str) -> frozenset[str]:
    """Fields of an item that the shop masters."""
    rows = db.execute(
        "SELECT k.value FROM listing l, json_each(l.shop_keeps) k WHERE l.account = ? AND l.item = ?", (account, item)
    )
    return frozenset(row[0] for row in rows)


def left_to_shop(db: sqlite3.Connection, account: str, item: str) -> tuple[str, ...]:
    """Fields that the shop masters, and those that somebody changed there while nobody has said whose they are."""
    rows = db.execute(
        "SELECT k.value FROM listing l, json_each(l.shop_keeps) k WHERE l.account = ?1 AND l.item = ?2 UNION"
        " SELECT field FROM shop_change WHERE account = ?1 AND item = ?2 AND standing = 'asked' ORDER BY 1",
        (account, item),
    )
    return tuple(row[0] for row in rows)


def set_columns(db: sqlite3.Connection, account: str, item: str, **columns: Any) -> None:
    """Change the account's own words about an item."""
    db.execute("INSERT INTO listing (account, item) VALUES (?, ?) ON CONFLICT DO NOTHING", (account, item))
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(
        f"UPDATE listing SET {sets}, row_version = row_version + 1 WHERE account = :account AND item = :item",
        {**columns, "account": account, "item": item},
    )
    touch(db, "catalogue")


def forget_found(db: sqlite3.Connection, account: str, item: str, shown: Mapping[str, str | None]) -> None:
    """The item is not what was found in the shop: what was kept of that, and these texts of it, goes."""
    for name, text in shown.items():
        db.execute(
            f"UPDATE listing SET {name} = NULL WHERE account = ? AND item = ? AND {name} = ?", (account, item, text)
        )
    set_columns(db, account, item, adopted=0, shop_keeps="[]", categories=None)
