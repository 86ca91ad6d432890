"""Telling people how far long work has come: a first publication, a reading back, an adoption."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from engine.account import Account
from engine.store import progress
from engine.store.progress import Reached, Stage

TELL_APART_S = 5.0
"""What is over sooner needs no telling, and what lasts hours needs it no oftener."""


class Progress:
    """Of one stage of a task's run. `left` counts what is left to do, once; None where that cannot be known."""

    def __init__(
        self, account: Account, task: str, stage: Stage, left: Callable[[sqlite3.Connection], int] | None = None
    ) -> None:
        self._account = account
        self._key = (account.id, task)
        self._stage = stage
        self._left = left
        self._since = self._told_at = account.now()
        self._done = self._told = 0
        self._total: int | None = None

    async def add(self, rows: int) -> None:
        """So many more are done. Raises what the store raises."""
        self._done += rows
        now = self._account.now()
        if (now - self._told_at).total_seconds() < TELL_APART_S:
            return
        self._told_at = now
        done, news, left = self._done, self._done - self._told, self._left
        self._told, self._left = done, None

        def note(db: sqlite3.Connection) -> int | None:
            total = done + left(db) if left is not None else self._total
            total = None if total is None else max(total, done)  # more may be wanted meanwhile
            progress.tell(db, self._key, Reached(self._stage, done, total, self._since, news), now)
            return total

        self._total = await self._account.store.write(note)
