"""Time that passes only when a test says so, and a store whose transactions run in the loop instead of a thread."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.lowlevel

from engine.ports import Surroundings
from engine.store.database import Store, Work, _prepare, _transaction

T = TypeVar("T")

QUIET_TURNS = 5
"""Of the loop: a task that has just ended tells whoever waits for it a turn or two later."""


async def all_others_wait() -> None:
    """Let every other task run until it waits for something. Immediate, where anyio's own looks ten times a second."""
    this = asyncio.current_task()
    quiet_turns = 0
    while quiet_turns < QUIET_TURNS:
        await asyncio.sleep(0)
        busy = any(_may_run(task) for task in asyncio.all_tasks() if task is not this)
        quiet_turns = 0 if busy else quiet_turns + 1


def _may_run(task: asyncio.Task[Any]) -> bool:
    waiter = getattr(task, "_fut_waiter", None)
    return waiter is None or waiter.done()


class VirtualClock:
    """`ports.Clock`: sleepers wake in the order of their times, each having run as far as it can before the next."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
        self._sleepers: list[tuple[datetime, int, anyio.Event]] = []
        self._turn = itertools.count()

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        alarm = anyio.Event()
        heapq.heappush(self._sleepers, (self.time + timedelta(seconds=seconds), next(self._turn), alarm))
        await alarm.wait()

    async def advance(self, seconds: float) -> None:
        """Let this much time pass, and everything happen that falls due in it."""
        end = self.time + timedelta(seconds=seconds)
        await all_others_wait()
        while self._sleepers and self._sleepers[0][0] <= end:
            await self._ring_next()
        self.time = end

    async def pass_by_itself(self) -> None:
        """Jump from alarm to alarm for as long as somebody sleeps: beside a call that sleeps and is awaited."""
        await all_others_wait()
        while self._sleepers:
            await self._ring_next()

    async def _ring_next(self) -> None:
        self.time, _, alarm = heapq.heappop(self._sleepers)
        alarm.set()
        await all_others_wait()


class InlineStore(Store):
    """The real file and whole transactions, without aiosqlite's thread: a test knows when all work is done."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db = db
        self.path = path

    async def write(self, work: Work[T]) -> T:
        await anyio.lowlevel.checkpoint()
        return _transaction(self._db, work)

    async def read(self, work: Work[T]) -> T:
        await anyio.lowlevel.checkpoint()
        return work(self._db)


@contextmanager
def inline_store(folder: Path) -> Iterator[InlineStore]:
    path = folder / "integra.db"
    db = sqlite3.connect(path, isolation_level=None)
    try:
        _prepare(db, path)
        yield InlineStore(db, path)
    finally:
        db.close()


def surroundings(clock: VirtualClock, seed: int = 1) -> Surroundings:
    ids = itertools.count(1)
    return Surroundings(clock=clock, random=random.Random(seed), new_id=lambda: f"id-{next(ids)}")
