"""Changes of listings on their way to the engine, a command after the other, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from console.language import say, say_n
from console.listing_text import batches
from console.safe_text import SafeText
from console.texts import refusal
from engine.runtime.client import Answer

if TYPE_CHECKING:
    from console.screens.place import Place

Changes = Mapping[str, Mapping[str, Any]]


class Sending:
    """What was changed last can be sent back once."""

    def __init__(self, screen: Place) -> None:
        self._screen = screen
        self._account = ""
        self._before: dict[str, Mapping[str, Any]] = {}
        self._seen: dict[str, int] = {}

    @property
    def undoable(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._before)

    def send(self, account: str, changes: Changes, seen: Mapping[str, int]) -> None:
        """All of it; where one command is refused, the rest is not sent."""
        self._account, self._before, self._seen = account, {}, {}
        self._go_on(batches(account, changes, seen), undoing=False)

    def undo(self) -> None:
        """What stood there before, where nobody else was since."""
        account, before, seen = self._account, self._before, self._seen
        self._before, self._seen = {}, {}
        self._go_on(batches(account, before, seen), undoing=True)

    def _go_on(self, pieces: Iterator[dict[str, Any]], *, undoing: bool, done: int = 0) -> None:
        args = next(pieces, None)
        if args is None:
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

        self._screen.console_app.asking.look("set_listing", args, answered)

    def _tell(self, done: int, *, undoing: bool) -> None:
        if undoing:
            text = say_n("{n} product is as it was", "{n} products are as they were", done)
        elif done:
            text = say_n("{n} product changed; z takes it back", "{n} products changed; z takes it back", done)
        else:
            text = say("nothing changed: it says so already")
        self._screen.flash(text)
        self._screen.reload(frozenset({"*"}))

    def _tell_refused(self, done: int, reason: SafeText) -> None:
        text = say("{n} changed, then: {reason}", n=done, reason=reason) if done else reason
        self._screen.flash(text, "bad")
        self._screen.reload(frozenset({"*"}))
