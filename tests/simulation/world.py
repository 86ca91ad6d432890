"""Everything outside the engine: C-Plus on the embedded Firebird, the shops, and the people who buy, sell and decide.

The people are those of the demo, each a task of the world's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.sandbox.base.build import copy_base
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.buyers import Buyers, Gateway, SecondThoughts
from connectors.sandbox.hands import Billing, Cashier, Office, Storekeeper
from connectors.sandbox.trade import _is_done
from connectors.sandbox.visitors import visitors
from engine.ports import SalesChannel
from engine.settings import EngineSettings, Settings
from tests.simulation.branch import TIMEOUT_S, Branch, branches
from tests.simulation.diary import Diary
from tests.simulation.faults import Weather
from tests.simulation.house import House, Outside, replace_file
from tests.simulation.life import Life, SimClock
from tests.simulation.loop import SimLoop
from tests.simulation.operating import Operator
from tests.simulation.returns import Returns
from tests.simulation.wire import Wire

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CUSTOMERS = 8

CYCLE_S = 1800
OFTEN = ("orders", "effects", "stock", "prices", "catalogue")
"""Tasks that run each cycle. Idle cycles find nothing, so they are ten times rarer than in a real store."""

SELDOM_S = 24 * 3600
"""Reading the shops back, and the whole of C-Plus, would mend within the hour what should not have gone wrong."""
UNDO_S = 60

PAUSES_S = {"till-1": 1500.0, "till-2": 2500.0, "storekeeper": 2500.0, "returns": 4000.0, "office": 6000.0,
            "operator": 900.0}  # fmt: skip
"""How long each waits between two acts, on average. Those of a shop:"""
SHOP_PAUSES_S = {"buyers": 2700.0, "second-thoughts": 9000.0, "gateway": 1800.0, "billing": 1500.0}


class World:
    """The outside of one run in `folder`; `template` is a base to copy. `seldom_s`: what reads everything back does."""

    def __init__(
        self, loop: SimLoop, folder: Path, template: Path, seed: int, shops: int, pace: float, seldom_s: float
    ) -> None:
        self.loop = loop
        self.seed = seed
        self.clock = SimClock(loop, MORNING)
        self.diary = Diary(self.moment)
        self.weather = Weather([], loop.time)
        self.database = copy_base(template, folder / "cplus.fdb")
        world_clock = SimClock(loop, MORNING)  # that of C-Plus and the shops, which nobody sets
        self.world_clock = world_clock
        self.branches = branches(shops, world_clock.now, self.moment)
        self._folder = folder
        self._pace = pace
        self._seldom_s = seldom_s
        self._context = copy_context()
        self._desks = ExitStack()
        self._apps = {branch.account: branch.app() for branch in self.branches}
        self.till = self._desks.enter_context(Till(self.database, world_clock))
        self.receiver = self._desks.enter_context(Receiver(self.database, world_clock))
        self.staff = self._desks.enter_context(Staff(self.database, world_clock))
        self.trading = False
        self.houses = [self._house("integra", f"{seed}")]
        self.operator = Operator(seed, lambda: self.house, self.branches, self.staff, world_clock, self.note)
        self.bugs: list[str] = []
        self._at_work: dict[asyncio.Task[None], None] = {}
        self._caretakers: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """The first machine is switched on."""
        self._caretakers.append(self.begin(self.houses[0].keep_engine_alive()))

    @property
    def calls(self) -> int:
        """How often a call left an engine or came back to it: each a moment at which it may be killed."""
        return sum(house.calls for house in self.houses)

    @property
    def house(self) -> House:
        """Whose engine people speak to: the one that writes."""
        return next((house for house in self.houses if house.is_the_writer()), self.houses[0])

    async def close(self) -> None:
        """Everybody leaves; the last lives are killed."""
        for task in list(self._at_work):
            task.cancel()
        for house in self.houses:
            house.kill()
        await asyncio.sleep(1)
        self._desks.close()

    def moment(self, seconds: float | None = None) -> str:
        at = self.loop.time() if seconds is None else seconds
        day, rest = divmod(at, 86_400)
        return f"dia {int(day) + 1} {int(rest // 3600):02}:{int(rest % 3600 // 60):02}:{rest % 60:06.3f}"

    def note(self, text: str) -> None:
        """Something happened."""
        if text.startswith("the clock is set"):
            for branch in self.branches:
                branch.landings.unsettled()
        self.diary.note(text)

    # ------------------------------------------------------------- the engine

    def settings(self) -> Settings:
        intervals = dict.fromkeys(OFTEN, CYCLE_S) | {"reconcile": int(self._seldom_s)}
        return Settings(
            engine=EngineSettings(
                interval_s=3600, intervals=intervals, full_compare_s=int(self._seldom_s), undo_s=UNDO_S
            ),
            account=[branch.settings() for branch in self.branches],
        )

    def _house(self, name: str, seed: str) -> House:
        outside = Outside(
            self.loop, self.clock, self.database.path, self.settings(), lambda: self.weather, self.note,
            self._channels, lambda: self.trading,
        )  # fmt: skip
        return House(outside, self._folder / f"{name}.db", seed)

    def copy_house(self) -> None:
        """A second machine runs a copy of the first one's folder, on the same base."""
        copy = self._house("copy", f"{self.seed}:copy")
        self.houses[0].copy_store(copy.store)
        self.houses.append(copy)
        self._caretakers.append(self.begin(copy.keep_engine_alive()))

    def close_copy(self) -> None:
        """Somebody has found the second machine."""
        self._caretakers.pop().cancel()
        self.houses[1].kill()
        self.note("the copy is switched off")

    def back_up(self) -> Path:
        """A copy of C-Plus's base as it is now."""
        copy = self._folder / "cplus.copy"
        replace_file(Path(self.database.path), str(copy))
        return copy

    def restore(self, copy: Path) -> None:
        """C-Plus's server is stopped, the older copy of the base put in its place, and the server started again."""
        for desk in (self.till, self.receiver, self.staff):
            desk.close()
        for house in self.houses:
            house.disconnect()
        replace_file(copy, self.database.path)
        self.note("the base is restored")

    def _channels(self, life: Life, seed: str) -> dict[str, SalesChannel]:
        return {branch.account: self._channel(branch, life, seed) for branch in self.branches}

    def _channel(self, branch: Branch, life: Life, seed: str) -> SalesChannel:
        wire = Wire(
            branch.account, self._apps[branch.account], self._context, lambda: self.weather,
            random.Random(f"{seed}:{branch.account}"), life.pulse.boundary, self.note, TIMEOUT_S,
            lambda: f"{self.world_clock.now():%Y-%m-%d %H:%M:%S}", branch.landings,
        )  # fmt: skip
        return branch.open_channel(life.surroundings, wire)

    # ------------------------------------------------------------- the people

    def arrive(self, day: int) -> None:
        """Everybody comes to work."""
        people = visitors(self.seed, CUSTOMERS, MORNING)
        clock = self.world_clock

        def chance(name: str) -> random.Random:
            return random.Random(f"{self.seed}:{day}:{name}")

        steps: dict[str, Callable[[], bool]] = {
            "till-1": Cashier(self.till, chance("till-1")).step,
            "till-2": Cashier(self.till, chance("till-2")).step,
            "storekeeper": Storekeeper(self.receiver, chance("storekeeper")).step,
            "returns": Returns(self.receiver, chance("returns")).step,
            "office": Office(self.staff, chance("office")).step,
        }
        pauses = dict(PAUSES_S)
        for branch in self.branches:
            name, shop = branch.account, branch.shop
            steps[f"billing {name}"] = Billing(self.staff, shop, clock, branch.prefix, chance(f"billing {name}")).step
            steps[f"buyers {name}"] = Buyers(shop, people, chance(f"buyers {name}")).step
            steps[f"second-thoughts {name}"] = SecondThoughts(shop, clock, people, chance(f"thoughts {name}")).step
            steps[f"gateway {name}"] = Gateway(shop, clock, chance(f"gateway {name}")).step
            pauses |= {f"{role} {name}": pause for role, pause in SHOP_PAUSES_S.items()}
        self.trading = True
        for name, step in steps.items():
            self.begin(self._work(name, step, pauses[name] * self._pace, chance(f"{name} pauses")))
        pause_s = PAUSES_S["operator"] * self._pace
        self.begin(self.operator.work(chance("operator"), pause_s, lambda: self.trading))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let somebody of the world's begin; what goes wrong with them is kept in `bugs`."""
        task = self.loop.create_task(work, context=self._context.copy())
        self._at_work[task] = None
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._at_work[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.bugs.append(f"{error!r}")

    async def _work(self, name: str, step: Callable[[], bool], pause_s: float, chance: random.Random) -> None:
        await asyncio.sleep(chance.expovariate(1 / pause_s))
        while self.trading:
            done = _is_done(step)
            self.diary.note(f"{name} {'acts' if done else 'finds nothing'}")
            await asyncio.sleep(chance.expovariate(1 / pause_s))
