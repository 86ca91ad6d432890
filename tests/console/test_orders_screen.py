"""Triage: what an operator sees of the orders, and what happens when he decides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.app import Console
from console.widgets.rows import Rows
from engine.model.goods import Arrival
from engine.orders import Cancellation, Fulfilment, Payment
from engine.store.arrivals import store_arrivals
from tests.console.builder import StoreFile, busy_morning
from tests.console.conftest import console_on, shown, until

pytestmark = pytest.mark.anyio


def order_in(store: StoreFile, number: str) -> dict[str, object]:
    row = store.db.execute("SELECT * FROM sales_order WHERE number = ?", [number]).fetchone()
    return dict(row)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_list_says_what_an_operator_needs_to_decide(
    tmp_path: Path, state_folder: Path, store: StoreFile, size: tuple[int, int]
) -> None:
    busy_morning(store)
    async with console_on(tmp_path, state_folder, size=size) as pilot:
        await pilot.press("2")
        text = await until(pilot, "529.982.247-25")
        assert "Decide 4" in text
        assert re.search(r"000000104  104 +2 h", text)
        assert "Otávio Salles" in text
        assert "R$ 157.30" in text
        assert "card authorised" in text
        assert "Rua das Acácias, 123" in text
        assert "80010-000" in text
        assert "authorisation lapses in" in text
        assert text.count("\n") == size[1] - 1


async def test_approving_takes_a_yes_and_moves_the_order_on(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("a", "enter")  # the question stands on no
        await until(pilot, "000000100  100")
        assert order_in(store, "000000100")["payment"] == "authorized"
        await pilot.press("a", "s")
        await until(pilot, "approve: done")
        await until(pilot, "Invoice 1")
        row = order_in(store, "000000100")
        assert (row["payment"], row["decision"]) == ("capturing", "approve")


async def test_refusing_asks_for_the_reason_and_keeps_it(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("r")
        await until(pilot, "suspected fraud")
        await pilot.press("down", "enter", *"!", "enter")
        await until(pilot, "refuse: done")
        row = order_in(store, "000000100")
        assert (row["cancellation"], row["decision_reason"]) == ("refusing", "suspected fraud!")


async def test_a_decision_in_grace_is_taken_back_with_one_key(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, undo_s=60) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("a", "y")
        await until(pilot, "z takes it back")
        await until(pilot, "Decide 0")
        await pilot.press("z")
        await until(pilot, "Decide 1")
        assert order_in(store, "000000100")["payment"] == "authorized"


async def test_the_payment_of_a_boleto_is_confirmed(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000200", payment=Payment.PENDING)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right")
        await until(pilot, "000000200")
        await pilot.press("p", "s")
        await until(pilot, "paid: done")
        assert order_in(store, "000000200")["payment"] == "capturing"


async def test_a_shipment_is_closed_with_carrier_and_code(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000500", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right", "right", "right")
        await until(pilot, "000000500")
        await pilot.press("f", "enter", *"aa12345678", "5", "b", "r", "enter")
        await until(pilot, "ship: done")
        row = order_in(store, "000000500")
        assert (row["fulfilment"], row["carrier"], row["tracking"]) == ("shipping", "Correios", "AA123456785BR")


async def test_a_pick_up_needs_no_code_but_a_yes(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000500", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right", "right", "right")
        await until(pilot, "000000500")
        await pilot.press("f", "down", "down", "enter", "s")
        await until(pilot, "ship: done")
        assert order_in(store, "000000500")["tracking"] == ""


async def test_what_is_not_possible_says_why(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000202", payment=Payment.REVIEW)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right")
        text = await until(pilot, "Open its page")
        assert "decide there: accept or deny" in text.replace("\n", " ")
        for key in ("a", "p"):
            await pilot.press(key)
            await until(pilot, "only its own page can")
        await pilot.press("f")
        await until(pilot, "not invoiced in C-Plus yet")


async def test_an_order_cancelled_too_late_shouts_and_is_not_shipped(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order(
        "000000600",
        payment=Payment.PAID,
        fulfilment=Fulfilment.INVOICED,
        cancellation=Cancellation.LATE,
        alarm="do-not-dispatch",
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "NOT be dispatched")
        await pilot.press("enter")  # the first thing that needs a person
        text = await until(pilot, lambda seen: "Stop the parcel" in seen and "v alarm seen" in seen)
        assert "z take back" not in text, "there is nothing to take back"
        assert "a approve" not in text
        assert text.count("DO NOT DISPATCH") >= 2
        await pilot.press("f")
        await until(pilot, "do not dispatch: the buyer cancelled")
        await pilot.press("v", "s")
        await until(pilot, "alarm seen: done")
        assert order_in(store, "000000600")["alarm"] is None


async def test_one_marked_order_that_does_not_fit_is_named_and_nothing_is_sent(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000600", parked="order-missing-in-erp")
    store.order("000000601", parked="erp-unknown-sku")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right", "right", "right", "right", "right")
        await until(pilot, "000000601")
        await pilot.press("space", "space", "w")
        text = await until(pilot, "nothing was sent")
        assert "000000601 does not fit" in " ".join(text.split())


async def test_marked_orders_take_the_action_together(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    for number in range(5):
        store.order(f"00000010{number}")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 5")
        await pilot.press("space", "space", "down", "space")
        await until(pilot, "3 marked")
        await pilot.press("a")
        text = await until(pilot, "3 orders: approve?")
        assert "together R$ 471.90" in text
        await pilot.press("s")
        await until(pilot, "3 done")
        await until(pilot, "Decide 2")


async def test_somebody_elses_change_is_not_overwritten(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    id = store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("a")
        await until(pilot, "approve?")
        # While the question stands, another operator touches the order.
        store.db.execute("UPDATE sales_order SET row_version = row_version + 1 WHERE id = ?", [id])
        await pilot.press("s")
        await until(pilot, "was changed meanwhile")
        assert order_in(store, "000000100")["payment"] == "authorized"


async def test_an_order_that_comes_in_shows_by_itself(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1")
        store.order("000000101")
        await until(pilot, "Decide 2")


async def test_the_filter_finds_a_buyer_without_accents_and_esc_ends_it(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100", buyer="João Conceição")
    store.order("000000101", buyer="Maria Souza")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 2")
        await pilot.press("/", *"conceicao")
        await until(pilot, lambda text: "João Conceição" in text and "000000101" not in text)
        await pilot.press("enter")
        await pilot.press("q")
        await until(pilot, "000000101")


async def test_the_page_of_an_order_tells_its_history(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.stock("000000009", 10, 4)
    store.order("000000301", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    async with console_on(tmp_path, state_folder, size=(100, 40)) as pilot:
        await pilot.press("2", "right", "right")
        await until(pilot, "000000301")
        await pilot.press("enter")
        text = await until(pilot, "History")
        assert "placed in the shop (new / pending)" in text
        assert "in C-Plus under number 301; goods missing: 000000009" in text
        assert "stock 10, reserved 4, free 6" in text
        assert "C-Plus does not know this product" in text  # the mug has no level
        assert "Entregar depois das 18h" in text
        await pilot.press("q")
        await until(pilot, "Short 1")


async def test_without_an_engine_it_shows_everything_and_decides_nothing(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        await until(pilot, "engine: STOPPED")
        await pilot.press("2")
        await until(pilot, "Decide 1")
        await pilot.press("a")
        await until(pilot, "no engine answers")


async def test_a_thousand_orders_are_read_page_by_page(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000001")
    store.db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO inbox SELECT 'loja', i, '{}', '', '', '' FROM n"
    )
    columns = [row["name"] for row in store.db.execute("PRAGMA table_info(sales_order)")]
    own = {"id": "i.external_id + 0", "external_id": "i.external_id", "number": "printf('%09d', i.external_id)"}
    own["placed_at"] = "printf('2026-01-01T00:%02d:%02d.000000Z', i.external_id / 60, i.external_id % 60)"
    values = ", ".join(own.get(name, f"o.{name}") for name in columns)
    store.db.execute(
        f"INSERT INTO sales_order SELECT {values} FROM inbox i, sales_order o WHERE o.id = 1 AND i.external_id > 1"
    )
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 1000")
        await pilot.press("end")
        await until(pilot, "000000001")  # the oldest date is the first; ours of now the last
        await pilot.press("home")
        await until(pilot, "▸ 000000002")


@pytest.mark.parametrize("payment", [Payment.REVIEW, Payment.AUTHORIZED])
async def test_a_cancelled_order_asks_nothing_more_of_anybody(
    tmp_path: Path, state_folder: Path, store: StoreFile, payment: Payment
) -> None:
    store.order("000000700", payment=payment, cancellation=Cancellation.CANCELLED)
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        await pilot.press("2", "left")
        text = await until(pilot, lambda seen: "000000700" in seen and "529.982.247-25" in seen)
        assert "Open its page" not in text
        assert "lapses" not in text
        assert not re.search(r"^.*cancelled · ", text, re.MULTILINE), "neither reserved nor authorised any more"


async def test_money_taken_for_a_cancelled_order_is_not_hidden(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000700", payment=Payment.PAID, cancellation=Cancellation.CANCELLED)
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "left", "enter")
        await until(pilot, "cancelled · paid")


async def test_what_the_shop_shows_is_said_once_and_in_words(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000700", raw_status="processing/processing")
    store.order("000000701", raw_status="processing/wrapped_as_a_gift")
    async with console_on(tmp_path, state_folder, size=(100, 40)) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 2")
        await pilot.press("enter")
        await until(pilot, lambda text: "being processed / wrapped_as_a_gift" in text and "History" in text)
        await pilot.press("q", "down", "enter")
        text = await until(pilot, lambda text: "000000700 · " in text and "History" in text)
        assert "processing" not in text
        assert "In the shop being processed\n" in text


async def test_the_page_follows_what_arrives_in_the_store(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000301", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    store.stock("000000009", 0, 0)
    async with console_on(tmp_path, state_folder, size=(100, 40)) as pilot:
        await pilot.press("2", "right", "right")
        await until(pilot, "000000301")
        await pilot.press("enter")
        await until(pilot, "History")
        store_arrivals(store.db, [Arrival("000000009", None, 30_000)])
        await until(pilot, "3 on order, no day said")


async def test_the_row_of_alarms_leads_to_the_order_and_says_since_when(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000601", parked="erp-order-missing", payment=Payment.PAID)
    store.order("000000600", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED, alarm="do-not-dispatch")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, lambda text: re.search(r"NOT be dispatched +2 h 1\d ago", text) is not None)
        await pilot.press("enter")
        await until(pilot, "▸ 000000600")


async def test_a_filter_that_finds_nobody_here_says_how_many_there_are_in_all(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100", buyer="Joana Prado")
    store.order("000000101", buyer="Maria Souza")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "right")
        await until(pilot, "no order here")
        await pilot.press("/", *"joana")
        await until(pilot, "nothing here has “joana”; 1 in All")


async def test_an_order_that_is_not_in_cplus_yet_shows_no_number_there(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    id = store.order("000000100", fulfilment=Fulfilment.RECEIVED)
    store.db.execute("UPDATE sales_order SET erp_written_at = NULL, erp_number = '000000777' WHERE id = ?", [id])
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "enter")
        text = await until(pilot, lambda seen: "C-Plus —" in seen and "card authorised · not in" in seen)
        assert "000000777" not in text


async def test_a_refusal_goes_with_the_row_it_is_about(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    store.order("000000100")
    store.order("000000101")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 2")
        await pilot.press("f")
        await until(pilot, "not invoiced in C-Plus yet")
        await pilot.press("down")
        await until(pilot, lambda text: "not invoiced in C-Plus yet" not in text and "a approve" in text)


async def test_a_refusal_stays_when_its_row_leaves_the_list_by_itself(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    store.order("000000101")
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2")
        await until(pilot, "Decide 2")
        await pilot.press("f")
        await until(pilot, "not invoiced in C-Plus yet")
        refused = pilot.app.screen.query_one(Rows).key
        store.db.execute("UPDATE sales_order SET queue = 'done' WHERE id = ?", [refused])
        store.db.execute("UPDATE topic SET generation = generation + 1 WHERE name = 'orders'")
        await until(pilot, "Decide 1")
        await pilot.pause(0.3)
        assert isinstance(pilot.app, Console)
        assert "not invoiced in C-Plus yet" in shown(pilot.app)
