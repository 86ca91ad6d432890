"""Tasks that fail: when they come again, and what people are told of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import ErpAway, IntegraError, Misconfigured, RetryLater
from engine.runtime.supervisor import Supervisor, TaskReport, first_cause
from tests.unit.supervised import (
    Behaviour,
    Work,
    failing,
    nothing_to_do,
    problems,
    row,
    supervised,
    taking,
    wrong,
)
from tests.unit.virtual_time import InlineStore, VirtualClock, surroundings

pytestmark = pytest.mark.anyio


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


async def test_an_erp_out_of_reach_is_one_problem_however_many_tasks_meet_it(
    store: InlineStore, clock: VirtualClock
) -> None:
    waiting = [Work(clock, name, behave=away_until(clock, 300)) for name in ("orders", "effects", "stock")]
    shop = Work(clock, "media", behave=failing(RetryLater("shop-unreachable")))
    async with supervised(store, clock, shop, *waiting):
        await clock.advance(200)
        assert await wrong(store) == [("", "erp-unreachable", "erp:away"), ("loja", "shop-unreachable", "task:media")]
        await clock.advance(200)
        assert await wrong(store) == [("loja", "shop-unreachable", "task:media")]


async def test_an_erp_out_of_reach_is_forgotten_when_all_who_waited_meet_something_else(
    store: InlineStore, clock: VirtualClock
) -> None:
    async def behave() -> TaskReport:
        raise ErpAway("erp-unreachable") if clock.time < back_at else RetryLater("shop-unreachable")

    back_at = clock.time + timedelta(seconds=100)
    async with supervised(store, clock, Work(clock, behave=behave)):
        await clock.advance(90)
        assert await wrong(store) == [("", "erp-unreachable", "erp:away")]
        await clock.advance(200)
        assert await wrong(store) == [("loja", "shop-unreachable", "task:stock")]


async def outages(store: InlineStore) -> list[tuple[str, str, str | None]]:
    found = await store.read(lambda db: db.execute("SELECT account, began_at, ended_at FROM outage").fetchall())
    return [(row["account"], row["began_at"][11:19], row["ended_at"] and row["ended_at"][11:19]) for row in found]


async def test_an_outage_is_kept_from_the_first_who_met_it_to_the_first_who_got_through(
    store: InlineStore, clock: VirtualClock
) -> None:
    waiting = [Work(clock, name, behave=away_until(clock, 300)) for name in ("effects", "prices")]
    async with supervised(store, clock, *waiting):
        await clock.advance(100)
        assert await outages(store) == [("", "11:00:00", None)]
        await clock.advance(300)
        ((account, began, ended),) = await outages(store)
        assert (account, began) == ("", "11:00:00")
        assert ended is not None
        assert "11:05:00" <= ended <= "11:06:12"


async def test_an_outage_that_a_former_life_met_ends_once_the_erp_is_read_again(
    store: InlineStore, clock: VirtualClock
) -> None:
    async with supervised(store, clock, Work(clock, "stock", behave=away_until(clock, 300))):
        await clock.advance(10)
    async with supervised(store, clock, Work(clock, "stock", behave=nothing_to_do)):
        await clock.advance(1)
        assert await outages(store) == [("", "11:00:00", "11:00:10")]


async def test_a_shop_is_out_of_reach_while_its_orders_are_and_whatever_else_fails(
    store: InlineStore, clock: VirtualClock
) -> None:
    async def behave() -> TaskReport:
        if clock.time < back_at:
            raise RetryLater("shop-unreachable")
        return TaskReport()

    back_at = clock.time + timedelta(seconds=60)
    slow = Work(clock, "media", behave=failing(RetryLater("too-many-requests")))
    async with supervised(store, clock, slow, Work(clock, "orders", behave=behave)):
        await clock.advance(50)
        assert await outages(store) == [("loja", "11:00:00", None)]
        await clock.advance(60)
        ((account, _began, ended),) = await outages(store)
        assert account == "loja"
        assert ended is not None


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

        task.behave = nothing_to_do
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

    again = Supervisor(store, surroundings(clock), [Work(clock, "stock", behave=nothing_to_do)], lambda _a, _t: 60.0)
    await again.run_to_rest()
    assert await store.read(lambda db: [tuple(r) for r in db.execute("SELECT account, state FROM task")]) == [
        ("loja", "waiting")
    ]
    assert await problems(store) == []
