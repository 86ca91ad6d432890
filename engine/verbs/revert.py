"""What people may ask of values that went out wrong: send the former ones back, and let the ERP's count again."""

from __future__ import annotations

import sqlite3

from engine.reverting import seen_as
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, Outcome, Verb
from engine.store import reverts
from engine.store.audit import audit
from engine.verbs.refusal import refusal

TASKS = {"price": "prices", "content": "catalogue"}


def revert_verbs() -> list[AnyVerb]:
    """The verbs about them."""
    return [Verb("revert", EVERYONE, _revert), Verb("release_reverted", EVERYONE, _release)]


def _revert(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{facet, since, account?, item?, seen}: send back what was shown at that instant, if the plan is the one seen."""
    facet, since, account, item = (str(ask.args.get(name, "")) for name in ("facet", "since", "account", "item"))
    if facet not in reverts.FACETS:
        return refusal("no-such-facet", facet=facet)
    chosen = reverts.reversals(db, facet, since, account, item)
    if not chosen:
        return refusal("nothing-to-revert", since=since)
    if seen_as(chosen) != ask.args.get("seen"):
        return refusal("plan-changed", item=item or account)
    reverts.send_back(db, facet, chosen, ask.who, ask.now)
    for one in chosen:
        audit(db, ask, ask.verb, f"item {one.item}@{one.account}", {one.part or facet: one.wanted}, one.back, since)
    wake = dict.fromkeys(one.account for one in chosen)
    return Outcome({"values": len(chosen)}, wake=tuple((name, TASKS[facet]) for name in wake))


def _release(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{facet, account?, item?}: what C-Plus says counts again."""
    facet, account, item = (str(ask.args.get(name, "")) for name in ("facet", "account", "item"))
    released = reverts.release(db, facet, account, item) if facet in reverts.FACETS else 0
    if not released:
        return refusal("nothing-reverted")
    audit(db, ask, ask.verb, f"account {account or '*'}", {"facet": facet, "item": item, "values": released}, None)
    return Outcome({"values": released}, wake=((account or "*", TASKS[facet]),))
