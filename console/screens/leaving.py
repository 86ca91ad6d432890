"""Before a console that hosts the engine ends: what shall become of decisions that have not left yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.formats import duration
from console.language import say, say_n
from console.reading.grace import InGrace
from console.reading.reader import NotReadable
from console.safe_text import SafeText
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Line, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory

LOOK_S = 0.5
NAMED_MAX = 6


class Leaving(ModalScreen[bool]):
    """Answers True when the console may end. `send_now` ends the grace time; `not_left` counts what has not left."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Leaving")
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "stay", show=False)]

    def __init__(
        self,
        decisions: Sequence[InGrace],
        now: Callable[[], datetime],
        send_now: Callable[[], None],
        not_left: Callable[[Sequence[int]], Awaitable[int]],
    ) -> None:
        super().__init__()
        self._decisions = decisions
        self._now = now
        self._send_now = send_now
        self._not_left = not_left
        self._looking = False
        self._sent = False

    def compose(self) -> ComposeResult:
        """Which decisions, and the ways out."""
        with Vertical():
            count = len(self._decisions)
            title = say_n("{n} decision has not left yet", "{n} decisions have not left yet", count)
            yield Plain([[Piece(title, "strong")], *self._named()])
            yield Plain(id="waiting")
            yield Rows([Column(say("what to do"))])
            yield Plain([[Piece(say("Enter: choose · Esc: stay"), "dim")]])

    def on_mount(self) -> None:
        """It stands on staying."""
        self.query_one("#waiting").display = False
        self._offer(
            {
                "stay": say("stay here"),
                "send": say("send them now, then leave"),
                "wait": say("leave when their time is over"),
                "leave": say("leave now: they leave at the next start of the engine"),
            }
        )
        self.query_one(Rows).focus()
        self.set_interval(LOOK_S, self._look)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Do what was chosen."""
        if event.key in ("stay", "leave"):
            self.dismiss(event.key == "leave")
            return
        if event.key == "send":
            self._send_now()
            self._sent = True
        self._looking = True
        self.query_one("#waiting").display = True
        self._offer({"stay": say("stay here"), "leave": say("leave now: they leave at the next start of the engine")})
        self.run_worker(self._look())

    async def _look(self) -> None:
        if not self._looking:
            return
        try:
            left = await self._not_left([decision.id for decision in self._decisions])
        except NotReadable:
            return
        if not self.is_current:
            return  # somebody chose to stay meanwhile
        if not left:
            self._looking = False
            self.dismiss(True)
        else:
            self.query_one("#waiting", Plain).show_in_place([Piece(self._told(left), "warn")])

    def _told(self, left: int) -> SafeText:
        last = self._decisions[-1].leaves_at
        wait_s = (last - self._now()).total_seconds() if last is not None else 0.0
        if self._sent or wait_s <= 0:
            return say_n("{n} is on its way …", "{n} are on their way …", left)
        return say_n("{n} waits, {time} at most …", "{n} wait, {time} at most …", left, time=duration(wait_s))

    def _offer(self, ways: dict[str, SafeText]) -> None:
        rows = self.query_one(Rows)
        rows.show(Memory([(way, [Cell(text)]) for way, text in ways.items()]))
        rows.go_to("stay")  # one Enter too many ends nothing

    def _named(self) -> list[Line]:
        lines: list[Line] = [
            [Piece(SafeText(f"  {decision.number}  {decision.buyer}"), "dim")]
            for decision in self._decisions[:NAMED_MAX]
        ]
        if len(self._decisions) > NAMED_MAX:
            lines.append([Piece(say("  and {n} more", n=len(self._decisions) - NAMED_MAX), "dim")])
        return lines

    def action_stay(self) -> None:
        """The console goes on."""
        self.dismiss(False)
