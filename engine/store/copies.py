"""Copies of the store: whole as of one moment, proven sound, and marked, so that a store put back from one is known.

What follows from putting one back is said in `engine/restored.py`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from pathlib import Path

from engine.disk import not_written_by_sqlite
from engine.errors import Misconfigured

COPY_MODE = 0o600  # customers' addresses are in it, and a copy travels
_MARK = 0x496E4370  # "InCp", in the file's header field for applications; a store that was never copied has 0 there
_MARK_AT, _JOURNAL_AT = slice(68, 72), 18  # https://sqlite.org/fileformat2.html, "The Database Header"
_ROLLBACK = 1  # that file has never been opened as a store, which keeps a write-ahead log


def make(db: sqlite3.Connection, target: Path) -> None:
    """Copy the store as it stands now into `target`, while others go on writing. The connection may be read-only.

    Raises FileExistsError where there is a file already, Misconfigured("store-damaged") when the store is not sound,
    OSError and RetryLater (see `engine.disk`) when the copy cannot be written. Nothing is left there then.
    """
    if target.exists():
        raise _taken(target)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, COPY_MODE))
    try:
        _fill(db, partial)
        _name(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def is_copy(db: sqlite3.Connection) -> bool:
    """Whether this store was put back from a copy, and nobody has drawn the conclusions yet."""
    return bool(db.execute("PRAGMA application_id").fetchone()[0] == _MARK)


def lay_aside_log_of_another(path: Path) -> None:
    """Where a copy was just put in the store's place, keep SQLite from taking the former store's log for its own.

    It would write pages of the one file into the other. A copy comes as one file, so that a log beside it is never its.
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return
    if header[_MARK_AT] != _MARK.to_bytes(4, "big") or header[_JOURNAL_AT] != _ROLLBACK:
        return
    for ending in ("-wal", "-shm", "-journal"):
        log = path.with_name(path.name + ending)
        with contextlib.suppress(FileNotFoundError):
            log.replace(log.with_name(log.name + ".aside"))


def take_for_the_store(db: sqlite3.Connection) -> None:
    """From now on this is the store, and no copy of it. To be called in the transaction that draws the conclusions."""
    db.execute("PRAGMA application_id = 0")


def _fill(db: sqlite3.Connection, partial: Path) -> None:
    copy = sqlite3.connect(partial, isolation_level=None)
    try:
        db.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with no log beside it that could be left behind
        copy.execute(f"PRAGMA application_id = {_MARK}")
        (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise not_written_by_sqlite(partial, error) or error from error
    except sqlite3.DatabaseError as error:
        raise Misconfigured("store-damaged", str(error), path=_file_of(db)) from error
    finally:
        copy.close()
    if found != "ok":
        raise Misconfigured("store-damaged", found, path=_file_of(db))


def _name(partial: Path, target: Path) -> None:
    """Give the finished file its name, which must be free: a link cannot take the place of another file."""
    try:
        target.hardlink_to(partial)
    except OSError as error:  # its name was taken meanwhile; or a stick or a network share that knows no links
        if target.exists():
            raise _taken(target) from error
        partial.rename(target)
    with contextlib.suppress(OSError):  # not every file system lets a folder be opened
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _taken(target: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))


def _file_of(db: sqlite3.Connection) -> str:
    return str(db.execute("PRAGMA database_list").fetchone()[2])
