"""A disk that loses what was not synced when the power goes, sector by sector, for SQLite by way of apsw."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

SECTOR_BYTES = 512


class PowerCut(Exception):
    """The power has gone; nothing answers any more."""


@dataclass
class File:
    """What is on the platters for certain, and what the program believes to be there."""

    durable: bytearray = field(default_factory=bytearray)
    seen: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes, offset: int) -> None:
        if len(self.seen) < offset:
            self.seen.extend(bytes(offset - len(self.seen)))
        self.seen[offset : offset + len(data)] = data

    def after_cut(self, chance: random.Random) -> File:
        """Each sector that was not synced has come through or not, for itself; so has the new length."""
        left = bytearray(self.durable)
        if len(self.seen) < len(left) and chance.random() < 0.5:
            del left[len(self.seen) :]
        for start in range(0, len(self.seen), SECTOR_BYTES):
            sector = self.seen[start : start + SECTOR_BYTES]
            if sector != self.durable[start : start + SECTOR_BYTES] and chance.random() < 0.5:
                left.extend(bytes(max(0, start - len(left))))
                left[start : start + len(sector)] = sector
        return File(bytearray(left), left)


class Disk(apsw.VFS):
    """All files of one machine. The power goes at the `cut_at`-th sync, before it has done anything."""

    def __init__(self, files: Mapping[str, File] | None = None, cut_at: int | None = None) -> None:
        self.files = dict(files or {})
        self.cut_at = cut_at
        self.syncs = 0
        self.dark = False
        self.name = f"losing-{id(self)}"
        super().__init__(self.name, base="")

    def after_cut(self, chance: random.Random) -> Disk:
        """The machine is started again."""
        return Disk({name: file.after_cut(chance) for name, file in self.files.items()})

    def lit(self) -> None:
        """Raise PowerCut when it is dark."""
        if self.dark:
            raise PowerCut

    def sync(self, file: File) -> None:
        self.lit()
        self.syncs += 1
        if self.syncs == self.cut_at:
            self.dark = True
            raise PowerCut
        file.durable[:] = file.seen

    # --- what SQLite asks of a file system, https://sqlite.org/c3ref/vfs.html ----------------------------------------

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        self.lit()
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return _Handle(self, self.files.setdefault(path, File()))

    def xAccess(self, pathname: str, flags: int) -> bool:
        self.lit()
        return pathname in self.files

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.lit()
        self.files.pop(filename, None)

    def xFullPathname(self, name: str) -> str:
        return name

    def xRandomness(self, numbytes: int) -> bytes:
        return random.Random(self.syncs).randbytes(numbytes)

    def xSleep(self, microseconds: int) -> int:
        return microseconds

    def xCurrentTime(self) -> float:
        return 2_461_369.5

    def xGetLastError(self) -> tuple[int, str]:
        return 0, ""


class _Handle:
    """An open file: one process, so that locks are always given."""

    def __init__(self, disk: Disk, file: File) -> None:
        self._disk = disk
        self._file = file

    def xRead(self, amount: int, offset: int) -> bytes:
        self._disk.lit()
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.lit()
        self._file.write(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._disk.lit()
        del self._file.seen[newsize:]

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._file)

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xSectorSize(self) -> int:
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xCheckReservedLock(self) -> bool:
        return False

    def xLock(self, level: int) -> None:
        return None

    def xUnlock(self, level: int) -> None:
        return None

    def xClose(self) -> None:
        return None


@dataclass(frozen=True)
class Rows:
    """What a statement answered, as sqlite3's cursor gives it."""

    rows: Sequence[tuple[Any, ...]]

    def fetchone(self) -> tuple[Any, ...] | None:
        return self.rows[0] if self.rows else None

    def fetchall(self) -> Sequence[tuple[Any, ...]]:
        return self.rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)


class Connection:
    """As much of sqlite3's connection as the store's opening and its transactions use."""

    row_factory: Any = None

    def __init__(self, disk: Disk, path: str) -> None:
        self._db = apsw.Connection(path, vfs=disk.name)
        self.execute("PRAGMA locking_mode = EXCLUSIVE")  # this disk has no memory that processes share

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        return Rows(list(self._db.execute(sql, values)))

    def executescript(self, script: str) -> None:
        self.execute(script)

    def backup(self, target: sqlite3.Connection) -> None:
        """The copy before a migration lies on a disk that is not looked at here; it stays empty."""
