"""Telling the engine that somebody is at this screen, so that it knows when he left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.runtime.client import Answer

TELL_APART_S = 60.0


class Attendance:
    """`look` asks the engine. A console that stays open overnight says nothing until somebody presses a key."""

    def __init__(
        self, look: Callable[[str, Mapping[str, Any], Callable[[Answer], None]], None], now: Callable[[], datetime]
    ) -> None:
        self._look = look
        self._now = now
        self._pressed = True  # whoever opens a console is there
        self._told_at: datetime | None = None

    def pressed(self) -> None:
        """A key was pressed, or something was pasted."""
        self._pressed = True

    def tell(self) -> None:
        """Tell of the keys since it was told last, once a minute at most."""
        now = self._now()
        if self._pressed and (self._told_at is None or (now - self._told_at).total_seconds() >= TELL_APART_S):
            self._pressed, self._told_at = False, now
            self._look("at_screen", {}, _heard)


def _heard(_answer: Answer) -> None:
    """What did not arrive is told again with a later key."""
