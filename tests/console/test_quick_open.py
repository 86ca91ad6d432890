"""Ctrl+P and a few words: to an order, or to a customer's orders, from wherever one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import language
from console.reading.quick_open import quick_open
from console.reading.reader import open_readonly
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


async def test_an_order_opens_by_its_number(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    store.order("000000123", buyer="Íris Prado")
    async with console_on(tmp_path, state_folder, hosting=False, size=(100, 40)) as pilot:
        await until(pilot, "for a decision")
        await pilot.press("ctrl+p", *"order 123")
        await until(pilot, lambda text: "000000123" in text and "Íris Prado" in text and "000000100" not in text)
        await pilot.press("enter")
        await until(pilot, lambda text: "000000123 · " in text and "History" in text)


async def test_a_customer_opens_his_orders(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100", buyer="Íris Prado")
    async with console_on(tmp_path, state_folder, hosting=False, size=(100, 40)) as pilot:
        await until(pilot, "for a decision")
        await pilot.press("ctrl+p", *"customer iris")
        await until(pilot, "customer       Íris Prado")
        await pilot.press("enter")
        await until(pilot, lambda text: "All 1" in text and "000000100" in text and "52998224725" in text)


async def test_actions_are_found_as_before(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100", buyer="Colours Ltda")
    async with console_on(tmp_path, state_folder, hosting=False, size=(100, 40)) as pilot:
        await until(pilot, "for a decision")
        await pilot.press("ctrl+p", *"colours")
        await until(pilot, lambda text: "Ctrl+T" in text and "Colours Ltda" in text)
        await pilot.press("enter")
        await until(pilot, lambda text: "Ctrl+T" not in text and "textual-dark" in text)


def test_the_kinds_own_word_is_known_in_both_languages(store: StoreFile) -> None:
    store.order("000000123", buyer="Pedido Silva")
    db = open_readonly(store.path)
    assert [found.kind for found in quick_open(db, "order 123")] == ["order"]
    assert [found.kind for found in quick_open(db, "silva")] == ["order", "customer"]
    language.use("pt_BR")
    assert [found.kind for found in quick_open(db, "Pedido 123")] == ["order"]
    assert [found.kind for found in quick_open(db, "cliente silva")] == ["customer"]
    assert [found.kind for found in quick_open(db, "pedido")] == ["order", "customer"], "alone, it is a name"
    assert not quick_open(db, "p")
    assert not quick_open(db, "cliente 123")
    db.close()
