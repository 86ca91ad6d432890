"""Who sits here: on a login that several people share, each says so with a PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.language import say
from console.safe_text import SafeText, safe
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import EMPTY, Field, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory

NOBODY = ""
"""Whoever sits down next says who he is."""


class SignIn(ModalScreen[tuple[str, str] | None]):
    """Answers (name, PIN), NOBODY without one to sign out, None to leave all as it is."""

    DEFAULT_CSS = DIALOG_CSS.format(name="SignIn")
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "leave", show=False)]

    def __init__(self, people: Sequence[str], now: str, told: SafeText = EMPTY) -> None:
        """`now`: who is signed in. `told`: why it did not work the last time."""
        super().__init__()
        self._people = people
        self._signed_in = now
        self._told = told
        self._chosen = NOBODY

    def compose(self) -> ComposeResult:
        """The people, then the PIN of the chosen one."""
        with Vertical():
            yield Plain([[Piece(say("Who are you?"), "strong")], [Piece(self._told, "warn")]])
            yield Rows([Column(say("name"))])
            yield Field(say("PIN"), password=True)
            yield Plain([[Piece(say("Enter: choose, then type the PIN · Esc: only look"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the people."""
        people = [(name, [Cell(safe(name), "strong" if name == self._signed_in else "")]) for name in self._people]
        leaving = [(NOBODY, [Cell(say("nobody: sign out"), "dim")])] if self._signed_in in self._people else []
        rows = self.query_one(Rows)
        rows.show(Memory([*people, *leaving]))
        rows.focus()
        self.query_one(Field).display = False

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one; what was typed for another is gone."""
        self._chosen = str(event.key)
        if self._chosen == NOBODY:
            self.dismiss((NOBODY, ""))
            return
        field = self.query_one(Field)
        field.value = ""
        field.display = True
        field.focus()

    def on_input_submitted(self) -> None:
        """That is the PIN."""
        pin = self.query_one(Field).value
        if pin:
            self.dismiss((self._chosen, pin))

    def action_leave(self) -> None:
        """Only look."""
        self.dismiss(None)
