"""The keys of a screen and what they do; what is not possible just now says why."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from console.actions import Action, key_names
from console.language import _, say
from console.reasons import Situation
from console.safe_text import SafeText
from console.widgets.plain import Line, Piece, Plain
from console.widths import fit

PAGE_CELLS = 78
KEY_CELLS = 14
LABEL_CELLS = 15
BORDER_CELLS = 6
TEXT_CELLS_MIN = 12


class Help(ModalScreen[None]):
    """One page; any of the usual keys leaves it."""

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help > VerticalScroll {
        width: 78; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        border: round $primary; background: $surface;
    }
    Help Plain { height: auto; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("q,escape,enter,question_mark,f1", "leave", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll(15)", show=False),
        Binding("pageup", "scroll(-15)", show=False),
    ]

    def __init__(self, actions: Sequence[Action], situation: Situation) -> None:
        super().__init__()
        self._actions = actions
        self._situation = situation

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(can_focus=False):
            yield Plain([[Piece(say("Keys of this screen (q or Esc: back)"), "head")], *self._lines()])

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        width = min(PAGE_CELLS, self.app.size.width) - KEY_CELLS - LABEL_CELLS - BORDER_CELLS
        width = max(width, TEXT_CELLS_MIN)
        for action in self._actions:
            why_not = action.hindrance(self._situation)
            texts = [(text, "" if why_not is None else "dim") for text in wrap(_(action.help), width)]
            texts += [(text, "warn") for text in wrap(f"({why_not})", width)] if why_not else []
            for number, (text, tone) in enumerate(texts):
                key, label = (key_names(action), _(action.label)) if number == 0 else ("", "")
                lines.append(
                    [
                        Piece(SafeText(fit(key, KEY_CELLS)), "key"),
                        Piece(SafeText(fit(label, LABEL_CELLS)), "strong" if why_not is None else "dim"),
                        Piece(SafeText(text), tone),
                    ]
                )
        return lines

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        """Back to the screen."""
        self.dismiss(None)
