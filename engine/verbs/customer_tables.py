"""What people may ask of a customer's price table: the ERP is its master, and the counter charges it too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace

import anyio

from engine.account import Account
from engine.identity import document_of
from engine.ports import Erp
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, AsyncVerb, Outcome
from engine.store import customers
from engine.store.audit import audit
from engine.store.database import Store
from engine.verbs.open_for import why_not
from engine.verbs.refusal import refusal


def customer_table_verbs(
    store: Store, erp: Erp, by_id: Callable[[], Mapping[str, Account]], creating_customer: anyio.Lock
) -> list[AnyVerb]:
    """The verb that writes it. creating_customer: see `Account`."""

    async def closed_for(customer_id: int) -> Outcome | None:
        """Why nothing of him may be written: none of the accounts that know him is open for it."""
        known = await store.read(lambda db: customers.accounts_of(db, customer_id))
        reasons = [await why_not(by_id()[account], "customers") for account in known if account in by_id()]
        return reasons[0] if reasons and None not in reasons else None

    async def customer_table(ask: Ask) -> Outcome:
        """{customer: our id, price_table: its key, "" = none}.

        Answers, by our id, `before`, the table that he had, and `seen`, his row version as it is now: sent back, they
        undo it. Both are empty where he had it already.
        """
        async with creating_customer:
            return await table_set(ask)

    async def table_set(ask: Ask) -> Outcome:
        row = await store.read(lambda db: customers.get(db, int(ask.args["customer"])))
        table = str(ask.args["price_table"])
        if row is None or row["erp_code"] is None:
            return refusal("customer-not-in-erp")
        if ask.row_version is not None and ask.row_version != row["row_version"]:
            return refusal("stale", order=row["name"], who="engine", what="customer")
        known = await store.read(lambda db: db.execute("SELECT 1 FROM price_table WHERE key = ?", (table,)).fetchone())
        if table and known is None:
            return refusal("no-such-price-table", table=table)
        closed = await closed_for(row["id"])
        if closed is not None:
            return closed
        there = await erp.customer(row["erp_code"])
        if there is None:
            return refusal("no-such-erp-customer", customer=row["erp_code"])
        theirs = document_of(there.person.document)
        if theirs is not None and row["document"] is not None and theirs != row["document"]:
            return refusal("another-document", customer=there.code, document=theirs)
        if ask.row_version is not None and there.price_table != row["price_table"]:
            await store.write(lambda db: customers.know_in_erp(db, row["id"], there))
            return refusal("stale", order=row["name"], who="C-Plus", what="customer")
        if (there.price_table or "") == table:
            return Outcome({"before": {}, "seen": {}})
        await erp.update_customer(there.code, {"price_table": table})

        def note(db: sqlite3.Connection) -> int:
            customers.know_in_erp(db, row["id"], replace(there, price_table=table or None))
            audit(db, ask, "customer_table", f"customer {there.code}", there.price_table, table or None)
            moved = customers.get(db, row["id"])
            assert moved is not None, "rows are joined under the same lock only"
            return int(moved["row_version"])

        version, id = await store.write(note), str(row["id"])
        return Outcome({"before": {id: there.price_table or ""}, "seen": {id: version}}, wake=(("*", "customers"),))

    return [AsyncVerb("customer_table", EVERYONE, customer_table)]
