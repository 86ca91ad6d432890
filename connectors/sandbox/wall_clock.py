"""The time of the machine, for a demo that runs while somebody watches: the one place of the sandbox that reads it."""

from __future__ import annotations

from datetime import UTC, datetime


class WallClock:
    """The present, aware, in UTC."""

    def now(self) -> datetime:
        """What the machine says."""
        return datetime.now(UTC)
