"""The card above the overview, the orders that one key approves, and how far long work has come."""

from __future__ import annotations

import getpass
import re
from datetime import timedelta
from pathlib import Path

import pytest

from console import language
from console.reading import clear_orders, morning, orders, outages
from console.widgets.spark import spark
from engine.orders import Fulfilment, Payment
from engine.store import attendance, progress
from engine.store import outages as outage_table
from engine.store.database import touch
from engine.store.instants import later, to_text
from engine.store.progress import Reached, Stage
from tests.console.builder import StoreFile, busy_morning
from tests.console.conftest import console_on, until

pytestmark = pytest.mark.anyio


def went_home(store: StoreFile, hours: float) -> None:
    """Whoever runs the tests pressed his last key so long ago."""
    attendance.seen(store.db, getpass.getuser(), store.now - timedelta(hours=hours))


def erp_away(store: StoreFile, minutes: float, *, back: float | None = None) -> None:
    """C-Plus went away so long ago, and has been back for some minutes."""
    outage_table.begins(store.db, "", store.now - timedelta(minutes=minutes))
    if back is not None:
        outage_table.ends(store.db, "", store.now - timedelta(minutes=back))


async def test_whoever_comes_back_reads_what_came_since_he_left_and_puts_the_card_away(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100")
    went_home(store, 14)
    store.order("000000101")
    store.order("000000102", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    soon = later(store.now, 60)
    store.db.execute("UPDATE sales_order SET authorized_until = ? WHERE number = '000000101'", [soon])
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "Since you left")
        assert "2 orders came (R$ 314.60) · 1 lacks goods" in text
        assert re.search(r"card authorisation lapses today: 000000101 in \d+ s", text)
        await pilot.press("escape")
        await until(pilot, lambda seen: "Since you left" not in seen)


async def test_nobody_has_left_who_only_looked_elsewhere(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    went_home(store, 0.4)
    store.order("000000101", note="")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "1 order waits for a decision")
        await pilot.pause(1.5)
        assert "Since you left" not in await until(pilot, "nothing speaks against it")


def test_who_stays_is_not_said_to_have_come_and_who_comes_again_has_left_when_last_seen(store: StoreFile) -> None:
    def row() -> tuple[str, str | None, int | None]:
        found = store.db.execute("SELECT came_at, left_at, left_order FROM attendance WHERE who = 'ana'").fetchone()
        return tuple(found)

    came, last_key, again = store.now, store.now + timedelta(minutes=29), store.now + timedelta(hours=12)
    attendance.seen(store.db, "ana", came)
    store.order("000000100")
    attendance.seen(store.db, "ana", last_key)
    assert row() == (to_text(came), None, None)
    store.order("000000101")
    attendance.seen(store.db, "ana", again)
    assert row() == (to_text(again), to_text(last_key), 1)


async def test_one_key_reads_and_approves_the_orders_that_nothing_speaks_against(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    clear = store.order("000000101", buyer="Ana Beatriz Moura", note="")
    other = store.order("000000102", buyer="Bia Souza", note="Entregar na portaria")
    store.db.execute(
        "INSERT INTO customer (id, document, email, name) VALUES (99, '11144477735', 'b@example.com', 'Bia')"
    )
    store.db.execute("UPDATE sales_order SET customer_id = 99 WHERE id = ?", [other])
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "of these: nothing speaks against it")
        assert "2 orders wait for a decision" in text
        await pilot.press("A")
        text = await until(pilot, "Approve 1 order?")
        assert "Ana Beatriz Moura" in text
        assert "Bia Souza" not in text
        await pilot.press("enter")
        await until(pilot, "of these: nothing speaks against it")
        assert store.db.execute("SELECT count(*) FROM effect WHERE kind = 'capture'").fetchone()[0] == 0
        await pilot.press("A", "s")
        await until(pilot, "1 order waits for a decision")
        captured = store.db.execute("SELECT order_id FROM effect WHERE kind = 'capture'").fetchall()
        assert [row[0] for row in captured] == [clear]
        await pilot.press("A")
        await until(pilot, "no undecided order is without a sign against it")


SIGNS = {
    "another person receives it": "UPDATE inbox SET payload = json_set(payload, '$.delivery_name', 'José Lima')",
    "the buyer wrote something": "UPDATE sales_order SET note = 'urgente'",
    "goods are missing": "UPDATE sales_order SET fulfilment = 'short'",
    "C-Plus has blocked the buyer": "UPDATE customer SET blocked = 1",
    "no valid document": "UPDATE customer SET document = NULL",
    "it is being cancelled": "UPDATE sales_order SET cancellation = 'refusing'",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_against_an_order_keeps_it_from_being_approved_with_the_others(store: StoreFile, sign: str) -> None:
    id = store.order("000000101", note="")
    assert [order.id for order in clear_orders.clear_orders(store.db)] == [id]
    store.db.execute(SIGNS[sign])
    assert clear_orders.clear_orders(store.db) == ()


def test_two_undecided_orders_of_one_buyer_are_looked_at_one_by_one(store: StoreFile) -> None:
    store.order("000000101", note="")
    store.order("000000102", note="")
    assert clear_orders.clear_orders(store.db) == ()


async def test_while_cplus_is_away_the_card_says_since_when_and_what_waits(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    order = store.order("000000101")
    store.db.execute("UPDATE effect SET state = 'decided' WHERE order_id = ?", [order])
    store.db.execute("UPDATE sales_order SET authorized_until = ?", [later(store.now, 60)])
    erp_away(store, 23)
    async with console_on(tmp_path, state_folder) as pilot:
        text = await until(pilot, "C-Plus does not answer since")
        assert "(23 min)" in text
        assert "Waiting: 1 thing to be" in text
        assert "lapses today: 000000101" in text
        await pilot.press("escape")
        await pilot.pause(1.2)
        await until(pilot, "C-Plus does not answer since")  # it goes by itself
        outage_table.ends(store.db, "", store.now)
        await until(pilot, "C-Plus answers again since")


async def test_without_an_engine_the_card_says_since_when_nothing_moves(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000101")
    store.db.execute("UPDATE sales_order SET authorized_until = ?", [later(store.now, 60)])
    store.task("stock")
    store.db.execute("UPDATE task SET succeeded_at = ?", [later(store.now, -7_500)])
    async with console_on(tmp_path, state_folder, hosting=False) as pilot:
        text = await until(pilot, "No engine works since")
        assert "(2 h 05)" in text
        assert "lapses today: 000000101" in text


async def test_a_decision_that_waits_for_an_outage_is_marked_in_the_list(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    first, second = store.order("000000101"), store.order("000000102")
    for order in (first, second):
        store.capture_in_grace(order, -5)
        store.db.execute("UPDATE sales_order SET payment = 'capturing', queue = 'to-invoice' WHERE id = ?", [order])
    store.db.execute("UPDATE effect SET attempts = 3 WHERE order_id = ? AND kind = 'capture'", [second])
    async with console_on(tmp_path, state_folder) as pilot:
        await pilot.press("2", "left", "left", "left", "left", "left", "left")
        text = await until(pilot, "waits to leave")
        assert re.search(r"000000101 .*waits to leave; z", text)
        assert re.search(r"000000102 .*waits to leave *$", text, re.M)


async def test_once_cplus_is_back_the_card_says_what_came_what_is_short_and_whom_to_call(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.order("000000100", payment=Payment.PAID, fulfilment=Fulfilment.SHORT)
    erp_away(store, 88, back=10)
    at = store.now - timedelta(minutes=40)
    store.order("000000101", placed_at=at)
    store.order("000000102", payment=Payment.PAID, fulfilment=Fulfilment.SHORT, buyer="Íris Conceição", placed_at=at)
    store.order("000000103", placed_at=store.now)
    store.db.execute("UPDATE sales_order SET erp_written_at = NULL WHERE number = '000000101'")
    async with console_on(tmp_path, state_folder, size=(120, 40)) as pilot:
        text = await until(pilot, "C-Plus answers again since")
        assert "after 1 h 18. 2 orders came meanwhile (R$ 314.60). 1 is not in C-Plus yet." in text
        assert "1 of them lacks goods; call 000000102 Íris Conceição 41999990000." in text
        await pilot.press("escape")
        await until(pilot, lambda seen: "answers again" not in seen)


def test_what_was_over_within_a_minute_is_no_news(store: StoreFile) -> None:
    erp_away(store, 10, back=9.5)
    assert outages.last_ended(store.db, store.now) is None


async def test_long_work_says_how_far_it_has_come_and_how_long_it_takes(
    tmp_path: Path, state_folder: Path, store: StoreFile
) -> None:
    store.task("catalogue")
    since = store.now - timedelta(minutes=10)
    store.db.execute("UPDATE task SET state = 'running'")
    progress.tell(store.db, ("loja", "catalogue"), Reached(Stage.SENDING, 2_500, 10_000, since, 2_500), store.now)
    async with console_on(tmp_path, state_folder, size=(120, 40), hosting=False) as pilot:
        text = await until(pilot, "25 %, 30 min left")
        assert "·█" in text  # the piece of the hour that runs
        await pilot.press("tab", "down")
        await until(pilot, "Sending: 2,500 of 10,000, about 30 min left.")
        reached = Reached(Stage.ADOPTING, 1_200, None, since, 300)
        progress.tell(store.db, ("loja", "catalogue"), reached, store.now)
        await until(pilot, "Looking through the shop: 1,200 so far, nobody knows of how many.")
        progress.run_ended(store.db, ("loja", "catalogue"), 2_500, store.now)
        touch(store.db, "tasks")
        await until(pilot, lambda seen: "so far" not in seen)
        assert store.db.execute("SELECT sum(done) FROM pace").fetchone()[0] == 25 + 2_500, "each row once"


def test_bars_stand_beside_the_greatest() -> None:
    assert spark([0, 1, 50, 100]) == "·▁▄█"
    assert spark([0, 0]) == "··"
    assert spark([]) == ""


async def test_it_speaks_portuguese(tmp_path: Path, state_folder: Path, store: StoreFile) -> None:
    busy_morning(store)
    went_home(store, 14)
    store.order("000000801", note="")
    language.use("pt_BR")
    async with console_on(tmp_path, state_folder) as pilot:
        await until(pilot, "Desde que você saiu")


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (clear_orders._QUIET, [300]),
        (morning._CAME, [1]),
        (morning._LAPSING, ["2026", 200]),
        (orders._LATE, []),
        (outages._WAITING, {"account": ""}),
        (outages._CAME, {"began_order": 1, "ended_at": "2026", "account": ""}),
        (outages._SHORT, {"began_order": 1, "ended_at": "2026", "account": "", "most": 20}),
    ],
)
def test_cards_are_read_from_an_index(
    store: StoreFile, statement: str, values: list[object] | dict[str, object]
) -> None:
    plan = [row["detail"] for row in store.db.execute("EXPLAIN QUERY PLAN " + statement, values)]
    assert not [line for line in plan if line.startswith("SCAN") and "INDEX" not in line], plan
    assert not [line for line in plan if "ORDER BY" in line and statement in (morning._LAPSING, orders._LATE)], plan
