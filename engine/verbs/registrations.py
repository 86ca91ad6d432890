"""What people may ask of customers of the ERP whom a channel shall register: let them be, by their number."""

from __future__ import annotations

import sqlite3

from engine.runtime.commands import OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.store import registrations
from engine.store.audit import audit
from engine.store.problems import clear_problem
from engine.tasks.registrations import SUBJECT, TO_APPROVE
from engine.verbs.refusal import refusal


def registration_verbs() -> list[AnyVerb]:
    """The verbs about them."""
    return [Verb("register_customers", OWNER_ONLY, _register_customers)]


def _register_customers(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Approve those who wait: {account, n: as many as the asker was shown, codes?: these alone, by the ERP's keys}.

    The channel may write to each of them.
    """
    account, shown = str(ask.args.get("account", "")), int(ask.args.get("n", 0))
    codes = None if ask.args.get("codes") is None else [str(code) for code in ask.args["codes"]]
    waiting = registrations.waiting(db, account, codes)
    if not waiting:
        return refusal("nobody-to-register", account=account)
    if len(waiting) != shown:
        return refusal("another-number-to-register", n=len(waiting), shown=shown)
    registrations.approve(db, account, waiting, ask.who)
    if not registrations.waiting(db, account):
        clear_problem(db, account, TO_APPROVE, SUBJECT)
    approved = len(waiting)
    audit(db, ask, ask.verb, f"account {account}", None, {"n": approved} if codes is None else {"codes": waiting})
    return Outcome({"n": approved}, wake=((account, "customers"),))
