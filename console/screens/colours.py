"""The colours, shown as one moves through their names."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.language import say
from console.safe_text import safe
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory


class Colours(ModalScreen[str | None]):
    """Answers the chosen theme; Esc leaves the former one."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Colours")
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def compose(self) -> ComposeResult:
        """The names."""
        with Vertical():
            yield Rows([Column(say("colours"))])
            yield Plain([[Piece(say("Enter: keep these · Esc: as before"), "dim")]])

    def on_mount(self) -> None:
        """Begin at the present one."""
        self._before = self.app.theme
        rows = self.query_one(Rows)
        rows.show(Memory([(name, [Cell(safe(name))]) for name in sorted(self.app.available_themes)]))
        rows.go_to(self._before)
        rows.focus()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """See how it looks."""
        if event.key is not None and event.key != self.app.theme:
            self.app.theme = str(event.key)

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one."""
        self.dismiss(str(event.key))

    def action_leave(self) -> None:
        """As before."""
        self.app.theme = self._before
        self.dismiss(None)
