"""What people may ask of accounts: pause and resume, go live, let guarded rows pass."""

from __future__ import annotations

import sqlite3
from typing import Any

from engine import restored
from engine.adoption.verdict import verdict
from engine.runtime.commands import EVERYONE, OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.store import (
    accounts,
    content_guards,
    price_groups,
    price_guards,
    publications,
    shop_customers,
    wants,
)
from engine.store.audit import audit
from engine.store.database import touch
from engine.store.instants import from_text, to_text
from engine.store.plan_numbers import number_of
from engine.verbs.refusal import refusal

TASK_OF = {
    price_guards.PRICE_DROP: "prices",
    price_guards.MANY_PRICES: "prices",
    price_groups.GUARD: "prices",
    content_guards.MANY_LEAVING: "catalogue",
    content_guards.MANY_TEXTS: "catalogue",
    wants.MANY_TO_ZERO: "stock",
}
"""The guards that a person may let something pass, and who sends it then."""
COUNTED_IN_VERDICT = (price_guards.MANY_PRICES, content_guards.MANY_LEAVING, content_guards.MANY_TEXTS)
"""What these hold is told as a number by the verdict of an account, and approved with it."""


def account_verbs() -> list[AnyVerb]:
    """The verbs about accounts and what is published."""
    return [
        Verb("pause", EVERYONE, _pause, owner_if=lambda args: args.get("account") == "*"),
        Verb("resume", EVERYONE, _resume, owner_if=lambda args: args.get("account") == "*"),
        Verb("go_live", OWNER_ONLY, _go_live),
        Verb("pass_guard", OWNER_ONLY, _pass_guard),
    ]


def _pause(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Switch directions of an account off, until a time or until resumed."""
    until = ask.args.get("until")
    if until is not None:
        from_text(str(until))
    return _switch(db, ask, 0, until, str(ask.args.get("reason", "")))


def _resume(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Switch directions of an account on again."""
    return _switch(db, ask, 1, None, "")


def _switch(db: sqlite3.Connection, ask: Ask, enabled: int, until: Any, reason: str) -> Outcome:
    account, direction = str(ask.args.get("account", "")), str(ask.args.get("direction", "*"))
    changed = db.execute(
        "UPDATE direction SET enabled = ?, paused_until = ?, reason = ?, changed_by = ?, changed_at = ?"
        " WHERE (account = ? OR ? = '*') AND (name = ? OR ? = '*')",
        (enabled, until, reason, ask.who, to_text(ask.now), account, account, direction, direction),
    ).rowcount
    if not changed:
        return refusal("no-such-direction", account=account, direction=direction)
    audit(db, ask, ask.verb, f"account {account}", None, {"direction": direction, "until": until}, reason)
    touch(db, "accounts")
    return Outcome({"changed": changed}, wake=((account, "*"),))


def _go_live(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Approve the first write of an account after its verdict, or of one that was set back to observing."""
    account = str(ask.args.get("account", ""))
    row = accounts.get(db, account)
    if row is None:
        return refusal("no-such-account", account=account)
    if row["adopted_at"] is None:
        return refusal("not-adopted-yet", account=account)
    if ask.row_version is not None and ask.row_version != row["row_version"]:
        return refusal("stale", order=account, who="engine", what="verdict")
    approved = verdict(db, account)
    for guard in COUNTED_IN_VERDICT:
        publications.let_all_pass(db, account, guard)
    shop_customers.clear(db, account)
    accounts.set_mode(db, account, accounts.LIVE, "")
    restored.approved(db, account)
    db.execute(
        "UPDATE account SET approved_at = ?, approved_by = ?, base_path = NULL WHERE id = ?",
        (to_text(ask.now), ask.who, account),
    )
    audit(db, ask, "go_live", f"account {account}", row["mode"], {"mode": "live", **approved})
    return Outcome({"account": account}, wake=((account, "*"),))


def _pass_guard(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Let rows pass that a guard held, as they were shown: {account, guard} with {rows}, or {number} of price groups.

    rows: [[item, part, value], ...], values as plan_numbers.said_as names them; they pass all together, or none when
    one of them shall show something else by now.
    number: as plan_numbers has it of all rows of the account's price groups; they pass while it is still that one.
    """
    account, guard = (str(ask.args.get(name, "")) for name in ("account", "guard"))
    if guard not in TASK_OF:
        return refusal("no-such-guard", guard=guard)
    released = 0
    if guard == price_groups.GUARD:  # tables change their groups whole or not at all
        if ask.args["number"] != number_of(price_groups.planned(db, account)):
            return refusal("plan-changed", item=account)
        released = price_groups.approve(db, account, ask.who)
    else:
        for item, part, value in ask.args["rows"]:
            if not publications.let_pass(db, account, guard, item, part, value):
                return refusal("plan-changed", item=item)
            released += 1
    audit(db, ask, "pass_guard", f"account {account}", guard, {"rows": released})
    touch(db, "publications")
    return Outcome({"rows": released}, wake=((account, TASK_OF[guard]),))
