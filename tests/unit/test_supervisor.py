"""Tasks on their own clocks: none waits for another's failure, and each says how it is."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from engine.errors import RetryLater
from engine.runtime.supervisor import FIRST, Supervisor, TaskReport
from engine.store.tasks import Held
from tests.unit.supervised import (
    Behaviour,
    Work,
    amounts,
    failing,
    row,
    supervised,
    taking,
)
from tests.unit.virtual_time import InlineStore, VirtualClock

pytestmark = pytest.mark.anyio


async def test_each_task_comes_again_on_its_own_clock(store: InlineStore, clock: VirtualClock) -> None:
    orders, prices = Work(clock, "orders"), Work(clock, "prices")
    intervals = {"orders": 60.0, "prices": 180.0}
    async with supervised(store, clock, orders, prices, interval_s=lambda _, task: intervals[task]):
        await clock.advance(181)
    assert orders.ran_at == [0, 60, 120, 180]
    assert prices.ran_at == [0, 180]


async def test_orders_and_stock_do_not_queue_behind_a_long_catalogue_at_start(
    store: InlineStore, clock: VirtualClock
) -> None:
    began: list[str] = []

    def noting(name: str) -> Behaviour:
        async def behave() -> TaskReport:
            began.append(name)
            await clock.sleep(30 if name == "catalogue" else 0)
            return TaskReport()

        return behave

    names = ["catalogue", "media", "prices", "stock", "customers", "orders", "effects"]
    tasks = [Work(clock, name, behave=noting(name)) for name in names]
    async with supervised(store, clock, *tasks):
        await clock.advance(1)
        assert tuple(began[:3]) == FIRST
        assert sorted(began) == sorted(names), "all of them have begun, the slow one holds nobody up"


async def test_a_task_that_takes_longer_than_its_interval_still_leaves_the_others_a_gap(
    store: InlineStore, clock: VirtualClock
) -> None:
    slow = Work(clock, "media", behave=taking(clock, 200))
    async with supervised(store, clock, slow):
        await clock.advance(401)
    assert slow.ran_at == [0, pytest.approx(200.2), pytest.approx(400.4)]


async def test_what_becomes_due_before_the_interval_is_not_left_waiting_for_it(
    store: InlineStore, clock: VirtualClock
) -> None:
    effects = Work(clock, "effects", behave=amounts(TaskReport(todo=1, again_s=10.0)))
    async with supervised(store, clock, effects):
        await clock.advance(200)
    assert effects.ran_at == [0, 10, 190]


async def test_an_operator_who_insists_does_not_wait_for_the_back_off(store: InlineStore, clock: VirtualClock) -> None:
    task = Work(clock, behave=failing(RetryLater("shop-unreachable")))
    async with supervised(store, clock, task) as supervisor:
        await clock.advance(1)
        supervisor.wake("loja", "stock", insist=True)
        await clock.advance(1)
    assert task.ran_at == [0, 1]


async def test_a_wake_up_runs_the_task_at_once_and_its_clock_starts_again(
    store: InlineStore, clock: VirtualClock
) -> None:
    woken, other = Work(clock, "stock"), Work(clock, "stock", account="outra")
    async with supervised(store, clock, woken, other) as supervisor:
        await clock.advance(10)
        supervisor.wake("loja", "stock")
        await clock.advance(175)
        assert woken.ran_at == [0, 10]
        await clock.advance(10)
    assert woken.ran_at == [0, 10, 190]
    assert other.ran_at == [0, 180]


async def test_wakes_during_a_cycle_make_one_more_cycle_follow_not_three(
    store: InlineStore, clock: VirtualClock
) -> None:
    task = Work(clock, behave=taking(clock, 20))
    async with supervised(store, clock, task) as supervisor:
        await clock.advance(5)
        for _ in range(3):
            supervisor.wake("*", "*")
        await clock.advance(100)
    assert task.ran_at == [0, 20]


async def test_a_shorter_interval_holds_from_the_next_cycle(store: InlineStore, clock: VirtualClock) -> None:
    interval = {"s": 180.0}
    task = Work(clock)
    async with supervised(store, clock, task, interval_s=lambda _a, _t: interval["s"]):
        await clock.advance(10)
        interval["s"] = 30.0
        await clock.advance(231)
        assert task.ran_at == [0, 180, 210, 240]
        assert (await row(store, task))["interval_s"] == 30


async def test_the_screen_can_tell_when_a_task_ran_what_it_did_and_how_far_it_lags(
    store: InlineStore, clock: VirtualClock
) -> None:
    task = Work(clock, behave=taking(clock, 2.5, TaskReport(done=7, todo=3, lag_s=42.0)))
    async with supervised(store, clock, task):
        assert (await row(store, task))["state"] == "running"
        await clock.advance(3)
        seen = await row(store, task)
        assert seen["state"] == "waiting"
        assert (seen["done_last"], seen["done_total"], seen["todo"], seen["lag_s"]) == (7, 7, 3, 42.0)
        assert seen["seconds_last"] == 2.5
        assert seen["started_at"] == "2026-03-02T11:00:00.000000Z"
        assert seen["succeeded_at"] == "2026-03-02T11:00:02.500000Z"
        assert seen["next_at"] == "2026-03-02T11:03:00.000000Z"
        await clock.advance(180)
        assert (await row(store, task))["done_total"] == 14


@pytest.mark.parametrize("held", Held)
async def test_a_task_that_is_held_shows_by_what(store: InlineStore, clock: VirtualClock, held: Held) -> None:
    task = Work(clock, behave=taking(clock, 0, TaskReport(held=held)))
    async with supervised(store, clock, task):
        await clock.advance(1)
        assert (await row(store, task))["state"] == held


async def test_stopping_ends_a_busy_supervisor_at_once(store: InlineStore, clock: VirtualClock) -> None:
    tasks = [Work(clock, name, behave=taking(clock, 10_000)) for name in ("orders", "stock", "media")]
    before = clock.time
    async with supervised(store, clock, *tasks):
        await clock.advance(1)
    assert (clock.time - before).total_seconds() == 1


async def to_rest(clock: VirtualClock, supervisor: Supervisor) -> Any:
    async with anyio.create_task_group() as group:
        group.start_soon(clock.pass_by_itself)
        return await supervisor.run_to_rest()
