"""One life of the engine in the simulated world, from its start on a file to a kill at one of its calls."""

from __future__ import annotations

import asyncio
import itertools
import random
import zlib
from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.errors import ErpAway, IntegraError, OutcomeUnknown, RetryLater
from engine.model.engine_mark import EngineMark
from engine.ports import Erp, SalesChannel, Surroundings
from engine.runtime.commands import OWNER as OWNER_ROLE
from engine.runtime.commands import Answer, Ask, Commands
from engine.runtime.supervisor import Supervisor
from engine.settings import Settings
from tests.simulation.faults import ERP, Fault, Weather
from tests.simulation.inline import SimStore
from tests.simulation.loop import OWNER, SimLoop

ERP_CALL_S = 0.01  # on average, and again for the answer
ERP_WRITES = frozenset(
    {"create_customer", "update_customer", "write_order", "reserve_order", "release_order", "cancel_order",
     "release_invoiced", "set_online"}
)  # fmt: skip
BEFORE_IT_IS_DONE = frozenset(ERP) - {"unsure-done", "unsure-undone"}
AT_ONCE = frozenset({"close", "incarnation", "is_claimed"})
"""Calls of the port that touch nothing."""

BOOT = "boot"


class ProcessDead(BaseException):
    """The process of this task was killed: nothing that it still does has any effect."""


class SimClock:
    """`ports.Clock` of the machine: virtual time, moved where somebody has set the clock."""

    def __init__(self, loop: SimLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start
        self.shift = timedelta()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._loop.time()) + self.shift

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class Pulse:
    """Counts the calls of a life, ends it at the one that the weather chose, and sets the clock on its word."""

    def __init__(self, clock: SimClock, weather: Callable[[], Weather], note: Callable[[str], None]) -> None:
        self._clock = clock
        self._weather = weather
        self._note = note
        self.mortal: Life | None = None
        self.calls = 0
        self.killed_by: Fault | None = None

    async def boundary(self, what: str) -> None:
        """A call leaves, or its answer comes. Raises ProcessDead once the life has ended."""
        mortal = self.mortal
        assert mortal is not None
        if mortal.dead:
            raise ProcessDead
        self.calls += 1
        if killed_by := self._weather().strikes("engine", ("kill",), what):
            self.killed_by = killed_by
            self._note(f"killed at {what}")
            mortal.kill()
            raise ProcessDead
        if set_by := self._weather().strikes("engine", ("clock",)):
            self._clock.shift += timedelta(seconds=set_by.seconds)
            self._note(f"the clock is set by {set_by.seconds:+.0f} s")
        await self.turn()

    async def turn(self) -> None:
        """Others have theirs. Raises ProcessDead once the life has ended."""
        await asyncio.sleep(0)
        if self.mortal is None or self.mortal.dead:
            raise ProcessDead

    def disk_is_full(self) -> bool:
        """For the store: whether this commit fails."""
        if self._weather().strikes("engine", ("disk",)) is None:
            return False
        self._note("the disk is full")
        return True


class SimErp:
    """C-Plus behind a network: every call takes time, may fail, and may be the last of its life."""

    def __init__(
        self, erp: Erp, pulse: Pulse, weather: Callable[[], Weather], chance: random.Random, note: Callable[[str], None]
    ) -> None:
        self._erp = erp
        self._pulse = pulse
        self._weather = weather
        self._chance = chance
        self._note = note

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._erp, name)
        if name in AT_ONCE:
            return call

        async def carried(*args: Any, **kwargs: Any) -> Any:
            await self._pulse.boundary(f"cplus {name}")
            await asyncio.sleep(self._pause())
            fitting = ERP if name in ERP_WRITES else BEFORE_IT_IS_DONE
            fault = self._weather().strikes("cplus", fitting, name)
            if self._pulse.mortal is None or self._pulse.mortal.dead:
                raise ProcessDead
            if name in ERP_WRITES:
                self._note(f"cplus {name} {fault.kind if fault else ''}")
            _fail_before(fault)
            result = await call(*args, **kwargs)
            await asyncio.sleep(self._pause())
            if fault is not None:
                raise OutcomeUnknown("erp-commit-unknown")
            await self._pulse.boundary(f"cplus {name} answered")
            return result

        return carried

    def _pause(self) -> float:
        return self._chance.expovariate(1 / ERP_CALL_S)


def _fail_before(fault: Fault | None) -> None:
    match fault.kind if fault else "":
        case "conflict":
            raise RetryLater("erp-busy")
        case "cut":
            raise ErpAway("erp-connection-lost")
        case "erp-away":
            raise ErpAway("erp-unreachable")
        case "unsure-undone":
            raise OutcomeUnknown("erp-commit-unknown")


def _nothing() -> None:
    return


def _mark(seed: str, store: Path) -> EngineMark:
    """The machine is never started anew and runs one engine in each folder; a copy of a store keeps its id."""
    life = f"{zlib.crc32(seed.encode()):08x}"
    return EngineMark(life, "store", "machine", "cards", BOOT, store.stem, "loja", 1)


class Life:
    """Begun by `start`, ended by `kill`, or by itself where it cannot even begin."""

    def __init__(self, loop: SimLoop, pulse: Pulse, clock: SimClock, store: Path, seed: str) -> None:
        ids = itertools.count(1)
        self.dead = False
        self.pulse = pulse
        self.surroundings = Surroundings(
            clock, random.Random(seed), lambda: f"{seed}-{next(ids)}", mark=_mark(seed, store)
        )
        self._loop = loop
        self._clock = clock
        self._store = SimStore(store, pulse.boundary, pulse.turn, pulse.disk_is_full)
        self._asked: dict[asyncio.Task[Answer], None] = {}
        self._root: asyncio.Task[None] | None = None
        self._asked_to_end = False
        self.when_killed: Callable[[], None] = _nothing
        pulse.mortal = self

    def start(self, settings: Settings, erp: Any, channels: dict[str, SalesChannel]) -> None:
        """Begin to work."""
        self.engine = Engine(settings, self._store, erp, channels, self.surroundings)
        self.supervisor = Supervisor(self._store, self.surroundings, self.engine.tasks(), settings.interval_s)
        self.engine.wake = self.supervisor.wake
        self.commands = Commands(self._store, self.engine.verbs(), self.supervisor.wake)
        context = copy_context()
        context.run(OWNER.set, self)
        self._context = context
        self._root = self._loop.create_task(self._live(), context=context)

    async def _live(self) -> None:
        try:
            await self.commands.recover(self._clock.now())
            await self.engine.start()
        except IntegraError:  # a disk that is full from the first moment on: the process ends, and is started again
            self.kill()
            return
        await self.supervisor.run()

    async def ask(self, id: str, verb: str, args: dict[str, Any], row_version: int | None) -> Answer | None:
        """A person's command; None where the engine died over it. To be repeated under the same id then."""
        ask = Ask(id, verb, args, "operadora", OWNER_ROLE, row_version, self._clock.now())
        answer: asyncio.Future[Answer | None] = self._loop.create_future()

        task = self._loop.create_task(self.commands.ask(ask), context=self._context.copy())
        self._asked[task] = None

        def ended(_: asyncio.Task[Answer]) -> None:
            del self._asked[task]
            lived = not task.cancelled() and task.exception() is None
            answer.set_result(task.result() if lived else None)  # else the console sees its connection break

        task.add_done_callback(ended)
        return await answer

    def kill(self) -> None:
        """kill -9: what is stored stays, what is on its way to others goes on there, everything else is gone."""
        assert not self.dead
        self.dead = True
        self._store.drop()
        self.when_killed()
        self._loop.bury(self)

    def end(self) -> bool:
        """For the loop: ask what is left to end."""
        assert self._root is not None
        tasks = [self._root, *self._asked]
        if not self._asked_to_end:
            self._asked_to_end = True
            for task in tasks:
                task.cancel()
        return all(task.done() for task in tasks)
