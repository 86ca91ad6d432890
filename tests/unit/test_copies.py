"""Copies of the store: whole, sound, never over another file, and known for what they are when they are put back."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import Misconfigured, RetryLater
from engine.store import copies
from engine.store.database import Store, open_store

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(state_folder: Path) -> Path:
    return state_folder / "integra.db"


async def put(store: Store, key: str, value: str = "x") -> None:
    await store.write(lambda db: db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value)).rowcount)


async def keys(path: Path) -> list[str]:
    async with open_store(path) as store:
        return await store.read(lambda db: [row["key"] for row in db.execute("SELECT key FROM meta ORDER BY key")])


def read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


async def test_a_copy_is_whole_while_the_engine_goes_on_writing(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    async with open_store(path) as store:
        await put(store, "a")
        with closing(read_only(path)) as db:
            copies.make(db, target)
        await put(store, "b")
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["copy.db"], "one file, and nothing half"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600, "buyers' addresses are in it"
    assert await keys(target) == ["a"]


async def test_a_copy_never_takes_the_place_of_another_file(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("last night's")
    async with open_store(path) as store:
        with pytest.raises(FileExistsError):
            await store.read(lambda db: copies.make(db, target))
    assert target.read_text() == "last night's"


async def test_of_a_damaged_store_there_is_no_copy_that_looks_like_one(path: Path, tmp_path: Path) -> None:
    async with open_store(path) as store:
        await put(store, "long", "x" * 200_000)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 3 * 4096)
        file.write(b"\xff" * 3 * 4096)
    with closing(read_only(path)) as db, pytest.raises(Misconfigured) as caught:
        copies.make(db, tmp_path / "copy.db")
    assert (caught.value.code, caught.value.params["path"]) == ("store-damaged", str(path))
    assert not list(tmp_path.glob("copy*"))


async def test_a_copy_for_which_there_is_no_space_leaves_nothing_and_harms_nothing(path: Path, tmp_path: Path) -> None:
    async with open_store(path) as store:
        await put(store, "long", "x" * 1_000_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            with pytest.raises(RetryLater) as caught:
                await store.read(lambda db: copies.make(db, tmp_path / "copy.db"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.code == "store-disk"
        assert not list(tmp_path.glob("copy*"))
        await put(store, "after")


async def test_a_store_put_back_is_known_as_a_copy_until_somebody_has_drawn_the_conclusions(
    path: Path, tmp_path: Path
) -> None:
    async with open_store(path) as store:
        await store.read(lambda db: copies.make(db, tmp_path / "copy.db"))
        assert not await store.read(copies.is_copy)
    shutil.copyfile(tmp_path / "copy.db", path)
    async with open_store(path) as store:
        assert await store.read(copies.is_copy)
    async with open_store(path) as store:
        assert await store.read(copies.is_copy), "whoever was killed before begins anew"
        await store.write(copies.take_for_the_store)
    async with open_store(path) as store:
        assert not await store.read(copies.is_copy)


async def test_the_log_that_a_killed_engine_left_is_not_mixed_into_the_copy_put_in_its_place(
    path: Path, tmp_path: Path
) -> None:
    log = path.with_name("integra.db-wal")
    async with open_store(path) as store:
        await put(store, "a")
        await store.read(lambda db: copies.make(db, tmp_path / "copy.db"))
        for number in range(20):
            await put(store, f"later {number}", "y" * 5_000)
        shutil.copyfile(log, tmp_path / "log")
    shutil.copyfile(tmp_path / "copy.db", path)
    shutil.copyfile(tmp_path / "log", log)
    assert await keys(path) == ["a"]
    assert log.with_name("integra.db-wal.aside").exists(), "kept for whoever wants to rescue more"


async def test_the_log_of_a_copy_that_became_the_store_is_its_own(path: Path, tmp_path: Path) -> None:
    async with open_store(path) as store:
        await store.read(lambda db: copies.make(db, tmp_path / "copy.db"))
    shutil.copyfile(tmp_path / "copy.db", path)
    async with open_store(path) as store:
        await put(store, "acknowledged")
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in path.parent.glob("integra.db*"):
            shutil.copyfile(file, killed / file.name)
    assert await keys(killed / "integra.db") == ["acknowledged"]
