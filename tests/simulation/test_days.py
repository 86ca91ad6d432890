"""A slice of the simulation, small enough for every run of the tests; `make simulate` lives through whole days."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.campaign import Ledger, Result
from tests.simulation.days import Outcome, Plan, Upset, run, workshop
from tests.simulation.faults import HTTP, Fault, Weather, drawn
from tests.simulation.landings import Landings
from tests.simulation.loop import SimLoop, Stuck
from tests.simulation.story import command, shrunk, told

MORNING = Plan(seed=1, shops=1, faults_a_day=15, kills_a_day=12, trade_s=3600.0, pace=0.12)


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


def test_a_fault_may_be_meant_for_one_kind_of_call_and_a_kill_for_what_comes_after_it() -> None:
    weather = Weather([Fault(0.0, "lost", "loja-1", near="POST ship")], lambda: 1.0)
    assert [
        weather.strikes("loja-1", HTTP, call) is not None
        for call in ("GET orders", "POST order/7/ship", "POST order/8/ship")
    ] == [False, True, False]
    weather = Weather([Fault(0.0, "kill", "engine", near="write_order", skip=1)], lambda: 1.0)
    assert [
        weather.strikes("engine", ("kill",), call) is not None
        for call in ("store", "cplus write_order", "store", "stored")
    ] == [False, False, False, True]


def test_what_lasts_spoils_every_call_of_its_time() -> None:
    now = [0.0]
    weather = Weather([Fault(0.0, "away", "loja-1", seconds=60.0)], lambda: now[0])
    struck = []
    for now[0] in (0.0, 30.0, 59.0, 60.0, 61.0):
        struck.append(weather.strikes("loja-1", HTTP) is not None)
    assert struck == [True, True, True, False, False]


def test_an_older_call_that_lands_after_a_newer_one_is_seen() -> None:
    landings = Landings(lambda: "now")
    path, body = (
        "/rest/V1/inventory/source-items",
        b'{"sourceItems": [{"sku": "7", "source_code": "default", "quantity": 3}]}',
    )
    older, newer = landings.leaves(), landings.leaves()
    landings.lands(newer, "POST", path, body)
    landings.lands(older, "POST", path, body.replace(b'"7"', b'"8"'))
    assert landings.overtaken == []
    landings.lands(older, "POST", path, body)
    assert len(landings.overtaken) == 1


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
    outcome = run(replace(MORNING, seed=7, days=2, shops=2, upset=Upset.STORE_LOST), folder)
    assert outcome.violations == []
    assert outcome.orders > 10


@pytest.mark.long
@pytest.mark.parametrize("upset", [Upset.BASE_RESTORED, Upset.SECOND_ENGINE])
def test_an_older_base_and_a_second_engine_are_survived_too(folder: Path, upset: Upset) -> None:
    outcome = run(replace(MORNING, seed=7, shops=2, upset=upset), folder)
    assert outcome.violations == []
    assert outcome.orders > 5


def test_a_campaign_that_was_cut_off_goes_on_with_the_seeds_it_has_not_run(tmp_path: Path, outcome: Outcome) -> None:
    ledger = Ledger(tmp_path / "campaign")
    assert ledger.done() == []
    first = Result.of(outcome, 1.5, "")
    ledger.add(first)
    with (tmp_path / "campaign").open("a") as file:
        file.write('{"seed": 5, "opt')  # the power went
    second = replace(first, seed=6, violations=["an order was lost"])
    ledger.add(second)
    assert ledger.done() == [first, second]


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
