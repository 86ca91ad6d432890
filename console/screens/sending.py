"""Changes on their way to the engine, a command after the other, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from console.language import Counted, say, tell
from console.safe_text import SafeText
from console.texts import refusal
from engine.runtime.client import Answer

if TYPE_CHECKING:
    from console.screens.place import Place

Changes = Mapping[str, Any]
"""What each thing, by its key, shall be."""


class Piece(NamedTuple):
    """The arguments of one command, and the row version that was shown where it is about one row.

    It answers, by key, what stood there `before`, and what is `seen` of it now: sent back, they undo it.
    """

    args: Mapping[str, Any]
    row_version: int | None = None


Pieces = Callable[[Changes, Mapping[str, int]], Iterator[Piece]]
"""Of changes, and of what was seen of each thing, the commands."""


class Sending:
    """What was changed last can be sent back once. `changed`, `undone`: what is told then, counting n."""

    def __init__(self, screen: Place, verb: str, changed: Counted, undone: Counted) -> None:
        self._screen = screen
        self._verb = verb
        self._changed = changed
        self._undone = undone
        self._pieces: Pieces | None = None
        self._before: dict[str, Any] = {}
        self._seen: dict[str, int] = {}

    @property
    def undoable(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._before)

    def send(self, pieces: Pieces, changes: Changes, seen: Mapping[str, int]) -> None:
        """All of it; where one command is refused, the rest is not sent."""
        self._pieces, self._before, self._seen = pieces, {}, {}
        self._go_on(pieces(changes, seen), undoing=False)

    def undo(self) -> None:
        """What stood there before, where nobody else was since."""
        before, seen = self._before, self._seen
        self._before, self._seen = {}, {}
        if self._pieces is not None:
            self._go_on(self._pieces(before, seen), undoing=True)

    def _go_on(self, pieces: Iterator[Piece], *, undoing: bool, done: int = 0) -> None:
        piece = next(pieces, None)
        if piece is None:
            self._tell(done, undoing=undoing)
            return

        def answered(answer: Answer) -> None:
            if not answer.ok:
                self._tell_refused(done, refusal(answer.code, answer.params))
                return
            before = answer.result["before"]
            if not undoing:
                self._before.update(before)
                self._seen.update(answer.result["seen"])
            self._go_on(pieces, undoing=undoing, done=done + len(before))

        self._screen.console_app.asking.look(self._verb, piece.args, answered, piece.row_version)

    def _tell(self, done: int, *, undoing: bool) -> None:
        if undoing:
            text = tell(self._undone, {"n": done})
        elif done:
            text = tell(self._changed, {"n": done})
        else:
            text = say("nothing changed: it says so already")
        self._screen.flash(text)
        self._screen.reload(frozenset({"*"}))

    def _tell_refused(self, done: int, reason: SafeText) -> None:
        text = say("{n} changed, then: {reason}", n=done, reason=reason) if done else reason
        self._screen.flash(text, "bad")
        self._screen.reload(frozenset({"*"}))
