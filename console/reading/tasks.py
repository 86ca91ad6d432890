"""Every task of every account, as the engine last noted it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.formats import instant
from console.safe_text import SafeText, safe

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
SELECT account, name, interval_s, state, started_at, succeeded_at, next_at, lag_s, todo, failures, done_last,
       done_total, seconds_last, error_code, error_detail, error_params, failed_at
FROM task
"""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task. `lag_s` is the age in seconds of the oldest work not yet done, `rate` rows a second of the last run."""

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


def all_tasks(db: sqlite3.Connection) -> list[TaskRow]:
    """All tasks, account by account, in the order of TASKS."""
    rows = [_task(row) for row in db.execute(_ALL).fetchall()]
    place = {name: index for index, name in enumerate(TASKS)}
    return sorted(rows, key=lambda task: (task.account, place.get(task.name, len(TASKS)), task.name))


def _task(row: sqlite3.Row) -> TaskRow:
    seconds = row["seconds_last"]
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
    )


def params_of(text: str | None) -> dict[str, Any]:
    """The parameters of a sentence; none where the text is no JSON object."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
