"""Instants as people type them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from console.formats import STORE_TIME

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def until_text(text: str, now: datetime) -> str:
    """ "30m", "2h", "1d" from now, or a local time "2026-11-30T08:00", as the store keeps instants.

    Raises ValueError, or OverflowError for one that no calendar has.
    """
    return _as_stored(text, now, 1)


def since_text(text: str, now: datetime) -> str:
    """The same, so long ago; "14:05" is the last time that the store's clock showed it."""
    return _as_stored(text, now, -1)


def _as_stored(text: str, now: datetime, way: int) -> str:
    if text[-1:] in _UNITS and text[:-1].isdigit():
        at = now + way * timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    elif way < 0 and (clock := _CLOCK.fullmatch(text)):
        today = now.astimezone(STORE_TIME)
        at = today.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        at -= timedelta(days=at > today)
    else:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=STORE_TIME)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
