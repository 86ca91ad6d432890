"""The problems: every cause with what to do, tried again or left aside with one key, and what it holds up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console import language
from console.reading import affected, troubles
from console.reading.reader import open_readonly
from engine.orders import Payment
from engine.publishing import Facet
from engine.store import problems, publications
from engine.store.instants import to_text
from engine.store.troubles import Meant, leave_aside
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


def refused(store: StoreFile, item: str, detail: str) -> None:
    """The shop did not take the price of this item, which waits an hour now."""
    publications.want(store.db, "loja", Facet.PRICE, [(item, "", "1990")], store.now)
    store.db.execute(
        "UPDATE publication SET error_code = 'channel-refused', error_detail = ?, next_at = ?, attempts = 5"
        " WHERE item = ?",
        [detail, to_text(store.now + timedelta(hours=1)), item],
    )


def bad_morning(store: StoreFile) -> None:
    """Something of every kind."""
    for number in range(3):
        store.problem("product-without-price", f"item:00000003{number}", {"name": f"Garrafa {number}"})
    refused(store, "000000012", "The price is too long")
    store.order("000000602", payment=Payment.UNKNOWN, parked="unknown-status")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("tongue", ["en", "pt_BR"])
async def test_every_cause_is_listed_with_its_rows_and_what_to_do(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    bad_morning(store)
    language.use(tongue)
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("6")
        text = await until(pilot, "docs/causes.md#product" if tongue == "en" else "docs/causas.md#product")
        words = (
            ("To put right 5", "Left aside 0", "price") if tongue == "en" else ("Para resolver 5", "Deixado", "preço")
        )
        assert all(word in text for word in words)
        assert "3×" in text
        assert text.count("1×") == 2  # the refused price, the order
        assert "Garrafa 0 " in text
        assert all(len(line) <= size[0] for line in text.splitlines())


async def test_what_the_shop_refused_is_sent_again_at_once(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    bad_morning(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("6", "/", *"long", "enter")
        await until(pilot, "channel-refused")
        await pilot.press("r")
        await until(pilot, "try again: done")
        row = store.db.execute("SELECT next_at, attempts FROM publication WHERE item = '000000012'").fetchone()
        assert tuple(row) == (None, 0)


async def test_an_order_that_stands_aside_is_opened_from_its_cause(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000602", payment=Payment.UNKNOWN, parked="unknown-status")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("6")
        await until(pilot, "000000602")
        await pilot.press("enter")
        await until(pilot, "Maria Aparecida")
        await pilot.press("enter")
        await until(pilot, "529.982.247-25")


async def test_what_is_left_aside_comes_back_when_it_says_something_else(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.problem("product-without-price", "item:000000030", {"name": "Garrafa"})
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("6")
        await until(pilot, "To put right 1")
        await pilot.press("i", "tab", *"vem amanhã", "enter")
        await until(pilot, "To put right 0")
        await pilot.press("left")
        text = await until(pilot, "vem amanhã")
        assert "Left aside 1" in text
        entry = store.db.execute("SELECT what, why FROM audit ORDER BY id DESC").fetchone()
        assert tuple(entry) == ("ignore_problem", "vem amanhã")
        store.problem("product-without-price", "item:000000030", {"name": "Garrafa"})  # the same once more
        await pilot.press("right")
        await until(pilot, "Nothing failed or was skipped.")
        store.problem("product-without-price", "item:000000030", {"name": "Garrafa de vidro"})
        await until(pilot, "To put right 1")


async def test_it_comes_back_too_when_it_healed_meanwhile(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.problem("product-without-price", "item:000000030", {"name": "Garrafa"})
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("6")
        await until(pilot, "To put right 1")
        await pilot.press("i", "tab", *"x", "enter")
        await until(pilot, "To put right 0")
        problems.clear_problem(store.db, "loja", "product-without-price", "item:000000030")
        store.now += timedelta(minutes=1)
        store.problem("product-without-price", "item:000000030", {"name": "Garrafa"})
        await until(pilot, "To put right 1")


async def test_one_of_many_is_left_aside_and_attended_to_again(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    bad_morning(store)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("6")
        await until(pilot, "3×")
        await pilot.press("enter")
        await until(pilot, "000000031")
        await pilot.press("down", "i", "tab", *"fora de linha", "enter")
        text = await until(pilot, lambda text: "leave aside: done" in text)
        await pilot.press("q")
        text = await until(pilot, "Left aside 1")
        assert "To put right 4" in text
        await pilot.press("left")
        await until(pilot, "fora de linha")
        await pilot.press("z")
        await until(pilot, "To put right 5")


async def test_a_problem_that_came_after_the_look_is_not_left_aside_unseen(store: StoreFile) -> None:
    store.problem("product-without-price", "item:000000030", {})
    seen = to_text(store.now)
    store.now += timedelta(seconds=5)
    store.problem("product-without-price", "item:000000031", {})
    meant = Meant("problem", "loja", "product-without-price", until=seen)
    assert leave_aside(store.db, meant, "x", "ana", store.now) == 1
    left = store.db.execute("SELECT subject FROM ignored").fetchall()
    assert [row["subject"] for row in left] == ["item:000000030"]


def test_causes_are_read_from_indexes(store: StoreFile) -> None:
    db = open_readonly(store.path)
    for statement, values in (
        (troubles._CAUSES, {"text": ""}),
        (affected._OF_A_CAUSE, ["refused", "loja", "channel-refused", "price", 5]),
    ):
        plan = [row["detail"] for row in db.execute("EXPLAIN QUERY PLAN " + statement, values)]
        touched = [line for line in plan if " publication " in line or line.endswith(" o") or "sales_order" in line]
        assert all("INDEX" in line or "PRIMARY KEY" in line for line in touched), plan
        assert "SEARCH publication USING PRIMARY KEY (account=?)" not in plan
    db.close()
