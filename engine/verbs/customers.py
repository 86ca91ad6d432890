"""What people may ask of customers: settle what both sides changed, choose one of several of the ERP."""

from __future__ import annotations

import sqlite3
from typing import Any

import anyio

from engine.erp_customer import ALIKE, DUPLICATES
from engine.identity import document_of
from engine.model.people import ErpCustomer
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome, Verb
from engine.store import accounts, customers
from engine.store.audit import audit
from engine.store.database import Store, touch
from engine.store.problems import clear_problem, problem_params
from engine.verbs.refusal import refusal

ERP, CHANNEL = "erp", "channel"
"""Whose word holds."""
SIDES = (ERP, CHANNEL)


def _resolve_customer_field(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Settle a conflict: {account, external_id, field, take: "erp" | "channel", seen?: see `customers.seen_as`}.

    The next cycle carries it across.
    """
    account, external_id, field = (str(ask.args[name]) for name in ("account", "external_id", "field"))
    row = customers.agreed_fields(db, account, external_id).get(field)
    take = ask.args.get("take")
    if row is None or not row["conflict"] or take not in SIDES:
        return refusal("no-such-conflict", field=field)
    if ask.args.get("seen", customers.seen_as(row)) != customers.seen_as(row):
        return refusal("conflict-changed", fields=field)
    customers.decide(db, account, external_id, field, take)
    before, after = {side: row[side] for side in SIDES}, {"take": take, "value": row[take]}
    audit(db, ask, "resolve_customer_field", f"customer {external_id}@{account}", {field: before}, {field: after})
    touch(db, "customers")
    return Outcome(wake=((account, "customers"),))


def customer_verbs(store: Store, erp: Erp, creating_customer: anyio.Lock) -> list[AnyVerb]:
    """The verbs about who a customer is. creating_customer: see `Account`."""

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

    async def erp_customers(ask: Ask) -> Outcome:
        """Those of the ERP who may be this person, as they stand there: {customer: our id}. It only looks."""
        codes = await store.read(lambda db: _may_be(db, int(ask.args["customer"])))
        found = [there for code in codes if (there := await erp.customer(code)) is not None]
        return Outcome({"customers": [_as_plain(there) for there in found]})

    return [
        Verb("resolve_customer_field", EVERYONE, _resolve_customer_field),
        AsyncVerb("choose_customer", EVERYONE, choose_customer),
        AsyncVerb("erp_customers", EVERYONE, erp_customers, recorded=False),
    ]


def _may_be(db: sqlite3.Connection, customer_id: int) -> list[str]:
    """The keys of the ERP that were told with this person, and the one that his orders take."""
    row = customers.get(db, customer_id)
    codes = {row["erp_code"]} if row is not None and row["erp_code"] else set()
    for code in (DUPLICATES, ALIKE):
        told = problem_params(db, accounts.ERP, code, customers.subject_of(customer_id)) or {}
        codes |= {*str(told.get("codes", "")).split(", "), str(told.get("chosen", ""))} - {""}
    return sorted(codes)


def _as_plain(there: ErpCustomer) -> dict[str, Any]:
    person = there.person
    return {
        "code": there.code,
        "name": person.name,
        "document": person.document,
        "email": person.email,
        "phone": person.phone,
        "city": person.address.city,
        "state": person.address.state,
        "blocked": there.blocked,
        "for_shop": there.for_shop,
    }
