"""A person comes to stand in the ERP: known there, found by document or e-mail, or created under a key taken before."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from engine.account import Account
from engine.errors import CodeTaken, NeedsPerson, Param
from engine.identity import document_of, email_of
from engine.model.people import Address, ErpCustomer, Person
from engine.store import accounts, customers, orders
from engine.store.customers import subject_of
from engine.store.problems import clear_problem, has_problem, raise_problem

Alike = Sequence[ErpCustomer]
"""Customers of the ERP who share a person's e-mail, and no document says whether they are he."""

CODES_TRIED_MAX = 20
DUPLICATES = "customer-duplicates"
ALIKE = "customer-email-shared"
UNKNOWN_CITY = "customer-city-unknown"


async def ensure_in_erp(account: Account, customer_id: int, person: Person, channel_id: str = "") -> ErpCustomer:
    """The ERP's customer who is this person, as he stands there now; created when there is none.

    channel_id: what the channel calls him, for an ERP that keeps it. Safe to repeat after a crash at any point.
    """
    async with account.creating_customer:
        row = await account.store.read(lambda db: customers.get(db, customer_id))
        assert row is not None, "a buyer has a customer row"
        customer = await _known(account, row, person)
        if customer is None:
            customer, alike = await _found(account, customer_id, person)
            customer = customer or await _create(account, row, person, alike, channel_id)
        known = customer
        await account.store.write(lambda db: customers.know_in_erp(db, customer_id, known))
        return known


async def _known(account: Account, row: sqlite3.Row, person: Person) -> ErpCustomer | None:
    """The customer whom we know under a key of the ERP, read anew: he may be blocked since, gone, or another person.

    (After a restore the ERP gives the keys of lost customers to others.)
    """
    if not row["erp_code"]:
        return None
    there = await account.erp.customer(row["erp_code"])
    name = await account.erp.fit("name", person.name)
    if there is not None and is_the_same(there.person, person, name, row["document"], row["chosen_as"]):
        if await account.store.read(lambda db: has_problem(db, accounts.ERP, DUPLICATES, subject_of(row["id"]))):
            await _found(account, row["id"], person)  # are there still several?
        return there
    await account.store.write(lambda db: customers.forget_in_erp(db, row["id"]))
    return None


def is_the_same(
    there: Person, person: Person, name_in_erp: str, known_document: str | None, chosen_as: str | None = None
) -> bool:
    """Whether the ERP's row under a known key still is this person. Two valid documents decide, else e-mail or name.

    known_document: the one we knew him by; he may have corrected it since. chosen_as: the row's name when a person said
    that this is he; another one may be somebody else's, who got the key after a restore.
    """
    theirs, ours = document_of(there.document), document_of(person.document)
    if theirs and ours:
        return theirs in (ours, known_document)
    if email_of(person.email) and email_of(person.email) in there.email.lower():
        return True
    return there.name in (name_in_erp, chosen_as)


def shares_anything(there: Person, person: Person, name_in_erp: str, known_document: str | None) -> bool:
    """Whether the ERP's row may still be this person: a document that staff have corrected makes nobody another."""
    return is_the_same(there, person, name_in_erp, known_document) or is_the_same(
        replace(there, document=""), person, name_in_erp, None
    )


async def _found(account: Account, customer_id: int, person: Person) -> tuple[ErpCustomer | None, Alike]:
    """The customer with this document, else the only one with this e-mail, else all who may be him by their e-mail.

    Several with one document are told.
    """
    document = document_of(person.document)
    # A shared e-mail does not make two taxpayers one: whoever has another document there is somebody else.
    found = [
        known
        for known in await account.erp.find_customers(document or "", email_of(person.email))
        if document is None or document_of(known.person.document) in (None, document)
    ]
    same = [known for known in found if document and document_of(known.person.document) == document]
    await account.store.write(lambda db: _tell(db, account, customer_id, person, sorted(same, key=_rank)))
    if same:
        return min(same, key=_rank), ()
    return (found[0], ()) if len(found) == 1 else (None, found)


def _rank(customer: ErpCustomer) -> tuple[bool, str]:
    """Of several with one document, the one marked as the shop's is taken, else the oldest key."""
    return not customer.for_shop, customer.code


def _tell(
    db: sqlite3.Connection, account: Account, customer_id: int, person: Person, same: Sequence[ErpCustomer]
) -> None:
    subject = subject_of(customer_id)
    if len(same) < 2:
        clear_problem(db, accounts.ERP, DUPLICATES, subject)
        return
    row = customers.get(db, customer_id)
    codes = [customer.code for customer in same]
    kept = row["erp_code"] if row is not None and row["erp_code"] in codes else codes[0]
    params = {
        "id": customer_id,
        "customer": person.name,
        "document": document_of(person.document),
        "codes": ", ".join(codes),
        "chosen": kept,
    }
    raise_problem(db, accounts.ERP, DUPLICATES, subject, params, "", "notice", account.now())


async def tell_unknown_city(account: Account, order_id: int, delivery: Address) -> None:
    """Note in the order's history, once, that the ERP's register lacks the city: its invoice will ask for it."""
    if not delivery.city or await account.erp.knows_city(delivery.city, delivery.state) is not False:
        return
    params = {"city": delivery.city, "state": delivery.state}
    await account.store.write(
        lambda db: orders.note_event_once(db, order_id, account.id, UNKNOWN_CITY, params, account.now())
    )


async def _create(account: Account, row: sqlite3.Row, person: Person, alike: Alike, channel_id: str) -> ErpCustomer:
    customer_id, taken, table = row["id"], row["erp_code_taken"], account.settings.base_price_table
    for _ in range(CODES_TRIED_MAX):
        code = taken or await account.erp.take_customer_code()

        def keep(db: sqlite3.Connection, code: str = code) -> None:
            customers.keep_taken_code(db, customer_id, code)
            if alike:  # told before he stands there: once he does, nobody looks for others any more
                _tell_alike(db, account, customer_id, person, code, alike)

        await account.store.write(keep)
        try:
            await account.erp.create_customer(code, person, table, channel_id)
            return ErpCustomer(code, person, table)
        except CodeTaken:
            taken = None
    raise NeedsPerson("no-free-customer-code")


def _tell_alike(
    db: sqlite3.Connection, account: Account, customer_id: int, person: Person, code: str, alike: Alike
) -> None:
    """He is a customer of his own until a person says which he is."""
    params: dict[str, Param] = {
        "id": customer_id,
        "customer": person.name,
        "codes": ", ".join(sorted(customer.code for customer in alike)),
        "chosen": code,
    }
    raise_problem(db, accounts.ERP, ALIKE, subject_of(customer_id), params, "", "notice", account.now())
