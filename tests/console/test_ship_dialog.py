"""A shipment's code at the screen: what looks mistyped is asked about once, what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.postal_code import is_postal_code
from engine.orders import Fulfilment, Payment
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.test_orders_screen import order_in


@pytest.mark.parametrize("code", ["AA473124829BR", "AA000000080BR", "AA123456745BR", "RR473124829GB"])
def test_a_code_as_the_correios_print_it_is_taken(code: str) -> None:
    assert is_postal_code(code)


@pytest.mark.parametrize("code", ["AA123456789BR", "SS123456789BR", "AA47312482BR", "A1473124829BR", ""])
def test_a_digit_that_does_not_fit_is_seen(code: str) -> None:
    assert not is_postal_code(code)


@pytest.mark.anyio
async def test_a_mistyped_code_is_asked_about_once_more(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000500", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right", "right", "right")
        await until(pilot, "000000500")
        await pilot.press("f", "enter", "enter")
        await until(pilot, "Type the tracking code")
        await pilot.press(*"aa123456789br", "enter")
        await until(pilot, "Record it all the same")
        await pilot.press("n")
        await until(pilot, lambda text: "Record it all the same" not in text)
        await pilot.press("enter")
        await until(pilot, "Record it all the same")
        assert order_in(store, "000000500")["tracking"] is None
        await pilot.press("s")
        await until(pilot, "ship: done")
        assert order_in(store, "000000500")["tracking"] == "AA123456789BR"
