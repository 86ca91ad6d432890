"""The console's own read-only connection, in one thread.

A `mode=ro` connection may still take part in checkpoints of the file, so `query_only` is set too, and every read is one
`fetchall`: no statement stays open that would hold the writer's log back. `PRAGMA data_version` costs three
microseconds; only when it moved is the table of topics read.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

T = TypeVar("T")
Query = Callable[[sqlite3.Connection], T]
Changed = Callable[[frozenset[str]], None]

POLL_S = 0.25
BUSY_TIMEOUT_MS = 2_000
JOIN_S = 2.0


class NotReadable(Exception):
    """The store cannot be read now: it is not there yet, or the file is damaged."""


def fold(text: str | None) -> str:
    """Without accents and case, as a search compares."""
    if not text:
        return ""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def like(text: str) -> str:
    """What `fold(...) LIKE ? ESCAPE '\\'` compares with to find this text anywhere; "" for none."""
    if not text:
        return ""
    folded = fold(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{folded}%"


def open_readonly(path: Path) -> sqlite3.Connection:
    """A connection that can only read. Raises NotReadable."""
    try:
        db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise NotReadable(str(error)) from error
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA query_only = 1")
        db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        db.create_function("fold", 1, fold, deterministic=True)
        db.execute("SELECT 1 FROM topic").fetchall()
    except sqlite3.Error as error:
        db.close()
        raise NotReadable(str(error)) from error
    return db


@dataclass
class _Read:
    query: Query[Any]
    answer: Future[Any]


class Reader:
    """Runs queries one after the other in its thread, and tells which topics changed.

    `changed` is called in the reader's thread, at most four times a second; after (re)opening with every topic.
    """

    def __init__(self, path: Path, changed: Changed) -> None:
        self.path = path
        self._changed = changed
        self._reads: queue.SimpleQueue[_Read | None] = queue.SimpleQueue()
        self._stale = threading.Event()
        self._thread = threading.Thread(target=self._work, name="integra-reader", daemon=True)
        self._db: sqlite3.Connection | None = None
        self._data_version = -1
        self._generations: dict[str, int] = {}

    def start(self) -> None:
        """Begin to read; the file need not exist yet."""
        self._thread.start()

    def stop(self) -> None:
        """Close the connection and end the thread."""
        self._reads.put(None)
        self._thread.join(JOIN_S)

    def reopen(self) -> None:
        """Another engine runs: its file may be another one, though the path is the same."""
        self._stale.set()

    def read(self, query: Query[T]) -> Future[T]:
        """The query's result, or NotReadable. Awaitable through asyncio.wrap_future."""
        answer: Future[T] = Future()
        self._reads.put(_Read(query, answer))
        return answer

    def _work(self) -> None:
        while True:
            try:
                read = self._reads.get(timeout=POLL_S)
            except queue.Empty:
                self._look_for_changes()
                continue
            if read is None:
                self._close()
                return
            self._run(read)
            if self._reads.empty():
                self._look_for_changes()

    def _run(self, read: _Read) -> None:
        if not read.answer.set_running_or_notify_cancel():
            return
        try:
            read.answer.set_result(read.query(self._connection()))
        except sqlite3.Error as error:
            self._close()
            read.answer.set_exception(NotReadable(str(error)))
        except BaseException as error:
            read.answer.set_exception(error)

    def _connection(self) -> sqlite3.Connection:
        if self._stale.is_set():
            self._stale.clear()
            self._close()
        if self._db is None:
            self._db = open_readonly(self.path)
            self._data_version = -1
            self._generations = {}
        return self._db

    def _look_for_changes(self) -> None:
        try:
            db = self._connection()
            version = db.execute("PRAGMA data_version").fetchone()[0]
            if version == self._data_version:
                return
            generations = dict(db.execute("SELECT name, generation FROM topic").fetchall())
        except NotReadable:
            return
        except sqlite3.Error:
            self._close()
            return
        moved = frozenset(name for name, number in generations.items() if self._generations.get(name) != number)
        self._data_version, self._generations = version, generations
        if moved:
            self._changed(moved)

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
