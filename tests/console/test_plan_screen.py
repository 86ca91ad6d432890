"""The plan: what the next cycle will write, before and after, and what a guard holds is let pass as it was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.reading import planned
from console.reading.reader import open_readonly
from engine.publishing import Facet
from engine.store import publications
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.shops import content

pytestmark = pytest.mark.anyio


def shown(store: StoreFile, item: str, facet: Facet, before: str | None, after: str | None, held: str = "") -> None:
    """The shop shows `before` and shall show `after`."""
    publications.want(store.db, "loja", facet, [(item, "", before or after)], store.now)
    if before is not None:
        store.db.execute(
            "UPDATE publication SET confirmed = wanted, confirmed_at = wanted_at WHERE item = ? AND facet = ?",
            [item, facet],
        )
    publications.want(store.db, "loja", facet, [(item, "", after)], store.now)
    if held:
        store.db.execute("UPDATE publication SET held_by = ? WHERE item = ? AND facet = ?", [held, item, facet])


def a_plan(store: StoreFile) -> None:
    shown(store, "000000017", Facet.CONTENT, content("Caneca branca"), content("Caneca branca de 300 ml"))
    shown(store, "000000017", Facet.PRICE, "19900", "1990", held="price-drop")
    shown(store, "000000018", Facet.PRICE, "5000", "4500")
    shown(store, "000000019", Facet.CONTENT, content("Vaso"), content("Vaso").replace("true", "false"))


def held(store: StoreFile) -> list[str]:
    return [row[0] for row in store.db.execute("SELECT item FROM publication WHERE held_by IS NOT NULL")]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_each_row_tells_what_would_become_of_it_and_what_is_held_comes_first(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    a_plan(store)
    language.use(tongue)
    words = ("10.0 % of", "off the storefront") if tongue == "en" else ("10,0 % do", "sai da vitrine")
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("7")
        text = await until(pilot, words[0])
        rows = [line for line in text.splitlines() if ("0000000" in line and "→" in line) or "✗" in line]
        assert "000000017" in rows[0]
        assert "! R$" in rows[0]
        assert any("✗ " in row and words[1] in row for row in rows)
        assert all(len(line) <= size[0] for line in text.splitlines())


async def test_what_a_guard_holds_is_let_pass_after_a_yes(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    a_plan(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("7", "right")
        await until(pilot, "of what it was")
        await pilot.press("a", "enter")  # the question stands on no
        assert held(store) == ["000000017"]
        await pilot.press("a")
        await until(pilot, "Let 1 row pass?")
        await pilot.press("s")
        await until(pilot, "let pass: done")
        assert held(store) == []


async def test_a_price_that_changed_meanwhile_is_not_let_pass_unseen(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    a_plan(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("7", "right")
        await until(pilot, "of what it was")
        await pilot.press("a")
        await until(pilot, "Let 1 row pass?")
        store.db.execute("UPDATE publication SET wanted = '199' WHERE held_by IS NOT NULL")
        await pilot.press("s")
        await until(pilot, "has changed meanwhile")
        assert held(store) == ["000000017"]


async def test_what_no_guard_holds_says_that_it_goes_by_itself(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    shown(store, "000000018", Facet.PRICE, "5000", "4500")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("7")
        await until(pilot, "000000018")
        await pilot.press("a")
        await until(pilot, "it is written by itself")


async def test_a_text_stands_beside_the_one_before(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    shown(store, "000000017", Facet.CONTENT, content("Caneca branca"), content("Caneca branca de 300 ml"))
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("7")
        await until(pilot, "«branca de 300 ml»")


async def test_an_empty_plan_says_what_would_be_here(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("7")
        await until(pilot, "What the next cycle writes")


def test_only_what_is_to_do_is_read(store: StoreFile) -> None:
    db = open_readonly(store.path)
    for statement, values in (
        (planned._KEYS, {"pile": "all", "text": "", "words": ""}),
        (planned._COUNTS, {}),
        (planned._BY_KEY, {"keys": "[]"}),
    ):
        plan = [row["detail"] for row in db.execute("EXPLAIN QUERY PLAN " + statement, values)]
        assert not [
            line for line in plan if line.startswith("SCAN") and "INDEX" not in line and "k VIRTUAL" not in line
        ]
    db.close()
