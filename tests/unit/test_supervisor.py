"""Tasks on their own clocks: none waits for another's failure, and each says how it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from engine.errors import ErpAway, IntegraError, Misconfigured, RetryLater
from engine.runtime.supervisor import FIRST, Supervisor, TaskReport, first_cause
from engine.store.database import Store
from tests.unit.virtual_time import InlineStore, VirtualClock, all_others_wait, inline_store, surroundings

pytestmark = pytest.mark.anyio

Behaviour = Callable[[], Awaitable[TaskReport]]
INTERVAL_S = 180.0
NOTHING = TaskReport()


async def _nothing_to_do() -> TaskReport:
    return TaskReport()


@dataclass
class Work:
    """A task that does what the test tells it, and notes when it ran."""

    clock: VirtualClock
    name: str = "stock"
    account: str = "loja"
    behave: Behaviour = _nothing_to_do
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


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def store(state_folder: Path) -> Iterator[InlineStore]:
    with inline_store(state_folder) as opened:
        yield opened


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


async def test_a_failing_task_backs_off_further_each_time_and_the_others_go_on(
    store: InlineStore, clock: VirtualClock
) -> None:
    broken = Work(clock, "prices", behave=failing(RetryLater("shop-unreachable", "no route")))
    sound = Work(clock, "stock")
    async with supervised(store, clock, broken, sound):
        await clock.advance(3600)
    gaps = [after - before for before, after in zip(broken.ran_at, broken.ran_at[1:], strict=False)]
    for number, gap in enumerate(gaps):
        assert min(600, 5 * 2**number) <= gap <= 1.2 * min(600, 5 * 2**number)
    assert len(set(gaps)) == len(gaps), "jitter: two engines do not come back in step"
    assert sound.ran_at == [180.0 * turn for turn in range(21)]


async def test_the_shops_wish_to_be_left_alone_is_honoured(store: InlineStore, clock: VirtualClock) -> None:
    throttled = Work(clock, behave=failing(RetryLater("too-many-requests", after_s=90)))
    async with supervised(store, clock, throttled) as supervisor:
        supervisor.wake("loja", "stock")
        await clock.advance(89)
        assert throttled.ran_at == [0]
        await clock.advance(20)
        assert len(throttled.ran_at) == 2


def away_until(clock: VirtualClock, seconds: float) -> Behaviour:
    back_at = clock.time + timedelta(seconds=seconds)

    async def behave() -> TaskReport:
        if clock.time < back_at:
            raise ErpAway("erp-unreachable")
        return TaskReport()

    return behave


async def test_the_first_who_reaches_the_erp_again_calls_all_who_could_not_and_nobody_else(
    store: InlineStore, clock: VirtualClock
) -> None:
    names = ("orders", "effects", "stock", "prices", "customers")
    waiting = [Work(clock, name, behave=away_until(clock, 1000)) for name in names]
    shop = Work(clock, "media", behave=failing(RetryLater("shop-unreachable")))
    async with supervised(store, clock, shop, *waiting):
        await clock.advance(999)
        tries = len(shop.ran_at)
        assert all(999 - task.ran_at[-1] <= 72 for task in waiting), "nobody is away from a house for ten minutes"
        await clock.advance(72)
        reached = [min(at for at in task.ran_at if at >= 1000) for task in waiting]
        assert len(set(reached)) == 1
        assert len(shop.ran_at) == tries, "the shop may still be away"


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


async def test_a_paused_direction_shows_as_paused(store: InlineStore, clock: VirtualClock) -> None:
    task = Work(clock, behave=taking(clock, 0, TaskReport(paused=True)))
    async with supervised(store, clock, task):
        await clock.advance(1)
        assert (await row(store, task))["state"] == "paused"


async def test_a_problem_says_since_when_and_how_often_and_goes_when_the_cause_is_gone(
    store: InlineStore, clock: VirtualClock
) -> None:
    task = Work(clock, behave=failing(Misconfigured("wrong-password", "login refused", user="INTEGRA")))
    async with supervised(store, clock, task):
        await clock.advance(20)
        (problem,) = await problems(store)
        assert (problem["account"], problem["code"], problem["subject"]) == ("loja", "wrong-password", "task:stock")
        assert (problem["severity"], problem["count"]) == ("problem", 3)
        assert json.loads(problem["params"]) == {"user": "INTEGRA"}
        assert problem["first_at"] == "2026-03-02T11:00:00.000000Z" < problem["last_at"]
        seen = await row(store, task)
        assert (seen["state"], seen["failures"], seen["error_code"]) == ("backing-off", 3, "wrong-password")

        task.behave = _nothing_to_do
        await clock.advance(30)
        assert await problems(store) == []
        healed = await row(store, task)
        assert (healed["failures"], healed["error_code"], healed["failed_at"]) == (0, None, None)


async def test_a_hitch_that_may_pass_is_a_notice_first_and_a_problem_when_it_stays(
    store: InlineStore, clock: VirtualClock
) -> None:
    task = Work(clock, behave=failing(RetryLater("lock-conflict")))
    async with supervised(store, clock, task):
        assert [problem["severity"] for problem in await problems(store)] == ["notice"]
        await clock.advance(25)
        assert [problem["severity"] for problem in await problems(store)] == ["problem"]


async def test_another_error_of_the_same_task_takes_the_place_of_the_first(
    store: InlineStore, clock: VirtualClock
) -> None:
    task = Work(clock, behave=failing(RetryLater("shop-unreachable")))
    async with supervised(store, clock, task):
        task.behave = failing(Misconfigured("expired-token"))
        await clock.advance(7)
        assert [problem["code"] for problem in await problems(store)] == ["expired-token"]


async def test_a_bug_in_a_task_is_shown_with_its_type_and_is_not_fatal(store: InlineStore, clock: VirtualClock) -> None:
    buggy = Work(clock, "prices", behave=failing(ZeroDivisionError("division by zero")))
    sound = Work(clock, "stock")
    async with supervised(store, clock, buggy, sound):
        await clock.advance(180)
        (problem,) = await problems(store)
        assert (problem["code"], problem["detail"]) == ("unexpected", "division by zero")
        assert json.loads(problem["params"]) == {"type": "ZeroDivisionError"}
    assert sound.ran_at == [0, 180]


async def test_what_a_task_group_inside_a_task_raised_is_named_by_its_cause() -> None:
    cause = RetryLater("shop-unreachable")
    assert first_cause(ExceptionGroup("", [ValueError(), ExceptionGroup("", [cause])])) is cause


async def test_a_full_disk_stops_no_task_and_heals(store: InlineStore, clock: VirtualClock) -> None:
    class FullDisk(InlineStore):
        full = False

        async def write(self, work: Any) -> Any:
            if self.full:
                raise RetryLater("store-disk", "SQLITE_FULL")
            return await super().write(work)

    disk = FullDisk(store._db, store.path)
    task = Work(clock)
    async with supervised(disk, clock, task):
        disk.full = True
        await clock.advance(190)
        assert task.ran_at == [0], "what cannot be stored is not begun"
        disk.full = False
        await clock.advance(20)
        assert len(task.ran_at) == 2
        assert (await row(store, task))["error_code"] is None


async def test_what_a_killed_engine_left_as_running_waits_again_and_removed_accounts_leave_the_list(
    store: InlineStore, clock: VirtualClock
) -> None:
    gone = Work(clock, "stock", account="antiga", behave=failing(IntegraError("odd")))
    kept = Work(clock, "stock", behave=taking(clock, 1000))
    async with supervised(store, clock, gone, kept):
        assert (await row(store, kept))["state"] == "running"
    assert (await row(store, kept))["state"] == "running", "as a kill leaves it"

    again = Supervisor(store, surroundings(clock), [Work(clock, "stock", behave=_nothing_to_do)], lambda _a, _t: 60.0)
    await again.run_to_rest()
    assert await store.read(lambda db: [tuple(r) for r in db.execute("SELECT account, state FROM task")]) == [
        ("loja", "waiting")
    ]
    assert await problems(store) == []


async def test_stopping_ends_a_busy_supervisor_at_once(store: InlineStore, clock: VirtualClock) -> None:
    tasks = [Work(clock, name, behave=taking(clock, 10_000)) for name in ("orders", "stock", "media")]
    before = clock.time
    async with supervised(store, clock, *tasks):
        await clock.advance(1)
    assert (clock.time - before).total_seconds() == 1


# To rest ------------------------------------------------------------------------------------------------------------


async def to_rest(clock: VirtualClock, supervisor: Supervisor) -> Any:
    async with anyio.create_task_group() as group:
        group.start_soon(clock.pass_by_itself)
        return await supervisor.run_to_rest()


def amounts(*rounds: TaskReport) -> Behaviour:
    left = list(rounds)

    async def behave() -> TaskReport:
        return left.pop(0) if left else TaskReport()

    return behave


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
