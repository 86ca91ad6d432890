"""Days of a store, one after the other: trade while things go wrong, then quiet, then everything must be right."""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from connectors.sandbox.base.build import template
from connectors.sandbox.both_sides import read_base
from tests.simulation import checker
from tests.simulation.branch import Branch
from tests.simulation.checker import Forgiven
from tests.simulation.faults import Fault, Weather, drawn
from tests.simulation.inline import without_threads
from tests.simulation.loop import SimLoop, Stuck
from tests.simulation.prepared import firebird_in_a_hurry
from tests.simulation.world import MORNING, SELDOM_S, World

BASE_SEED, PRODUCTS, CUSTOMERS = 7, 40, 8
OPENED_S = 3600.0
"""From the first start on, before anybody trades: the accounts are approved, and the shops filled."""
TRADE_S = 20 * 3600.0
CONVERGE_S = 4500.0
"""One cycle of the slowest task (customers), the longest back-off (12 minutes), and an outcome that settles."""
ALARM_ROUNDS_MAX = 5
APPROVED_S_MAX = 1800.0
FAULTS_A_DAY, KILLS_A_DAY = 40, 30
LOOKS_APART_S = 1800.0
"""Between two looks for what may never be."""
RESTORE_NOTICED_S = 900.0
"""Which base answers is asked anew every ten minutes."""
CYCLES_AFTER_ANOTHER = 2
"""Of reading the shops back, once an engine writes again after another one did."""
SHOPS_READ_BACK_S = 1800.0


class Upset(StrEnum):
    """What happens once a day, besides the faults."""

    NONE = "none"
    STORE_LOST = "store-lost"  # at its end the SQLite file is gone, and the accounts are approved anew
    BASE_RESTORED = "base-restored"  # at its end C-Plus is restored from a copy of the day
    SECOND_ENGINE = "second-engine"  # from its beginning to its end a copy of the state folder runs on another machine


UPSETS = (Upset.NONE, Upset.NONE, Upset.NONE, *Upset)
"""One of these by seed, where none is asked for."""


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
    upset: Upset = Upset.NONE
    products: int = PRODUCTS
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


UNNOTED = "the state of a task could not be noted: %s"
"""What the engine says of a full disk when it needed it for the screen alone."""


class Bugs(logging.Handler):
    """Keeps what the engine logs as unexpected: none of it may happen, whatever goes wrong outside."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg == UNNOTED:
            return
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
    base = template(folder, BASE_SEED, plan.products, CUSTOMERS, clock=Opening())
    home = Path(tempfile.mkdtemp(dir=folder))
    propagates, engine_log.propagate = engine_log.propagate, False
    engine_log.addHandler(bugs)
    asyncio.set_event_loop(loop)
    try:
        with without_threads(), firebird_in_a_hurry():
            seldom_s = SHOPS_READ_BACK_S if plan.upset is Upset.SECOND_ENGINE else SELDOM_S
            world = World(loop, home, base, plan.seed, plan.shops, plan.pace, seldom_s)
            look(world)
            try:
                loop.run_until_complete(_days(plan, world, outcome))
            except Stuck:
                outcome.violations.append("everybody waits for ever")
            except TimeoutError:
                outcome.violations.append(f"the first write was not approved: {world.houses[0].problems()}")
            finally:
                loop.run_until_complete(world.close())
        bugs_met = [f"unexpected: {line}" for line in (*bugs.found, *world.bugs, *loop.failures)]
        # Who takes over from another engine does not know what that one had on its way.
        judged = world.branches if plan.upset is not Upset.SECOND_ENGINE else ()
        overtaken = [line for branch in judged for line in branch.landings.overtaken]
        outcome.violations[:0] = [*bugs_met, *overtaken]  # the rest follows from them
        outcome.digest, outcome.kills, outcome.lines = world.diary.digest, world.diary.kills, list(world.diary.lines)
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
    world.open()
    await asyncio.wait_for(world.operator.open_accounts(world.houses[0]), APPROVED_S_MAX)
    await asyncio.sleep(OPENED_S - world.loop.time())
    owed = checker.owed(read_base(world.staff, world.branches[0].terms.online_tag))
    for day in range(plan.days):
        began = world.loop.time()
        faults = plan.of_day(day, world.branches)
        world.weather = _weather(world, faults)
        if plan.upset is Upset.SECOND_ENGINE:
            world.copy_house()
        world.arrive(day)
        world.begin(_keep_looking(plan, world, outcome, owed))
        copied_after_s = random.Random(f"{plan.seed}:{day}:copy").uniform(0, plan.trade_s)
        await asyncio.sleep(copied_after_s)
        copy = world.back_up() if plan.upset is Upset.BASE_RESTORED else None
        await asyncio.sleep(plan.trade_s - copied_after_s)
        world.trading = False
        outcome.struck.append(world.weather.struck)
        outcome.struck_places += (_places(world.weather.struck, faults, plan, day),)
        world.weather = Weather([], world.loop.time)
        world.clock.shift = timedelta()
        world.note("faults are over")
        if copy is not None:
            owed = await _restored(world, copy)
        elif plan.upset is Upset.STORE_LOST:
            world.houses[0].lose_store()
            await asyncio.wait_for(world.operator.open_accounts(world.houses[0]), APPROVED_S_MAX)
        elif plan.upset is Upset.SECOND_ENGINE:
            world.close_copy()
            await asyncio.sleep(CYCLES_AFTER_ANOTHER * SHOPS_READ_BACK_S)
        await asyncio.sleep(CONVERGE_S)
        for _ in range(ALARM_ROUNDS_MAX):
            if not await world.operator.answer_what_cannot_wait():
                break
            await asyncio.sleep(CONVERGE_S)
        outcome.violations += checker.safe(world.staff, world.branches, owed)
        outcome.violations += checker.right(world.staff, world.branches, forgives=FORGIVEN[plan.upset])
        if outcome.violations:
            break
        await asyncio.sleep(86_400 - (world.loop.time() - began))


async def _keep_looking(plan: Plan, world: World, outcome: Outcome, owed: dict[str, Decimal]) -> None:
    """What may never be is looked for all day: much of it would heal until the evening."""
    while world.trading and not outcome.violations:
        await asyncio.sleep(LOOKS_APART_S * plan.pace)
        outcome.violations += checker.safe(world.staff, world.branches, owed)


async def _restored(world: World, copy: Path) -> dict[str, Decimal]:
    """Restore C-Plus and approve the accounts anew; answers what was owed when the copy was made."""
    world.restore(copy)
    owed = checker.owed(read_base(world.staff, world.branches[0].terms.online_tag))
    await asyncio.sleep(RESTORE_NOTICED_S)
    await asyncio.wait_for(world.operator.open_accounts(world.houses[0]), APPROVED_S_MAX)
    return owed


FORGIVEN: dict[Upset, Collection[Forgiven]] = {
    Upset.NONE: (),
    Upset.STORE_LOST: (Forgiven.STRANGERS,),
    Upset.BASE_RESTORED: (Forgiven.SHIPPED_ORDERS,),
    Upset.SECOND_ENGINE: (),
}
