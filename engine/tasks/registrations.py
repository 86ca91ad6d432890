"""Customers of the ERP who are marked for a channel are registered there: shown first, approved, so many a day.

A channel may write to everybody whom we register, which nothing can take back. So each has a row before anything is
sent, whoever has that e-mail in the channel already is linked and not made, and an unknown outcome is read back by it.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from engine.account import Account
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.identity import document_of, email_of, is_made_up
from engine.model.people import ChannelCustomer, ErpCustomer
from engine.store import accounts, customers, registrations
from engine.store.audit import Actor, audit
from engine.store.problems import clear_problem, raise_problem
from engine.store.registrations import APPROVED, UNFIT, WAITING, Candidate

TO_APPROVE = "customers-to-register"
SUBJECT = "registrations"
ANOTHERS = "channel-email-of-another"

log = logging.getLogger("integra.customers")


class Registrations:
    """The accounts that one channel lacks."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def run(self) -> int:
        """Look who is marked, settle what was unknown, register as many as today still allows."""
        account = self._account
        tag = account.settings.register_tag
        if not tag:
            await account.store.write(self._nobody)
            return 0
        marked = {customer.code: customer for customer in await account.erp.marked_customers(tag)}
        await account.store.write(lambda db: self._keep(db, list(marked.values())))
        for row in await account.store.read(lambda db: registrations.to_look_up(db, account.id, account.now())):
            await self._look_up(row, marked.get(row["erp_code"]))
        done = 0
        for row in await account.store.read(self._due):
            if row["erp_code"] in marked:
                done += await self._register(row, marked[row["erp_code"]])
        await account.store.write(self._tell)
        return done

    def _nobody(self, db: sqlite3.Connection) -> None:
        registrations.keep(db, self._account.id, (), self._account.now())
        clear_problem(db, self._account.id, TO_APPROVE, SUBJECT)

    def _keep(self, db: sqlite3.Connection, marked: Sequence[ErpCustomer]) -> None:
        account = self._account
        missing = registrations.not_linked(db, account.id, [customer.code for customer in marked])
        shared = Counter(_email(customer) for customer in marked)
        found = [
            Candidate(one.code, one.person.name, _email(one), _unfit(one, shared))
            for one in marked
            if one.code in missing
        ]
        registrations.keep(db, account.id, found, account.now())

    def _due(self, db: sqlite3.Connection) -> list[sqlite3.Row]:
        account = self._account
        left = account.settings.registrations_a_day - registrations.made_on(db, account.id, account.today())
        return registrations.to_send(db, account.id, max(0, left))

    async def _register(self, row: sqlite3.Row, in_erp: ErpCustomer) -> int:
        account, code = self._account, in_erp.code
        there = await account.channel.find_customer(row["email"])
        if there is not None:
            return await self._meets(row, in_erp, there)
        groups = await account.store.read(lambda db: accounts.price_groups(db, account.id))
        group = groups.get(in_erp.price_table or "", account.channel.default_group)
        now, settle_s, day = account.now(), account.settle_s, account.today()
        await account.store.write(lambda db: registrations.send(db, account.id, code, now, settle_s, day))
        try:
            external_id = await account.channel.create_customer(replace(in_erp.person, email=row["email"]), group)
        except OutcomeUnknown as unknown:
            log.warning("unknown outcome: %s", unknown, extra={"customer": code})
            return 0
        except Refused as error:
            reason = error.code
            await account.store.write(lambda db: registrations.take_back(db, account.id, code, day, reason))
            return 0
        except (RetryLater, Misconfigured):
            await account.store.write(lambda db: registrations.take_back(db, account.id, code, day))
            raise
        await account.store.write(lambda db: self._made(db, row, in_erp, external_id, group))
        return 1

    async def _look_up(self, row: sqlite3.Row, in_erp: ErpCustomer | None) -> None:
        """Its answer was lost: by now he is there, or the try never landed."""
        account, code = self._account, row["erp_code"]
        there = await account.channel.find_customer(row["email"])
        if there is not None and in_erp is not None:
            await self._meets(row, in_erp, there)
        else:
            await account.store.write(lambda db: registrations.not_made(db, account.id, code))

    async def _meets(self, row: sqlite3.Row, in_erp: ErpCustomer, there: ChannelCustomer) -> int:
        """Somebody has this e-mail in the channel: he, unless two valid documents say otherwise."""
        account, code = self._account, in_erp.code
        ours, theirs = document_of(in_erp.person.document), document_of(there.person.document)
        if ours and theirs and ours != theirs:
            await account.store.write(lambda db: registrations.not_made(db, account.id, code, ANOTHERS))
            return 0
        await account.store.write(lambda db: self._made(db, row, in_erp, there.external_id, there.group))
        return 1

    def _made(
        self, db: sqlite3.Connection, row: sqlite3.Row, in_erp: ErpCustomer, external_id: str, group: str | None
    ) -> None:
        """Linked; the comparison of both sides, in the next cycle, writes his address and agrees on the rest."""
        account = self._account
        known = customers.by_erp_code(db, in_erp.code)
        customer_id = known["id"] if known is not None else customers.recognise_or_insert(db, in_erp.person)
        customers.know_in_erp(db, customer_id, in_erp)
        customers.link(db, customer_id, account.id, external_id, group)
        registrations.done(db, account.id, in_erp.code)
        subject = f"customer {external_id}@{account.id}"
        after = {"code": in_erp.code, "approved_by": row["approved_by"]}
        audit(db, Actor("engine", account.now()), "register", subject, None, after)

    def _tell(self, db: sqlite3.Connection) -> None:
        account = self._account
        found = registrations.counts(db, account.id)
        waiting, unfit = found.get(WAITING, 0), found.get(UNFIT, 0)
        if not waiting:
            clear_problem(db, account.id, TO_APPROVE, SUBJECT)
            return
        params = {
            "n": waiting,
            "mails": waiting if account.channel.capabilities.mails_new_customers else 0,
            "unfit": unfit,
            "approved": found.get(APPROVED, 0),
            "a_day": account.settings.registrations_a_day,
        }
        raise_problem(db, account.id, TO_APPROVE, SUBJECT, params, "", "notice", account.now())


def _email(customer: ErpCustomer) -> str:
    """The first where somebody typed several into the one field."""
    return email_of(re.split(r"[;,\s]+", customer.person.email.strip())[0])


def _unfit(customer: ErpCustomer, shared: Counter[str]) -> str:
    """Why nobody is to be written to at this customer's e-mail; "" where he can be registered."""
    email = _email(customer)
    if not email:
        return "no-email"
    if is_made_up(email):
        return "made-up-email"
    if shared[email] > 1:
        return "shared-email"
    if customer.blocked:
        return "blocked"
    return "" if customer.person.name else "no-name"
