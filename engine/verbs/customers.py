"""What people may ask of customers: settle what both sides changed, choose one of several, set the price table."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

import anyio

from engine.account import Account
from engine.erp_customer import ALIKE, DUPLICATES
from engine.identity import document_of
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome, Verb
from engine.store import accounts, customers
from engine.store.audit import audit
from engine.store.database import Store, touch
from engine.store.problems import clear_problem
from engine.verbs.open_for import why_not
from engine.verbs.refusal import refusal

SIDES = ("erp", "channel")


def _resolve_customer_field(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Settle a conflict: {account, external_id, field, take: "erp" | "channel"}; the next cycle carries it across."""
    account, external_id, field = (str(ask.args[name]) for name in ("account", "external_id", "field"))
    row = customers.agreed_fields(db, account, external_id).get(field)
    take = ask.args.get("take")
    if row is None or not row["conflict"] or take not in SIDES:
        return refusal("no-such-conflict", field=field)
    customers.decide(db, account, external_id, field, take)
    before, after = {side: row[side] for side in SIDES}, {"take": take, "value": row[take]}
    audit(db, ask, "resolve_customer_field", f"customer {external_id}@{account}", {field: before}, {field: after})
    touch(db, "customers")
    return Outcome(wake=((account, "customers"),))


def customer_verbs(
    store: Store, erp: Erp, by_id: Callable[[], Mapping[str, Account]], creating_customer: anyio.Lock
) -> list[AnyVerb]:
    """The verbs about customers. creating_customer: see `Account`."""

    async def closed_for(customer_id: int) -> Outcome | None:
        """Why nothing of him may be written: none of the accounts that know him is open for it."""
        known = await store.read(lambda db: customers.accounts_of(db, customer_id))
        reasons = [await why_not(by_id()[account], "customers") for account in known if account in by_id()]
        return reasons[0] if reasons and None not in reasons else None

    async def choose_customer(ask: Ask) -> Outcome:
        """Say which of the ERP's customers a person is: {customer: our id, code}. Orders from now on are his."""
        async with creating_customer:
            return await chosen(ask)

    async def chosen(ask: Ask) -> Outcome:
        row = await store.read(lambda db: customers.get(db, int(ask.args["customer"])))
        code = str(ask.args["code"]).strip()
        if row is None:
            return refusal("no-such-customer", customer=str(ask.args["customer"]))
        there = await erp.customer(code)
        if there is None:
            return refusal("no-such-erp-customer", customer=code)
        theirs = document_of(there.person.document)
        if theirs is not None and row["document"] is not None and theirs != row["document"]:
            return refusal("another-document", customer=code, document=theirs)

        def choose(db: sqlite3.Connection) -> None:
            customers.choose_in_erp(db, row["id"], there)
            for told in (DUPLICATES, ALIKE):
                clear_problem(db, accounts.ERP, told, customers.subject_of(row["id"]))
            audit(db, ask, "choose_customer", f"customer {row['id']}", row["erp_code"], code)

        await store.write(choose)
        return Outcome({"customer": row["id"], "code": code}, wake=(("*", "customers"), ("*", "effects")))

    async def customer_table(ask: Ask) -> Outcome:
        """Move a customer to a price table; the counter charges it too."""
        row = await store.read(lambda db: customers.get(db, int(ask.args["customer"])))
        table = str(ask.args["price_table"])
        if row is None or row["erp_code"] is None:
            return refusal("customer-not-in-erp")
        if ask.row_version is not None and ask.row_version != row["row_version"]:
            return refusal("stale", order=row["name"], who="engine", what="customer")
        known = await store.read(lambda db: db.execute("SELECT 1 FROM price_table WHERE key = ?", (table,)).fetchone())
        if known is None:
            return refusal("no-such-price-table", table=table)
        closed = await closed_for(row["id"])
        if closed is not None:
            return closed
        await erp.update_customer(row["erp_code"], {"price_table": table})

        def note(db: sqlite3.Connection) -> None:
            audit(db, ask, "customer_table", f"customer {row['erp_code']}", row["price_table"], table)

        await store.write(note)
        return Outcome(wake=(("*", "customers"),))

    return [
        Verb("resolve_customer_field", EVERYONE, _resolve_customer_field),
        AsyncVerb("choose_customer", EVERYONE, choose_customer),
        AsyncVerb("customer_table", EVERYONE, customer_table),
    ]
