"""The verdict of adoption: what was found, and what the first writes would do. A person sees it before he approves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.adoption.taken_names import tell_taken_names
from engine.publishing import Content
from engine.store import shop_customers
from engine.store.database import touch
from engine.store.instants import to_text

_STANDINGS = {"sure": "matched", "doubtful": "doubtful", "double": "double", "only-shop": "not_ours"}
_CUSTOMERS = {
    "sure": "customers_known",
    "doubtful": "customers_doubtful",
    "double": "customers_double",
    "only-shop": "customers_new",
}


def conclude(db: sqlite3.Connection, account: str, identity: str, counted: Mapping[str, int], now: datetime) -> None:
    """The shop was looked through; `counted`: what was counted there and is not kept."""
    tell_taken_names(db, account, now)
    db.execute(
        "UPDATE account SET adopted_at = ?, identity = ?, verdict = ?, row_version = row_version + 1 WHERE id = ?",
        (to_text(now), identity, json.dumps({**verdict(db, account), **counted}), account),
    )
    touch(db, "accounts")


def refresh(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """A person settled something: count anew, so that the approval is of what holds now."""
    tell_taken_names(db, account, now)
    row = db.execute("SELECT verdict FROM account WHERE id = ?", (account,)).fetchone()
    before = json.loads(row["verdict"] or "{}")
    db.execute(
        "UPDATE account SET verdict = ?, row_version = row_version + 1 WHERE id = ?",
        (json.dumps({**before, **verdict(db, account)}), account),
    )
    touch(db, "accounts")


def verdict(db: sqlite3.Connection, account: str) -> dict[str, int]:
    """What was found in the shop, and what the first writes would do there and in the ERP."""
    return {**_found(db, account), **_first_writes(db, account), **_people(db, account)}


def _found(db: sqlite3.Connection, account: str) -> dict[str, int]:
    counts = dict.fromkeys(_STANDINGS.values(), 0)
    for row in db.execute(
        "SELECT CASE WHEN item IS NOT NULL THEN 'sure' WHEN settled_by IS NOT NULL THEN 'only-shop' ELSE standing END"
        " AS standing, COUNT(*) AS n FROM shop_item WHERE account = ? GROUP BY 1",
        (account,),
    ):
        counts[_STANDINGS[row["standing"]]] = row["n"]
    counts["not_flagged"] = db.execute(
        "SELECT COUNT(*) FROM shop_item s WHERE s.account = ? AND s.item IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM publication c WHERE c.account = s.account AND c.item = s.item AND c.facet = 'content'"
        " AND c.wanted IS NOT NULL)",
        (account,),
    ).fetchone()[0]
    return counts


def _first_writes(db: sqlite3.Connection, account: str) -> dict[str, int]:
    made = changed = switched_off = waiting = 0
    for row in db.execute(
        "SELECT p.wanted, p.confirmed, p.item IN (SELECT item FROM shop_proposal WHERE account = p.account)"
        " OR EXISTS (SELECT 1 FROM shop_item s INDEXED BY shop_item_by_sku WHERE s.account = p.account"
        " AND s.remote_sku = p.item) AS open"
        " FROM publication p WHERE account = ? AND facet = 'content' AND todo",
        (account,),
    ):
        content = msgspec.json.decode(row["wanted"], type=Content)
        if row["confirmed"] is None and row["open"]:
            waiting += 1
        elif row["confirmed"] is None:
            made += 1
        elif not content.enabled and msgspec.json.decode(row["confirmed"], type=Content).enabled:
            switched_off += 1
        else:
            changed += 1
    prices = db.execute(
        "SELECT COUNT(*) FROM publication WHERE account = ? AND facet = 'price' AND todo AND confirmed IS NOT NULL",
        (account,),
    ).fetchone()[0]
    return {
        "to_create": made,
        "waiting": waiting,
        "to_change": changed,
        "to_switch_off": switched_off,
        "prices_to_change": int(prices),
    }


def _people(db: sqlite3.Connection, account: str) -> dict[str, int]:
    counts = shop_customers.counts(db, account)
    return {name: counts.get(standing, 0) for standing, name in _CUSTOMERS.items()}
