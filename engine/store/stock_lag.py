"""How long what was sold stayed on show: of each fall of a stock, the seconds until the shop had taken it.

Counted by day in a few classes, so that a share ("95 of 100 within 10 s") can be told without keeping every one.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta

UP_TO_S = (1, 2, 5, 10, 30, 60, 120, 180, 300, 600, 1800, 3600)
LONGER = 0
"""The class of what took longer than the longest of these."""
KEPT_DAYS = 90


def note(db: sqlite3.Connection, account: str, day: date, took_s: Iterable[float]) -> None:
    """Count these; `day` by the calendar of the shop. No screen is woken: it is told as of when it was opened."""
    rows = [(account, day.isoformat(), _class_of(seconds), seconds) for seconds in took_s]
    if not rows:
        return
    db.executemany(
        "INSERT INTO stock_lag (account, day, up_to_s, falls, seconds, longest_s) VALUES (?1, ?2, ?3, 1, ?4, ?4)"
        " ON CONFLICT (account, day, up_to_s) DO UPDATE SET falls = falls + 1, seconds = seconds + excluded.seconds,"
        " longest_s = MAX(longest_s, excluded.longest_s)",
        rows,
    )
    db.execute("DELETE FROM stock_lag WHERE day < ?", ((day - timedelta(days=KEPT_DAYS)).isoformat(),))


def _class_of(seconds: float) -> int:
    place = bisect_left(UP_TO_S, seconds)
    return UP_TO_S[place] if place < len(UP_TO_S) else LONGER
