"""The hours and the speed of photos."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from engine.media_limits import Line, is_within

pytestmark = pytest.mark.anyio


class Clock:
    """Time that only waiting moves."""

    def __init__(self) -> None:
        self.began = self._now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    @property
    def waited_s(self) -> float:
        return (self._now - self.began).total_seconds()


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("20:00-07:00", ["20:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "19:59"]),
        ("09:30-18:00", ["09:30", "17:59"], ["09:29", "18:00", "00:00"]),
        ("", ["00:00", "12:00"], []),
    ],
)
def test_hours_hold_from_their_first_minute_to_before_their_last_also_over_midnight(
    hours: str, inside: list[str], outside: list[str]
) -> None:
    assert all(is_within(hours, time.fromisoformat(text)) for text in inside)
    assert not any(is_within(hours, time.fromisoformat(text)) for text in outside)


async def test_ten_photos_of_100_kb_take_no_less_than_their_time_on_a_line_of_50_kb() -> None:
    clock = Clock()
    line = Line(clock)
    for _ in range(10):
        await line.take(100_000, 50_000)
    assert clock.waited_s == 18  # the first one leaves at once, the tenth when nine have had their two seconds each


async def test_a_line_that_was_idle_saves_up_nothing_and_one_without_limit_never_waits() -> None:
    clock = Clock()
    line = Line(clock)
    await line.take(100_000, 50_000)
    await clock.sleep(3600)
    await line.take(100_000, 50_000)
    await line.take(1, 50_000)
    assert clock.waited_s == 3602
    for _ in range(5):
        await line.take(10_000_000, 0)
    assert clock.waited_s == 3602
