"""What people may allow prices ahead: which products may fall how far, between two instants."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from typing import Any

from engine.runtime.commands import OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.store import accounts, allowances
from engine.store.allowances import Allowance
from engine.store.audit import audit
from engine.store.instants import from_text
from engine.verbs.refusal import refusal

ITEMS_MAX = 2_000
FALL_MAX = 99
"""In per cent: nothing is given away."""
LONGEST = timedelta(days=92)
"""Of a time in which prices may fall: one that never ends would be the guard switched off."""


def allowance_verbs() -> list[AnyVerb]:
    """The verbs about them."""
    return [Verb("allow_ahead", OWNER_ONLY, _allow), Verb("withdraw_allowance", OWNER_ONLY, _withdraw)]


def _allow(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{account, items, fall, from, until}: prices of these SKUs may fall by so many per cent from then until then.

    No items = every product of the account, [] and all. What is held already and within it passes too.
    """
    account, items, fall = str(ask.args.get("account", "")), list(ask.args["items"]), ask.args["fall"]
    if accounts.get(db, account) is None:
        return refusal("no-such-account", account=account)
    if len(items) > ITEMS_MAX:
        return refusal("listing-items", n_max=ITEMS_MAX)
    if type(fall) is not int or not 0 <= fall <= FALL_MAX:
        return refusal("allowance-fall", n_max=FALL_MAX)
    begins, ends = from_text(str(ask.args["from"])), from_text(str(ask.args["until"]))
    if not (begins < ends and ask.now < ends and ends - begins <= LONGEST):
        return refusal("allowance-time", n_max=LONGEST.days)
    unknown = _unknown(db, items)
    if unknown is not None:
        return refusal("no-such-item", item=unknown)
    allowance = Allowance(account, tuple(dict.fromkeys(map(str, items))), fall, begins, ends)
    number = allowances.add(db, allowance, ask.who, ask.now)
    audit(db, ask, ask.verb, f"account {account}", None, {**ask.args, "allowance": number})
    return Outcome({"allowance": number}, wake=((account, "prices"),))


def _unknown(db: sqlite3.Connection, items: list[Any]) -> str | None:
    """The first of these that is no product of the ERP."""
    row = db.execute(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT sku FROM product)"
        " AND value NOT IN (SELECT item FROM erp_key) LIMIT 1",
        (json.dumps(items),),
    ).fetchone()
    return None if row is None else str(row[0])


def _withdraw(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """{allowance}: it allows nothing any more."""
    row = allowances.withdraw(db, int(ask.args["allowance"]))
    if row is None:
        return refusal("no-such-allowance")
    audit(db, ask, ask.verb, f"account {row['account']}", dict(row), None)
    return Outcome({"account": row["account"]}, wake=((row["account"], "prices"),))
