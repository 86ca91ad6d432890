"""One of a few ways is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from console.language import say
from console.safe_text import SafeText
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Line, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory


class Choose(ModalScreen[str | None]):
    """Answers the name of the way, None when nothing shall happen. `ways`: each by its name, in words."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Choose")
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, title: SafeText, lines: Sequence[Line], ways: Sequence[tuple[str, SafeText]]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._ways = ways

    def compose(self) -> ComposeResult:
        """What it is about, then the ways."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            with VerticalScroll(can_focus=False):
                yield Plain(self._lines)
            yield Rows([Column(say("what to do"))])
            yield Plain([[Piece(say("Enter: this one · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the first."""
        rows = self.query_one(Rows)
        rows.show(Memory([(name, [Cell(words)]) for name, words in self._ways]))
        rows.focus()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one."""
        self.dismiss(str(event.key))

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
