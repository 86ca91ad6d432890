"""A page to read in front of a screen; any of the usual keys leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from console.widgets.plain import Line, Page


class ReadingPage(ModalScreen[None]):
    """Lines that may be more than fit."""

    DEFAULT_CSS = """
    ReadingPage { align: center middle; }
    ReadingPage > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        border: round $primary; background: $surface; scrollbar-size-vertical: 1;
    }
    ReadingPage Page { height: auto; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("q,escape,enter,w", "leave", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(can_focus=False):
            yield Page(id="lines")

    def on_mount(self) -> None:
        """Wrapped to its width."""
        self.query_one(Page).show(*self._lines)

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        """Back to the screen."""
        self.dismiss(None)
