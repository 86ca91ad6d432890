"""What people may ask of adoption: settle whose its doubtful items are or take that back, look through it again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping

from engine.account import Account
from engine.adoption.reopening import not_reopened, reopen
from engine.adoption.settling import wrong_rows
from engine.adoption.texts import keep_texts
from engine.adoption.verdict import refresh
from engine.runtime.commands import EVERYONE, OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.store import accounts, shop_items
from engine.store.audit import audit
from engine.verbs.refusal import refusal

LEAVE = ""
"""In a decision: the item of the shop is none of ours."""


def adoption_verbs(by_id: Callable[[], Mapping[str, Account]]) -> list[AnyVerb]:
    """The verbs about what was in a shop before us."""

    def settle(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account, decisions: {id in the shop: item of ours, or LEAVE}, seen?}: all, or none and the wrong ones."""
        account = str(ask.args.get("account", ""))
        if account not in by_id():
            return refusal("no-such-account", account=account)
        asked = dict(ask.args.get("decisions", {}))
        decisions = {str(key): None if item == LEAVE else str(item) for key, item in asked.items()}
        wrong = wrong_rows(db, account, by_id()[account].settings.grid_prefix, decisions, _seen(ask))
        if wrong:
            return refusal("adoption-rows-wrong", rows=len(wrong), wrong=json.dumps(wrong))
        before = _items(db, account, decisions)
        shop_items.settle(db, account, decisions, ask.who)
        refresh(db, account, ask.now)
        audit(db, ask, ask.verb, f"account {account}", before, decisions)
        return Outcome({"settled": len(decisions)}, wake=((account, "catalogue"), (account, "effects")))

    def reopen_rows(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account, rows: [id in the shop], seen?}: they wait for a person again; before the first write only."""
        account = str(ask.args.get("account", ""))
        row = accounts.get(db, account)
        if row is None or account not in by_id():
            return refusal("no-such-account", account=account)
        if row["approved_at"] is not None:
            return refusal("adoption-approved-already", account=account)
        remote_ids = [str(remote_id) for remote_id in ask.args.get("rows", [])]
        wrong = not_reopened(db, account, remote_ids, _seen(ask))
        if wrong:
            return refusal("adoption-rows-wrong", rows=len(wrong), wrong=json.dumps(wrong))
        before = _items(db, account, remote_ids)
        reopen(db, account, by_id()[account].settings.grid_prefix, remote_ids)
        refresh(db, account, ask.now)
        audit(db, ask, ask.verb, f"account {account}", before, None)
        return Outcome({"reopened": len(remote_ids)}, wake=((account, "catalogue"),))

    def look_again(db: sqlite3.Connection, ask: Ask) -> Outcome:
        """{account}: the shop is looked through once more; what is settled or taken over stays."""
        account = str(ask.args.get("account", ""))
        if accounts.get(db, account) is None:
            return refusal("no-such-account", account=account)
        accounts.look_again(db, account)
        return Outcome(wake=((account, "catalogue"),))

    return [
        Verb("settle_adoption", EVERYONE, settle),
        Verb("reopen_adoption", EVERYONE, reopen_rows),
        Verb("look_again", EVERYONE, look_again),
        Verb("keep_texts", OWNER_ONLY, _keep_texts),
    ]


def _items(db: sqlite3.Connection, account: str, remote_ids: Iterable[str]) -> dict[str, str | None]:
    rows = {remote_id: shop_items.row(db, account, remote_id) for remote_id in remote_ids}
    return {remote_id: None if row is None else row["item"] for remote_id, row in rows.items()}


def _seen(ask: Ask) -> dict[str, str]:
    """What the person saw of each row, as `shop_items.seen_as` tells it; a file from yesterday says nothing of it."""
    return {str(remote_id): str(seen) for remote_id, seen in dict(ask.args.get("seen", {})).items()}


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
