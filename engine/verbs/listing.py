"""What people may say of items on an account in place of the ERP: texts, category, delivery, buffer, or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.account import Account
from engine.errors import Refused
from engine.listing_fields import About, checked, column_of, own_values
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, Outcome, Verb
from engine.store import listings, mirror
from engine.store.audit import audit
from engine.verbs.refusal import refusal

ITEMS_MAX = 200
"""Of one command; whoever has more asks several times."""


def listing_verbs(by_id: Callable[[], Mapping[str, Account]]) -> list[AnyVerb]:
    """The verbs about what an account says of an item."""

    def set_listing(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account, changes: {item: {field: value, None = as the ERP says}}, seen?: {item: row version}}.

        All of it, or nothing and the first that is wrong. Answers what stood where something moved, `before`, in the
        form of `changes`, and `seen` of those as it is now: sent back, they undo it.
        """
        account = str(ask.args.get("account", ""))
        if account not in by_id():
            return refusal("no-such-account", account=account)
        changes: Mapping[str, Mapping[str, Any]] = dict(ask.args.get("changes", {}))
        if not 0 < len(changes) <= ITEMS_MAX:
            return refusal("listing-items", n_max=ITEMS_MAX)
        prefix, seen = by_id()[account].settings.grid_prefix, dict(ask.args.get("seen", {}))
        options, before = mirror.payment_options(db), {}
        for item, fields in changes.items():
            row = listings.row(db, account, item)
            if item in seen and seen[item] != listings.version(row):
                return refusal("listing-changed", item=item)
            about = _about(db, item, prefix, options)
            wanted = {name: checked(name, value, about) for name, value in dict(fields).items()}
            was, kept = own_values(row), listings.kept_by_shop(db, account, item)
            moved = {name: was[name] for name, value in wanted.items() if was[name] != value or name in kept}
            if moved:
                before[item] = moved
                _keep(db, account, item, wanted)
                audit(db, ask, ask.verb, f"item {item}@{account}", moved, {name: wanted[name] for name in moved})
        mirror.mark_changed(db, sorted(_skus(db, before, prefix)))
        now = {item: listings.version(listings.row(db, account, item)) for item in before}
        buffers = any("buffer" in fields for fields in before.values())
        wake = ((account, "catalogue"), (account, "stock")) if buffers else ((account, "catalogue"),)
        return Outcome({"before": before, "seen": now}, wake=wake if before else ())

    return [Verb("set_listing", EVERYONE, set_listing)]


def _about(db: sqlite3.Connection, item: str, grid_prefix: str, options: tuple[str, ...]) -> About:
    """Raises Refused("no-such-item")."""
    product = db.execute("SELECT whole FROM product WHERE sku = ?", (item,)).fetchone()
    if product is not None:
        return About(item, options, whole=bool(product["whole"]))
    if _grid(db, item, grid_prefix):
        return About(item, options, is_grid=True)
    if db.execute("SELECT 1 FROM erp_key WHERE item = ?", (item,)).fetchone() is None:
        raise Refused("no-such-item", item=item)
    return About(item, options)


def _grid(db: sqlite3.Connection, item: str, grid_prefix: str) -> str | None:
    key = item.removeprefix(grid_prefix)
    known = item.startswith(grid_prefix) and db.execute("SELECT 1 FROM grid WHERE key = ?", (key,)).fetchone()
    return key if known else None


def _skus(db: sqlite3.Connection, items: Iterable[str], grid_prefix: str) -> set[str]:
    """The products whose listings are to be computed anew; a grid's is, with its cells."""
    found: set[str] = set()
    for item in items:
        grid = _grid(db, item, grid_prefix)
        found |= {item} if grid is None else set(mirror.cells(db, grid))
    return found


def _keep(db: sqlite3.Connection, account: str, item: str, wanted: Mapping[str, Any]) -> None:
    """What a person says of a field takes it back from the shop, if it was left to it."""
    kept = sorted(listings.kept_by_shop(db, account, item) - wanted.keys())
    columns = dict(column_of(name, value) for name, value in wanted.items())
    listings.set_columns(db, account, item, **columns, shop_keeps=json.dumps(kept))
