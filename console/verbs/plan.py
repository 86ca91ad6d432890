"""integra plan: what would be written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from console import planned_text
from console.language import say
from console.reading.planned import Planned, planned
from console.texts import GUARDS, word
from console.verbs.context import Context, Exit
from console.widths import fit


def run(context: Context, account: str | None) -> int:
    """Print what the next cycle would write, as of the last look at C-Plus; writes nothing, wakes nobody.

    1 when a guard holds some of it.
    """

    def read(db: sqlite3.Connection) -> list[Planned]:
        return planned(db, account)

    rows = context.read(read)
    context.show([asdict(row) for row in rows], lambda: _lines(rows))
    return Exit.NEEDS_PERSON if any(row.held_by for row in rows) else Exit.DONE


def _lines(rows: Sequence[Planned]) -> Iterator[str]:
    yield from planned_text.summary(rows)
    for row in rows:
        held = say("  HELD: {guard}", guard=word(GUARDS, row.held_by)) if row.held_by else ""
        where = f"{fit(row.account, 12)} {fit(row.item, 12)} {fit(row.name, 28)} {fit(planned_text.what(row), 18)}"
        yield f"{where} {planned_text.change(row)}{held}"
