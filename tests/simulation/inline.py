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

Turn = Callable[[], Awaitable[None]]
"""Awaited where others have their turn, and no life ends."""

Full = Callable[[], bool]


class Disk(sqlite3.Connection):
    """Where `is_full` says so a commit fails as on a full disk, which keeps nothing of the transaction."""

    is_full: Full = staticmethod(lambda: False)

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """As of any connection."""
        if sql == "COMMIT" and self.is_full():
            super().execute("ROLLBACK")
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
            raise error
        return super().execute(sql, *parameters)


class SimStore(Store):
    """The real file and whole transactions. A life that ends here leaves all of a transaction or none of it."""

    def __init__(self, path: Path, boundary: Boundary, turn: Turn, is_full: Full) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, factory=Disk)
        self._boundary = boundary
        self._turn = turn
        _prepare(self._db, path)
        self._db.execute("PRAGMA synchronous = OFF")  # a kill loses nothing of it, and power cuts are another test
        self._db.is_full = is_full

    async def write(self, work: Work[T]) -> T:
        """One transaction: a life may end before it, and after it before anybody has heard."""
        await self._boundary("store")
        result = await super().write(work)
        await self._boundary("stored")
        return result

    async def read(self, work: Work[T]) -> T:
        """Others have their turn, as while a thread reads. To die here is to die at the next call that acts."""
        await self._turn()
        return await super().read(work)

    async def _run(self, work: Work[T]) -> T:
        return work(self._db)

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
