"""The engine's two threads, run in the loop: the store's writer, and those of C-Plus's connections.

Production knows nothing of it: the store already hands each piece of work to one place, and so does the actor.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

from connectors.cplus.base import actor, layout
from connectors.cplus.base.session import Session
from engine.store.database import Store, Work, _prepare

T = TypeVar("T")

Boundary = Callable[[str], Awaitable[None]]
"""Awaited where a call leaves the engine and where its answer comes back: the moments at which a life may end."""


class SimStore(Store):
    """The real file and whole transactions. A life that ends here leaves all of a transaction or none of it."""

    def __init__(self, path: Path, boundary: Boundary) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._boundary = boundary
        _prepare(self._db, path)

    async def _hop(self, work: Work[T]) -> T:
        await self._boundary("store")
        result = work(self._db)
        await self._boundary("stored")
        return result

    def drop(self) -> None:
        """What a kill does: nothing that is open is committed."""
        self._db.close()


class InlineWorker(actor._Worker):
    """A connection whose work is done at once by whoever asks for it."""

    def __init__(self, name: str, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._session = None
        self._retired = False

    def put(self, job: actor._Job[Any]) -> None:
        self._carry_out(job)

    def leave(self) -> None:
        self._drop()

    def join(self) -> None:
        return


@contextmanager
def without_threads() -> Iterator[None]:
    """Inside, connections to C-Plus have no threads; and one reading of the layout is enough, which no base changes."""
    known: list[layout.Layout] = []

    def read(session: Session) -> layout.Layout:
        if not known:
            known.append(read_layout(session))
        return known[0]

    read_layout = layout.read
    with mock.patch.object(actor, "_Worker", InlineWorker), mock.patch.object(layout, "read", read):
        yield
