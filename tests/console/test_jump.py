"""g and one more key: to any screen, from any screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.screens.place import jumps
from console.widgets.rows import Rows
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


async def test_a_letter_or_a_number_leads_to_a_screen_and_another_key_does_nothing(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    id = store.order("000000100")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "for a decision")
        await pilot.press("g")
        await until(pilot, "go to: o Overview · r Orders")
        await pilot.press("r")
        await until(pilot, "Decide 1")
        await pilot.press("g", "f")  # neither a screen, nor the shipment of the order
        await pilot.press("enter")
        await until(pilot, "Total R$ 157.30")
        await pilot.press("g", "1")
        await until(pilot, "for a decision")
        await pilot.press("g", "escape", "2")
        await until(pilot, "Decide 1")
    assert store.db.execute("SELECT decision FROM sales_order WHERE id = ?", [id]).fetchone()[0] is None


async def test_g_twice_leads_to_the_first_row(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    for number in range(4):
        store.order(f"00000010{number}")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 4")
        await pilot.press("end")
        assert pilot.app.screen.query_one(Rows).cursor == 3
        await pilot.press("g", "g")
        assert pilot.app.screen.query_one(Rows).cursor == 0


def test_every_screen_has_a_letter_of_its_own_in_both_languages() -> None:
    assert jumps(["overview", "orders"]) == {"1": "overview", "o": "overview", "2": "orders", "r": "orders"}
    language.use("pt_BR")
    assert jumps(["overview", "orders"]) == {"1": "overview", "v": "overview", "2": "orders", "p": "orders"}
