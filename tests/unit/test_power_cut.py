"""The power goes at any moment: what the store had acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, cast

import apsw
import pytest

from engine.store import database
from tests.unit.losing_disk import Connection, Disk, PowerCut

pytestmark = [
    pytest.mark.long,
    # SQLite closes what it has open as a machine without power would not; nobody is there to hear that it fails.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

FILE = "/integra.db"
WRITES = 60
CUTS_MAX = 1_000


class Life:
    """One life of the store on a disk; `acknowledged`: the last pair that it said to have kept."""

    def __init__(self, disk: Disk, real: Path, synchronous: str | None = None) -> None:
        self.acknowledged = -1
        self._db = cast(Any, Connection(disk, FILE))
        database._prepare(self._db, real)
        self._db.execute("PRAGMA wal_autocheckpoint = 20")  # so that the log is carried over many times
        if synchronous:
            self._db.execute(f"PRAGMA synchronous = {synchronous}")

    def write(self, number: int) -> None:
        def pair(db: Any) -> None:
            for side in ("left", "right"):
                db.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (f"{number:03}-{side}", "x" * 700))

        database._transaction(self._db, pair)
        self.acknowledged = number

    def found(self) -> list[str]:
        assert self._db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [key for (key,) in self._db.execute("SELECT key FROM meta WHERE key LIKE '0%' ORDER BY key")]


def cut_short(disk: Disk, real: Path, synchronous: str | None = None) -> int:
    """Work until the power goes, or the work is done; answers what was acknowledged last."""
    life: Life | None = None
    try:
        life = Life(disk, real, synchronous)
        for number in range(WRITES):
            life.write(number)
    except (PowerCut, apsw.Error):
        assert disk.dark
    return -1 if life is None else life.acknowledged


def lost_after_cut(sync: int, real: Path, synchronous: str | None = None) -> tuple[int, bool]:
    """How many acknowledged pairs a cut at this sync lost, and whether it came at all."""
    disk = Disk(cut_at=sync)
    acknowledged = cut_short(disk, real, synchronous)
    found = Life(disk.after_cut(random.Random(sync)), real).found()
    assert len(found) % 2 == 0, "nothing is there by half"
    return max(0, acknowledged + 1 - len(found) // 2), disk.dark


def lost_in_all(real: Path, synchronous: str | None = None) -> int:
    lost = 0
    for sync in range(1, CUTS_MAX):
        pairs, was_dark = lost_after_cut(sync, real, synchronous)
        lost += pairs
        if not was_dark:
            assert sync > 20, "there was nothing to cut"
            return lost
    raise AssertionError("the work never ended")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """The store sets the mode of a file that the other disk does not have."""
    path = tmp_path / "integra.db"
    path.touch()
    return path


def test_a_power_cut_at_any_sync_loses_nothing_that_was_acknowledged(real: Path) -> None:
    assert lost_in_all(real) == 0


def test_on_this_disk_a_store_that_syncs_less_would_lose_some(real: Path) -> None:
    assert lost_in_all(real, "NORMAL") > 0
