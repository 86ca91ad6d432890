"""What it means when a file of ours cannot be written: no space there, or no way to it. Nothing was kept then."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from engine.errors import RetryLater

FULL, CLOSED = "store-disk", "store-closed"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
_BY_SQLITE = (
    ("SQLITE_FULL", FULL),
    ("SQLITE_IOERR", FULL),
    ("SQLITE_READONLY", CLOSED),
    ("SQLITE_CANTOPEN", CLOSED),
)
"""By the beginning of the extended result code's name, https://sqlite.org/rescode.html."""


def not_written(path: Path, error: OSError) -> RetryLater:
    """What the system's refusal is to whoever wanted to write this file."""
    return RetryLater(FULL if error.errno in _FULL else CLOSED, str(error), path=str(path))


def not_written_by_sqlite(path: Path, error: sqlite3.OperationalError) -> RetryLater | None:
    """The same of a database; None for an error that is not the disk's."""
    name = getattr(error, "sqlite_errorname", "")
    code = next((code for beginning, code in _BY_SQLITE if name.startswith(beginning)), None)
    return None if code is None else RetryLater(code, f"{name}: {error}", path=str(path))
