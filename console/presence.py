"""Who else has an order open: the engine is told what this console has open, and answers with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from console.language import _
from console.safe_text import SafeText, safe
from engine.runtime.client import Answer

LOOKING_S = 1.0


class Presence:
    """`look` asks the engine; `moved` is called where the others have opened or left an order."""

    def __init__(
        self,
        look: Callable[[str, Mapping[str, Any], Callable[[Answer], None]], None],
        moved: Callable[[], None],
        console_id: str,
    ) -> None:
        self._look = look
        self._moved = moved
        self._console_id = console_id
        self._asking = False
        self._others: Mapping[int, tuple[str, ...]] = {}

    def tell(self, order: int | None) -> None:
        """What is open here. One question at a time: a busy engine is not asked more often."""
        if not self._asking:
            self._asking = True
            self._look("looking_at", {"console": self._console_id, "order": order}, self._heard)

    def forget(self) -> None:
        """With no engine nobody is heard of."""
        self._others_are({})

    def of(self, order: int, me: str | None) -> SafeText | None:
        """Who else has this order open, None for nobody; `me` is whom the engine knows this console's user as."""
        names = {_("you") if who == me else safe(who) for who in self._others.get(order, ())}
        return SafeText(", ".join(sorted(names))) if names else None

    def _heard(self, answer: Answer) -> None:
        self._asking = False
        others: dict[int, list[str]] = {}
        for order, who in answer.result["others"] if answer.ok else ():
            others.setdefault(order, []).append(who)
        self._others_are({order: tuple(whose) for order, whose in others.items()})

    def _others_are(self, others: Mapping[int, tuple[str, ...]]) -> None:
        if others != self._others:
            self._others = others
            self._moved()
