"""What adoption found in a shop, in the store: whose each item is, what waits for a person, which SKU it has there.

While a row is open nothing is made in the shop for the items of ours that it may be (`publications.sendable`).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from engine.adoption.matching import FoundItem, Match
from engine.model.goods import ProductKey
from engine.store import kits
from engine.store.database import touch
from engine.store.difference import Mirrored, mirror_rows
from engine.store.instants import to_text

_ERP_KEY = Mirrored("erp_key", ("item",), ("code", "gtin", "name", "parent"))


def store_erp_keys(db: sqlite3.Connection, keys: Iterable[ProductKey]) -> None:
    """Keep what the ERP's products are known by."""
    mirror_rows(db, _ERP_KEY, ((key.sku, key.code, key.gtin, key.web_name or key.name, key.parent) for key in keys))


def store_matches(db: sqlite3.Connection, account: str, matches: Iterable[Match], now: datetime) -> None:
    """Take over what was found. What a person settled, or what was taken already, stays as it is."""
    at = to_text(now)
    kept = {
        row["remote_id"]: row["item"]
        for row in db.execute(
            "SELECT remote_id, item FROM shop_item WHERE account = ? AND (settled_by IS NOT NULL OR adopted_at"
            " IS NOT NULL)",
            (account,),
        )
    }
    taken = set(kept.values()) - {None}
    db.execute(
        "DELETE FROM shop_item WHERE account = ? AND settled_by IS NULL AND adopted_at IS NULL",
        (account,),
    )
    for match in matches:
        found = match.found
        if found.remote_id in kept:
            db.execute(
                "UPDATE shop_item SET remote_sku = ?, name = ?, gtin = ?, kind = ?, seen_at = ? WHERE account = ? AND"
                " remote_id = ?",
                (found.sku, found.name, found.gtin, found.kind, at, account, found.remote_id),
            )
            continue
        item = None if match.item in taken else match.item
        db.execute(
            "INSERT INTO shop_item (account, remote_id, remote_sku, name, gtin, kind, standing, reason, item, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                account, found.remote_id, found.sku, found.name, found.gtin, found.kind,
                match.standing if item == match.item else "double", match.reason, item, at,
            ),
        )  # fmt: skip
        db.executemany(
            "INSERT INTO shop_proposal (account, item, remote_id, reason) VALUES (?, ?, ?, ?)",
            [(account, item, found.remote_id, reason) for item, reason in match.proposals],
        )
    db.execute("DELETE FROM shop_item WHERE account = ? AND seen_at <> ?", (account, at))
    touch(db, "accounts", "listed")


def to_take(db: sqlite3.Connection, account: str, limit: int) -> dict[str, str]:
    """Our item -> id in the shop, of those matched or settled, wanted there and not taken over yet."""
    rows = db.execute(
        "SELECT s.item, s.remote_id FROM shop_item s INDEXED BY shop_item_to_take JOIN publication c"
        " ON c.account = s.account AND c.item = s.item AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL"
        " WHERE s.account = ? AND s.item IS NOT NULL AND s.adopted_at IS NULL ORDER BY s.item LIMIT ?",
        (account, limit),
    )
    return dict(rows.fetchall())


def taken(db: sqlite3.Connection, account: str, items: Iterable[str], now: datetime) -> None:
    """What the shop shows of these items is confirmed now."""
    db.executemany(
        "UPDATE shop_item SET adopted_at = ? WHERE account = ? AND item = ?",
        [(to_text(now), account, item) for item in items],
    )


def forget(db: sqlite3.Connection, account: str, items: Iterable[str]) -> None:
    """These items are gone from the shop: they are made anew under their own SKUs."""
    db.executemany("DELETE FROM shop_item WHERE account = ? AND item = ?", [(account, item) for item in items])


def row(db: sqlite3.Connection, account: str, remote_id: str) -> sqlite3.Row | None:
    """An item of the shop."""
    found: sqlite3.Row | None = db.execute(
        "SELECT * FROM shop_item WHERE account = ? AND remote_id = ?", (account, remote_id)
    ).fetchone()
    return found


def holder(db: sqlite3.Connection, account: str, item: str) -> str | None:
    """The id in the shop of what is known as this item of ours."""
    found = db.execute("SELECT remote_id FROM shop_item WHERE account = ? AND item = ?", (account, item)).fetchone()
    return None if found is None else str(found[0])


def seen_as(row: sqlite3.Row) -> str:
    """What a person sees of whose the item is: he decides about that, and not about what it has become meanwhile."""
    return json.dumps([row["item"], row["settled_by"]])


def settle(db: sqlite3.Connection, account: str, decisions: Mapping[str, str | None], who: str) -> None:
    """A person said whose these items are (id in the shop -> item of ours, None = leave it alone)."""
    ids = list(decisions)
    for past in (_PROPOSED, _MATCHED):
        db.executemany(past, [(account, remote_id) for remote_id in ids])
    db.executemany(
        "UPDATE shop_item SET item = NULL, settled_by = ? WHERE account = ? AND remote_id = ?",
        [(who, account, remote_id) for remote_id in ids],
    )
    db.executemany(
        "UPDATE shop_item SET item = ? WHERE account = ? AND remote_id = ?",
        [(item, account, remote_id) for remote_id, item in decisions.items()],
    )
    db.executemany(
        "DELETE FROM shop_proposal WHERE account = ? AND remote_id = ?", [(account, remote_id) for remote_id in ids]
    )
    for remote_id, item in decisions.items():
        if item is not None:
            _know_in_orders(db, account, remote_id, item)
    touch(db, "accounts", "listed", "orders")


_PROPOSED = (
    "INSERT OR IGNORE INTO shop_proposal_past (account, item, remote_id, reason)"
    " SELECT account, item, remote_id, reason FROM shop_proposal WHERE account = ? AND remote_id = ?"
)
_MATCHED = (
    "INSERT OR IGNORE INTO shop_proposal_past (account, item, remote_id, reason)"
    " SELECT account, item, remote_id, reason FROM shop_item"
    " WHERE account = ? AND remote_id = ? AND item IS NOT NULL AND settled_by IS NULL"
)


def reopen(db: sqlite3.Connection, account: str, remote_id: str) -> None:
    """Nobody has settled the row: it may be again what it was thought to be, a sure match being a proposal now."""
    values = (account, remote_id)
    db.execute(_MATCHED, values)
    db.execute(
        "UPDATE shop_item SET item = NULL, settled_by = NULL, adopted_at = NULL,"
        " standing = iif(standing = 'sure', 'doubtful', standing) WHERE account = ? AND remote_id = ?",
        values,
    )
    db.execute(
        "INSERT INTO shop_proposal (account, item, remote_id, reason)"
        " SELECT account, item, remote_id, reason FROM shop_proposal_past WHERE account = ? AND remote_id = ?",
        values,
    )
    db.execute("DELETE FROM shop_proposal_past WHERE account = ? AND remote_id = ?", values)


def _know_in_orders(db: sqlite3.Connection, account: str, remote_id: str, item: str) -> None:
    """Orders that came for it meanwhile, under a stranger's name, can be written now."""
    orders = db.execute(
        "UPDATE order_line SET sku = ?1 WHERE sku IN (SELECT remote_sku || '@' || ?2 FROM shop_item WHERE account = ?2"
        " AND remote_id = ?3) AND order_id IN"
        " (SELECT id FROM sales_order WHERE account = ?2 AND erp_written_at IS NULL) RETURNING order_id",
        (item, account, remote_id),
    ).fetchall()
    for (order_id,) in orders:
        kits.freeze(db, order_id)


def names_taken(db: sqlite3.Connection, account: str) -> list[sqlite3.Row]:
    """Items of ours that are wanted in the shop under a SKU that another product has there."""
    return db.execute(
        "SELECT c.item, s.name, s.remote_id FROM shop_item s JOIN publication c ON c.account = s.account"
        " AND c.item = s.remote_sku AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL"
        " AND c.confirmed IS NULL WHERE s.account = ?1 AND s.item IS NOT c.item"
        " AND NOT EXISTS (SELECT 1 FROM shop_item o WHERE o.account = ?1 AND o.item = c.item)"
        " AND NOT EXISTS (SELECT 1 FROM shop_proposal q WHERE q.account = ?1 AND q.item = c.item) ORDER BY c.item",
        (account,),
    ).fetchall()


def ids_in_shop(db: sqlite3.Connection, account: str, items: Sequence[str]) -> Mapping[str, str]:
    """Id in the shop -> our item, of those whose id is known."""
    rows = db.execute(
        "SELECT COALESCE(s.remote_id, c.remote), c.item FROM publication c LEFT JOIN shop_item s"
        " ON s.account = c.account AND s.item = c.item WHERE c.account = ? AND c.facet = 'content' AND c.part = '' AND"
        " COALESCE(s.remote_id, c.remote) IS NOT NULL AND c.item IN (SELECT value FROM json_each(?))",
        (account, json.dumps(list(items))),
    )
    return dict(rows.fetchall())


def renamed(db: sqlite3.Connection, account: str, item: str, found: FoundItem, now: datetime) -> None:
    """Somebody gave an item of ours another SKU in the shop: it is spoken of by that from now on."""
    at = to_text(now)
    db.execute(
        "INSERT INTO shop_item (account, remote_id, remote_sku, name, gtin, kind, standing, reason, item, adopted_at,"
        " seen_at) VALUES (?, ?, ?, ?, ?, ?, 'sure', 'id', ?, ?, ?) ON CONFLICT (account, remote_id) DO UPDATE SET"
        " remote_sku = excluded.remote_sku, seen_at = excluded.seen_at",
        (account, found.remote_id, found.sku, found.name, found.gtin, found.kind, item, at, at),
    )
    touch(db, "accounts")


# --- names ------------------------------------------------------------------------------------------------------------


# SQLite would rather go through all of an account than take the index of the SKUs, so it is told; a test sees to it.
_NAMES_IN_SHOP = (
    "SELECT s.item, s.remote_sku FROM json_each(?) a CROSS JOIN shop_item s ON s.account = ? AND s.item = a.value"
    " WHERE s.item <> s.remote_sku COLLATE BINARY"
)
_OURS = (
    "SELECT a.value, s.item FROM json_each(?) a CROSS JOIN shop_item s INDEXED BY shop_item_by_sku"
    " ON s.account = ? AND s.remote_sku = a.value WHERE s.item IS NOT NULL AND s.item <> a.value"
)
# Known as somebody else's, or the name of an item of ours that stands there under another SKU.
_STRANGERS = (
    "SELECT a.value FROM json_each(?1) a WHERE"
    " (EXISTS (SELECT 1 FROM shop_item s WHERE s.account = ?2 AND s.item = a.value AND s.remote_sku <> a.value)"
    "  OR (EXISTS (SELECT 1 FROM shop_item s INDEXED BY shop_item_by_sku WHERE s.account = ?2"
    "              AND s.remote_sku = a.value AND s.item IS NULL)"
    "      AND EXISTS (SELECT 1 FROM erp_key k WHERE k.item = a.value)"
    "      AND NOT EXISTS (SELECT 1 FROM publication c WHERE c.account = ?2 AND c.item = a.value"
    "                      AND c.facet = 'content' AND c.confirmed IS NOT NULL)))"
    " AND NOT EXISTS (SELECT 1 FROM shop_item s INDEXED BY shop_item_by_sku WHERE s.account = ?2"
    "                 AND s.remote_sku = a.value AND s.item IS NOT NULL)"
)


def names_in_shop(db: sqlite3.Connection, account: str, items: Sequence[str]) -> Mapping[str, str]:
    """Our item -> its SKU in the shop, of those that stand there under another one."""
    return dict(db.execute(_NAMES_IN_SHOP, (json.dumps(list(items)), account)).fetchall())


def stranger(sku: str, account: str) -> str:
    """How a SKU of the shop is called that is spelt like one of ours and is not ours; no key of the ERP looks so."""
    return f"{sku}@{account}"


def names_of_ours(db: sqlite3.Connection, account: str, skus: Sequence[str]) -> Mapping[str, str]:
    """SKU in the shop -> our item, or the name of a stranger; what is not named is called the same on both sides."""
    asked = json.dumps(list(dict.fromkeys(skus)))
    strangers = {row[0]: stranger(row[0], account) for row in db.execute(_STRANGERS, (asked, account))}
    return strangers | dict(db.execute(_OURS, (asked, account)).fetchall())
