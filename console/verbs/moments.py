"""Instants as people type them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.formats import STORE_TIME

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def until_text(text: str, now: datetime) -> str:
    """ "30m", "2h", "1d" from now, or a local time "2026-11-30T08:00", as the store keeps instants.

    Raises ValueError, or OverflowError for one that no calendar has.
    """
    return _as_stored(text, now, 1)


def since_text(text: str, now: datetime) -> str:
    """The same, so long ago."""
    return _as_stored(text, now, -1)


def _as_stored(text: str, now: datetime, way: int) -> str:
    if text[-1:] in _UNITS and text[:-1].isdigit():
        at = now + way * timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
    else:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=STORE_TIME)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
