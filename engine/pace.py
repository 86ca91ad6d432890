"""How much a channel is asked for at once, learnt from how it answers.

A small shared host has to survive a push of ten thousand rows, and a big one to be used. So a batch starts small and
grows while a call stays short; a second call at a time is kept where it brings more through; and whatever says "too
much" (no answer in time, a deadlock, 429, 503) halves both, after which they grow gently.

Pure: seconds in, sizes out. What was learnt lives as long as the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.ports import Capabilities
from engine.publishing import Facet

ROWS_FIRST = 25
CALL_S = 1.0
"""What a call should take: longer ones save next to nothing, and what was just sold waits for the one under way."""
GROWTH = 4
"""How many times larger the next batch may be, as long as nothing was too much."""
CALLS_JUDGED = 8
"""Answers for each call at a time before it is judged what that many bring through."""
GAIN = 1.15
"""One more call at a time stays only if this much more comes through."""
JUDGED_AGAIN_AFTER = 20
"""Judgements that pass before one more call at a time is tried again."""


@dataclass(slots=True)
class Pace:
    """The sizes of one facet: `rows` of a batch, `at_once` calls at a time, never more than their limits."""

    rows_max: int
    at_once_max: int
    rows: int = ROWS_FIRST
    at_once: int = 1
    _calm_rows: int = 0  # up to here a batch grows fast, beyond it by a tenth
    _former_rate: float = 0.0  # rows a second with one call less; 0 = nothing is being tried
    _rest: int = 0
    _unjudged: int = 0  # answers to come that began before the number of calls changed
    _answers: int = 0
    _rows_answered: int = 0
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        self._calm_rows = self.rows_max
        self.rows = min(self.rows, self.rows_max)

    def answered(self, rows: int, seconds: float) -> None:
        """A call of so many rows was answered after so many seconds."""
        fitting = int(rows * CALL_S / max(seconds, 0.001))
        if rows >= self.rows:
            gently = self.rows + max(1, self.rows // 10)
            grown = min(GROWTH * self.rows, self._calm_rows) if self.rows < self._calm_rows else gently
            self.rows = max(1, min(self.rows_max, grown, max(fitting, self.rows // 2)))
        elif seconds > CALL_S:
            self.rows = max(1, min(self.rows, fitting))
        self._judge(rows, seconds)

    def struggled(self) -> None:
        """The channel said that this was too much, or did not answer in time."""
        self.rows = self._calm_rows = max(1, self.rows // 2)
        self._change_to(max(1, self.at_once // 2))
        self._former_rate, self._rest = 0.0, JUDGED_AGAIN_AFTER

    def takes_at_most(self, rows: int) -> None:
        """The channel named its limit."""
        self.rows_max = self._calm_rows = max(1, min(self.rows_max, rows))
        self.rows = min(self.rows, self.rows_max)

    def _judge(self, rows: int, seconds: float) -> None:
        if self.at_once_max == 1:
            return
        if self._unjudged:
            self._unjudged -= 1
            return
        self._answers += 1
        self._rows_answered += rows
        self._seconds += seconds
        if self._answers < CALLS_JUDGED * self.at_once:
            return
        rate = self.at_once * self._rows_answered / max(self._seconds, 0.001)
        self._start_judging()
        if self._former_rate and rate < GAIN * self._former_rate:
            self._former_rate, self._rest = 0.0, JUDGED_AGAIN_AFTER
            self._change_to(self.at_once - 1)
        elif self._rest:
            self._rest -= 1
        elif self.at_once < self.at_once_max:
            self._former_rate = rate
            self._change_to(self.at_once + 1)
        else:
            self._former_rate = 0.0

    def _change_to(self, at_once: int) -> None:
        self._unjudged = self.at_once if at_once != self.at_once else 0
        self.at_once = at_once
        self._start_judging()

    def _start_judging(self) -> None:
        self._answers, self._rows_answered, self._seconds = 0, 0, 0.0


class Load:
    """The paces of one account. Reading its orders has none: that never waits behind a push."""

    def __init__(self, capabilities: Callable[[], Capabilities]) -> None:
        self._capabilities = capabilities
        self._paces: dict[Facet, Pace] = {}

    def of(self, facet: Facet) -> Pace:
        """The pace of a facet. Batches go one at a time: two that meet in the channel's database stop each other."""
        if facet not in self._paces:
            takes = self._capabilities()
            rows = {Facet.STOCK: takes.stock_batch_rows, Facet.PRICE: takes.price_batch_rows}.get(facet, 1)
            self._paces[facet] = Pace(rows_max=rows, at_once_max=takes.calls_at_once if rows == 1 else 1)
        return self._paces[facet]

    def struggled(self) -> None:
        """It was too much for the channel, whoever asked: all go slower."""
        for pace in self._paces.values():
            pace.struggled()
