"""A slice of the simulation, small enough for every run of the tests; `make simulate` lives through whole days."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.days import Outcome, Plan, run, workshop
from tests.simulation.faults import HTTP, Fault, Weather, drawn
from tests.simulation.loop import SimLoop, Stuck
from tests.simulation.story import command, shrunk, told

MORNING = Plan(seed=4, shops=1, faults_a_day=15, kills_a_day=12, trade_s=3600.0, pace=0.12)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with workshop() as found:
        yield found


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return run(MORNING, folder)


def test_a_morning_on_which_all_goes_wrong_leaves_nothing_lost_doubled_or_wrong(outcome: Outcome) -> None:
    assert outcome.violations == []
    assert outcome.orders > 3
    assert outcome.kills > 4
    assert len(outcome.struck[0]) > 10


@pytest.mark.long
def test_two_shops_of_different_kinds_sell_the_same_goods(folder: Path) -> None:
    outcome = run(replace(MORNING, seed=5, shops=2), folder)
    assert outcome.violations == []
    assert outcome.orders > 3


def test_the_same_seed_tells_the_same_story_to_the_last_step(folder: Path, outcome: Outcome) -> None:
    again = run(MORNING, folder)
    assert (again.digest, again.calls, again.lines) == (outcome.digest, outcome.calls, outcome.lines)


def test_everybody_waiting_for_ever_is_found_at_once() -> None:
    loop = SimLoop(1)
    with pytest.raises(Stuck):
        loop.run_until_complete(loop.create_future())
    loop.close()


def test_a_fault_strikes_as_often_as_drawn_and_only_what_fits() -> None:
    weather = Weather([Fault(0.0, "lost", "loja-1", times=2, skip=1)], lambda: 1.0)
    struck = [weather.strikes("loja-1", HTTP) is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert Weather([Fault(0.0, "lost", "loja-1")], lambda: 1.0).strikes("loja-2", HTTP) is None
    assert Weather([Fault(9.0, "lost", "loja-1")], lambda: 1.0).strikes("loja-1", HTTP) is None


def test_a_failure_is_told_with_the_faults_that_it_needs_and_no_others() -> None:
    plan = Plan(seed=1, days=2, faults_a_day=6, kills_a_day=0)
    days = [drawn(1, day, 100.0, ["loja-1"], 6, 0) for day in range(2)]

    def fails_by_the_fourth_of_the_second_day(tried: Plan) -> Outcome:
        assert tried.kept is not None
        bad = 3 in tried.kept[1]
        struck = [[days[day][place] for place in places] for day, places in enumerate(tried.kept)]
        return Outcome(tried, ["an order was lost"] if bad else [], struck, tried.kept)

    every = tuple(tuple(range(6)) for _ in range(2))
    small = shrunk(
        fails_by_the_fourth_of_the_second_day(replace(plan, kept=every)), fails_by_the_fourth_of_the_second_day
    )
    assert small.plan.kept == ((), (3,))
    assert "an order was lost" in told(small)
    assert command(small.plan).endswith("--keep ./3")


@pytest.mark.long
def test_who_loses_the_store_finds_every_order_again_and_doubles_none(folder: Path) -> None:
    outcome = run(replace(MORNING, seed=7, days=2, shops=2, loses_store=True), folder)
    assert outcome.violations == []
    assert outcome.orders > 10


@pytest.mark.long
def test_another_process_with_another_order_of_sets_lives_through_the_same_day() -> None:
    arguments = [sys.executable, "-m", "tests.simulation", "3", "--days", "1", "--shops", "1"]
    said = [
        subprocess.run(
            arguments, env={"PYTHONHASHSEED": seed, "PATH": ""}, capture_output=True, text=True, check=True
        ).stdout.splitlines()[0]
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
