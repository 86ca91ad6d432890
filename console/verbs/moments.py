"""Instants as people type them on the command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from console.coming import coming
from console.formats import STORE_TIME
from engine.store.instants import to_text

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def until_text(text: str, now: datetime) -> str:
    """A time to come as `console.coming` reads it, as the store keeps instants. Raises as it does."""
    return to_text(coming(text, now))


def since_text(text: str, now: datetime) -> str:
    """A time that is past: "30m", "2h", "1d" ago; "14:05" is the last time that the store's clock showed it.

    Raises ValueError, or OverflowError for one that no calendar has.
    """
    if text[-1:] in _UNITS and text[:-1].isdigit():
        at = now - timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    elif clock := _CLOCK.fullmatch(text):
        today = now.astimezone(STORE_TIME)
        at = today.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0)
        at -= timedelta(days=at > today)
    else:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=STORE_TIME)
    return to_text(at)
