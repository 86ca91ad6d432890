"""The audit: who did what, when, what it was before and after, and why; one key takes back what still can be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from console import audit_texts
from console.actions import Action
from console.audit_texts import about, deed_of, deeds_called, is_refused, outcome_lines
from console.formats import moment
from console.language import N_, _, say, say_n
from console.reading import audit_trail
from console.reading.audit_trail import Deed
from console.reading.orders import orders_named
from console.reading.reader import NotReadable
from console.reading.undoing import Undo
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.piles import Piles
from console.screens.place import bindings
from console.widgets.dialogs import Confirm
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Row

NAMED_MAX = 12
NAMES = {
    audit_trail.ALL: N_("All"),
    audit_trail.REFUSED: N_("Not done"),
    audit_trail.ORDERS: N_("Orders"),
    audit_trail.GOODS: N_("Products"),
    audit_trail.CUSTOMERS: N_("Customers"),
    audit_trail.ACCOUNTS: N_("Shops"),
    audit_trail.PROBLEMS: N_("Problems"),
    audit_trail.SETTINGS: N_("Settings"),
}


class Audit(Piles[int, Deed]):
    """The newest first."""

    BINDINGS: ClassVar[list[Any]] = bindings("audit", "everywhere")
    place = "audit"
    tab = "audit"
    topics = frozenset(audit_trail.TOPICS)
    names = NAMES
    everything = audit_trail.ALL
    counted_max = audit_trail.COUNTED_MAX

    def __init__(self) -> None:
        super().__init__(audit_trail.ALL)

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """When, who, what, on what; z where it can be taken back."""
        return [
            Column(say("when"), 16),
            Column(say("who"), 10),
            Column(say("what was done")),
            Column(say("on what"), 26),
            Column(SafeText("z"), 1),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("person, what was done, order, product, account or reason")

    def nothing(self) -> SafeText:
        """What would be here."""
        return say("Nothing as yet. Whatever people and Integra decide or change is listed here.")

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """As far as anybody counts."""
        return audit_trail.counts(db)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[int]:
        """Those with every word of the filter."""
        return audit_trail.keys(db, pile, [(word, deeds_called(word)) for word in text.split()])

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[int], pile: str) -> Mapping[int, Deed]:
        """With the way back."""
        return audit_trail.rows(db, keys)

    def draw(self, row: Deed) -> Row:
        """A row's cells; what was not done says so without colour too."""
        entry = row.entry
        return [
            Cell(moment(entry.at, self.console_app.now()), "dim"),
            Cell(entry.who, "dim" if entry.who == audit_texts.ENGINE else "strong"),
            Cell(deed_of(entry), "warn" if is_refused(entry) else ""),
            Cell(about(entry)),
            Cell(SafeText("z" if isinstance(row.undo, Undo) else " "), "good"),
        ]

    async def sheet(self, row: Deed) -> Sequence[Line]:
        """All of it."""
        return list(self._sheet(row))

    def _sheet(self, row: Deed) -> Iterator[Line]:
        entry = row.entry
        yield [Piece(deed_of(entry), "head")]
        yield [Piece(about(entry), "strong")]
        for label, value in ((say("when"), moment(entry.at, self.console_app.now())), (say("who"), entry.who)):
            yield Labelled([Piece(SafeText(f"{label:<8}"), "dim"), Piece(value)])
        yield []
        yield from ([Piece(line)] for line in outcome_lines(entry))
        yield []
        if isinstance(row.undo, Undo):
            yield [Piece(say("z takes it back."), "good")]
        else:
            yield [Piece(_(row.undo), "dim")]

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The entries meant."""
        attached = self.console_app.link.state.attached
        return Situation(attached=attached, reading=self.is_reading(), deeds=self.meant())

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """An order or a product is opened; of anything else the sheet says all."""
        row = self.under_cursor()
        kind, _space, name = ("", "", "") if row is None else row.entry.subject.partition(" ")
        if kind in ("item", "sku"):
            item, _at, account = name.rpartition("@")
            self.console_app.open_item(account, item)
        elif kind == "order":
            self.background(partial(self._open_order, name))

    async def _open_order(self, name: str) -> None:
        number, _at, account = name.rpartition("@")
        try:
            orders = await self.console_app.read(lambda db: orders_named(db, f"{account}/{number}"))
        except NotReadable:
            return
        if orders:
            self.console_app.open_order(orders[0])

    def do_undo(self, action: Action) -> None:
        """Asked, with every entry."""
        chosen = [(row, row.undo) for row in self.meant() if isinstance(row.undo, Undo)]

        def answered(yes: bool | None) -> None:
            if yes:
                commands = [(undo.verb, undo.args, undo.row_version) for _row, undo in chosen]
                self.console_app.asking.send_each(commands, label=_(action.label))
                self.sent()

        question = say_n("Take {n} entry back?", "Take {n} entries back?", len(chosen))
        self.app.push_screen(Confirm(question, list(_named([row for row, _undo in chosen])), _(action.label)), answered)

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")


def _named(rows: Sequence[Deed]) -> Iterator[Line]:
    for row in rows[:NAMED_MAX]:
        yield [Piece(SafeText(f"{about(row.entry)}: {deed_of(row.entry)} ({row.entry.who})"), "strong")]
        yield from ([Piece(SafeText(f"    {line}"), "dim")] for line in outcome_lines(row.entry))
    if len(rows) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(rows) - NAMED_MAX), "dim")]
