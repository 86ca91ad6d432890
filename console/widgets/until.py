"""A question with two answers: why, or what about it, and until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.coming import coming
from console.formats import date_and_time
from console.language import say
from console.safe_text import SafeText, safe
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import EMPTY, Field, Line, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory

TEXT_CHARS_MAX = 500


class Said(NamedTuple):
    """What was typed; without a time nobody is asked again."""

    text: SafeText
    until: datetime | None


class AskUntil(ModalScreen[Said | None]):
    """Asks for a text and a time to come, either of which may be needed. Answers None when nothing shall happen."""

    DEFAULT_CSS = DIALOG_CSS.format(name="AskUntil")
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "leave", show=False),
        Binding("tab", "other(1)", show=False, priority=True),
        Binding("shift+tab", "other(-1)", show=False, priority=True),
    ]

    def __init__(
        self,
        title: SafeText,
        lines: Sequence[Line],
        now: Callable[[], datetime],
        *,
        about: SafeText,
        suggestions: Sequence[SafeText] = (),
        text: SafeText = EMPTY,
        when: SafeText = EMPTY,
        text_needed: bool = False,
        until_needed: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._now = now
        self._about = about
        self._suggestions = suggestions
        self._text = text
        self._when = when
        self._text_needed = text_needed
        self._until_needed = until_needed

    def compose(self) -> ComposeResult:
        """The question, the suggestions, the two fields."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")], *self._lines])
            if self._suggestions:
                yield Rows([Column(say("common reasons"))])
            yield Field(self._about, id="text")
            yield Field(say("until when: 14:30, 05/12, 05/12 14:30, 3d"), id="when")
            yield Plain(id="read")
            yield Plain([[Piece(say("Enter: on, then do it · Tab: other field · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin where there is something to choose, or with what is needed."""
        self.query_one("#text", Field).value = safe(self._text, TEXT_CHARS_MAX)
        self.query_one("#when", Field).value = self._when
        self._read()
        if self._suggestions:
            rows = self.query_one(Rows)
            rows.show(Memory([(text, [Cell(text)]) for text in self._suggestions]))
            rows.focus()
        else:
            self.query_one("#when" if self._until_needed else "#text", Field).focus()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """A suggestion goes into the field, where it can be completed."""
        field = self.query_one("#text", Field)
        field.value = safe(event.key)
        field.cursor_position = len(field.value)
        field.focus()

    def on_input_changed(self) -> None:
        """What was typed, as it is understood."""
        self._read()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """From the text to the time; with both in order, that is it."""
        text, when = self.query_one("#text", Field), self.query_one("#when", Field)
        said = SafeText(text.value.strip())
        if self._text_needed and not said:
            text.focus()
        elif event.input is text or (self._until is None and (self._until_needed or when.value.strip())):
            when.focus()
        else:
            self.dismiss(Said(said, self._until))

    @property
    def _until(self) -> datetime | None:
        """The time that was typed, None for none and for one that is past or cannot be read."""
        try:
            at = coming(self.query_one("#when", Field).value, self._now())
        except (ValueError, OverflowError):
            return None
        return at if at > self._now() else None

    def _read(self) -> None:
        typed, until = self.query_one("#when", Field).value.strip(), self._until
        if until is not None:
            line = [Piece(say("comes back on {moment}", moment=date_and_time(until)), "good")]
        elif typed:
            line = [Piece(say("not a time to come: 14:30, 05/12, 05/12 14:30, 3d"), "warn")]
        else:
            line = [Piece(say("without a time it does not come back by itself"), "dim")]
        self.query_one("#read", Plain).show(line)

    def action_other(self, by: int) -> None:
        """Between the suggestions and the fields."""
        widgets = [*self.query(Rows), *self.query(Field)]
        at = next((place for place, widget in enumerate(widgets) if widget.has_focus), -1)
        widgets[(at + by) % len(widgets)].focus()

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
