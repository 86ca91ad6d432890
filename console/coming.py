"""A time to come, as people type it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from console.formats import STORE_TIME

_IN = re.compile(r"(\d{1,4}) ?([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_CLOCK = re.compile(r"(\d{1,2})[:h](\d{2})")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?(?: +(\d{1,2})[:h](\d{2}))?")
OPENS_HOUR = 8
"""A day alone means this hour of it, when people begin to look."""


def coming(text: str, now: datetime) -> datetime:
    """ "30m", "2h", "3d" from now; "14:30" when the clock shows it next; "05/12", "05/12 14:30", "05/12/2026", the next
    one where no year is said; "2026-12-05" with or without "T14:30". On the store's clock.

    Raises ValueError, or OverflowError for one that no calendar has. One that is past is answered as it is.
    """
    text = text.strip()
    local = now.astimezone(STORE_TIME)
    if span := _IN.fullmatch(text):
        return now + timedelta(**{_UNITS[span[2]]: int(span[1])})
    if clock := _CLOCK.fullmatch(text):
        at = local.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        return at if at > local else at + timedelta(days=1)
    if day := _DAY.fullmatch(text):
        hour, minute = int(day[4] or OPENS_HOUR), int(day[5] or 0)
        at = datetime(int(day[3] or local.year), int(day[2]), int(day[1]), hour, minute, tzinfo=STORE_TIME)
        return at if day[3] or at > local else at.replace(year=at.year + 1)
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-12-05"):
        at = at.replace(hour=OPENS_HOUR)
    return at if at.tzinfo else at.replace(tzinfo=STORE_TIME)
