"""Customers go both ways: those registered at the channel come to stand in the ERP, and edits cross either way."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from engine.account import Account
from engine.customer_merge import Merge, merge
from engine.erp_customer import ensure_in_erp, shares_anything
from engine.errors import IntegraError, InUse, NeedsPerson, Refused
from engine.identity import document_of, email_of
from engine.model.people import FIRST_DAY, ChannelCustomer, ErpCustomer
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, customers
from engine.store.instants import from_text, to_text
from engine.store.problems import Severity, clear_other_problems, clear_problem, raise_problem
from engine.tasks.registrations import Registrations

COMPARE_AT = "customers-compare-at"
CONFLICT = "customer-conflict"
SETTLED_PER_CYCLE = 50
UNPUBLISHED = "customer-table-unpublished"

log = logging.getLogger("integra.customers")


class CustomersTask:
    """Brings both sides of each linked customer together."""

    name = "customers"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._in_use = False  # a customer stood open on a screen of the ERP: what was read is read again
        self._registrations = Registrations(account)
        self._tried: set[str] = set()  # had their turn in this round of what is settled, and it did not end

    async def run(self) -> TaskReport:
        """One cycle: what people have settled, the channel's changes, the ERP's, then who is to be registered."""
        held = await self._account.held_from_writing("customers")
        if held is not None:
            return TaskReport(held=held)
        self._in_use = False
        done = 0
        for step in (self._from_people, self._from_channel, self._from_erp, self._registrations.run):
            done += await step()
        return TaskReport(done=done)

    # --- what people have settled -------------------------------------------------------------------------------------

    async def _from_people(self) -> int:
        """Those that cannot be carried across now have another turn once all have had one: they stop nobody."""
        account = self._account
        tried = frozenset(self._tried)
        links = await account.store.read(lambda db: customers.decided(db, account.id, tried, SETTLED_PER_CYCLE))
        if not links:
            self._tried.clear()
        done = 0
        for link in links:
            self._tried.add(link["external_id"])
            in_erp = await account.erp.customer(link["erp_code"]) if link["erp_code"] else None
            done += await self._meet(link, in_erp)
        return done

    async def _meet(self, link: sqlite3.Row, in_erp: ErpCustomer | None) -> int:
        """Compare a linked customer with how he stands in the channel."""
        account, external_id = self._account, link["external_id"]
        customer = await account.channel.customer(external_id)
        if customer is None:
            await account.store.write(lambda db: self._left(db, external_id))
            return 0
        there = customer

        async def cross() -> bool:
            return await self._cross(there, await self._stands(link, there, in_erp))

        return await self._guarded(customer, cross)

    async def _stands(self, link: sqlite3.Row, customer: ChannelCustomer, in_erp: ErpCustomer | None) -> ErpCustomer:
        """The customer's row in the ERP; found, or made anew, where the one under his key is gone or not his.

        (A restored ERP gives the keys of those that it lost to other people, whose data must not cross.)
        """
        person, known = customer.person, link["document"]
        name = await self._account.erp.fit("name", person.name)
        if in_erp is not None and shares_anything(in_erp.person, person, name, known):
            return in_erp
        return await ensure_in_erp(self._account, link["customer_id"], person, customer.external_id)

    def _left(self, db: sqlite3.Connection, external_id: str) -> None:
        customers.left_the_channel(db, self._account.id, external_id)
        clear_problem(db, self._account.id, None, f"customer:{external_id}")

    # --- the channel's changes ----------------------------------------------------------------------------------------

    async def _from_channel(self) -> int:
        account = self._account
        cursor, compare_at = await account.store.read(
            lambda db: (accounts.cursor(db, account.id, "customers"), accounts.cursor(db, account.id, COMPARE_AT))
        )
        # A channel may not stamp a customer whose address changed (Magento does not): all are looked at now and then.
        now = account.now()
        full = compare_at is None or from_text(compare_at) <= now
        overlap = timedelta(seconds=account.channel.capabilities.order_overlap_s)
        since = FIRST_DAY if full or not cursor else from_text(cursor) - overlap
        done, newest = 0, cursor or ""
        async for page in account.channel.customers(since):
            for customer in page:
                newest = max(newest, to_text(customer.updated_at))
                done += await self._guarded(customer, lambda c=customer: self._bring_together(c))  # type: ignore[misc]
            if not self._in_use:
                position = newest
                await account.store.write(lambda db, p=position: accounts.set_cursor(db, account.id, "customers", p))  # type: ignore[misc]
        if full:
            following = to_text(now + timedelta(seconds=account.all_settings().engine.full_compare_s))
            await account.store.write(lambda db: accounts.set_cursor(db, account.id, COMPARE_AT, following))
        return done

    async def _guarded(self, customer: ChannelCustomer, work: Callable[[], Awaitable[bool]]) -> int:
        """One customer; what cannot be done for him alone is a problem that names him, and the others go on."""
        account, subject = self._account, f"customer:{customer.external_id}"
        try:
            done = await work()
        except (Refused, NeedsPerson, InUse) as error:
            severity: Severity = "problem"
            if isinstance(error, InUse):
                self._in_use, severity = True, "notice"
            params = {**error.params, "customer": customer.person.name}
            code, detail, now = error.code, error.detail, account.now()
            await account.store.write(
                lambda db: raise_problem(db, account.id, code, subject, params, detail, severity, now)
            )
            return 0
        except IntegraError:
            raise
        except Exception as error:  # a bug that one customer meets must not stop the others
            log.exception("unexpected", extra={"customer": customer.external_id})
            kind, met = type(error).__name__, account.now()
            await account.store.write(
                lambda db: raise_problem(db, account.id, "unexpected", subject, {"type": kind}, "", "problem", met)
            )
            return 0
        if done:
            await account.store.write(lambda db: clear_other_problems(db, account.id, CONFLICT, subject))
        return int(done)

    async def _bring_together(self, customer: ChannelCustomer) -> bool:
        account = self._account
        kept = await account.store.read(lambda db: customers.agreed_fields(db, account.id, customer.external_id))
        link = await account.store.read(lambda db: customers.link_of(db, account.id, customer.external_id))
        now = _shown(customer)
        unchanged = bool(kept) and all(field in kept and kept[field]["channel"] == now[field] for field in now)
        if link is not None and unchanged and link["channel_group"] == customer.group:
            return False
        if not document_of(customer.person.document) and not email_of(customer.person.email):
            raise NeedsPerson("customer-unidentified")
        customer_id = await account.store.write(
            lambda db: customers.recognise_or_insert(db, customer.person) if link is None else int(link["customer_id"])
        )
        found = await ensure_in_erp(account, customer_id, customer.person, customer.external_id)
        in_erp = await self._in_erp(found.code)
        await account.store.write(
            lambda db: customers.link(db, customer_id, account.id, customer.external_id, customer.group)
        )
        return await self._cross(customer, in_erp)

    async def _in_erp(self, code: str) -> ErpCustomer:
        found = await self._account.erp.customer(code)
        if found is None:
            raise NeedsPerson("customer-gone-in-erp", customer=code)
        return found

    # --- the ERP's changes --------------------------------------------------------------------------------------------

    async def _from_erp(self) -> int:
        account = self._account
        cursor = await account.store.read(lambda db: accounts.cursor(db, account.id, "customers-erp"))
        changed, new_cursor = await account.erp.customers(cursor)
        by_code = {customer.code: customer for customer in changed}
        await account.store.write(lambda db: customers.hear_of(db, changed))
        done = 0
        for link in await account.store.read(lambda db: customers.links(db, account.id, list(by_code))):
            in_erp = by_code[link["erp_code"]]
            if await self._moved(link["external_id"], in_erp, link):
                done += await self._meet(link, in_erp)
        if not self._in_use:
            await account.store.write(lambda db: accounts.set_cursor(db, account.id, "customers-erp", new_cursor))
        return done

    async def _moved(self, external_id: str, in_erp: ErpCustomer, link: sqlite3.Row) -> bool:
        account = self._account
        kept = await account.store.read(lambda db: customers.agreed_fields(db, account.id, external_id))
        now = customers.fields_of(in_erp.person)
        # Of those never agreed on while others were, the channel hides its own: there is nothing to compare.
        moved = any(kept[field]["erp"] != value for field, value in now.items() if field in kept)
        return moved or not kept or link["channel_group"] is None  # in doubt: his price table is another one by now

    # --- both ---------------------------------------------------------------------------------------------------------

    async def _cross(self, customer: ChannelCustomer, in_erp: ErpCustomer) -> bool:
        """Write each side's changes to the other, and keep what is agreed now."""
        account = self._account
        kept = await account.store.read(lambda db: customers.agreed_fields(db, account.id, customer.external_id))
        channel = _shown(customer)
        as_erp = {field: await account.erp.fit(field, value) for field, value in channel.items()}
        erp = customers.fields_of(in_erp.person)
        found = merge(
            erp,
            channel,
            as_erp,
            {field: (row["erp"], row["channel"]) for field, row in kept.items()},
            # Of a restored ERP the channel knows better, but only where the restore took something back.
            {
                field: row["decided"]
                for field, row in kept.items()
                if row["conflict"] or (row["decided"] and row["erp"] != erp.get(field))
            },
        )
        if found.to_erp:
            await account.erp.update_customer(in_erp.code, found.to_erp)
        changes = dict(found.to_channel) | await self._group_change(customer, in_erp)
        if changes:
            await account.channel.update_customer(customer.external_id, changes)
        taken = {field: row["decided"] for field, row in kept.items() if row["decided"]}

        def keep(db: sqlite3.Connection) -> None:
            customers.carried_across(db, account.id, customer.external_id, taken)
            self._keep(db, customer, in_erp, found, changes)

        await account.store.write(keep)
        return True

    async def _group_change(self, customer: ChannelCustomer, in_erp: ErpCustomer) -> dict[str, str]:
        """The channel's price group that the ERP's price table asks for; the ERP is the master."""
        account = self._account
        groups = await account.store.read(lambda db: accounts.price_groups(db, account.id))
        group = groups.get(in_erp.price_table or "")
        if group is not None and group != customer.group:
            return {"group": group}
        if group is None and customer.group in groups.values():
            return {"group": account.channel.default_group}
        return {}

    def _keep(
        self,
        db: sqlite3.Connection,
        customer: ChannelCustomer,
        in_erp: ErpCustomer,
        found: Merge,
        changes: Mapping[str, str],
    ) -> None:
        account, external_id = self._account, customer.external_id
        customers.agree(db, account.id, external_id, found.agreed)
        customers.agree(db, account.id, external_id, found.conflicts, conflict=True)
        row = customers.by_erp_code(db, in_erp.code)
        if row is not None:
            customers.know_in_erp(db, row["id"], in_erp)
            customers.link(db, row["id"], account.id, external_id, changes.get("group", customer.group))
        subject = f"customer:{external_id}"
        if found.conflicts:
            params = {"customer": customer.person.name, "fields": ", ".join(sorted(found.conflicts))}
            raise_problem(db, account.id, CONFLICT, subject, params, "", "problem", account.now())
        else:
            clear_problem(db, account.id, CONFLICT, subject)
        self._tell_unpublished(db, customer, in_erp)

    def _tell_unpublished(self, db: sqlite3.Connection, customer: ChannelCustomer, in_erp: ErpCustomer) -> None:
        """A customer whose price table the channel does not show buys there at the base price: somebody should know."""
        account, settings, table = self._account, self._account.settings, in_erp.price_table
        subject = f"customer-table:{customer.external_id}"
        groups = settings.group_price_tables if account.channel.capabilities.price_groups else ()
        if not table or table == settings.base_price_table or table in groups:
            clear_problem(db, account.id, UNPUBLISHED, subject)
            return
        row = db.execute("SELECT name FROM price_table WHERE key = ?", (table,)).fetchone()
        params = {"customer": customer.person.name, "table": row["name"] if row is not None else table}
        raise_problem(db, account.id, UNPUBLISHED, subject, params, "", "notice", account.now())


def _shown(customer: ChannelCustomer) -> dict[str, str]:
    """His fields as far as the channel shows them: one that it hides is not one that he has taken away."""
    fields = customers.fields_of(customer.person)
    return {field: value for field, value in fields.items() if field not in customer.hidden}
