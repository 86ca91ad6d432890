"""A failed run in plain words: with as few faults as still make it fail, and the command that repeats it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.simulation.days import OPENED_S, PRODUCTS, TRADE_S, Outcome, Plan
from tests.simulation.faults import Fault

RUNS_MAX = 60
LINES = 25
VIOLATIONS_MAX = 15

Run = Callable[[Plan], Outcome]
Kept = tuple[tuple[int, ...], ...]
"""By day, the places of the faults that are kept, in the order in which they were drawn."""


def shrunk(failed: Outcome, run: Run, runs_max: int = RUNS_MAX) -> Outcome:
    """The same failure with fewer faults: days after it left out, halves of the faults first, then one at a time.

    "The same" is any violation: what remains may be told in other words.
    """
    if not failed.struck:
        return failed
    best = replace(failed.plan, days=len(failed.struck), kept=failed.struck_places)
    small, runs_left = failed, runs_max
    again = run(best)
    if not again.violations:
        return failed  # a fault that spoiled nothing was needed for the order of things
    small = again
    size = max(1, sum(map(len, _kept(best))) // 2)
    while runs_left > 0:
        smaller = None
        for kept in _without(_kept(best), size):
            if runs_left <= 0:
                break
            runs_left -= 1
            tried = run(replace(best, kept=kept))
            if tried.violations:
                smaller = tried
                break
        if smaller is not None:
            best, small = smaller.plan, smaller
        elif size == 1:
            break
        else:
            size = max(1, size // 2)
    return small


def _kept(plan: Plan) -> Kept:
    assert plan.kept is not None
    return plan.kept


def _without(kept: Kept, size: int) -> list[Kept]:
    """Everything but one block of so many faults, for each block."""
    flat = [(day, place) for day, places in enumerate(kept) for place in places]
    found = []
    for start in range(0, len(flat), size):
        left = flat[:start] + flat[start + size :]
        found.append(tuple(tuple(place for day, place in left if day == number) for number in range(len(kept))))
    return found


def command(plan: Plan) -> str:
    """What repeats a run."""
    return f"python -m tests.simulation {plan.seed} {options(plan)}"


def options(plan: Plan) -> str:
    """What a run is besides its seed."""
    parts = [
        f"--days {plan.days} --shops {plan.shops} --faults {plan.faults_a_day} --kills {plan.kills_a_day}",
        f"--upset {plan.upset}",
    ]
    if plan.trade_s != TRADE_S:
        parts.append(f"--hours {plan.trade_s / 3600:g}")
    if plan.pace != 1.0:
        parts.append(f"--pace {plan.pace:g}")
    if plan.products != PRODUCTS:
        parts.append(f"--products {plan.products}")
    if plan.kept is not None:
        parts.append("--keep " + "/".join(",".join(map(str, places)) or "." for places in plan.kept))
    return " ".join(parts)


def told(outcome: Outcome) -> str:
    """The story of a failure."""
    lines = [f"seed {outcome.plan.seed} failed on day {len(outcome.struck)}:"]
    lines += [f"  {violation}" for violation in outcome.violations[:VIOLATIONS_MAX]]
    if len(outcome.violations) > VIOLATIONS_MAX:
        lines.append(f"  and {len(outcome.violations) - VIOLATIONS_MAX} more")
    lines.append("what had gone wrong:")
    for day, faults in enumerate(outcome.struck):
        lines += [f"  {line}" for line in _told_once(faults, day)] or [f"  day {day + 1}: nothing"]
    lines.append("the last that happened:")
    lines += [f"  {line}" for line in outcome.lines[-LINES:]]
    lines.append(f"again: {command(outcome.plan)}")
    return "\n".join(lines)


def _told_once(faults: list[Fault], day: int) -> list[str]:
    def when(seconds: float) -> str:
        at = OPENED_S + seconds
        return f"day {day + 1} {int(at // 3600):02}:{int(at % 3600 // 60):02}"

    return [fault.told(when) for fault in dict.fromkeys(faults)]
