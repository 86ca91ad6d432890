"""The system's own clock, chance and ids: the only place that takes them from the machine."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

import anyio

from engine.ports import Surroundings


class SystemClock:
    """`ports.Clock` by the machine's clock."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251

    async def sleep(self, seconds: float) -> None:
        """Wait by the monotonic clock: setting the machine's time does not stretch it."""
        await anyio.sleep(seconds)


def new_id() -> str:
    """An id that nobody else makes, 32 hexadecimal digits."""
    return uuid.uuid4().hex  # noqa: TID251


def system_surroundings() -> Surroundings:
    """What a real engine is handed."""
    return Surroundings(clock=SystemClock(), random=random.Random(), new_id=new_id)
