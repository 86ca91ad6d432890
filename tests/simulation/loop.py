"""An asyncio loop whose time is virtual and whose tasks run in an order drawn from a seed.

Nothing waits: with nobody ready, time jumps to the next timer. Whoever would need a thread or a socket fails, so that a
run depends on its seed alone. A killed life's tasks are run to their end at once and apart from everybody else: they
may not delay or reorder what lives.
"""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

BURIAL_STEPS_MAX = 100_000


class Mortal(Protocol):
    """What a loop can bury: all tasks that were started in its context."""

    dead: bool

    def end(self) -> bool:
        """Ask the first of its tasks to end; True once it has."""


OWNER: ContextVar[Mortal | None] = ContextVar("owner", default=None)
"""Whose task this is; None = the world's."""


class Stuck(Exception):
    """Nobody is ready and nobody sleeps: everybody waits for somebody for ever."""


class SimLoop(asyncio.BaseEventLoop):
    """`now` seconds have passed; `steps` callbacks have run."""

    def __init__(self, seed: int | str) -> None:
        super().__init__()
        self._chance = random.Random(f"{seed}:order")
        self._now = 0.0
        self._dying: list[Mortal] = []
        self.steps = 0
        self.set_exception_handler(self._note_failure)
        self.failures: list[str] = []
        """What asyncio would have logged: an exception that nobody looked at."""

    def time(self) -> float:
        return self._now

    def bury(self, mortal: Mortal) -> None:
        """Run what is left of it to its end before anybody else's next step."""
        self._dying.append(mortal)

    # ------------------------------------------------------------- what asyncio calls

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        return self.call_soon(callback, *args, context=context)  # there is one thread

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Done at once, here."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _asyncgen_finalizer_hook(self, generator: Any) -> None:
        """Left as it is. Its end would be a task begun whenever Python finds it, in the name of whoever runs then."""

    def _write_to_self(self) -> None:
        raise RuntimeError("a thread spoke to the simulated loop")

    def _run_once(self) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        while timers and (timers[0]._cancelled or _is_dead(timers[0])):
            heapq.heappop(timers)._scheduled = False  # type: ignore[attr-defined]
        if not ready:
            if not timers:
                raise Stuck
            self._now = max(self._now, timers[0].when())
        while timers and timers[0].when() <= self._now:
            timer = heapq.heappop(timers)
            timer._scheduled = False  # type: ignore[attr-defined]
            ready.append(timer)
        batch = list(ready)
        ready.clear()
        self._chance.shuffle(batch)
        turn = deque(batch)
        while turn:
            self._step(turn.popleft())
            while self._dying:
                self._bury(self._dying.pop(), turn)

    def _step(self, handle: asyncio.Handle) -> None:
        if not handle._cancelled and not _is_dead(handle):
            self.steps += 1
            handle._run()

    def _bury(self, mortal: Mortal, turn: deque[asyncio.Handle]) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        living: list[asyncio.Handle] = []
        theirs: deque[asyncio.Handle] = deque()
        waiting = [*turn, *ready]
        in_turn = len(turn)
        for place, handle in enumerate(waiting):
            if _owner(handle) is mortal:
                theirs.append(handle)
            elif place >= in_turn:
                living.append(handle)
        kept = [handle for handle in turn if _owner(handle) is not mortal]
        turn.clear()
        turn.extend(kept)
        ready.clear()
        for _ in range(BURIAL_STEPS_MAX):
            ended = mortal.end()
            for handle in ready:
                (theirs if _owner(handle) is mortal else living).append(handle)
            ready.clear()
            if not theirs:
                if not ended:
                    raise RuntimeError("a killed engine waits for the living")
                break
            handle = theirs.popleft()
            if not handle._cancelled:
                handle._run()
        else:
            raise RuntimeError("a killed engine does not end")
        ready.extend(living)

    def _note_failure(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self.failures.append(f"{context.get('message')}: {error or context.get('task')!r}")


def _owner(handle: asyncio.Handle) -> Mortal | None:
    context: Any = handle._context  # type: ignore[attr-defined]
    found: Mortal | None = context.get(OWNER)
    return found


def _is_dead(handle: asyncio.Handle) -> bool:
    owner = _owner(handle)
    return owner is not None and owner.dead
