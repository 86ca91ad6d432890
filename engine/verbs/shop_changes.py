"""What people may ask of texts that somebody changed in the shop's own admin."""

from __future__ import annotations

import json
import sqlite3

from engine.reconcile.content import CHANGED
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, Outcome, Verb
from engine.store import listings, shop_changes
from engine.store.audit import audit
from engine.store.problems import clear_problem
from engine.verbs.refusal import refusal

KEEP, RESTORE, SHOP = "keep", "restore", "shop"
TAKES = (KEEP, RESTORE, SHOP)


def shop_change_verbs() -> list[AnyVerb]:
    """The verbs about them."""
    return [Verb("settle_change", EVERYONE, _settle_change)]


def _settle_change(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{account, item, field, take, seen?}: keep the shop's text as ours there, restore ours, or leave it to the shop.

    `seen` is the mark of the text that the person saw (`shop_changes.seen_as`).
    """
    account, item, field, take = (str(ask.args.get(name, "")) for name in ("account", "item", "field", "take"))
    row = shop_changes.of_item(db, account, item).get(field)
    if row is None or row["standing"] != shop_changes.ASKED or take not in TAKES:
        return refusal("no-such-change", item=item, fields=field)
    if ask.args.get("seen", shop_changes.seen_as(row)) != shop_changes.seen_as(row):
        return refusal("changed-once-more", item=item, fields=field)
    if take == RESTORE:
        shop_changes.restore(db, account, item, field)
    else:
        shown = json.loads(row["shown"])
        listings.set_columns(db, account, item, **{field: shown})
        if take == SHOP:
            kept = listings.kept_by_shop(db, account, item) | {field}
            listings.set_columns(db, account, item, shop_keeps=json.dumps(sorted(kept)))
        shop_changes.take_over(db, account, item, {field: shown})
        shop_changes.forget(db, account, item, [field])
    if not shop_changes.has_asked(db, account, item):
        clear_problem(db, account, CHANGED, f"item:{item}")
    audit(db, ask, ask.verb, f"item {item}@{account}", {field: row["ours"]}, {field: row["shown"], "take": take})
    return Outcome(wake=((account, "catalogue"),))
