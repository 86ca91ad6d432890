"""What one cause of trouble holds up, one by one, with the sentence of the one under the cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from console.actions import Action
from console.formats import ago
from console.language import _, say
from console.reading.affected import AFFECTED_MAX, TOPICS, Affected
from console.safe_text import SafeText, safe
from console.screens.order import OrderScreen
from console.screens.place import Place, bindings
from console.texts import SUBJECTS, TASKS, word
from console.widgets.plain import Line, Page, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory, Row

TICK_S = 1.0

Read = Callable[[sqlite3.Connection], list[Affected]]


class AffectedScreen(Place):
    """A list, and below it what is wrong with one of them. `read` finds them; `told` is the sentence about one.

    `opens` makes the screen on which one of them is put right, where there is one.
    """

    CSS_PATH = "affected.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("everywhere")
    place = "affected"
    tab = "overview"

    def __init__(
        self,
        cause: SafeText,
        read: Read,
        told: Callable[[Affected], SafeText],
        opens: Callable[[Affected], Place] | None = None,
    ) -> None:
        super().__init__()
        self._opens = opens
        self._cause = cause
        self._read = read
        self._told = told
        self._found: dict[str, Affected] | None = None

    def body(self) -> Iterable[Widget]:
        """The cause, the list, the sentence."""
        yield Plain([[Piece(self._cause, "head")]], id="cause")
        columns = [Column(say("which"), 16), Column(say("name")), Column(say("since"), 12, spare=True)]
        yield Rows(columns, empty=say("looking …"), id="list")
        yield VerticalScroll(Page(id="sentence"), id="told", can_focus=False)

    def on_mount(self) -> None:
        """The list is where keys go."""
        super().on_mount()
        self.query_one(Rows).focus()
        self.set_interval(TICK_S, self._show)

    async def load(self, topics: frozenset[str]) -> None:
        """Read them anew."""
        if topics & TOPICS:
            found = await self.console_app.read(self._read)
            self._found = {one.subject: one for one in found}
            self._show()

    def _show(self) -> None:
        if self._found is None:
            return
        now = self.console_app.now()
        rows = [(one.subject, _row(one, now)) for one in self._found.values()]
        self.query_one(Rows).show(Memory(rows), empty=say("nothing is held up by this any more"))
        self._tell()

    def on_rows_moved(self, _event: Rows.Moved) -> None:
        """Another one, another sentence."""
        self._tell()

    def _one(self) -> Affected | None:
        key = self.query_one(Rows).key
        return self._found.get(key) if self._found and isinstance(key, str) else None

    def _tell(self) -> None:
        one = self._one()
        lines: list[Line] = []
        if one is not None:
            sentence = self._told(one)
            lines.append([Piece(sentence, "warn")])
            if one.detail not in sentence:
                lines.append([Piece(one.detail, "dim")])
        if self._found and len(self._found) == AFFECTED_MAX:
            lines.append([Piece(say("There are more: these are the {n} oldest.", n=AFFECTED_MAX), "dim")])
        self.query_one("#sentence", Page).show(*lines)

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """An order has a page; the rest is put right where the sentence says."""
        one = self._one()
        if one is not None and one.order is not None:
            self.app.push_screen(OrderScreen(one.order))
        elif one is not None and self._opens is not None:
            self.app.push_screen(self._opens(one))
        else:
            self.flash(say("Only an order has a page; the sentence above says where to put this right."), "warn")

    def do_back(self, action: Action) -> None:
        """To the overview."""
        self.dismiss()

    def do_escape(self, action: Action) -> None:
        """To the overview."""
        self.dismiss()


def _row(one: Affected, now: datetime) -> Row:
    kind, _colon, about = one.subject.partition(":")
    label, name = one.label, one.name
    if kind in SUBJECTS:
        label, name = _(SUBJECTS[kind]), word(TASKS, about) if kind == "task" else safe(about)
    return [Cell(label, "strong"), Cell(name), Cell(ago(one.since, now), "dim")]
