"""The one writer of the SQLite file: opening, migrating, and whole transactions in one thread hop each.

aiosqlite runs the work in its own thread. Work is a plain function of a `sqlite3.Connection`, so that a transaction is
never open across an await: a cancelled task or a kill leaves all of it or none.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import aiosqlite

from engine.disk import not_written, not_written_by_sqlite
from engine.errors import Misconfigured
from engine.store import copies

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

FILE_MODE = 0o640
BUSY_TIMEOUT_MS = 5_000
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class Store:
    """The engine's database. Made by `open_store`; everything in it goes through `write` and `read`."""

    def __init__(self, connection: aiosqlite.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path

    async def write(self, work: Work[T]) -> T:
        """Run `work` as one transaction. When the disk does not take it, see `engine.disk`, nothing was kept."""
        return await self._hop(lambda db: _transaction(db, work))

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent state; it must not write."""
        return await self._hop(work)

    async def _hop(self, work: Work[T]) -> T:
        try:
            return await self._run(work)
        except sqlite3.OperationalError as error:
            raise not_written_by_sqlite(self.path, error) or error from error
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(_DAMAGE):
                raise Misconfigured("store-damaged", str(error), path=str(self.path)) from error
            raise

    async def _run(self, work: Work[T]) -> T:
        # aiosqlite has no public way to run a function in its thread; this is the only use of its private one, and the
        # seam where a simulation puts a connection without a thread.
        return await self._connection._execute(work, self._connection._conn)  # type: ignore[no-any-return,no-untyped-call]


def _transaction(db: sqlite3.Connection, work: Work[T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # a full disk has rolled back already
            db.execute("ROLLBACK")
        raise
    return result


def touch(db: sqlite3.Connection, *topics: str) -> None:
    """Tell the consoles that what hangs on these topics has changed."""
    db.executemany("UPDATE topic SET generation = generation + 1 WHERE name = ?", [(topic,) for topic in topics])


def generations(db: sqlite3.Connection, *topics: str) -> tuple[int, ...]:
    """Where these topics stand: equal to earlier ones when nothing that hangs on them has changed."""
    known = dict(db.execute("SELECT name, generation FROM topic").fetchall())
    return tuple(known[topic] for topic in topics)


@contextlib.asynccontextmanager
async def open_store(path: Path) -> AsyncIterator[Store]:
    """Open (creating and migrating as needed) the store in this file.

    Raises Misconfigured("store-newer") for a file of a newer version, ("store-damaged") for one SQLite cannot read,
    RetryLater (see `engine.disk`) for one that cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o2750)
        copies.lay_aside_log_of_another(path)
        connection = await aiosqlite.connect(path, isolation_level=None)
    except OSError as error:
        raise not_written(path, error) from error
    except sqlite3.OperationalError as error:
        raise not_written_by_sqlite(path, error) or error from error
    try:
        store = Store(connection, path)
        try:
            await store._hop(lambda db: _prepare(db, path))
        except OSError as error:
            raise not_written(path, error) from error
        except sqlite3.DatabaseError as error:
            raise Misconfigured("store-damaged", str(error), path=str(path)) from error
        yield store
    finally:
        await connection.close()


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    path.chmod(FILE_MODE)
    db.row_factory = sqlite3.Row
    db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    db.execute("PRAGMA journal_mode = WAL")
    # FULL: a power cut loses no acknowledged transaction, so "stored before acted upon" is literally true.
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    migrate(db, path)


def migrations() -> list[tuple[int, str]]:
    """The numbered migrations that ship with the engine, in order."""
    folder = files("engine.store") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_", 1)[0]), (folder / name).read_text(encoding="utf-8")) for name in names]


def migrate(db: sqlite3.Connection, path: Path, steps: Iterable[tuple[int, str]] | None = None) -> None:
    """Bring the file to the newest version, one transaction per step; a copy of what it was stays beside it."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    todo = sorted(migrations() if steps is None else steps)
    newest = todo[-1][0] if todo else version
    if version > newest:
        raise Misconfigured("store-newer", path=str(path), found=version, known=newest)
    missing = [(number, script) for number, script in todo if number > version]
    if missing and version:
        before = path.with_suffix(f".before-{missing[0][0]:04}")
        before.unlink(missing_ok=True)  # of a try that did not come to its end
        copies.make(db, before)
    for number, script in missing:
        db.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
