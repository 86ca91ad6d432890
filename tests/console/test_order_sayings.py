"""Orders put aside, noted, or waiting for goods: what an operator types, and what he sees of it after."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from console.app import Console
from console.coming import coming
from console.formats import date_and_time, store_day
from engine.model.goods import Arrival
from engine.orders import Fulfilment, Payment
from engine.store import effects
from engine.store.arrivals import store_arrivals
from tests.console.builder import NOW, StoreFile
from tests.console.conftest import console_on, shown, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("90m", "2026-11-24 11:30"),
        ("3d", "2026-11-27 10:00"),
        ("14:30", "2026-11-24 14:30"),
        ("9h00", "2026-11-25 09:00"),
        ("05/12", "2026-12-05 08:00"),
        ("5/12 14:30", "2026-12-05 14:30"),
        ("10/01", "2027-01-10 08:00"),
        ("10/01/2026", "2026-01-10 08:00"),
        ("2026-12-05", "2026-12-05 08:00"),
        ("2026-12-05T09:15", "2026-12-05 09:15"),
    ],
)
def test_a_time_is_typed_as_people_say_it(typed: str, meant: str) -> None:
    assert date_and_time(coming(typed, NOW)) == meant  # it is 10:00 in the store


@pytest.mark.parametrize("typed", ["", "amanhã", "31/02", "25:00", "99"])
def test_what_is_no_time_is_not_guessed(typed: str) -> None:
    with pytest.raises(ValueError):
        coming(typed, NOW)


async def test_an_order_is_put_on_hold_with_a_reason_and_a_time_and_taken_up_again(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("s")
        await until(pilot, "to be settled with the buyer")
        await pilot.press("enter", "enter", *"nope", "enter")
        await until(pilot, "not a time to come")
        await pilot.press(*["backspace"] * 4, *"2h")
        await until(pilot, "comes back on")
        await pilot.press("enter")
        await until(pilot, "hold: done")
        await until(pilot, "On hold 1")
        await pilot.press("left", "left", "left")
        text = await until(pilot, "000000100")
        assert "until " in text
        text = await until(pilot, "to be settled with the buyer")
        assert "Comes back in" in " ".join(text.split())
        await pilot.press("a")
        await until(pilot, "it is on hold")
        await pilot.press("s")
        await until(pilot, "On hold 0")
        assert store.db.execute("SELECT queue FROM sales_order").fetchone()["queue"] == "decide"


async def test_a_note_is_typed_shown_and_changed(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("o")
        await until(pilot, "note; empty takes it away")
        await pilot.press(*"presente", "enter", "enter")
        await until(pilot, "Note, by")
        assert "presente" in shown(pilot.app)  # type: ignore[arg-type]
        await pilot.press("o")
        await until(pilot, "until when")
        await pilot.press(*"s", "enter", "enter")
        await until(pilot, "presentes")


async def test_missing_goods_are_shown_with_what_is_on_order_and_waited_for(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.stock("000000009", 1, 0)
    store.stock("000000012", 5, 0)
    day = store_day(store.now) + timedelta(days=3)
    store_arrivals(store.db, [Arrival("000000009", day, 100_000)])
    store.order("000000300", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right")
        await until(pilot, "000000300")
        await pilot.press("i")
        text = await until(pilot, "let what is there go first")
        assert f"1 of 2 × Camiseta básica azul M missing, on order for {day.isoformat()}" in " ".join(text.split())
        assert "credit what is missing in the shop" in text
        await pilot.press("enter")
        await until(pilot, f"comes back on {day.isoformat()} 08:00")
        await pilot.press("enter")
        await until(pilot, "Waits for its goods")
        assert "Short 1" in shown(pilot.app)  # type: ignore[arg-type]
        await pilot.press("i", "down", "enter")
        await until(pilot, "not sold again")
        await pilot.press("s")
        await until(pilot, "Invoice 1")


async def test_the_credit_of_missing_goods_says_what_it_is_worth_and_what_is_left_to_do(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.stock("000000009", 2, 0)
    store.order("000000300", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right")
        await until(pilot, "000000300")
        await pilot.press("i", "down", "down", "enter")
        text = " ".join((await until(pilot, "worth about")).replace("│", " ").split())
        assert "worth about R$ 35.00" in text
        assert "strike it out of the order in C-Plus" in text
        await pilot.press("s")
        await until(pilot, "takes no credit from here")  # this shop


async def test_an_address_is_corrected_field_by_field_and_what_is_wrong_is_told_at_once(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    id = store.order("000000100")
    async with console_on(tmp_path, state_folder, undo_s=60) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("t")
        await until(pilot, "It is written into C-Plus.")
        await pilot.press("end", "up", "enter", *["backspace"] * 8, *"88010000", "enter", "enter")
        await until(pilot, "88010000 is no CEP of PR")
        await pilot.press("up", "enter", *["backspace"] * 8, *"80020000", "enter", "enter")
        await until(pilot, "z takes it back")
        row = store.db.execute("SELECT args FROM effect WHERE order_id = ? AND kind = 'erp-delivery'", [id]).fetchone()
        assert '"postcode": "80020000"' in row["args"]
        await pilot.press("z")
        await until(pilot, "take back: done")
        assert not effects.pending(store.db, id, [effects.Kind.ERP_DELIVERY])


async def test_the_pick_list_of_marked_orders_is_read_on_the_screen(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    for number in ("000000401", "000000402"):
        store.order(number, payment=Payment.PAID)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right", "right")
        await until(pilot, "000000402")
        await pilot.press("*")
        await until(pilot, "2 marked")
        await pilot.press("m")
        text = await until(pilot, "Pick list: 2 orders")
        assert "4 × Camiseta básica azul M" in text
        assert "000000402: 2, 000000401: 2" in text


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_new_order_rings_where_the_settings_say_so(
    tmp_path: Path, state_folder: Path, store: StoreFile, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    first = store.order("000000100")
    beeps: list[int] = []
    async with console_on(tmp_path, state_folder) as pilot:
        app = pilot.app
        assert isinstance(app, Console)
        monkeypatch.setattr(app, "bell", lambda: beeps.append(1))
        settings = structs.replace(app.settings.console, bell_for_orders=wanted)
        monkeypatch.setattr(app, "settings", structs.replace(app.settings, console=settings))
        await pilot.press("2")
        await until(pilot, "Decide 1")
        store.db.execute("UPDATE sales_order SET row_version = row_version + 1 WHERE id = ?", [first])
        store.db.execute("UPDATE topic SET generation = generation + 1 WHERE name = 'orders'")
        await pilot.pause(0.6)
        assert beeps == [], "it was there before"
        store.order("000000101")
        await until(pilot, "Decide 2")
        assert beeps == ([1] if wanted else [])
