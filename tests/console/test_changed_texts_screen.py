"""Texts that somebody changed in the shop's own admin: ours beside the shop's, and whose they shall be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.text_difference import difference
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.shops import changed_in_shop

pytestmark = pytest.mark.anyio

OURS, SHOP = "Caneca branca de 300 ml", "Caneca branca do Zé de 300 ml"


def listed(store: StoreFile, item: str) -> tuple[object, ...]:
    row = store.db.execute("SELECT name, shop_keeps FROM listing WHERE item = ?", [item]).fetchone()
    return (None, None) if row is None else tuple(row)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_overview_leads_to_both_texts_with_what_differs(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    changed_in_shop(store, "000000017", "name", OURS, SHOP)
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await until(pilot, "Text changed in the shop")
        await pilot.press("enter")
        text = await until(pilot, "«do Zé»")
        assert "Integra  Caneca branca de 300 ml" in text
        assert "All 1  name 1  short description 0" in text


@pytest.mark.parametrize(
    ("key", "name", "keeps", "standing"),
    [("m", SHOP, [], None), ("s", SHOP, ["name"], None), ("r", None, None, "restored")],
)
async def test_it_is_kept_left_to_the_shop_or_restored_after_a_yes(
    tmp_path: Path,
    state_folder: Path,
    store: StoreFile,
    key: str,
    name: str | None,
    keeps: list[str] | None,
    standing: str | None,
) -> None:
    changed_in_shop(store, "000000017", "name", OURS, SHOP)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("t")
        await until(pilot, "«do Zé»")
        await pilot.press(key, "enter")  # the question stands on no
        await pilot.press(key, "s")
        await until(pilot, "nothing here")
        found, kept = listed(store, "000000017")
        assert (found, None if kept is None else json.loads(str(kept))) == (name, keeps)
        row = store.db.execute("SELECT standing FROM shop_change").fetchone()
        assert (None if row is None else row[0]) == standing


async def test_a_whole_selection_is_settled_at_once(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    for number in range(30):
        changed_in_shop(store, f"{number:09}", "name" if number % 2 else "description", OURS, SHOP)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("t")
        await until(pilot, "All 30")
        await pilot.press("right", "*")
        await until(pilot, "15 marked")
        await pilot.press("m")
        await until(pilot, "15 texts: keep?")
        await pilot.press("s")
        await until(pilot, "keep: 15 done")
        await until(pilot, "All 15  name 0")


async def test_a_text_that_changed_once_more_is_not_settled_unseen(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    changed_in_shop(store, "000000017", "name", OURS, SHOP)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("t")
        await until(pilot, "«do Zé»")
        await pilot.press("m")
        await until(pilot, "1 text: keep?")
        changed_in_shop(store, "000000017", "name", OURS, "Só hoje: grátis")
        await pilot.press("s")
        await until(pilot, "the shop shows another text by now")
        assert listed(store, "000000017") == (None, None)


def test_of_long_texts_only_what_stands_around_a_difference_is_shown() -> None:
    words = [f"w{number}" for number in range(400)]
    ours, shop = difference(" ".join(words), " ".join([*words[:200], "novo", *words[200:]]))
    told = "".join(piece.text for piece in shop)
    assert "«novo»" in told
    assert "w199" in told
    assert "w200" in told
    assert "w100" not in told
    assert "«" not in "".join(piece.text for piece in ours)
