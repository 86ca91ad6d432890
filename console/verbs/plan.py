"""integra plan: what would be written, and letting pass what a guard holds of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from console import letting_pass, planned_text
from console.language import _, say, say_n
from console.reading.planned import BY_PERSON, WHOLE, Planned, planned
from console.texts import GUARDS, refusal, word
from console.verbs.context import Context, Exit, complain, confirmed
from console.widths import fit
from engine.runtime.client import EngineClient


def run(context: Context, account: str | None, approve: str | None, *, yes: bool) -> int:
    """Print what the next cycle would write, as of the last look at C-Plus, or `approve` some of what is held.

    Printing writes nothing and wakes nobody; 1 when a guard holds some of it.
    """
    rows = _read(context, account)
    if approve is not None:
        return _approve(context, rows, approve, yes=yes)
    context.show([asdict(row) for row in rows], lambda: _lines(rows))
    return Exit.NEEDS_PERSON if any(row.held_by for row in rows) else Exit.DONE


def _approve(context: Context, rows: Sequence[Planned], approve: str, *, yes: bool) -> int:
    """Let pass what these numbers of the plan, or these guards, stand for: shown once more, asked, recorded."""
    asked = [name.strip() for name in approve.split(",") if name.strip()]
    chosen = []
    for name in asked:
        found = [row for row in rows if name in (row.number, row.held_by)]
        if not found:
            complain(say("Nothing that a guard holds has the number {number}. See it again: integra plan", number=name))
            return Exit.NEEDS_PERSON
        if name not in BY_PERSON and _is_double(found):
            complain(say("Two rows have the number {number}: let them pass in the console.", number=name))
            return Exit.NEEDS_PERSON
        chosen += [row for row in found if row not in chosen]
    if not chosen:
        complain(_("Say what may pass: numbers of integra plan, or the name of a guard."))
        return Exit.WRONG_USAGE
    for line in _rows(chosen):
        print(line)
    question = say_n("Let {n} row pass? [y/N] ", "Let {n} rows pass? [y/N] ", len(chosen))
    if not yes and not confirmed(question):
        return Exit.NEEDS_PERSON
    with context.engine() as engine:
        return _send(engine, chosen)


def _send(engine: EngineClient, chosen: Sequence[Planned]) -> int:
    for args in letting_pass.asks(chosen):
        answer = engine.ask(letting_pass.VERB, args)
        if not answer.ok:
            complain(refusal(answer.code, answer.params))
            return Exit.NEEDS_PERSON
    print(_("Done."))
    return Exit.DONE


def _is_double(found: Sequence[Planned]) -> bool:
    """Whether one number stands for several changes; those of price groups are one for each account."""
    return (
        len({(row.account, row.held_by, *(() if row.held_by == WHOLE else (row.item, row.part))) for row in found}) > 1
    )


def _read(context: Context, account: str | None) -> list[Planned]:
    def read(db: sqlite3.Connection) -> list[Planned]:
        return planned(db, account)

    return context.read(read)


def _lines(rows: Sequence[Planned]) -> Iterator[str]:
    yield from planned_text.summary(rows)
    yield from _rows(rows)
    guards = Counter(row.held_by for row in rows if row.number)
    if guards:
        yield _("integra plan --approve NUMBER[,NUMBER...]   lets these rows pass")
    for guard, held in guards.items():
        yield say_n(
            "integra plan --approve {guard}   lets {n} row pass",
            "integra plan --approve {guard}   lets {n} rows pass",
            held,
            guard=guard,
        )


def _rows(rows: Sequence[Planned]) -> Iterator[str]:
    for row in rows:
        held = say("  HELD: {guard}", guard=word(GUARDS, row.held_by)) if row.held_by else ""
        if row.number:
            held += say("  [number {number}]", number=row.number)
        where = f"{fit(row.account, 12)} {fit(row.item, 12)} {fit(row.name, 28)} {fit(planned_text.what(row), 18)}"
        yield f"{where} {planned_text.change(row)}{held}"
