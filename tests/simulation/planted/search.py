"""Looking for a planted bug: seed after seed, until one notices."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from tests.simulation.campaign import own_folder
from tests.simulation.days import Plan, run
from tests.simulation.planted import orders, reading, sending

BUGS = {**orders.BUGS, **sending.BUGS, **reading.BUGS}
SEEDS = 20
SAYS_MAX = 110
PLAN = Plan(seed=0, shops=2, faults_a_day=40, kills_a_day=40, trade_s=4 * 3600.0, pace=0.15)
"""Where they are looked for: two shops of different kinds and a morning so dense that a day's faults strike it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a bug: `seed` None = nobody noticed."""

    name: str
    seed: int | None
    says: str
    cpu_s: float

    def row(self) -> str:
        """For the table."""
        bug = BUGS[self.name]
        upset = "" if bug.upset == PLAN.upset else f" ({bug.upset})"
        seed = "**nobody**" if self.seed is None else f"seed {self.seed}"
        return f"| `{self.name}` | {bug.told}{upset} | {seed} | {self.says} | {self.cpu_s:.0f} s |"


def look_for(name: str, seeds: int, folder: Path) -> Found:
    """Run one seed after the other until one notices."""
    began, bug = time.process_time(), BUGS[name]
    for seed in range(1, seeds + 1):
        with bug.plant():
            outcome = run(replace(PLAN, seed=seed, upset=bug.upset, kills_a_day=bug.kills_a_day), folder)
        if outcome.violations:
            says = outcome.violations[0].partition("\n")[0][:SAYS_MAX]
            return Found(name, seed, says, time.process_time() - began)
    return Found(name, None, "", time.process_time() - began)


def look_in_worker(name: str, seeds: int, folder: Path) -> Found:
    """The same, in the worker's own corner."""
    return look_for(name, seeds, own_folder(folder))
