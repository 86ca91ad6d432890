"""Which field of a listing, and what it shall say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.field_texts import LISTING_FIELDS
from console.language import _, say
from console.listing_text import HOW, value_of
from console.safe_text import SafeText, safe
from console.texts import refusal
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field, Line, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory
from engine.errors import Refused

TYPED_CHARS_MAX = 20_000
"""As long as a text may be."""
Check = Callable[[str, Any], Any]
"""Of a field and its value: the value in order. Raises Refused."""


class ChooseField(ModalScreen[str | None]):
    """Answers the field, None when nothing shall happen. `fields`: each with what it says now."""

    DEFAULT_CSS = DIALOG_CSS.format(name="ChooseField") + "ChooseField Rows { max-height: 10; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, title: SafeText, fields: Sequence[tuple[str, SafeText]]) -> None:
        super().__init__()
        self._title = title
        self._fields = fields

    def compose(self) -> ComposeResult:
        """The fields."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            yield Rows([Column(say("field"), 22), Column(say("now"))])
            yield Plain([[Piece(say("Enter: this one · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the first."""
        rows = self.query_one(Rows)
        rows.show(Memory([(name, [Cell(_(LISTING_FIELDS[name])), Cell(now, "dim")]) for name, now in self._fields]))
        rows.focus()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one."""
        self.dismiss(str(event.key))

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)


class EditValue(ModalScreen[tuple[Any] | None]):
    """Answers (the value in order,), None when nothing shall happen. What is out of order is refused here already."""

    DEFAULT_CSS = DIALOG_CSS.format(name="EditValue") + "EditValue > Vertical { width: 100; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "leave", show=False)]

    def __init__(self, field: str, typed: str, lines: Sequence[Line], check: Check) -> None:
        super().__init__()
        self._field = field
        self._typed = typed
        self._lines = lines
        self._check = check

    def compose(self) -> ComposeResult:
        """What it is about, how it is typed, the field."""
        with Vertical():
            yield Plain([[Piece(_(LISTING_FIELDS[self._field]), "strong")], *self._lines])
            yield Field(_(HOW[self._field]))
            yield Plain([[Piece(_(HOW[self._field]), "dim")]], classes="how")
            yield Plain([[Piece(say("Enter: take it · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """With what stands there."""
        field = self.query_one(Field)
        field.value = safe(self._typed, TYPED_CHARS_MAX)
        field.focus()
        field.select_all()  # what is typed replaces it; an arrow goes into it

    def on_input_submitted(self) -> None:
        """In order, or why not."""
        try:
            value = self._check(self._field, value_of(self._field, self.query_one(Field).value))
        except Refused as error:
            self.query_one(".how", Plain).show([Piece(refusal(error.code, error.params), "warn")])
            return
        self.dismiss((value,))

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
