"""Many seeds, side by side on the machine's cores; a file keeps what was found, so that a long campaign can go on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.simulation.days import Outcome, Plan, run, workshop
from tests.simulation.story import options, shrunk, told


@dataclass(frozen=True, slots=True)
class Result:
    """A seed's end, as it is kept. `cpu_s` is what its process took for it; `report` is empty where all was well."""

    seed: int
    options: str
    violations: Sequence[str]
    days: int
    orders: int
    kills: int
    calls: int
    faults: int
    digest: str
    cpu_s: float
    report: str = ""

    @classmethod
    def of(cls, outcome: Outcome, cpu_s: float, report: str) -> Result:
        """Of a run."""
        plan, faults = outcome.plan, sum(map(len, outcome.struck))
        return cls(
            plan.seed, options(plan), outcome.violations, len(outcome.struck), outcome.orders, outcome.kills,
            outcome.calls, faults, outcome.digest, cpu_s, report,
        )  # fmt: skip

    def line(self) -> str:
        """For a person."""
        verdict = f"FAILED ({len(self.violations)})" if self.violations else "ok"
        return (
            f"seed {self.seed}: {verdict}, {self.days} days, {self.orders} orders, {self.kills} kills at {self.calls}"
            f" calls, {self.faults} faults, digest {self.digest[:12]}"
        )


class Ledger:
    """The results in a file, a line of JSON each. Seeds are known again with the options they were run with only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def done(self) -> list[Result]:
        """What stands there; a line that was cut off is none."""
        if not self._path.exists():
            return []
        lines = self._path.read_text("utf-8").splitlines()
        return [Result(**json.loads(line)) for line in lines if line.startswith("{") and line.endswith("}")]

    def add(self, result: Result) -> None:
        """Keep one more, on a line of its own whatever was cut off before it."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"\n{json.dumps(asdict(result))}\n")


def results(plans: Iterable[Plan], jobs: int) -> Iterator[Result]:
    """Run the plans, so many at a time, each in a process of its own where it is more than one; as they end."""
    with workshop() as folder:
        if jobs == 1:
            os.environ.setdefault("FIREBIRD_LOCK", str(folder))
            yield from (_result(folder, plan) for plan in plans)
            return
        context = get_context("spawn")  # what the parent has loaded of Firebird must not be shared
        with ProcessPoolExecutor(jobs, context, settle, (folder,)) as pool:
            for ended in as_completed([pool.submit(partial(_result_of_worker, folder), plan) for plan in plans]):
                yield ended.result()


def settle(folder: Path) -> None:
    """A worker's own corner, for the embedded Firebird's lock files too."""
    own = own_folder(folder)
    own.mkdir()
    os.environ["FIREBIRD_LOCK"] = str(own)


def own_folder(folder: Path) -> Path:
    """Of the worker that asks."""
    return folder / str(os.getpid())


def _result_of_worker(folder: Path, plan: Plan) -> Result:
    return _result(own_folder(folder), plan)


def _result(folder: Path, plan: Plan) -> Result:
    """A run; a failed one is told with as few faults as still make it fail."""
    began = time.process_time()
    outcome = run(plan, folder)
    cpu_s, report = time.process_time() - began, ""
    if outcome.violations:
        report = told(shrunk(outcome, lambda tried: run(tried, folder)) if plan.kept is None else outcome)
    return Result.of(outcome, cpu_s, report)
