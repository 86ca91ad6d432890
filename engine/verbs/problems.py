"""What people may ask of all that failed or was skipped: try it again now, leave it aside, attend to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from engine.runtime.commands import EVERYONE, AnyVerb, Ask, Outcome, Verb
from engine.store import effects, mirror, troubles
from engine.store.audit import audit
from engine.store.troubles import Meant
from engine.verbs.refusal import refusal

WHY_CHARS_MAX = 200
TASK_OF_FACET = {"content": "catalogue", "media": "media", "price": "prices", "stock": "stock"}
TASK_OF_SUBJECT = {"customer": "customers", "person": "customers", "table": "prices", "prices": "prices"}
"""Who looks anew at what a problem is about; of any other, every task of the account."""


def problem_verbs() -> list[AnyVerb]:
    """Each takes {source, account, code, facet?, subject?, until?}, as `Meant` explains them."""
    return [
        Verb("retry_problem", EVERYONE, _of_what_is_there(_retry)),
        Verb("ignore_problem", EVERYONE, _of_what_is_there(_ignore)),
        Verb("attend_problem", EVERYONE, _of_what_is_there(_attend)),
    ]


def _of_what_is_there(
    apply: Callable[[sqlite3.Connection, Ask, Meant, list[sqlite3.Row]], Outcome],
) -> Callable[[sqlite3.Connection, Ask], Outcome]:
    def decide(db: sqlite3.Connection, ask: Ask) -> Outcome:
        named = {name: str(ask.args.get(name, "")) for name in ("source", "account", "code", "facet")}
        subject, until = ask.args.get("subject"), ask.args.get("until")
        meant = Meant(
            **named,
            subject=None if subject is None else str(subject),
            until=None if until is None else str(until),
        )
        rows = troubles.found(db, meant)
        return apply(db, ask, meant, rows) if rows else refusal("no-such-problem", cause=meant.code)

    return decide


def _retry(db: sqlite3.Connection, ask: Ask, meant: Meant, rows: list[sqlite3.Row]) -> Outcome:
    """What waits because of it is tried at once, and what may have healed is looked at anew."""
    tasks: set[str] = set()
    if meant.source == "refused":
        troubles.hasten_refused(db, meant)
        tasks.add(TASK_OF_FACET[meant.facet])
    else:
        mirror.mark_changed(db, [row["item"] for row in rows if row["item"] is not None])
        for row in rows:
            if row["order_id"] is not None:
                effects.hasten(db, row["order_id"])
            tasks |= _who_looks(row["subject"])
    account = meant.account or "*"
    audit(db, ask, ask.verb, _subject(meant), None, {"rows": len(rows)})
    return Outcome({"rows": len(rows)}, wake=tuple((account, task) for task in sorted(tasks)))


def _who_looks(subject: str) -> set[str]:
    kind, _, about = subject.partition(":")
    if kind == "task":
        return {about}
    if kind == "order":
        return {"effects", "orders"}
    return {TASK_OF_SUBJECT.get(kind, "*")}


def _ignore(db: sqlite3.Connection, ask: Ask, meant: Meant, _rows: list[sqlite3.Row]) -> Outcome:
    """Nobody is shown it among what needs a person until it changes; {why} is kept."""
    why = " ".join(str(ask.args.get("why", "")).split())[:WHY_CHARS_MAX]
    if not why:
        return refusal("reason-missing")
    left = troubles.leave_aside(db, meant, why, ask.who, ask.now)
    audit(db, ask, ask.verb, _subject(meant), None, {"rows": left}, why)
    return Outcome({"rows": left})


def _attend(db: sqlite3.Connection, ask: Ask, meant: Meant, _rows: list[sqlite3.Row]) -> Outcome:
    """It is among what needs a person again."""
    back = troubles.attend(db, meant)
    audit(db, ask, ask.verb, _subject(meant), {"rows": back}, None)
    return Outcome({"rows": back})


def _subject(meant: Meant) -> str:
    what = " ".join(part for part in (meant.code, meant.facet, meant.subject or "") if part)
    return f"problem {what}@{meant.account}"
