"""The SQL of the task table: what each task of each account did last, and what it does next."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.errors import Param
from engine.store import progress
from engine.store.database import touch
from engine.store.instants import to_text

TaskKey = tuple[str, str]
"""(account, name)"""


class Held(StrEnum):
    """Why a task did none of its work, though nothing went wrong. Kept as its state."""

    PAUSED = "paused"  # a person paused its direction
    OBSERVES = "observing"  # nobody has approved its account
    OTHER_ENGINE = "other-engine"  # another engine writes into the ERP
    OUT_OF_HOURS = "out-of-hours"
    SWITCHED_OFF = "switched-off"  # by the settings


def prepare(db: sqlite3.Connection, tasks: Sequence[TaskKey]) -> None:
    """Forget the rows and problems of tasks that are no more; what ran in a former life is waiting again."""
    known = set(tasks)
    for row in db.execute("SELECT account, name FROM task").fetchall():
        if (row["account"], row["name"]) not in known:
            db.execute("DELETE FROM task WHERE account = ? AND name = ?", (row["account"], row["name"]))
    for row in db.execute("SELECT id, account, subject FROM problem WHERE subject LIKE 'task:%'").fetchall():
        if (row["account"], row["subject"].removeprefix("task:")) not in known:
            db.execute("DELETE FROM problem WHERE id = ?", (row["id"],))
    db.execute("UPDATE task SET state = 'waiting', next_at = NULL")
    progress.forget_runs(db)
    touch(db, "tasks", "problems")


def started(db: sqlite3.Connection, task: TaskKey, interval_s: int, now: datetime) -> None:
    """A cycle begins."""
    db.execute(
        """
        INSERT INTO task (account, name, interval_s, state, started_at) VALUES (?, ?, ?, 'running', ?)
        ON CONFLICT (account, name) DO UPDATE SET
            interval_s = excluded.interval_s, state = 'running', started_at = excluded.started_at, next_at = NULL
        """,
        (*task, interval_s, to_text(now)),
    )
    touch(db, "tasks")


@dataclass(frozen=True, slots=True)
class CycleEnd:
    """How a cycle ended, for its row."""

    state: str  # waiting, backing-off or why the task was held
    now: datetime
    next_at: datetime
    seconds: float


def succeeded(db: sqlite3.Connection, task: TaskKey, end: CycleEnd, done: int, todo: int, lag_s: float) -> None:
    """The cycle did its work: its numbers, and no error any more."""
    db.execute(
        """
        UPDATE task SET state = ?, succeeded_at = ?, next_at = ?, seconds_last = ?, lag_s = ?, todo = ?,
            runs = runs + 1, failures = 0, done_last = ?, done_total = done_total + ?,
            error_code = NULL, error_detail = NULL, error_params = NULL, failed_at = NULL
        WHERE account = ? AND name = ?
        """,
        (end.state, to_text(end.now), to_text(end.next_at), end.seconds, lag_s, todo, done, done, *task),
    )
    progress.run_ended(db, task, done, end.now)
    touch(db, "tasks")


def failed(
    db: sqlite3.Connection,
    task: TaskKey,
    end: CycleEnd,
    failures: int,
    code: str,
    detail: str,
    params: Mapping[str, Param],
) -> None:
    """The cycle ended with an error, the `failures`-th in a row; what it had reached before stays as it was told."""
    db.execute(
        """
        UPDATE task SET state = ?, next_at = ?, seconds_last = ?, runs = runs + 1, failures = ?, done_last = 0,
            error_code = ?, error_detail = ?, error_params = ?, failed_at = ?
        WHERE account = ? AND name = ?
        """,
        (
            end.state,
            to_text(end.next_at),
            end.seconds,
            failures,
            code,
            detail,
            json.dumps(dict(params), sort_keys=True),
            to_text(end.now),
            *task,
        ),
    )
    progress.run_ended(db, task, 0, end.now)
    touch(db, "tasks")
