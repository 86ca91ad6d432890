"""Tasks that do what a test tells them, under a supervisor on a clock of the test's own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio

from engine.runtime.supervisor import Supervisor, TaskReport
from engine.store.database import Store
from tests.unit.virtual_time import VirtualClock, all_others_wait, surroundings

Behaviour = Callable[[], Awaitable[TaskReport]]
INTERVAL_S = 180.0
NOTHING = TaskReport()


async def nothing_to_do() -> TaskReport:
    return TaskReport()


@dataclass
class Work:
    """A task that does what the test tells it, and notes when it ran."""

    clock: VirtualClock
    name: str = "stock"
    account: str = "loja"
    behave: Behaviour = nothing_to_do
    ran_at: list[float] = field(default_factory=list)
    began: datetime | None = None

    def __post_init__(self) -> None:
        self.began = self.clock.time

    async def run(self) -> TaskReport:
        assert self.began is not None
        self.ran_at.append((self.clock.time - self.began).total_seconds())
        return await self.behave()


def failing(error: Exception) -> Behaviour:
    async def behave() -> TaskReport:
        raise error

    return behave


def taking(clock: VirtualClock, seconds: float, report: TaskReport = NOTHING) -> Behaviour:
    async def behave() -> TaskReport:
        await clock.sleep(seconds)
        return report

    return behave


def amounts(*rounds: TaskReport) -> Behaviour:
    left = list(rounds)

    async def behave() -> TaskReport:
        return left.pop(0) if left else TaskReport()

    return behave


@asynccontextmanager
async def supervised(
    store: Store, clock: VirtualClock, *tasks: Work, interval_s: Callable[[str, str], float] = lambda _a, _t: INTERVAL_S
) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(store, surroundings(clock), tasks, interval_s)
    async with anyio.create_task_group() as group:
        group.start_soon(supervisor.run)
        await all_others_wait()
        yield supervisor
        group.cancel_scope.cancel()


async def row(store: Store, task: Work) -> dict[str, Any]:
    def read(db: sqlite3.Connection) -> dict[str, Any]:
        found = db.execute("SELECT * FROM task WHERE account = ? AND name = ?", (task.account, task.name)).fetchone()
        return dict(found)

    return await store.read(read)


async def problems(store: Store) -> list[dict[str, Any]]:
    return await store.read(lambda db: [dict(found) for found in db.execute("SELECT * FROM problem ORDER BY id")])


async def wrong(store: Store) -> list[tuple[str, str, str]]:
    """Account, code and subject of what is wrong."""
    return [(found["account"], found["code"], found["subject"]) for found in await problems(store)]
