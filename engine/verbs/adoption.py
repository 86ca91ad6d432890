"""What people may ask of adoption: settle whose the doubtful items of a shop are, look through it again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping

from engine.account import Account
from engine.adoption.settling import wrong_rows
from engine.adoption.texts import keep_texts
from engine.adoption.verdict import refresh
from engine.runtime.commands import EVERYONE, OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.store import accounts, shop_items
from engine.store.audit import audit
from engine.store.database import touch
from engine.verbs.refusal import refusal

LEAVE = ""
"""In a decision: the item of the shop is none of ours."""


def adoption_verbs(by_id: Callable[[], Mapping[str, Account]]) -> list[AnyVerb]:
    """The verbs about what was in a shop before us."""

    def settle(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account, decisions: {id in the shop: item of ours, or LEAVE}}: all of them, or none and the wrong ones."""
        account = str(ask.args.get("account", ""))
        if account not in by_id():
            return refusal("no-such-account", account=account)
        asked = dict(ask.args.get("decisions", {}))
        decisions = {str(key): None if item == LEAVE else str(item) for key, item in asked.items()}
        wrong = wrong_rows(db, account, by_id()[account].settings.grid_prefix, decisions)
        if wrong:
            return refusal("adoption-rows-wrong", rows=len(wrong), wrong=json.dumps(wrong))
        before = {}
        for remote_id in decisions:
            row = shop_items.row(db, account, remote_id)
            before[remote_id] = None if row is None else row["item"]
        shop_items.settle(db, account, decisions, ask.who)
        refresh(db, account, ask.now)
        audit(db, ask, ask.verb, f"account {account}", before, decisions)
        return Outcome({"settled": len(decisions)}, wake=((account, "catalogue"), (account, "effects")))

    def look_again(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account}: the shop is looked through once more; what is settled or taken over stays."""
        account = str(ask.args.get("account", ""))
        if accounts.get(db, account) is None:
            return refusal("no-such-account", account=account)
        db.execute("UPDATE account SET adopted_at = NULL, row_version = row_version + 1 WHERE id = ?", (account,))
        touch(db, "accounts")
        return Outcome(wake=((account, "catalogue"),))

    return [
        Verb("settle_adoption", EVERYONE, settle),
        Verb("look_again", EVERYONE, look_again),
        Verb("keep_texts", OWNER_ONLY, _keep_texts),
    ]


def _keep_texts(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{account}: names and texts of adopted products stay as the shop has them; before the first write only."""
    account = str(ask.args.get("account", ""))
    row = accounts.get(db, account)
    if row is None:
        return refusal("no-such-account", account=account)
    if row["approved_at"] is not None:
        return refusal("texts-approved-already", account=account)
    kept = keep_texts(db, account)
    refresh(db, account, ask.now)
    audit(db, ask, ask.verb, f"account {account}", None, {"items": kept})
    return Outcome({"items": kept}, wake=((account, "catalogue"),))
