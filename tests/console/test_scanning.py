"""A barcode scanner types faster than any hand: what it types is looked for, and never approves, refuses or ships."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from textual import events
from textual.events import Key
from textual.pilot import Pilot

from console.scanning import GAP_S, Scanning
from engine.orders import Fulfilment, Payment
from tests.console.builder import NFE_KEY, StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio

SLOW, FAST = 0.05, 0.01


def key(name: str, time: float) -> Key:
    made = Key(name, name if len(name) == 1 else None)
    made.time = time
    return made


class Hands:
    """What came of the keys."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.alone: list[Callable[[], Awaitable[None]]] = []
        self.scanning = Scanning(GAP_S, self.act, lambda text: self.did.append(f"scan {text}"), self.later)

    async def act(self, pressed: Key) -> None:
        self.did.append(pressed.key)

    def later(self, _delay_s: float, call: Callable[[], Awaitable[None]]) -> None:
        self.alone.append(call)

    async def type(self, keys: Sequence[tuple[float, str]]) -> list[str]:
        """(seconds after the one before, key); then nothing for a while."""
        time = 100.0
        for gap, name in keys:
            time += gap
            await self.scanning.take(key(name, time))
        for call in self.alone:
            await call()
        return self.did


@pytest.mark.parametrize(
    ("typed", "done"),
    [
        ([(SLOW, "a"), (SLOW, "s")], ["a", "s"]),
        ([(FAST, "a"), (FAST, "a"), (FAST, "1"), (FAST, "enter")], ["scan aa1"]),
        ([(FAST, "1"), (FAST, "2"), (SLOW, "enter")], ["scan 12", "enter"]),
        ([(SLOW, "a"), (FAST, "enter")], ["a", "enter"]),  # a hand rolls from key to key
        ([(SLOW, "j"), (FAST, "down")], ["j", "down"]),
        ([(FAST, "1"), (FAST, "2"), (FAST, "down")], ["scan 12", "down"]),
        ([(SLOW, "a"), (SLOW, "1"), (FAST, "2"), (FAST, "tab"), (SLOW, "r")], ["a", "scan 12", "r"]),
        ([(SLOW, "j"), (0.4, "j"), (0.025, "j"), (0.025, "j")], ["j", "j", "j", "j"]),  # held down
        ([(FAST, "down"), (FAST, "down"), (FAST, "down")], ["down", "down", "down"]),
    ],
)
async def test_the_pace_tells_a_scan_from_a_hand(typed: list[tuple[float, str]], done: list[str]) -> None:
    assert await Hands().type(typed) == done


async def scan(pilot: Pilot[int], code: str) -> None:
    """All at once, as a scanner on a slow line."""
    for character in code:
        pilot.app.post_message(Key(character, character))
    pilot.app.post_message(Key("enter", "\r"))


@pytest.mark.parametrize("code", ["000000500", NFE_KEY, "QB123456785BR"])
async def test_a_code_opens_its_order_and_decides_nothing(
    tmp_path: Path, state_folder: Path, store: StoreFile, code: str
) -> None:
    other = store.order("000000100")
    id = store.order("000000500", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    store.db.execute("UPDATE sales_order SET nfe_key = ?, tracking = 'QB123456785BR' WHERE id = ?", [NFE_KEY, id])
    async with console_on(tmp_path, state_folder, scan_gap_s=GAP_S, size=(100, 40)) as pilot:
        await until(pilot, "for a decision")
        await scan(pilot, code)
        await until(pilot, lambda text: "000000500" in text and "History" in text)
        await pilot.press("q")
        await until(pilot, "000000100")
    rows = store.db.execute("SELECT id, decision, row_version FROM sales_order ORDER BY id").fetchall()
    assert [(row["id"], row["decision"]) for row in rows] == [(other, None), (id, None)]


async def test_a_code_that_nobody_knows_is_said_and_one_of_several_orders_lists_them(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    for number in ("000000100", "000000101"):
        id = store.order(number)
        store.db.execute("UPDATE sales_order SET tracking = 'QB123456785BR' WHERE id = ?", [id])
    async with console_on(tmp_path, state_folder, scan_gap_s=GAP_S, size=(100, 30)) as pilot:
        await until(pilot, "for a decision")
        await scan(pilot, "2AS7")
        await until(pilot, "“2AS7”: no order has this number")
        await scan(pilot, "QB123456785BR")
        await until(pilot, lambda text: "000000100" in text and "000000101" in text and "QB123456785BR" in text)


async def test_a_scan_answers_no_question(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, scan_gap_s=GAP_S) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("a")
        await until(pilot, "approve?")
        await scan(pilot, "sys")
        await asyncio.sleep(GAP_S * 3)
        await pilot.pause(0.2)
        await until(pilot, "approve?")
    assert store.db.execute("SELECT decision FROM sales_order").fetchone()[0] is None


async def test_what_is_pasted_outside_an_input_is_looked_for(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, size=(100, 40)) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        pilot.app.post_message(events.Paste("000000100\n"))
        await until(pilot, "History")
