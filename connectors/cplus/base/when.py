"""Times: the base keeps the shop's local ones without a zone, the engine aware ones in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import overload


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """An aware moment as the base writes it."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


@overload
def to_utc(local: datetime, zone: tzinfo) -> datetime: ...
@overload
def to_utc(local: None, zone: tzinfo) -> None: ...
def to_utc(local: datetime | None, zone: tzinfo) -> datetime | None:
    """A local time of the base as an aware moment."""
    return None if local is None else local.replace(tzinfo=zone).astimezone(UTC)
