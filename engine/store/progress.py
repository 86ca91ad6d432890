"""How far a long run of a task has come, and how much each task did of late."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.store.database import touch
from engine.store.instants import to_text

SLOT_S = 300
SLOTS_KEPT = 12

TaskKey = tuple[str, str]
"""(account, name)"""


class Stage(StrEnum):
    """What takes a task long."""

    SENDING = "sending"
    READING_BACK = "reading-back"
    ADOPTING = "adopting"


@dataclass(frozen=True, slots=True)
class Reached:
    """A stage that began `since` has done so many of `total`, None where nobody knows; `rows` of them are news."""

    stage: Stage
    done: int
    total: int | None
    since: datetime
    rows: int


def tell(db: sqlite3.Connection, task: TaskKey, reached: Reached, now: datetime) -> None:
    """Note how far it has come. What is sent counts for the pace at once: a run may take hours."""
    counted = reached.rows if reached.stage is Stage.SENDING else 0
    db.execute(
        """
        INSERT INTO progress (account, task, stage, done, total, since, counted) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account, task) DO UPDATE SET stage = excluded.stage, done = excluded.done,
            total = excluded.total, since = excluded.since, counted = counted + excluded.counted
        """,
        (*task, reached.stage, reached.done, reached.total, to_text(reached.since), counted),
    )
    _count(db, task, counted, now)
    touch(db, "tasks")


def run_ended(db: sqlite3.Connection, task: TaskKey, done: int, now: datetime) -> None:
    """The run is over, having done so many rows in all."""
    row = db.execute("DELETE FROM progress WHERE account = ? AND task = ? RETURNING counted", task).fetchone()
    _count(db, task, done - (0 if row is None else row[0]), now)


def forget_runs(db: sqlite3.Connection) -> None:
    """No run is under way."""
    db.execute("DELETE FROM progress")


def _count(db: sqlite3.Connection, task: TaskKey, rows: int, now: datetime) -> None:
    if rows <= 0:
        return
    slot = int(now.timestamp()) // SLOT_S
    db.execute(
        "INSERT INTO pace (account, task, slot, done) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (account, task, slot) DO UPDATE SET done = done + excluded.done",
        (*task, slot, rows),
    )
    db.execute("DELETE FROM pace WHERE account = ? AND task = ? AND slot <= ?", (*task, slot - SLOTS_KEPT))
