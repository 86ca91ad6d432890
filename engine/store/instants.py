"""Instants as the store keeps them: ISO 8601 in UTC with microseconds, so that text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def to_text(at: datetime) -> str:
    """An aware time as stored text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(text: str) -> datetime:
    """The stored text as an aware time."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def later(at: datetime, seconds: float) -> str:
    """The stored text of a time that many seconds after."""
    return to_text(at + timedelta(seconds=seconds))
