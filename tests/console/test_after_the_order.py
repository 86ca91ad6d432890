"""What an operator sees of an order that the store's staff made something else of, and how he links a sale to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.orders import Fulfilment, Payment
from engine.store import erp_lines
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


async def test_the_page_shows_line_by_line_what_was_invoiced_otherwise(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.stock("000000009", 10, 4)
    order = store.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, parked="invoiced-differs")
    erp_lines.lines_invoiced(store.db, order, {"000000009": 10_000, "000000077": 20_000})
    erp_lines.lines_returned_in_erp(store.db, order, {"000000009": 10_000})
    store.db.execute(
        "UPDATE sales_order SET sale_number = '1774', erp_status = 'EM SEPARAÇÃO', erp_meaning = 'picking',"
        " packed_at = channel_at WHERE id = ?",
        [order],
    )
    async with console_on(tmp_path, state_folder, size=(120, 50)) as pilot:
        await pilot.press("2", "*")
        await pilot.press("right", "right", "right", "right", "right")
        await until(pilot, "000000501")
        await pilot.press("enter")
        text = await until(pilot, "History")
        assert "Invoiced otherwise" in text
        assert "EM SEPARAÇÃO" in text
        assert "being picked" in text
        assert "sale 1774" in text
        assert "✓ packed" in text
        assert "2 × 000000077: invoiced in C-Plus, not ordered" in text
        assert "invoiced 1" in text
        assert "back in the store 1" in text


async def test_a_sale_is_chosen_by_its_reasons_and_linked_after_a_yes(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    order = store.order("000000401", payment=Payment.PAID)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("2", "right", "right", "right")
        await until(pilot, "000000401")
        await pilot.press("enter")
        await until(pilot, "History")
        await pilot.press("b")
        text = await until(pilot, "same customer, same products")
        assert "1881" in text
        await pilot.press("enter")
        await until(pilot, "cancelled in C-Plus with this sale as the reason")
        await pilot.press("s")
        await until(pilot, "linked to sale 1881")
    row = store.db.execute("SELECT linked_sale FROM sales_order WHERE id = ?", [order]).fetchone()
    assert row["linked_sale"] == "000000881"


async def test_an_order_that_is_invoiced_takes_no_sale(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000501", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    async with console_on(tmp_path, state_folder, size=(100, 40)) as pilot:
        await pilot.press("2", "right", "right", "right", "right")
        await until(pilot, "000000501")
        await pilot.press("b")
        await until(pilot, "it does not wait to be invoiced")
