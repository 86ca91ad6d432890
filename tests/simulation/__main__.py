"""The simulation from a command line: seeds, days, and what a failing seed has to tell.

usage: python -m tests.simulation [SEEDS] [--days N] [--shops N] [--faults N] [--kills N] [--hours H] [--pace P]
       [--products N] [--upset KIND] [--keep I,J/K,...] [--jobs N] [--campaign FILE]

SEEDS is one number or a range A-B; --keep names the faults that happen, by their places, the days parted by "/".
A seed that fails is told as a story, with as few faults as still make it fail, and with the command that repeats it.
--campaign keeps each seed's end in FILE; asked for again, what stands there is not run again.
The exit status is the number of failed seeds, 100 at most.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.simulation.campaign import Ledger, results
from tests.simulation.days import FAULTS_A_DAY, KILLS_A_DAY, PRODUCTS, TRADE_S, UPSETS, Plan, Upset
from tests.simulation.story import options

FAILED_MAX = 100
BY_SEED = "by-seed"


def main(arguments: list[str]) -> int:
    """Run the seeds named; prints a line for each and a sum at the end."""
    asked = _read(arguments)
    ledger = Ledger(asked.campaign) if asked.campaign else None
    plans = [asked.plan(seed) for seed in asked.seeds]
    wanted = {(plan.seed, options(plan)) for plan in plans}
    found = [result for result in (ledger.done() if ledger else ()) if (result.seed, result.options) in wanted]
    known = {result.seed for result in found}
    if known:
        print(f"{len(known)} seeds were run before", flush=True)
    began, lived = time.monotonic(), 0
    for result in results([plan for plan in plans if plan.seed not in known], asked.jobs):
        print(result.line(), flush=True)
        if result.report:
            print(result.report, flush=True)
        if ledger:
            ledger.add(result)
        found.append(result)
        lived += result.days
    minutes, cpu_minutes = (time.monotonic() - began) / 60, sum(result.cpu_s for result in found) / 60
    failed = sum(bool(result.violations) for result in found)
    print(
        f"{sum(result.days for result in found)} store-days, {sum(result.kills for result in found)} kills at"
        f" {sum(result.calls for result in found)} calls, {failed} seeds failed; {lived / minutes:.1f} store-days a"
        f" minute, {sum(result.days for result in found) / cpu_minutes:.1f} a minute of one core"
    )
    return min(failed, FAILED_MAX)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: a plan for each seed."""

    seeds: range
    plan: Callable[[int], Plan]
    jobs: int
    campaign: Path | None


def _read(arguments: list[str]) -> Asked:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seeds", nargs="?", default="1-5", type=_range)
    parser.add_argument("--days", type=int, default=2)
    parser.add_argument("--shops", type=int, default=3)
    parser.add_argument("--faults", type=int, default=FAULTS_A_DAY)
    parser.add_argument("--kills", type=int, default=KILLS_A_DAY, help="a day, at most")
    parser.add_argument("--hours", type=float, default=TRADE_S / 3600, help="of trade, each day")
    parser.add_argument("--pace", type=float, default=1.0, help="of the people: 0.1 = they do ten times as much")
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--upset", choices=[BY_SEED, *Upset], default=BY_SEED, help="what happens once a day")
    parser.add_argument("--keep", type=_places, default=None)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="seeds at a time")
    parser.add_argument("--campaign", type=Path, default=None)
    asked = parser.parse_args(arguments)

    def plan(seed: int) -> Plan:
        upset = random.Random(f"{seed}:upset").choice(UPSETS) if asked.upset == BY_SEED else Upset(asked.upset)
        return Plan(
            seed, asked.days, asked.shops, asked.faults, asked.kills, asked.hours * 3600, asked.pace, upset,
            asked.products, asked.keep,
        )  # fmt: skip

    return Asked(asked.seeds, plan, min(asked.jobs, len(asked.seeds)), asked.campaign)


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _places(text: str) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(int, day.split(","))) if day != "." else () for day in text.split("/"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
