"""A console that hosts the engine and is left while decisions could still be taken back: nothing is lost unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.runtime.commands import OWNER, Ask
from engine.store.instants import later, to_text
from engine.verbs.orders import order_verbs
from tests.console.builder import PLAIN, StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


async def decided(pilot: Pilot[int]) -> None:
    """An approval whose grace time runs."""
    await pilot.press("2")
    await until(pilot, "Decide 1")
    await pilot.press("a", "y")
    await until(pilot, "Decide 0")
    await pilot.press("ctrl+q")
    await until(pilot, "1 decision has not left yet")


def effect(store: StoreFile) -> tuple[str, bool]:
    """State of the capture, and whether it may leave already."""
    row = store.db.execute("SELECT state, not_before FROM effect WHERE kind = 'capture'").fetchone()
    return row["state"], row["not_before"] <= later(store.now, 60)


def left(store: StoreFile) -> None:
    store.db.execute("UPDATE effect SET state = 'done', attempts = 1 WHERE kind = 'capture'")


async def test_they_leave_at_once_when_that_is_wanted(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100", buyer="Íris Prado")
    async with console_on(tmp_path, state_folder, undo_s=600) as pilot:
        await decided(pilot)
        await until(pilot, "000000100  Íris Prado")
        assert effect(store) == ("decided", False)
        await pilot.press("down", "enter")
        await until(pilot, "1 is on its way")
        await until(pilot, lambda _: effect(store)[1])
        assert pilot.app.is_running, "it waits until the money is taken"
        left(store)
        await ended(pilot)
    assert store.db.execute("SELECT count(*) FROM audit WHERE what = 'send_now'").fetchone()[0] == 1


async def test_or_their_time_is_waited_for(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, undo_s=600) as pilot:
        await decided(pilot)
        await pilot.press("down", "down", "enter")
        await until(pilot, "1 waits, ")
        assert effect(store) == ("decided", False)
        left(store)
        await ended(pilot)


async def test_or_they_are_left_to_the_next_start(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, undo_s=600) as pilot:
        await decided(pilot)
        await pilot.press("up", "end", "enter")
        await ended(pilot)
    assert effect(store) == ("decided", False)


async def test_enter_alone_and_esc_stay(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, undo_s=600) as pilot:
        await decided(pilot)
        await pilot.press("enter")
        await until(pilot, "Decide 0")
        await pilot.press("ctrl+q")
        await until(pilot, "1 decision has not left yet")
        await pilot.press("down", "down", "enter", "escape")
        await until(pilot, "Decide 0")
        assert pilot.app.is_running


async def ended(pilot: Pilot[int]) -> None:
    for _ in range(100):
        if pilot.app._exit:
            return
        await pilot.pause(0.05)
    raise AssertionError("it goes on")


def test_what_has_left_already_is_not_sent_again(store: StoreFile) -> None:
    waits, gone = store.order("000000100"), store.order("000000101")
    for id in (waits, gone):
        store.capture_in_grace(id, 600)
    store.db.execute("UPDATE effect SET attempts = 1 WHERE order_id = ? AND kind = 'capture'", [gone])
    verb = next(verb for verb in order_verbs(lambda: 600, lambda _: PLAIN) if verb.name == "send_now")
    outcome = verb.apply(store.db, Ask("1", "send_now", {}, "ana", OWNER, None, store.now))  # type: ignore[union-attr]
    assert outcome.result == {"orders": ["000000100"]}
    rows = store.db.execute(
        "SELECT order_id, not_before FROM effect WHERE kind = 'capture' ORDER BY order_id"
    ).fetchall()
    assert [row["not_before"] <= to_text(store.now) for row in rows] == [True, False]
