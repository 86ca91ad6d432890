"""Text on the screen, never markup: a customer named "[/foo]" ends an application that parses names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from textual.content import Content
from textual.widgets import Input, Static

from console.safe_text import SafeText, safe


class Piece(NamedTuple):
    """A bit of text and how it is meant: one of TONES."""

    text: SafeText
    tone: str = ""


TONES = {
    "": "",
    "dim": "$foreground-muted",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "bold $text-error",
    "strong": "bold",
    "head": "bold $text-primary",
    "key": "bold $text-accent",
    "loud": "bold $text on $error",
    "chosen": "reverse bold",
}

Line = Sequence[Piece]

LINE_CELLS_MIN = 10

EMPTY = SafeText("")
SPACE = SafeText(" ")


def content(line: Iterable[Piece]) -> Content:
    """A line as Textual draws it."""
    return Content.assemble(*((piece.text, TONES[piece.tone]) for piece in line))


def page(lines: Iterable[Line]) -> Content:
    """Several lines; long ones are wrapped where they are shown."""
    return Content("\n").join([content(line) for line in lines])


class Plain(Static):
    """A text of one or more lines."""

    def __init__(self, lines: Iterable[Line] = (), **kwargs: Any) -> None:
        super().__init__(page(lines), markup=False, **kwargs)

    def show(self, *lines: Line) -> None:
        """Show these lines; the widget's size follows."""
        self.update(page(lines))

    def show_in_place(self, line: Line) -> None:
        """Show one line without asking for a new layout: a sixth of the bytes on the wire."""
        self.update(content(line), layout=False)


class Sentence(Plain):
    """One line, wrapped; asks for a new layout only where it takes another number of lines than before."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line: Line = ()
        self._height = 0

    def tell(self, line: Line) -> None:
        """Show this line; the same one once more costs nothing."""
        if line == self._line:
            return
        self._line = line
        text = content(line)
        height = len(text.wrap(max(self.size.width, LINE_CELLS_MIN)))
        self.update(text, layout=height != self._height)
        self._height = height


class Labelled(list[Piece]):
    """A line whose continuation, where it is too long, stands under its second piece."""


class Page(Plain):
    """Lines that are wrapped to the widget's width, with hanging indents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lines: Sequence[Line] = ()

    def show(self, *lines: Line) -> None:
        """Show these lines; the same ones once more cost nothing."""
        if lines != self._lines:
            self._lines = lines
            self._wrap()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._wrap()

    def _wrap(self) -> None:
        width = max(self.size.width, LINE_CELLS_MIN)
        self.update(Content("\n").join([part for line in self._lines for part in _wrapped(line, width)]))


def _wrapped(line: Line, width: int) -> list[Content]:
    if not isinstance(line, Labelled):
        return [content(line)]
    label, rest = content(line[:1]), content(line[1:])
    parts = rest.wrap(max(width - label.cell_length, LINE_CELLS_MIN)) or [Content("")]
    return [label + parts[0], *(Content(" " * label.cell_length) + part for part in parts[1:])]


class Field(Input):
    """A line to type into. What is pasted into it is cleaned as any text from outside."""

    def __init__(self, placeholder: SafeText = EMPTY, **kwargs: Any) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False, **kwargs)
        self.cursor_blink = False

    def replace(self, text: str, start: int, end: int) -> None:
        """Every way of typing or pasting ends here."""
        super().replace(safe(text), start, end)
