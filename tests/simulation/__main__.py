"""The simulation from a command line: seeds, days, and what a failing seed has to tell.

usage: python -m tests.simulation [SEEDS] [--days N] [--shops N] [--faults N] [--kills N] [--hours H] [--pace P]
       [--keep I,J/K,...]

SEEDS is one number or a range A-B; --keep names the faults that happen, by their places, the days parted by "/".
A seed that fails is told as a story, with as few faults as still make it fail, and with the command that repeats it.
The exit status is the number of failed seeds, 100 at most.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.days import FAULTS_A_DAY, KILLS_A_DAY, TRADE_S, Outcome, Plan, run, workshop
from tests.simulation.story import shrunk, told

FAILED_MAX = 100


def main(arguments: list[str]) -> int:
    """Run the seeds named; prints a line for each and a sum at the end."""
    asked = _read(arguments)
    began, failed, days, kills, calls = time.process_time(), 0, 0, 0, 0
    with workshop() as folder:
        os.environ.setdefault("FIREBIRD_LOCK", str(folder))
        for seed in asked.seeds:
            outcome = run(asked.plan(seed), folder)
            days += len(outcome.struck)
            kills += outcome.kills
            calls += outcome.calls
            print(_line(outcome), flush=True)
            if outcome.violations:
                failed += 1
                small = shrunk(outcome, lambda plan: run(plan, folder)) if outcome.plan.kept is None else outcome
                print(told(small), flush=True)
    minutes = (time.process_time() - began) / 60
    print(
        f"{days} store-days, {kills} kills at {calls} calls, {failed} seeds failed;"
        f" {days / minutes:.1f} store-days a minute of one core"
    )
    return min(failed, FAILED_MAX)


def _line(outcome: Outcome) -> str:
    verdict = f"FAILED ({len(outcome.violations)})" if outcome.violations else "ok"
    return (
        f"seed {outcome.plan.seed}: {verdict}, {len(outcome.struck)} days, {outcome.orders} orders,"
        f" {outcome.kills} kills at {outcome.calls} calls, {sum(map(len, outcome.struck))} faults,"
        f" digest {outcome.digest[:12]}"
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: a plan for each seed."""

    seeds: range
    plan: Callable[[int], Plan]


def _read(arguments: list[str]) -> Asked:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seeds", nargs="?", default="1-5", type=_range)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--shops", type=int, default=3)
    parser.add_argument("--faults", type=int, default=FAULTS_A_DAY)
    parser.add_argument("--kills", type=int, default=KILLS_A_DAY)
    parser.add_argument("--hours", type=float, default=TRADE_S / 3600, help="of trade, each day")
    parser.add_argument("--pace", type=float, default=1.0, help="of the people: 0.1 = they do ten times as much")
    parser.add_argument("--keep", type=_places, default=None)
    asked = parser.parse_args(arguments)

    def plan(seed: int) -> Plan:
        trade_s = asked.hours * 3600
        return Plan(seed, asked.days, asked.shops, asked.faults, asked.kills, trade_s, asked.pace, asked.keep)

    return Asked(asked.seeds, plan)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _places(text: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, day.split(","))) if day != "." else () for day in text.split("/"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
