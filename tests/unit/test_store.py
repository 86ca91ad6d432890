"""The SQLite file: whole transactions or nothing, safe migrations, and a clear word when it cannot be used."""

from __future__ import annotations

import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.from_thread
import anyio.lowlevel
import pytest

from engine.errors import Misconfigured, RetryLater
from engine.store.database import Store, migrate, migrations, open_store, touch

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(state_folder: Path) -> Path:
    return state_folder / "integra.db"


async def put(store: Store, key: str, value: str = "x") -> None:
    await store.write(lambda db: db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value)).rowcount)


async def keys(store: Store) -> list[str]:
    return await store.read(lambda db: [row["key"] for row in db.execute("SELECT key FROM meta ORDER BY key")])


def file_version(path: Path) -> int:
    with sqlite3.connect(path) as db:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
    db.close()
    return version


async def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    async with open_store(path) as store:
        await put(store, "a")
    async with open_store(path) as store:
        assert await keys(store) == ["a"]


async def test_a_transaction_that_fails_half_way_leaves_nothing(path: Path) -> None:
    def half(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO meta VALUES ('half', 'x')")
        raise ZeroDivisionError

    async with open_store(path) as store:
        with pytest.raises(ZeroDivisionError):
            await store.write(half)
        await put(store, "next")
        assert await keys(store) == ["next"]


async def test_a_cancelled_write_is_kept_whole_or_not_at_all(path: Path) -> None:
    started, go_on = anyio.Event(), threading.Event()

    async with open_store(path) as store:
        loop_token = anyio.lowlevel.current_token()

        def slow(db: sqlite3.Connection) -> None:
            db.execute("INSERT INTO meta VALUES ('first', 'x')")
            anyio.from_thread.run_sync(started.set, token=loop_token)
            go_on.wait(5)
            db.execute("INSERT INTO meta VALUES ('second', 'x')")

        async with anyio.create_task_group() as group:
            group.start_soon(store.write, slow)
            await started.wait()
            group.cancel_scope.cancel()
        go_on.set()
        assert await keys(store) == ["first", "second"]


ENDLESS_WRITER = """
import asyncio, sys
from pathlib import Path
from engine.store.database import open_store

async def main():
    async with open_store(Path(sys.argv[1])) as store:
        for n in range(100_000):
            def pair(db):
                db.execute("INSERT INTO meta VALUES (?, 'x')", (f"{n:06}-left",))
                db.execute("INSERT INTO meta VALUES (?, 'x')", (f"{n:06}-right",))
            await store.write(pair)
            print(n, flush=True)

asyncio.run(main())
"""


def killed_while_writing(path: Path) -> int:
    """Kill an engine after its 21st acknowledged write or a little later; answers the number of the last one."""
    command = [sys.executable, "-c", ENDLESS_WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as engine:
        assert engine.stdout is not None
        acknowledged = -1
        for line in engine.stdout:
            acknowledged = int(line)
            if acknowledged == 20:
                engine.send_signal(signal.SIGKILL)
    return acknowledged


async def test_a_killed_engine_loses_nothing_that_was_acknowledged_and_keeps_no_half(path: Path) -> None:
    acknowledged = killed_while_writing(path)
    async with open_store(path) as store:
        found = await keys(store)
    assert len(found) % 2 == 0
    assert len(found) // 2 >= acknowledged + 1 >= 21


@contextmanager
def files_cannot_grow_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_file_that_cannot_grow_keeps_nothing_of_the_write_says_so_and_heals(path: Path) -> None:
    async with open_store(path) as store:
        await put(store, "before")
        wal = path.with_name(path.name + "-wal")
        with files_cannot_grow_beyond(wal.stat().st_size + 8_192):
            with pytest.raises(RetryLater) as caught:
                await put(store, "lost", "x" * 200_000)
            assert caught.value.code == "store-disk"
            assert await keys(store) == ["before"], "reading goes on"
        await put(store, "after")
        assert await keys(store) == ["after", "before"]


async def test_a_full_disk_keeps_nothing_of_the_write_says_so_and_heals(path: Path) -> None:
    async with open_store(path) as store:
        pages = await store.read(lambda db: int(db.execute("PRAGMA page_count").fetchone()[0]))
        await store.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 2}").fetchone())
        with pytest.raises(RetryLater) as caught:
            await put(store, "lost", "x" * 200_000)
        assert caught.value.code == "store-disk"
        assert "SQLITE_FULL" in caught.value.detail
        await store.read(lambda db: db.execute("PRAGMA max_page_count = 1000000").fetchone())
        await put(store, "after")
        assert await keys(store) == ["after"]


async def test_a_power_cut_loses_nothing_acknowledged_because_every_commit_reaches_the_disk(path: Path) -> None:
    async with open_store(path) as store:
        assert await store.read(lambda db: db.execute("PRAGMA synchronous").fetchone()[0]) == 2  # FULL
        assert await store.read(lambda db: db.execute("PRAGMA journal_mode").fetchone()[0]) == "wal"


async def test_only_the_owner_writes_and_the_group_may_read(path: Path) -> None:
    async with open_store(path) as store:
        await put(store, "a")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"integra.db": 0o640, "integra.db-wal": 0o640, "integra.db-shm": 0o640}


async def test_a_console_learns_that_a_topic_changed(path: Path) -> None:
    async with open_store(path) as store:
        await store.write(lambda db: touch(db, "orders", "problems"))
        moved = await store.read(
            lambda db: {row["name"] for row in db.execute("SELECT name FROM topic WHERE generation = 1")}
        )
    assert moved == {"orders", "problems"}


# Migrations -----------------------------------------------------------------------------------------------------------

FIRST = (1, "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);")
SECOND = (2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;")
BROKEN = (2, "UPDATE a SET x = 99; INSERT INTO nowhere VALUES (1);")


@pytest.fixture
def db(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def test_the_shipped_migrations_are_numbered_from_one_without_a_gap() -> None:
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_migration_leaves_a_copy_of_how_it_was_before(db: sqlite3.Connection, path: Path) -> None:
    migrate(db, path, [FIRST])
    assert list(path.parent.glob("*.before*")) == [], "there was nothing to copy"
    migrate(db, path, [SECOND, FIRST])
    assert db.execute("SELECT x, y FROM a").fetchall() == [(1, 2)]
    copy = path.with_suffix(".before-0002")
    assert file_version(copy) == 1
    assert file_version(path) == 2
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_migration_that_fails_changes_nothing(db: sqlite3.Connection, path: Path) -> None:
    migrate(db, path, [FIRST])
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, path, [FIRST, BROKEN])
    db.close()
    with sqlite3.connect(path) as again:
        assert again.execute("SELECT x FROM a").fetchall() == [(1,)]
    again.close()
    assert file_version(path) == 1


async def test_a_store_of_a_newer_version_is_refused_untouched(path: Path) -> None:
    async with open_store(path):
        pass
    with sqlite3.connect(path) as later:
        later.execute("PRAGMA user_version = 999")
    later.close()
    with pytest.raises(Misconfigured) as caught:
        async with open_store(path):
            pass
    assert caught.value.code == "store-newer"
    assert caught.value.params["found"] == 999
    assert file_version(path) == 999


async def test_a_damaged_store_is_refused_and_left_for_rescue(path: Path) -> None:
    path.write_bytes(b"this is no database at all" * 100)
    before = path.read_bytes()
    with pytest.raises(Misconfigured) as caught:
        async with open_store(path):
            pass
    assert caught.value.code == "store-damaged"
    assert path.read_bytes() == before
