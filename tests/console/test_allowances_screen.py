"""A fall of prices is allowed ahead in the plan, shown there while it holds, and taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from console import language
from console.reading.allowances import allowed_ahead
from engine.store import allowances
from engine.store.allowances import Allowance
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.test_plan_screen import a_plan

pytestmark = pytest.mark.anyio

SALE = timedelta(days=3)


def known(store: StoreFile, *skus: str) -> None:
    store.db.executemany(
        "INSERT INTO product (sku, code, name, active, data, version)"
        " VALUES (?1, 'C' || ?1, 'Caneca ' || ?1, 1, '{}', 1)",
        [(sku,) for sku in skus],
    )


def kept(store: StoreFile) -> list[tuple[list[str], int]]:
    rows = store.db.execute("SELECT items, fall_percent FROM price_allowance ORDER BY id").fetchall()
    return [(json.loads(row["items"]), row["fall_percent"]) for row in rows]


async def test_the_held_price_under_the_cursor_is_allowed_with_others_and_taken_back(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    known(store, "000000017", "000000018")
    a_plan(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("7", "right")
        await until(pilot, "of what it was")
        await pilot.press("p")
        await until(pilot, "No fall of prices is allowed ahead")
        await pilot.press("n")
        await until(pilot, "Let prices fall, ahead")
        await pilot.press(*" 99999", "enter", *"95", "enter", "enter", *"3d", "enter")
        await until(pilot, "Integra knows no product called 99999.")
        await pilot.press(*["backspace"] * 5, *"C000000018", "enter", "enter", "enter", "enter")
        await until(pilot, "By up to 95 % from")
        await pilot.press("enter")  # the question stands on no
        assert kept(store) == []
        await pilot.press("n")
        await until(pilot, "Let prices fall, ahead")
        await pilot.press("enter", *"95", "enter", "enter", *"3d", "enter")
        await until(pilot, "By up to 95 % from")
        await pilot.press("s")
        await until(pilot, "allow: done")
        await until(pilot, "down to -95 %")
        assert kept(store) == [(["000000017"], 95)]
        await pilot.press("z")
        await until(pilot, "take back: done")
        assert kept(store) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_what_is_allowed_tells_of_what_how_far_and_until_when(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    known(store, "000000017", "000000018")
    for items, begins in ((("000000017",), -SALE), (("000000017", "000000018"), SALE), ((), SALE)):
        ahead = Allowance("loja", items, 60, store.now + begins, store.now + 2 * SALE)
        allowances.add(store.db, ahead, "ana", store.now)
    language.use(tongue)
    words = ("Allowed ahead", "every product", "2 products") if tongue == "en" else (
        "Liberado antes", "todos os produtos", "2 produtos"
    )  # fmt: skip
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("7", "p")
        text = await until(pilot, words[0])
        text = await until(pilot, words[1])
        assert words[2] in text
        assert "Caneca 000000017" in text
        assert all(len(line) <= size[0] for line in text.splitlines())


def test_what_is_over_is_not_listed(store: StoreFile) -> None:
    over = Allowance("loja", ("A",), 60, store.now - 2 * SALE, store.now - SALE)
    allowances.add(store.db, over, "ana", store.now)
    assert allowed_ahead(store.db, store.now) == []
