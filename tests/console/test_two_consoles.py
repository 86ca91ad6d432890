"""Two operators at one store: each sees what the other has open, and what the other has decided."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.runtime.commands import OPERATOR, Ask
from engine.runtime.presence import LEASE_S, Presence
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


async def orders(pilot: Pilot[int], shown: str) -> None:
    await until(pilot, lambda text: "engine: running" in text or "engine: this window" in text)
    await pilot.press("2")
    await until(pilot, shown)


async def test_an_order_that_somebody_has_open_says_so_until_he_closes_it(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with (
        console_on(tmp_path, state_folder, size=(120, 40)) as one,
        console_on(tmp_path, state_folder, size=(120, 40), hosting=False) as two,
    ):
        await orders(one, "Decide 1")
        await orders(two, "Decide 1")
        await one.press("enter")
        await until(two, "[you] Maria")
        await until(two, "Open in another window as well: you")
        await two.press("enter")
        await until(one, "Open in another window as well: you")
        await one.press("q")
        await until(two, lambda text: "History" in text and "Open in another" not in text)


async def test_what_one_decides_the_other_sees_within_a_second(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with (
        console_on(tmp_path, state_folder) as one,
        console_on(tmp_path, state_folder, hosting=False) as two,
    ):
        await orders(one, "Decide 1")
        await orders(two, "Decide 1")
        await one.press("a", "y")
        await until(one, "Decide 0")
        began = time.monotonic()
        await until(two, "Decide 0")
        assert time.monotonic() - began < 1


def ask(presence: Presence, who: str, order: int | None, at: datetime) -> list[list[object]]:
    told = Ask("x", "looking_at", {"console": f"of {who}", "order": order}, who, OPERATOR, None, at)
    others: list[list[object]] = presence.verb().apply(None, told).result["others"]  # type: ignore[arg-type]
    return others


def test_who_falls_silent_holds_nothing_open() -> None:
    presence, now = Presence(), datetime(2026, 11, 24, tzinfo=UTC)
    assert ask(presence, "ana", 17, now) == []
    assert ask(presence, "bia", None, now) == [[17, "ana"]]
    assert ask(presence, "ana", 17, now + timedelta(seconds=1)) == [], "not of himself"
    assert ask(presence, "bia", None, now + timedelta(seconds=LEASE_S)) == [[17, "ana"]]
    assert ask(presence, "bia", None, now + timedelta(seconds=LEASE_S + 1)) == []


def test_whoever_is_put_out_holds_nothing_open() -> None:
    presence, now = Presence(), datetime(2026, 11, 24, tzinfo=UTC)
    ask(presence, "ana", 17, now)
    presence.forget("ana")
    assert ask(presence, "bia", None, now) == []
