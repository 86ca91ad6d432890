"""The plan: what the next cycle will write to the shops, before and after, and what a guard holds of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from console import letting_pass, planned_text
from console.actions import Action
from console.field_texts import CONTENT_FIELDS
from console.formats import ago, instant
from console.language import N_, _, number, say, say_n
from console.reading import planned
from console.reading.planned import Key, Planned
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.allowances import Allowances
from console.screens.piles import Piles
from console.screens.place import bindings
from console.text_difference import difference
from console.texts import FACETS, GUARDS, title, word
from console.widgets.dialogs import Confirm
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Row

NAMED_MAX = 12
NAMES = {planned.ALL: N_("All"), planned.HELD: N_("Held"), planned.REFUSED: N_("Refused"), **FACETS}


class Plan(Piles[Key, Planned]):
    """Held rows first, then account by account."""

    BINDINGS: ClassVar[list[Any]] = bindings("plan", "everywhere")
    place = "plan"
    tab = "plan"
    topics = frozenset(planned.TOPICS)
    names = NAMES
    urgent = frozenset({planned.HELD})
    everything = planned.ALL

    def __init__(self) -> None:
        super().__init__(planned.ALL)

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """Where, of what, from what to what."""
        return [
            Column(say("account"), 10, spare=True),
            Column(say("product"), 26),
            Column(say("what"), 14),
            Column(say("before → after")),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("key, code or name of the product")

    def nothing(self) -> SafeText:
        """What would be here."""
        return say("Nothing to write. What the next cycle writes is listed here.")

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """By facet, and what is held or was refused."""
        return planned.counts(db)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[Key]:
        """What is held and what was refused first."""
        return planned.keys(db, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[Key], pile: str) -> Mapping[Key, Planned]:
        """With both values."""
        return planned.rows(db, keys)

    def draw(self, row: Planned) -> Row:
        """A row's cells; what takes something away and what is held stand out without colour too."""
        mark = "✗ " if row.takes_away else "! " if row.held_by or row.error_code else ""
        tone = "bad" if row.takes_away else "warn" if row.held_by or row.error_code else ""
        return [
            Cell(row.account, "dim"),
            Cell(SafeText(f"{row.item} {row.name}"), "strong"),
            Cell(planned_text.what(row), "strong" if row.facet == "price" else "dim"),
            Cell(SafeText(f"{mark}{planned_text.change(row)}"), tone),
        ]

    async def sheet(self, row: Planned) -> Sequence[Line]:
        """Both values in full, and what keeps it."""
        return list(self._sheet(row))

    def _sheet(self, row: Planned) -> Iterator[Line]:
        yield [Piece(row.name or row.item, "head")]
        told = say("{what} of {item} on {account}", what=planned_text.what(row), item=row.item, account=row.account)
        yield [Piece(told, "dim")]
        if row.held_by:
            yield [Piece(say("Held: {guard}", guard=word(GUARDS, row.held_by)), "warn")]
        if row.error_code:
            yield [Piece(say("Refused the last time: {cause} (6)", cause=title(row.error_code)), "warn")]
        if row.takes_away:
            yield [Piece(say("This takes something away from the shop."), "bad")]
        label, since = say("wanted"), ago(instant(row.wanted_at), self.console_app.now())
        yield Labelled([Piece(SafeText(f"{label:<9}"), "dim"), Piece(since)])
        yield []
        if row.facet == "content":
            yield from _fields(row)
            return
        yield [Piece(planned_text.change(row))]
        if (percent := fall_percent(row)) is not None:
            text = say("{percent} % of what it was", percent=number(percent))
            yield [Piece(text, "warn" if percent < 100 else "dim")]

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The rows meant."""
        attached = self.console_app.link.state.attached
        return Situation(attached=attached, reading=self.is_reading(), planned=self.meant())

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """What is held is let pass; of the rest the sheet says all."""
        row = self.under_cursor()
        if row is not None and row.held_by:
            self.action_do("let_pass")

    def do_let_pass(self, action: Action) -> None:
        """Asked, with every row."""
        chosen = self.meant()

        def answered(yes: bool | None) -> None:
            if yes:
                self.console_app.asking.send_all(action.verb, list(letting_pass.asks(chosen)), label=_(action.label))
                self.sent()

        note = [[Piece(_(action.help))]]
        question = say_n("Let {n} row pass?", "Let {n} rows pass?", len(chosen))
        self.app.push_screen(Confirm(question, [*note, *_named(chosen)], _(action.label)), answered)

    def do_allowances(self, action: Action) -> None:
        """What is allowed ahead; the prices marked here are suggested for another."""
        products = dict.fromkeys(str(row.item) for row in self.meant() if row.facet == "price")
        self.app.push_screen(Allowances(list(products)))

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")


def fall_percent(row: Planned) -> Decimal | None:
    """What the new price is of the old one, in percent; None where one of them is none."""
    before, after = (str(value).split(" ")[0] for value in (row.before, row.after))
    if row.facet != "price" or not before.isdigit() or not after.isdigit() or not int(before):
        return None
    return (Decimal(after) * 100 / Decimal(before)).quantize(Decimal("0.1"))


def _fields(row: Planned) -> Iterator[Line]:
    before, after = row.before or {}, row.after or {}
    for name in before | after:
        if before.get(name) == after.get(name):
            continue
        yield [Piece(word(CONTENT_FIELDS, name), "strong")]
        both = difference(_plain(before.get(name)), _plain(after.get(name)))
        for label, line in zip((say("before"), say("after")), both, strict=True):
            yield Labelled([Piece(SafeText(f"{label:<9}"), "dim"), *(line or [Piece(planned_text.NOTHING, "dim")])])


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _named(rows: Sequence[Planned]) -> Iterator[Line]:
    for row in rows[:NAMED_MAX]:
        text = SafeText(f"  {row.item}  {planned_text.what(row)}: {planned_text.change(row)}")
        yield [Piece(text, "bad" if row.takes_away else "dim")]
    if len(rows) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(rows) - NAMED_MAX), "dim")]
