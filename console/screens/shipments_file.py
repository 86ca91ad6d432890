"""A carrier's list of parcels: every line with what it would do, before anything is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.widget import Widget

from console.actions import Action
from console.file_faults import why
from console.language import _, say, say_n
from console.reading.shipments import found_by
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.screens.order import OrderScreen
from console.screens.place import Place, bindings
from console.shipping import file
from console.shipping.carriers import carriers
from console.shipping.closing import CLOSE, asked, wrong
from console.shipping.file import Line
from console.spreadsheet import NotThatFile
from console.texts import carrier, refusal
from console.widgets.dialogs import Confirm
from console.widgets.plain import Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory, Row
from engine.runtime.client import Answer


class ShipmentFile(Place):
    """The file is judged anew whenever an order moves; what is closed by it stays in the list."""

    CSS_PATH = "shipments.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("shipment_file", "everywhere")
    place = "shipment_file"
    tab = "shipments"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._lines: Sequence[Line] = ()
        self._refused: dict[int, SafeText] = {}
        self._closing = False

    def body(self) -> Iterable[Widget]:
        """How many of each kind, and the lines."""
        yield Plain(id="counts")
        columns = [
            Column(say("line"), 5, right=True),
            Column(say("number"), 11),
            Column(say("carrier and code"), 30),
            Column(say("what becomes of it")),
        ]
        yield Rows(columns, empty=say("looking …"), id="lines")

    def on_mount(self) -> None:
        """The list is where keys go."""
        super().on_mount()
        self.query_one(Rows).focus()

    async def load(self, topics: frozenset[str]) -> None:
        """Read the file as the store stands."""
        if not topics & {"*", "orders"}:
            return
        known = carriers(self.console_app.settings.console.carriers)
        empty = say("no line of the file names a parcel")
        try:
            self._lines = await self.console_app.read(
                lambda db: file.read(self._path, lambda text: found_by(db, text), known)
            )
        except OSError as error:
            self._lines, empty = (), say("{file} cannot be read: {error}", file=self._path, error=why(error))
        except NotThatFile as error:
            self._lines, empty = (), say("{file} has no column {column}.", file=self._path, column=error.column)
        self._show(empty)

    def _show(self, empty: SafeText) -> None:
        ready, done = len(self._ready()), sum(line.done for line in self._lines)
        wrong_ones = len(self._lines) - ready - done
        told = say("{ready} to close · {done} closed already · {wrong} not", ready=ready, done=done, wrong=wrong_ones)
        self.query_one("#counts", Plain).show_in_place([Piece(told, "bad" if wrong_ones else "dim")])
        self.query_one(Rows).show(Memory([(line.line, self._row(line)) for line in self._lines]), empty=empty)
        self.offer_keys()

    def _row(self, line: Line) -> Row:
        number = line.order.row.number if line.order else safe(line.name)
        by = carrier(line.carrier) if line.carrier else SafeText("")
        return [
            Cell(SafeText(str(line.line)), "dim"),
            Cell(number, "strong"),
            Cell(SafeText(f"{by} {safe(' '.join(line.codes))}".strip())),
            self._verdict(line),
        ]

    def _verdict(self, line: Line) -> Cell:
        if line.wrong:
            return Cell(wrong(line), "bad")
        if line.done:
            return Cell(say("closed already"), "dim")
        return Cell(self._refused[line.line], "bad") if line.line in self._refused else Cell(say("is closed"), "good")

    def _ready(self) -> list[Line]:
        return [line for line in self._lines if line.ready]

    def situation(self) -> Situation:
        """The orders that would be closed."""
        orders = tuple(line.order.row for line in self._ready() if line.order)
        return Situation(attached=self.console_app.link.state.attached, orders=orders)

    def do_close_ready(self, action: Action) -> None:
        """Ask once for all of them."""
        if self._closing:
            self.flash(say("They are being closed."), "warn")
            return
        ready = self._ready()

        def answered(yes: bool | None) -> None:
            if yes:
                self._closing = True
                self.background(partial(self._close, ready))

        left = len(self._lines) - len(ready)
        note = [[Piece(say_n("{n} line is left as it is.", "{n} lines are left as they are.", left))]] if left else []
        title = say_n("Close {n} shipment?", "Close {n} shipments?", len(ready))
        self.app.push_screen(Confirm(title, note, _(action.label)), answered)

    async def _close(self, ready: Sequence[Line]) -> None:
        """One after the other: each answer is stored before the next is asked for."""
        done = 0
        try:
            for line in ready:
                assert line.order is not None, "a line that is ready has its order"
                told: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
                self.console_app.asking.look(CLOSE, asked(line), told.set_result, line.order.row.row_version)
                answer = await told
                done += answer.ok
                if not answer.ok:
                    self._refused[line.line] = refusal(answer.code, answer.params)
        finally:
            self._closing = False
        refused = len(ready) - done
        text = say_n("{n} shipment closed", "{n} shipments closed", done)
        if refused:
            text = say("{sentence}, {refused} refused", sentence=text, refused=refused)
        self.flash(text, "bad" if refused else "good")
        self.reload(frozenset({"orders"}))

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The order of the line."""
        line = next((line for line in self._lines if line.line == event.key), None)
        if line is not None and line.order is not None:
            self.app.push_screen(OrderScreen(line.order.row.id))

    def do_back(self, action: Action) -> None:
        """To the desk."""
        self.dismiss()

    def do_escape(self, action: Action) -> None:
        """The same."""
        self.dismiss()
