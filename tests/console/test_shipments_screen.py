"""The packing desk on the screen: what is scanned is closed, what is not right is said, and nothing else happens."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from console import language
from console.scanning import GAP_S
from engine.orders import Fulfilment, Payment
from tests.console.builder import StoreFile
from tests.console.conftest import console_on, until
from tests.console.test_orders_screen import order_in
from tests.console.test_scanning import scan

pytestmark = pytest.mark.anyio
CODE, OTHER = "AA473124829BR", "AA000000080BR"


def invoiced(store: StoreFile, *numbers: str) -> None:
    for number in numbers:
        store.order(number, payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)


async def at_the_desk(pilot: Pilot[int]) -> None:
    await pilot.press("5")
    await until(pilot, "Scan the order")


@pytest.mark.parametrize(("size", "tongue"), [((80, 24), "en"), ((120, 40), "en"), ((80, 24), "pt_BR")])
async def test_an_order_then_its_code_and_it_is_closed(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int], tongue: str
) -> None:
    language.use(tongue)
    invoiced(store, "000000101", "000000102")
    async with console_on(tmp_path, state_folder, size=size, undo_s=60) as pilot:
        await pilot.press("5")
        await until(pilot, "2 to ship" if tongue == "en" else "2 a despachar")
        await scan(pilot, "000000101")
        text = await until(pilot, "2 × Camiseta básica azul M")
        assert "Correios - PAC" in text
        assert "NF-e" in text
        assert text.count("\n") == size[1] - 1
        await scan(pilot, CODE.lower())
        await until(pilot, f"000000101 closed: Correios {CODE}" if tongue == "en" else "000000101 despachado")
        await until(pilot, "1 to ship" if tongue == "en" else "1 a despachar")
        row = order_in(store, "000000101")
        assert (row["tracking"], row["carrier"], row["fulfilment"]) == (CODE, "Correios", "shipping")
        await pilot.press("f8")
        await until(pilot, "2 to ship" if tongue == "en" else "2 a despachar")


async def test_where_digits_are_typed_the_line_of_screens_says_which_key_comes_first(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "nothing needs you now")
        await pilot.press("5")
        await until(pilot, "Esc, then  1")
        await pilot.press("2")
        await until(pilot, "Esc, then  1")  # it was typed
        await pilot.press("escape", "escape")
        await until(pilot, lambda seen: "Esc, then" not in seen)
        await pilot.press("tab")
        await until(pilot, "Esc, then  1")
        await pilot.press("escape", "2")
        await until(pilot, "Decide 0")


async def test_a_hundred_scans_at_once_are_taken_one_after_the_other(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101", "000000102")
    async with console_on(tmp_path, state_folder) as pilot:
        await at_the_desk(pilot)
        for text in ("000000101", CODE, CODE, "000000102", "000000102", OTHER):
            await scan(pilot, text)
        await until(pilot, "000000102 closed")
        assert order_in(store, "000000101")["tracking"] == CODE
        assert order_in(store, "000000102")["tracking"] == OTHER


async def test_what_the_engine_refuses_is_said_with_its_reason_and_heard(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoiced(store, "000000101", "000000102")
    store.order("000000103", payment=Payment.PAID)
    store.db.execute("UPDATE sales_order SET tracking = ?, fulfilment = 'shipped' WHERE number = '000000102'", [CODE])
    async with console_on(tmp_path, state_folder) as pilot:
        beeps: list[int] = []
        monkeypatch.setattr(pilot.app, "bell", lambda: beeps.append(1))
        await at_the_desk(pilot)
        await scan(pilot, "000000103")
        await until(pilot, "it is not invoiced in C-Plus yet")
        await scan(pilot, "000000101")
        await until(pilot, "now the tracking code")
        assert len(beeps) == 1
        await scan(pilot, CODE)
        await until(pilot, f"{CODE} stands on order 000000102 already")
        await scan(pilot, CODE[:10] + "7BR")
        await until(pilot, "was misread")
        assert len(beeps) == 3
        assert order_in(store, "000000101")["tracking"] is None


async def test_two_orders_in_one_box_leave_under_its_one_code_once_a_person_says_so(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101", "000000102")
    async with console_on(tmp_path, state_folder) as pilot:
        await at_the_desk(pilot)
        await scan(pilot, "000000101")
        await scan(pilot, CODE)
        await until(pilot, "000000101 closed")
        await scan(pilot, "000000102")
        await scan(pilot, CODE)
        await until(pilot, "in one box: F7, then again.")
        assert order_in(store, "000000102")["tracking"] is None
        await pilot.press("f7")
        await until(pilot, "now the code of the box")
        await scan(pilot, CODE)
        await until(pilot, "000000102 closed")
        assert order_in(store, "000000102")["tracking"] == CODE


async def test_a_pick_up_notes_who_took_it_and_a_scan_is_no_answer(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101", "000000102")
    async with console_on(tmp_path, state_folder) as pilot:
        await at_the_desk(pilot)
        await pilot.press("f2")
        await until(pilot, "scan the order first")
        await scan(pilot, "000000101")
        await until(pilot, "now the tracking code")
        await pilot.press("f2")
        await until(pilot, "who picks it up?")
        for text in (CODE, "000000102", ""):
            await scan(pilot, text)
        await until(pilot, "Type the name of who takes it")
        await pilot.press(*"Ana Moura", "enter", *"529.982.247-24", "enter")
        await until(pilot, "check digits of this CPF")
        store.order("000000109")  # the desk reads anew behind the question
        store.db.execute("UPDATE sales_order SET row_version = row_version + 1 WHERE number = '000000101'")
        await asyncio.sleep(0.6)
        await pilot.press("backspace", "5", "enter")
        await until(pilot, "000000101 closed: picked up at the store")
        assert (order_in(store, "000000101")["carrier"], order_in(store, "000000101")["tracking"]) == (
            "Retirada na loja",
            "",
        )
        (params,) = store.db.execute("SELECT params FROM order_event WHERE what = 'handed-over'").fetchone()
        assert json.loads(params) == {"name": "Ana Moura", "document": "529.982.247-25"}
        assert order_in(store, "000000102")["fulfilment"] == "invoiced"


async def test_of_two_orders_with_one_number_a_person_chooses_and_no_scan_does(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101", "000000102")
    store.db.execute("UPDATE sales_order SET erp_number = '101' WHERE number = '000000102'")
    store.db.execute("UPDATE sales_order SET erp_number = '7' WHERE number = '000000101'")
    async with console_on(tmp_path, state_folder, scan_gap_s=GAP_S) as pilot:
        await at_the_desk(pilot)
        await scan(pilot, "000000101")
        await until(pilot, "Which of them lies on the desk?")
        await scan(pilot, CODE)
        await pilot.pause(0.2)
        assert {order_in(store, number)["tracking"] for number in ("000000101", "000000102")} == {None}
        await pilot.press("down", "enter")
        await until(pilot, "000000102, Maria Aparecida da Silva: now the tracking code")
        await scan(pilot, CODE)
        await until(pilot, "000000102 closed")
        assert order_in(store, "000000102")["tracking"] == CODE


async def test_several_volumes_leave_together(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    invoiced(store, "000000101")
    async with console_on(tmp_path, state_folder) as pilot:
        await at_the_desk(pilot)
        await scan(pilot, "000000101")
        await until(pilot, "now the tracking code")
        await pilot.press("f4")
        await until(pilot, "how many volumes?")
        await pilot.press("2", "enter")
        await until(pilot, "volume 1 of 2")
        await scan(pilot, CODE)
        await until(pilot, "volume 2 of 2")
        assert order_in(store, "000000101")["tracking"] is None
        await scan(pilot, OTHER)
        await until(pilot, "000000101 closed")
        assert order_in(store, "000000101")["tracking"] == f"{CODE} {OTHER}"


async def test_a_scan_is_taken_wherever_the_cursor_is_and_answers_no_question(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101")
    async with console_on(tmp_path, state_folder, scan_gap_s=GAP_S) as pilot:
        await at_the_desk(pilot)
        await pilot.press("escape")
        await scan(pilot, "000000101")
        await until(pilot, "now the tracking code")
        await pilot.press("f5")
        await until(pilot, "Whose codes are scanned?")
        await scan(pilot, CODE)
        await pilot.pause(0.2)
        await until(pilot, "Whose codes are scanned?")
        assert order_in(store, "000000101")["tracking"] is None
        await pilot.press("escape", "escape")
        await until(pilot, "000000101 was laid aside")
        await scan(pilot, CODE)
        await until(pilot, "Scan its order first")


async def test_without_an_engine_nothing_is_closed(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    invoiced(store, "000000101")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await at_the_desk(pilot)
        await scan(pilot, "000000101")
        await until(pilot, "now the tracking code")
        await scan(pilot, CODE)
        await until(pilot, "nothing was recorded")
        assert order_in(store, "000000101")["tracking"] is None


async def test_a_carriers_list_is_shown_line_by_line_and_closed_after_a_yes(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    invoiced(store, "000000101", "000000102")
    file = tmp_path / "lista.csv"
    file.write_text(f"pedido;rastreio;transportadora\n101;{CODE};\n102;{CODE};\n999;{OTHER};\n", encoding="utf-8")
    async with console_on(tmp_path, state_folder) as pilot:
        await at_the_desk(pilot)
        await pilot.press("f6")
        await until(pilot, "Which file?")
        await pilot.press(*str(file), "enter")
        text = await until(pilot, "1 to close · 0 closed already · 2 not")
        assert "no order has this number" in text
        await pilot.press("f2")
        await until(pilot, "Close 1 shipment?")
        await pilot.press("s")
        await until(pilot, "1 shipment closed")
        await until(pilot, "0 to close · 1 closed already · 2 not")
        assert order_in(store, "000000101")["tracking"] == CODE
        assert order_in(store, "000000102")["tracking"] is None
        await pilot.press("q")
        await until(pilot, "Scan the order")
