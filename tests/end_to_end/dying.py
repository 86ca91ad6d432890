"""A process that dies at its n-th call of a port: the engine's body for the crash tests. Not a test itself.

usage: python -m tests.end_to_end.dying DATABASE.json SHOP_URL STATE N before|after
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from connectors.cplus.base.firebird import Database
from connectors.sandbox.shop import Shop
from tests.end_to_end.world import ShiftedClock, World, life

SURVIVED = 0


class Death:
    """Counts calls; at the n-th the process is killed as by a power cut."""

    def __init__(self, at: int, when: str) -> None:
        self._at = at
        self._when = when
        self.calls = 0

    def strike(self, when: str) -> None:
        if when == self._when and self.calls == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


class Mortal:
    """A port, each of whose calls may be the last."""

    def __init__(self, port: Any, death: Death) -> None:
        self._port = port
        self._death = death

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if inspect.isasyncgenfunction(found):
            return partial(self._pages, found)
        return partial(self._call, found) if inspect.iscoroutinefunction(found) else found

    async def _call(self, call: Any, *args: Any, **kwargs: Any) -> Any:
        self._death.calls += 1
        self._death.strike("before")
        result = await call(*args, **kwargs)
        self._death.strike("after")
        return result

    async def _pages(self, call: Any, *args: Any) -> AsyncIterator[Any]:
        self._death.calls += 1
        self._death.strike("before")
        async for page in call(*args):
            yield page
        self._death.strike("after")


async def _run(world: World, death: Death) -> None:
    mortal = partial(Mortal, death=death)
    async with life(world, wrap_erp=mortal, wrap_channel=mortal, rested=False) as engine:
        await engine.sync()


def main(arguments: list[str]) -> int:
    """Run to rest, or die. Prints the number of port calls when it survives."""
    database, url, state, at, when = arguments
    world = World(Database(**json.loads(database)), Shop(ShiftedClock().now), url, Path(state))
    death = Death(int(at), when)
    anyio.run(_run, world, death)
    print(death.calls)
    return SURVIVED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
