"""Where an order goes to, field by field, until a person has it written."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.field_texts import FIELDS as WORDS
from console.language import _, say
from console.safe_text import SafeText, safe
from console.texts import refusal
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory
from engine.delivery import FIELDS, TEXT_CHARS_MAX, corrected
from engine.errors import Refused
from engine.model.people import Recipient

WRITE = "write"


class EditDelivery(ModalScreen[dict[str, str] | None]):
    """Answers the fields that were typed anew, None when nothing shall happen. What is out of order is told here."""

    DEFAULT_CSS = DIALOG_CSS.format(name="EditDelivery") + "EditDelivery Rows { max-height: 12; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "leave", show=False)]

    def __init__(self, title: SafeText, stands: Recipient) -> None:
        super().__init__()
        self._title = title
        self._stands = stands
        self._typed: dict[str, str] = {}
        self._editing = FIELDS[0]

    def compose(self) -> ComposeResult:
        """The fields with what they say, and below them where one is typed."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            yield Rows([Column(say("field"), 14), Column(say("now"))])
            yield Field(id="typed")
            yield Plain(id="told")
            yield Plain([[Piece(say("Enter: change the field; on the last line, write it · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the first field."""
        self.query_one("#typed").display = False
        note = say("It is written into C-Plus. The shop goes on showing the old address; tell the buyer.")
        self._tell(note, "dim")
        self._show()

    def _show(self) -> None:
        rows = self.query_one(Rows)
        cells = [(name, [Cell(_(WORDS[name])), self._cell(name)]) for name in FIELDS]
        rows.show(Memory([*cells, (WRITE, [Cell(say("write it"), "strong"), Cell(SafeText(""))])]))
        rows.focus()

    def _cell(self, name: str) -> Cell:
        return Cell(safe(self._said(name)), "warn" if name in self._typed else "")

    def _said(self, name: str) -> str:
        of = self._stands if name in ("name", "phone") else self._stands.address
        stands: str = getattr(of, name)
        return self._typed.get(name, stands)

    def _tell(self, text: SafeText, tone: str) -> None:
        self.query_one("#told", Plain).show([Piece(text, tone)])

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The field is typed below, or all of it is in order and written."""
        if event.key == WRITE:
            self._write()
            return
        self._editing = str(event.key)
        field = self.query_one("#typed", Field)
        field.display = True
        field.value = safe(self._said(self._editing), TEXT_CHARS_MAX)
        field.focus()
        field.cursor_position = len(field.value)

    def _write(self) -> None:
        try:
            corrected(self._stands, self._typed)
        except Refused as error:
            self._tell(refusal(error.code, error.params), "warn")
            return
        self.dismiss(self._typed)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Back to the fields, on the next one."""
        self._typed[self._editing] = event.value.strip()
        event.input.display = False
        self._show()
        self.query_one(Rows).action_list("down")

    def action_leave(self) -> None:
        """Out of the field; from the fields, nothing shall happen."""
        field = self.query_one("#typed", Field)
        if field.has_focus:
            field.display = False
            self.query_one(Rows).focus()
        else:
            self.dismiss(None)
