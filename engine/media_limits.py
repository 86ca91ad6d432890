"""When and how fast photos may leave: the shop's line belongs to stock and orders first, which have no such limits."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import anyio

from engine.ports import Clock

HOURS_PATTERN = r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"
"""Empty, or from-until by the shop's own clock; "20:00-07:00" goes over midnight."""


def is_within(hours: str, moment: time) -> bool:
    """Whether a time of the day lies in the hours; always where none are named, or both ends are the same."""
    if not hours:
        return True
    begin, end = (time.fromisoformat(text) for text in hours.split("-"))
    if begin < end:
        return begin <= moment < end
    return moment >= begin or moment < end


class Line:
    """So many bytes a second on the average. Whoever sends waits for what was sent before him."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free_at: datetime | None = None
        self._turn = anyio.Lock()

    async def take(self, size_bytes: int, bytes_per_s: int) -> None:
        """Wait until these bytes may leave; 0 bytes a second stand for no limit."""
        if not bytes_per_s:
            return
        async with self._turn:
            now = self._clock.now()
            if self._free_at is not None and self._free_at > now:
                await self._clock.sleep((self._free_at - now).total_seconds())
                now = self._free_at
            self._free_at = now + timedelta(seconds=size_bytes / bytes_per_s)
