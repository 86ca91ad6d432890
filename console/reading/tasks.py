"""Every task of every account, as the engine last noted it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.safe_text import SafeText, safe
from engine.store.progress import SLOT_S, SLOTS_KEPT

TASKS = (
    "catalogue",
    "media",
    "prices",
    "stock",
    "customers",
    "orders",
    "effects",
    "invoices",
    "shipments",
    "reconcile",
)
"""In the order of the day's work, as the screen lists them."""

_ALL = """
SELECT t.account, t.name, interval_s, state, started_at, succeeded_at, next_at, lag_s, todo, failures, done_last,
       done_total, seconds_last, error_code, error_detail, error_params, failed_at, p.stage, p.done, p.total, p.since
FROM task t LEFT JOIN progress p ON p.account = t.account AND p.task = t.name
"""
_PACE = "SELECT account, task, slot, done FROM pace WHERE slot > ?"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long run has come: `done` of `total`, None where nobody knows, since that moment."""

    stage: str
    done: int
    total: int | None
    since: datetime

    def left_s(self, now: datetime) -> float | None:
        """Seconds that the rest takes at the pace so far; None where that cannot be told."""
        if self.total is None or self.done <= 0:
            return None
        return max(0.0, (now - self.since).total_seconds()) * (self.total - self.done) / self.done


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task. `lag_s` is the age in seconds of the oldest work not yet done, `rate` rows a second of the last run.

    `pace`: (slot, rows) of the last hour, as `lately` lays them out.
    """

    account: SafeText
    name: str
    interval_s: int
    state: str
    started_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime | None
    lag_s: float
    todo: int
    failures: int
    done_last: int
    done_total: int
    rate: float
    error_code: str | None
    error_detail: SafeText
    error_params: dict[str, Any]
    failed_at: datetime | None
    progress: Progress | None
    pace: tuple[tuple[int, int], ...]

    def lately(self, now: datetime) -> list[int]:
        """Rows done in each piece of the last hour, the one that runs last."""
        last, done = int(now.timestamp()) // SLOT_S, dict(self.pace)
        return [done.get(slot, 0) for slot in range(last - SLOTS_KEPT + 1, last + 1)]


def all_tasks(db: sqlite3.Connection) -> list[TaskRow]:
    """All tasks, account by account, in the order of TASKS."""
    pace: dict[tuple[str, str], list[tuple[int, int]]] = {}
    newest = db.execute("SELECT max(slot) FROM pace").fetchone()[0] or 0
    for row in db.execute(_PACE, [newest - SLOTS_KEPT]).fetchall():
        pace.setdefault((row["account"], row["task"]), []).append((row["slot"], row["done"]))
    rows = [_task(row, pace.get((row["account"], row["name"]), [])) for row in db.execute(_ALL).fetchall()]
    place = {name: index for index, name in enumerate(TASKS)}
    return sorted(rows, key=lambda task: (task.account, place.get(task.name, len(TASKS)), task.name))


def _task(row: sqlite3.Row, pace: Sequence[tuple[int, int]]) -> TaskRow:
    seconds, since = row["seconds_last"], instant(row["since"])
    return TaskRow(
        account=safe(row["account"]),
        name=safe(row["name"]),
        interval_s=row["interval_s"],
        state=row["state"],
        started_at=instant(row["started_at"]),
        succeeded_at=instant(row["succeeded_at"]),
        next_at=instant(row["next_at"]),
        lag_s=row["lag_s"],
        todo=row["todo"],
        failures=row["failures"],
        done_last=row["done_last"],
        done_total=row["done_total"],
        rate=row["done_last"] / seconds if seconds > 0 else 0.0,
        error_code=row["error_code"],
        error_detail=safe(row["error_detail"] or ""),
        error_params=params_of(row["error_params"]),
        failed_at=instant(row["failed_at"]),
        progress=None if since is None else Progress(row["stage"], row["done"], row["total"], since),
        pace=tuple(pace),
    )


def params_of(text: str | None) -> dict[str, Any]:
    """The parameters of a sentence; none where the text is no JSON object."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
