"""Every task, round after round, until there is nothing left to do."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from engine.errors import RetryLater
from engine.runtime.supervisor import Supervisor, TaskReport
from engine.store.database import Store
from tests.unit.supervised import (
    INTERVAL_S,
    Work,
    amounts,
    failing,
    problems,
    supervised,
    taking,
)
from tests.unit.virtual_time import InlineStore, VirtualClock, surroundings

pytestmark = pytest.mark.anyio


async def to_rest(clock: VirtualClock, supervisor: Supervisor) -> Any:
    async with anyio.create_task_group() as group:
        group.start_soon(clock.pass_by_itself)
        return await supervisor.run_to_rest()


def at_hand(store: Store, clock: VirtualClock, *tasks: Work) -> Supervisor:
    return Supervisor(store, surroundings(clock), tasks, lambda _a, _t: INTERVAL_S)


async def test_run_to_rest_goes_round_until_nothing_is_left_and_says_what_it_did(
    store: InlineStore, clock: VirtualClock
) -> None:
    stock = Work(clock, "stock", behave=amounts(TaskReport(done=200, todo=50), TaskReport(done=50)))
    orders = Work(clock, "orders", behave=amounts(TaskReport(), TaskReport(done=1)))
    report = await to_rest(clock, at_hand(store, clock, stock, orders))
    assert report.at_rest
    assert report.rounds == 3
    assert report.done == {"loja/stock": 250, "loja/orders": 1}
    assert (report.todo, report.stuck) == ({}, {})


async def test_run_to_rest_goes_on_while_one_task_has_found_work_for_another_that_had_its_turn(
    store: InlineStore, clock: VirtualClock
) -> None:
    found = [True]

    async def look() -> TaskReport:
        if found and found.pop():
            supervisor.wake("*", "effects")
        return TaskReport()

    effects, stock = Work(clock, "effects"), Work(clock, "stock", behave=look)
    supervisor = at_hand(store, clock, effects, stock)
    assert (await to_rest(clock, supervisor)).rounds == 2
    assert effects.ran_at == [0, 0], "at once"


async def test_run_to_rest_waits_for_an_outcome_that_is_still_settling(store: InlineStore, clock: VirtualClock) -> None:
    settled_at = clock.time.timestamp() + 60

    async def behave() -> TaskReport:
        return TaskReport(todo=1) if clock.time.timestamp() < settled_at else TaskReport()

    report = await to_rest(clock, at_hand(store, clock, Work(clock, behave=behave)))
    assert report.at_rest
    assert clock.time.timestamp() >= settled_at


async def test_run_to_rest_at_an_erp_that_wakes_somebody_in_each_round_waits_for_what_settles_and_then_ends(
    store: InlineStore, clock: VirtualClock
) -> None:
    settled_at = clock.time.timestamp() + 60

    async def settling() -> TaskReport:
        return TaskReport(todo=1) if clock.time.timestamp() < settled_at else TaskReport()

    async def look() -> TaskReport:
        supervisor.wake("*", "stock")
        return TaskReport()

    watch = Work(clock, "watch", account="", behave=look)
    supervisor = at_hand(store, clock, Work(clock, "stock"), Work(clock, "effects", behave=settling), watch)
    report = await to_rest(clock, supervisor)
    assert report.at_rest
    assert report.rounds < 20
    assert settled_at <= clock.time.timestamp() < settled_at + 60


async def test_run_to_rest_names_what_is_stuck_and_ends(store: InlineStore, clock: VirtualClock) -> None:
    broken = Work(clock, "prices", behave=failing(RetryLater("shop-unreachable")))
    waiting = Work(clock, "media", behave=taking(clock, 0, TaskReport(todo=4)))
    report = await to_rest(clock, at_hand(store, clock, broken, waiting))
    assert not report.at_rest
    assert report.stuck == {"loja/prices": "shop-unreachable"}
    assert report.todo == {"loja/media": 4}
    assert len(broken.ran_at) == 3


async def test_one_shop_that_hangs_does_not_keep_the_other_from_its_rest(
    store: InlineStore, clock: VirtualClock
) -> None:
    slow = Work(clock, "stock", account="lenta", behave=taking(clock, 100))
    quick = Work(clock, "stock", account="loja")
    await to_rest(clock, at_hand(store, clock, slow, quick))
    assert quick.ran_at[0] == 0


async def test_a_task_never_runs_twice_at_once_when_asked_to_rest_in_the_middle_of_a_cycle(
    store: InlineStore, clock: VirtualClock
) -> None:
    inside = 0

    async def behave() -> TaskReport:
        nonlocal inside
        assert inside == 0
        inside += 1
        await clock.sleep(10)
        inside -= 1
        return TaskReport()

    task = Work(clock, behave=behave)
    async with supervised(store, clock, task) as supervisor:
        async with anyio.create_task_group() as group:
            group.start_soon(supervisor.run_to_rest)
            await clock.advance(25)
        await clock.advance(175)
    assert task.ran_at == [0, 10, 190], "its own clock counts from the cycle it was asked for"
    assert (await problems(store)) == []
