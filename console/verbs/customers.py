"""integra customers: those that wait for a person, and what a person says of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from console.field_texts import FIELDS
from console.formats import document
from console.language import _, say
from console.reading.customers import Conflict, Registration, alike, conflicts, duplicates
from console.reading.customers import to_register as to_register_of
from console.safe_text import SafeText
from console.texts import REGISTRATIONS, UNFIT, refusal, word
from console.verbs.context import Context, Exit, complain
from engine.runtime.client import Answer
from engine.store.registrations import WAITING

Found = tuple[list[Conflict], list[Mapping[str, Any]], list[Mapping[str, Any]]]


def _read(db: sqlite3.Connection) -> Found:
    return conflicts(db), duplicates(db), alike(db)


def show(context: Context) -> int:
    """Print what waits. 1 when something does."""
    found = context.read(_read)
    disputed, several, doubtful = found
    context.show(
        {
            "conflicts": [asdict(conflict) for conflict in disputed],
            "duplicates": [dict(one) for one in several],
            "alike": [dict(one) for one in doubtful],
        },
        lambda: _lines(found),
    )
    return Exit.NEEDS_PERSON if any(found) else Exit.DONE


def _lines(found: Found) -> Iterator[str]:
    disputed, several, doubtful = found
    for conflict in disputed:
        yield say(
            "{id}  {name}: {field} is {erp} in C-Plus ({code}) and {channel} in {account}",
            id=conflict.id,
            name=conflict.name,
            field=word(FIELDS, conflict.field),
            erp=conflict.erp or "—",
            code=conflict.erp_code,
            channel=conflict.channel or "—",
            account=conflict.account,
        )
    if disputed:
        yield _("    integra customers keep-erp ID [FIELD ...]   or   keep-channel ID [FIELD ...]")
    for one in several:
        yield say(
            "{id}  {name}: {document} stands in C-Plus as {codes}; orders take {chosen}",
            id=one["id"],
            name=one["customer"],
            document=document(str(one["document"])),
            codes=one["codes"],
            chosen=one["chosen"],
        )
    for one in doubtful:
        yield say(
            "{id}  {name}: {codes} of C-Plus have the same e-mail; orders take {chosen}",
            id=one["id"],
            name=one["customer"],
            codes=one["codes"],
            chosen=one["chosen"],
        )
    if several or doubtful:
        yield _("    integra customers choose ID CODE")
    if not any(found):
        yield _("No customer waits for a person.")


def keep(context: Context, take: str, customer: int, fields: Sequence[str]) -> int:
    """Settle a customer's conflicts, all of them or those of these fields: "erp" or "channel" holds."""
    disputed = [
        conflict
        for conflict in context.read(conflicts)
        if conflict.id == customer and (not fields or conflict.field in fields)
    ]
    if not disputed:
        complain(say("Customer {id} has no such conflict.", id=customer))
        return Exit.NEEDS_PERSON
    with context.engine() as engine:
        answers = [
            engine.ask(
                "resolve_customer_field",
                {"account": one.account, "external_id": one.external_id, "field": one.field, "take": take},
            )
            for one in disputed
        ]
    return _told(answers)


def choose(context: Context, customer: int, code: str) -> int:
    """Say which of C-Plus's customers this person is."""
    with context.engine() as engine:
        return _told([engine.ask("choose_customer", {"customer": customer, "code": code})])


def to_register(context: Context) -> int:
    """Print whom C-Plus wants registered in a shop. 1 when a person has to approve them."""
    found = context.read(to_register_of)
    waiting = Counter(one.account for one in found if one.standing == WAITING)
    context.show([asdict(one) for one in found], lambda: _registrations(found, waiting))
    return Exit.NEEDS_PERSON if waiting else Exit.DONE


def _registrations(found: Sequence[Registration], waiting: Mapping[SafeText, int]) -> Iterator[str]:
    for one in found:
        yield say(
            "{account}  {code}  {name}  {email}  {standing}",
            account=one.account,
            code=one.erp_code,
            name=one.name,
            email=one.email or "—",
            standing=word(UNFIT, one.reason) if one.reason else word(REGISTRATIONS, one.standing),
        )
    for account, n in waiting.items():
        yield say("{n} wait for your word in {account}:", n=n, account=account)
        yield f"    integra customers register {n} {account}"
    if not found:
        yield _("No customer of C-Plus waits to be registered in a shop.")


def register(context: Context, n: int, account: str) -> int:
    """Let all who wait be registered: as many as were shown."""
    with context.engine() as engine:
        return _told([engine.ask("register_customers", {"account": account, "n": n})])


def _told(answers: Sequence[Answer]) -> int:
    for answer in answers:
        if not answer.ok:
            complain(refusal(answer.code, answer.params))
            return Exit.NEEDS_PERSON
    print(_("Done."))
    return Exit.DONE
