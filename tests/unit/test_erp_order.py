"""What a snapshot of C-Plus means for one order: what a person is shown, when, and when it is over."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.erp_order import take_over_one
from engine.erp_reservation import take_over as take_over_reservation
from engine.model.erp import ErpOrderState, ErpStatus
from engine.orders import Cancellation, Fulfilment, Payment, State
from engine.store import effects, orders
from engine.store.effects import Kind
from tests.console.builder import StoreFile

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHIRT, MUG = "000000009", "000000012"  # the lines of the builder's orders: two shirts, one mug

ORDERED = ((SHIRT, Decimal(2)), (MUG, Decimal(1)))
WAITING = ErpOrderState(
    key="000000401", number="401", reference="LC-000000401", reserved=True, cancelled=False, invoiced_at=None,
    total=Decimal("157.30"), holds=ORDERED,
)  # fmt: skip
INVOICED = replace(
    WAITING, reserved=False, invoiced_at=NOW, invoiced=ORDERED, complete=True, sale_number="1774", nfe_key="4" * 44,
    nfe_number="12",
)  # fmt: skip


class Desk:
    """One paid order, and what C-Plus says of it."""

    def __init__(self, file: StoreFile) -> None:
        self.db = file.db
        self.id = file.order("000000401", payment=Payment.PAID)

    def told(self, erp: ErpOrderState) -> sqlite3.Row:
        take_over_one(self.db, erp, NOW)
        return self.row

    @property
    def row(self) -> sqlite3.Row:
        row = orders.get(self.db, self.id)
        assert row is not None
        return row

    @property
    def history(self) -> list[str]:
        rows = self.db.execute("SELECT what FROM order_event WHERE order_id = ? ORDER BY id", (self.id,))
        return [row["what"] for row in rows][2:]

    def put_back(self) -> None:
        """What an operator does who has seen the reason."""
        orders.move(self.db, self.id, replace(orders.state_of(self.row), parked=None))

    def stock(self, sku: str, on_hand: int, reserved: int) -> None:
        self.db.execute(
            "INSERT INTO stock_level VALUES (?, 1, '000000001', ?, ?) ON CONFLICT DO UPDATE SET"
            " reserved_e4 = excluded.reserved_e4",
            (sku, on_hand * 10_000, reserved * 10_000),
        )

    def cancelled_in_shop(self, sku: str, quantity: int) -> None:
        self.db.execute("UPDATE order_line SET cancelled_e4 = ? WHERE sku = ?", (quantity * 10_000, sku))

    def lines(self, column: str) -> list[Any]:
        return [line[column] for line in orders.lines(self.db, self.id)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    file = StoreFile(tmp_path / "integra.db", NOW)
    yield Desk(file)
    file.close()


def test_what_is_told_twice_is_noted_once(desk: Desk) -> None:
    desk.told(INVOICED)
    version, history = desk.row["row_version"], desk.history
    assert history == ["invoiced", "nfe"]
    assert not take_over_one(desk.db, INVOICED, NOW)
    assert (desk.row["row_version"], desk.history) == (version, history)


def test_a_line_struck_out_in_cplus_is_neither_invoiced_nor_shipped(desk: Desk) -> None:
    row = desk.told(replace(INVOICED, holds=ORDERED[:1], invoiced=ORDERED[:1]))
    assert desk.lines("invoiced_e4") == [20_000, 0]
    assert desk.lines("erp_holds_e4") == [20_000, 0]
    assert (row["fulfilment"], row["parked"]) == ("invoiced", "invoiced-differs")
    desk.put_back()
    assert desk.told(replace(INVOICED, holds=ORDERED[:1], invoiced=ORDERED[:1]))["parked"] is None
    more = replace(INVOICED, invoiced=((SHIRT, Decimal(1)),))
    assert desk.told(more)["parked"] == "invoiced-differs", "it differs anew"
    assert desk.told(INVOICED)["parked"] is None, "and is put right"


def test_of_a_part_only_other_goods_are_a_difference(desk: Desk) -> None:
    part = replace(INVOICED, invoiced=((MUG, Decimal(1)),), complete=False, reserved=True)
    row = desk.told(part)
    assert (row["fulfilment"], row["queue"], row["parked"]) == ("part-invoiced", "to-ship", None)
    assert desk.told(replace(part, invoiced=((MUG, Decimal(3)),)))["parked"] == "invoiced-differs"


def test_the_rest_of_a_part_sale_is_held_back_here_unless_cplus_has_it_reserved(desk: Desk) -> None:
    part = replace(INVOICED, invoiced=((MUG, Decimal(1)),), complete=False, reserved=True)
    desk.stock(SHIRT, 10, reserved=2)
    desk.told(part)
    assert (desk.lines("reserved_e4"), desk.lines("promised")) == ([20_000, 0], [0, 0])
    desk.told(replace(part, reserved=False))
    assert (desk.lines("reserved_e4"), desk.lines("promised")) == ([0, 0], [1, 0]), "nobody reserves it there"
    desk.stock(SHIRT, 10, reserved=1)
    desk.told(part)
    assert desk.lines("promised") == [1, 0], "a flag that was left standing reserves nothing"


def test_what_an_undone_sale_had_taken_is_held_back_whatever_the_orders_flag_says(desk: Desk) -> None:
    desk.stock(SHIRT, 10, reserved=5)
    desk.stock(MUG, 10, reserved=5)
    desk.told(INVOICED)
    undone = replace(INVOICED, invoiced=(), complete=False, sale_cancelled=True, reserved=True)
    row = desk.told(undone)
    assert (row["fulfilment"], desk.lines("promised")) == ("short", [1, 1])
    assert not take_over_reservation(desk.db, undone, NOW)
    assert desk.row["fulfilment"] == "short"


def test_goods_cancelled_in_the_shop_are_asked_out_of_cplus_once_and_again_when_they_are_more(desk: Desk) -> None:
    desk.cancelled_in_shop(SHIRT, 1)
    row = desk.told(WAITING)
    assert row["parked"] == "rest-cancelled-in-shop"
    assert json.loads(row["parked_params"])["goods"].startswith("1 × ")
    desk.put_back()
    assert desk.told(WAITING)["parked"] is None, "seen is seen"
    desk.cancelled_in_shop(SHIRT, 2)
    assert desk.told(WAITING)["parked"] == "rest-cancelled-in-shop"
    assert desk.told(replace(WAITING, holds=ORDERED[1:]))["parked"] is None
    assert desk.history == ["rest-cancelled-in-shop"] * 2 + ["edited-in-erp"]


def test_goods_cancelled_in_the_shop_are_told_after_somebody_elses_reason_has_gone(desk: Desk) -> None:
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), parked="unknown-status"))
    desk.cancelled_in_shop(SHIRT, 1)
    assert desk.told(WAITING)["parked"] == "unknown-status"
    desk.put_back()
    assert desk.told(WAITING)["parked"] == "rest-cancelled-in-shop"


def test_a_part_that_left_waits_for_the_rest_and_the_rest_for_its_parcel(desk: Desk) -> None:
    part = replace(INVOICED, invoiced=((MUG, Decimal(1)),), complete=False)
    desk.told(part)
    desk.db.execute("UPDATE order_line SET shipped_e4 = 10000 WHERE sku = ?", (MUG,))
    assert desk.told(part)["fulfilment"] == "part-shipped"
    assert desk.told(part)["queue"] == "to-invoice"
    row = desk.told(INVOICED)
    assert (row["fulfilment"], row["queue"]) == ("invoiced", "to-ship")
    desk.db.execute("UPDATE order_line SET shipped_e4 = ordered_e4")
    assert desk.told(INVOICED)["fulfilment"] == "shipped"


def test_an_order_that_staff_cancel_is_set_aside_until_they_take_it_back(desk: Desk) -> None:
    cancelled = replace(WAITING, cancelled=True, reserved=False)
    row = desk.told(cancelled)
    assert (row["parked"], desk.history) == ("cancelled-in-erp", ["cancelled-in-erp"])
    assert desk.lines("promised") == [0, 0], "the goods are anybody's again"
    desk.put_back()
    assert desk.told(cancelled)["parked"] is None, "seen is seen"
    row = desk.told(replace(WAITING, reserved=False))
    assert (row["fulfilment"], row["parked"], desk.history[-1]) == ("short", None, "reopened-in-erp")
    assert desk.lines("promised") == [1, 1]


def test_an_order_whose_every_line_staff_struck_out_is_cancelled_there(desk: Desk) -> None:
    assert desk.told(replace(WAITING, holds=()))["parked"] == "cancelled-in-erp"
    assert desk.lines("promised") == [0, 0]


def test_what_staff_cancel_while_a_refusal_is_on_its_way_is_told_when_the_shop_does_not_take_it(desk: Desk) -> None:
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), cancellation=Cancellation.REFUSING))
    cancelled = replace(WAITING, cancelled=True, reserved=False, status_name="X", status=ErpStatus.PROBLEM)
    assert desk.told(cancelled)["parked"] is None
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), cancellation=Cancellation.NONE))
    assert desk.told(cancelled)["queue"] == "problem"
    assert desk.history == ["cancelled-in-erp"]


def test_staff_who_undo_the_invoice_of_a_cancelled_order_are_not_asked_to_invoice_it_again(desk: Desk) -> None:
    desk.told(INVOICED)
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), cancellation=Cancellation.CANCELLED))
    row = desk.told(replace(INVOICED, invoiced=(), complete=False, sale_cancelled=True))
    assert (row["queue"], row["parked"]) == ("done", None)
    assert effects.pending(desk.db, desk.id, [Kind.ERP_CANCEL])


def test_an_invoice_made_and_undone_between_two_looks_leaves_nothing_believed_reserved(desk: Desk) -> None:
    row = desk.told(replace(WAITING, reserved=False, invoiced_at=NOW, sale_cancelled=True))
    assert (row["fulfilment"], row["parked"]) == ("short", "invoice-cancelled-in-erp")
    assert desk.lines("promised") == [1, 1]
    assert orders.short_orders(desk.db) == [], "C-Plus reserves nothing for an order that had a sale"
    assert desk.told(INVOICED)["parked"] is None


def test_a_sale_cancelled_after_the_parcel_left_is_told_and_moves_nothing(desk: Desk) -> None:
    desk.told(INVOICED)
    orders.move(desk.db, desk.id, State(Payment.PAID, Fulfilment.SHIPPED))
    row = desk.told(replace(INVOICED, invoiced=(), complete=False, sale_cancelled=True))
    assert (row["fulfilment"], row["parked"], row["queue"]) == ("shipped", "sale-cancelled-after-shipping", "problem")


def test_a_cancelled_nfe_is_sent_to_nobody_and_the_next_one_goes_on(desk: Desk) -> None:
    desk.told(INVOICED)
    row = desk.told(replace(INVOICED, nfe_key="", nfe_cancelled=True))
    assert (row["parked"], row["nfe_key"]) == ("nfe-cancelled", None)
    row = desk.told(replace(INVOICED, nfe_key="5" * 44, nfe_number="13"))
    assert (row["parked"], row["nfe_key"], row["nfe_number"]) == (None, "5" * 44, "13")


def test_goods_that_came_back_are_told_unless_the_shop_knows_of_them(desk: Desk) -> None:
    back = replace(INVOICED, returned=((SHIRT, Decimal(1)),))
    assert desk.told(back)["parked"] == "returned-in-erp"
    desk.put_back()
    assert desk.told(back)["parked"] is None
    desk.db.execute("UPDATE order_line SET shipped_e4 = ordered_e4, returned_e4 = ordered_e4")
    assert desk.told(replace(INVOICED, returned=((SHIRT, Decimal(2)),)))["parked"] is None
    assert desk.lines("erp_returned_e4") == [20_000, 0]


def test_the_stores_own_status_is_shown_and_a_bad_one_asks_for_a_person(desk: Desk) -> None:
    desk.told(replace(WAITING, status_name="ABERTO"))
    assert desk.history == [], "its first status is no news"
    row = desk.told(replace(WAITING, status_name="AVARIA", status=ErpStatus.PROBLEM))
    assert (row["erp_status"], row["parked"]) == ("AVARIA", "erp-status-problem")
    row = desk.told(replace(WAITING, status_name="PRONTO", status=ErpStatus.PACKED, packed=True))
    assert (row["parked"], row["packed_at"] is not None) == (None, True)
    assert desk.history == ["erp-status", "packed", "erp-status"]


def test_somebody_elses_reason_to_stand_aside_is_not_covered_up(desk: Desk) -> None:
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), parked="unknown-status"))
    row = desk.told(replace(INVOICED, invoiced=ORDERED[:1], holds=ORDERED[:1]))
    assert row["parked"] == "unknown-status"
    assert "invoiced-differs" in desk.history


def test_an_order_that_was_cancelled_in_the_shop_and_is_invoiced_all_the_same_rings_the_alarm(desk: Desk) -> None:
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), cancellation=Cancellation.CANCELLED))
    assert desk.told(INVOICED)["alarm"] == "do-not-dispatch"


def test_an_order_reopened_and_sold_between_two_looks_is_not_held_back_beside_its_sale(desk: Desk) -> None:
    desk.told(replace(WAITING, cancelled=True, reserved=False))
    row = desk.told(INVOICED)
    assert (row["fulfilment"], desk.lines("promised")) == ("invoiced", [0, 0])


def test_what_was_told_of_cancelled_goods_is_not_told_again_after_somebody_elses_reason(desk: Desk) -> None:
    desk.cancelled_in_shop(SHIRT, 1)
    desk.told(WAITING)
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), parked="on-hold-in-channel"))
    desk.told(WAITING)
    desk.put_back()
    assert desk.told(WAITING)["parked"] is None
    assert desk.history.count("rest-cancelled-in-shop") == 1


def test_a_reservation_by_staff_forgets_what_took_nothing_and_has_it_told_anew(desk: Desk) -> None:
    orders.set_uncontrolled(desk.db, desk.id, [MUG])
    orders.move(desk.db, desk.id, replace(orders.state_of(desk.row), fulfilment=Fulfilment.SHORT))
    assert take_over_reservation(desk.db, WAITING, NOW)
    assert desk.row["fulfilment"] == "reserved"
    assert orders.uncontrolled(desk.db, desk.id) == set()
    assert desk.lines("reserved_e4") == [20_000, 10_000]
    assert effects.pending(desk.db, desk.id, [Kind.ERP_RESERVE])


def test_what_was_withdrawn_while_it_was_done_is_neither_finished_nor_tried_again(desk: Desk) -> None:
    effects.decide(desk.db, desk.id, Kind.ERP_RESERVE, NOW, part="7")
    effect = effects.next_one(desk.db, "loja", set(), NOW)
    assert effect is not None
    effects.begin(desk.db, effect, NOW, 5)
    effects.withdraw_in_erp(desk.db, desk.id, NOW)  # deleted there, or lost in a restore
    assert not effects.postpone(desk.db, effect, 180, "erp-order-gone", "", NOW)
    assert not effects.pending(desk.db, desk.id, [Kind.ERP_RESERVE])
    assert not effects.finish(desk.db, effect, NOW)
    assert [tuple(row) for row in desk.db.execute("SELECT state FROM effect WHERE part = '7'")] == [("withdrawn",)]
