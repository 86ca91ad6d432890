"""What a barcode scanner types, told from a hand by its pace: it is a text, never a row of actions.

A printable key waits for GAP_S whether another one follows it; only alone it is an action. Other keys, and a key that
is held down, do not wait.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.events import Key

GAP_S = 0.03
"""A hand leaves 50 ms between two keys, a scanner less than 20."""
REPEAT_S = 0.7
"""A keyboard waits up to 0.66 s before it repeats a key that is held down."""
ENDS = frozenset({"enter", "tab"})
"""What scanners type after a code."""


class Scanning:
    """Takes every key outside an input. `act` does what a key does; `scanned` gets a text; `later` is a timer.

    With a gap of 0 no key waits, and nothing is a scan.
    """

    def __init__(
        self,
        gap_s: float,
        act: Callable[[Key], Awaitable[None]],
        scanned: Callable[[str], None],
        later: Callable[[float, Callable[[], Awaitable[None]]], object],
    ) -> None:
        self._gap_s = gap_s
        self._act = act
        self._scanned = scanned
        self._later = later
        self._waiting: list[Key] = []
        self._last: Key | None = None

    async def take(self, key: Key) -> None:
        """By the keys' own times: what waited for a busy screen has the pace at which it was typed."""
        follows = bool(self._waiting) and key.time - self._waiting[-1].time < self._gap_s
        if self._waiting and not (follows and key.is_printable):
            ended = follows and len(self._waiting) > 1 and key.key in ENDS
            await self._settle()
            if ended:
                return
        if not key.is_printable or self._gap_s <= 0 or self._is_held_down(key):
            await self._do(key)
            return
        self._waiting.append(key)

        async def alone() -> None:
            if self._waiting and self._waiting[-1] is key:
                await self._settle()

        self._later(self._gap_s, alone)

    async def _settle(self) -> None:
        keys, self._waiting = self._waiting, []
        if len(keys) == 1:
            await self._do(keys[0])
        elif keys:
            self._last = None
            self._scanned("".join(key.character or "" for key in keys))

    async def _do(self, key: Key) -> None:
        self._last = key
        await self._act(key)

    def _is_held_down(self, key: Key) -> bool:
        return (
            not self._waiting
            and self._last is not None
            and self._last.key == key.key
            and key.time - self._last.time < REPEAT_S
        )
