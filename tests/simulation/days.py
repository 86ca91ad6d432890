"""Days of a store, one after the other: trade while things go wrong, then quiet, then everything must be right."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from connectors.sandbox.base.build import template
from connectors.sandbox.both_sides import read_base
from tests.simulation import checker
from tests.simulation.faults import Fault, Weather, drawn
from tests.simulation.inline import without_threads
from tests.simulation.loop import SimLoop, Stuck
from tests.simulation.world import MORNING, Branch, World

BASE_SEED, PRODUCTS, CUSTOMERS = 7, 40, 8
OPENED_S = 3600.0
"""From the first start on, before anybody trades: the accounts are approved, and the shops filled."""
TRADE_S = 20 * 3600.0
CONVERGE_S = 4500.0
"""One cycle of the slowest task (customers), the longest back-off (12 minutes), and an outcome that settles."""
ALARM_ROUNDS_MAX = 5
APPROVED_S_MAX = 1800.0
FAULTS_A_DAY, KILLS_A_DAY = 40, 30


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: everything that it depends on. `kept`: by day, the places of the drawn faults that happen; None = all."""

    seed: int
    days: int = 1
    shops: int = 3
    faults_a_day: int = FAULTS_A_DAY
    kills_a_day: int = KILLS_A_DAY
    trade_s: float = TRADE_S
    pace: float = 1.0  # of the people: 0.1 = they do ten times as much
    loses_store: bool = False  # at each day's end the SQLite file is gone, and the accounts are approved anew
    kept: tuple[tuple[int, ...], ...] | None = None

    def of_day(self, day: int, branches: Sequence[Branch]) -> list[Fault]:
        """Its faults, `at` in seconds from the beginning of its trade."""
        shops = [branch.account for branch in branches]
        every = drawn(self.seed, day, self.trade_s, shops, self.faults_a_day, self.kills_a_day)
        return every if self.kept is None else [every[place] for place in self.kept[day]]


@dataclass
class Outcome:
    """What came of a run. `struck` are the faults that spoiled something, by day; `lines` the last of the story.

    `struck_places` are theirs among the drawn ones, fit for `Plan.kept`.
    """

    plan: Plan
    violations: list[str] = field(default_factory=list)
    struck: list[list[Fault]] = field(default_factory=list)
    struck_places: tuple[tuple[int, ...], ...] = ()
    digest: str = ""
    kills: int = 0
    orders: int = 0
    calls: int = 0
    lines: list[str] = field(default_factory=list)


class Bugs(logging.Handler):
    """Keeps what the engine logs as unexpected: none of it may happen, whatever goes wrong outside."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{record.getMessage()}: {error!r}")


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder in memory, where there is one: what is tested is not the disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="integra-sim-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def run(plan: Plan, folder: Path, look: Callable[[World], None] = lambda world: None) -> Outcome:
    """Let the days of a plan pass. `folder` keeps the base's template for the next run."""
    outcome, bugs = Outcome(plan), Bugs()
    engine_log = logging.getLogger("integra")
    loop = SimLoop(plan.seed)
    base = template(folder, BASE_SEED, PRODUCTS, CUSTOMERS, clock=Opening())
    home = Path(tempfile.mkdtemp(dir=folder))
    propagates, engine_log.propagate = engine_log.propagate, False
    engine_log.addHandler(bugs)
    asyncio.set_event_loop(loop)
    try:
        with without_threads():
            world = World(loop, home, base, plan.seed, plan.shops, plan.pace)
            look(world)
            try:
                loop.run_until_complete(_days(plan, world, outcome))
            except Stuck:
                outcome.violations.append("everybody waits for ever")
            except TimeoutError:
                outcome.violations.append(f"the first write was not approved: {world.problems()}")
            finally:
                loop.run_until_complete(world.close())
        bugs_met = [f"unexpected: {line}" for line in (*bugs.found, *world.bugs, *loop.failures)]
        outcome.violations[:0] = bugs_met  # the rest follows from them
        outcome.digest, outcome.kills, outcome.lines = world.story.digest, world.story.kills, list(world.story.lines)
        outcome.calls = world.calls
        outcome.orders = sum(len(branch.shop.orders.by_id) for branch in world.branches)
    finally:
        engine_log.removeHandler(bugs)
        engine_log.propagate = propagates
        asyncio.set_event_loop(None)
        loop.close()
        shutil.rmtree(home)
    return outcome


class Opening:
    """The moment at which every run begins."""

    def now(self) -> datetime:
        """It does not pass."""
        return MORNING


def _places(struck: Sequence[Fault], faults: Sequence[Fault], plan: Plan, day: int) -> tuple[int, ...]:
    places = range(len(faults)) if plan.kept is None else plan.kept[day]
    return tuple(place for place, fault in zip(places, faults, strict=True) if fault in struck)


def _weather(world: World, faults: Sequence[Fault]) -> Weather:
    began = world.loop.time()
    return Weather(faults, lambda: world.loop.time() - began)


async def _days(plan: Plan, world: World, outcome: Outcome) -> None:
    world.begin(world.keep_engine_alive())
    await asyncio.wait_for(world.open_accounts(), APPROVED_S_MAX)
    await asyncio.sleep(OPENED_S - world.loop.time())
    owed = checker.owed(read_base(world.staff, world.branches[0].terms.online_tag))
    for day in range(plan.days):
        began = world.loop.time()
        faults = plan.of_day(day, world.branches)
        world.weather = _weather(world, faults)
        world.arrive(day)
        await asyncio.sleep(plan.trade_s)
        world.trading = False
        outcome.struck.append(world.weather.struck)
        outcome.struck_places += (_places(world.weather.struck, faults, plan, day),)
        world.weather = Weather([], world.loop.time)
        world.clock.shift = timedelta()
        world.story.note("faults are over")
        if plan.loses_store:
            world.lose_store()
            await asyncio.wait_for(world.open_accounts(), APPROVED_S_MAX)
        await asyncio.sleep(CONVERGE_S)
        for _ in range(ALARM_ROUNDS_MAX):
            if not await world.look_at_orders(alarms_only=True):
                break
            await asyncio.sleep(CONVERGE_S)
        outcome.violations += checker.safe(world.staff, world.branches, owed)
        outcome.violations += checker.right(world.staff, world.branches, forgetful=plan.loses_store)
        if outcome.violations:
            break
        await asyncio.sleep(86_400 - (world.loop.time() - began))
