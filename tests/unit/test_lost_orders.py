"""Which orders a restored C-Plus lacks: those it does not have, not those it has under an edited reference."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import lost_orders
from engine.model.erp import GONE_FROM_ERP, ErpIdentity, ErpOrderState, ErpSnapshot
from engine.orders import MISSING_IN_ERP, Cancellation, Fulfilment, Payment
from engine.store import accounts, effects, orders
from engine.store.database import open_store
from engine.store.effects import Kind
from engine.store.instants import to_text
from tests.console.builder import StoreFile

pytestmark = pytest.mark.anyio


class _Erp:
    """An ERP that has these orders: key -> (reference, total)."""

    def __init__(self, **there: tuple[str, str]) -> None:
        self._there = there

    async def snapshot(self, order_keys: Sequence[str], **_: Any) -> ErpSnapshot:
        found = [(key, *self._there[f"k{key}"]) for key in order_keys if f"k{key}" in self._there]
        return ErpSnapshot(
            (),
            tuple(
                ErpOrderState(
                    key, key, reference, reserved=True, cancelled=False, invoiced_at=None, total=Decimal(total)
                )
                for key, reference, total in found
            ),
        )


@pytest.fixture
def file(state_folder: Path) -> StoreFile:
    return StoreFile(state_folder / "integra.db")


async def lost(file: StoreFile, erp: _Erp) -> set[str]:
    file.db.execute("UPDATE sales_order SET erp_total_cents = total_cents, erp_reference = reference")
    async with open_store(file.path) as store:
        ids = await lost_orders.missing(store, erp, file.now)  # type: ignore[arg-type]
    return {row["number"] for row in file.db.execute("SELECT id, number FROM sales_order") if row["id"] in ids}


def row_of(file: StoreFile, order: int) -> sqlite3.Row:
    row = orders.get(file.db, order)
    assert row is not None
    return row


async def test_an_order_that_is_there_or_only_carries_an_edited_reference_is_not_lost(file: StoreFile) -> None:
    order = file.order("000000501")
    total = str(Decimal(row_of(file, order)["total_cents"]) / 100)
    reference = row_of(file, order)["reference"]
    assert await lost(file, _Erp(k000000501=(reference, "1.00"))) == set(), "staff changed its lines"
    assert await lost(file, _Erp(k000000501=("OUTRA", total))) == set(), "staff changed its reference"
    assert await lost(file, _Erp(k000000501=("", "7.00"))) == {"000000501"}, "the number was given to another"
    assert await lost(file, _Erp()) == {"000000501"}


async def test_what_was_done_long_ago_is_not_looked_for(file: StoreFile) -> None:
    old = file.order("000000502", fulfilment=Fulfilment.SHIPPED)
    long_ago = to_text(file.now - lost_orders.DONE_LOOKED_FOR - timedelta(days=1))
    file.db.execute("UPDATE sales_order SET erp_written_at = ? WHERE id = ?", (long_ago, old))
    file.order("000000503", fulfilment=Fulfilment.SHIPPED)
    assert await lost(file, _Erp()) == {"000000503"}


def test_what_was_to_be_done_to_a_lost_order_in_the_erp_is_not_done_to_whoever_has_its_number_now(
    file: StoreFile,
) -> None:
    order = file.order("000000504", fulfilment=Fulfilment.SHORT)
    effects.decide(file.db, order, Kind.ERP_RESERVE, file.now)
    lost_orders.stand_aside(file.db, [order], file.now)
    states = [tuple(r) for r in file.db.execute("SELECT kind, state FROM effect WHERE order_id = ?", (order,))]
    assert ("erp-reserve", "withdrawn") in states
    row = row_of(file, order)
    assert (row["parked"], row["fulfilment"], row["erp_key"]) == (MISSING_IN_ERP, "received", None)
    assert all(line["promised"] for line in orders.lines(file.db, order))


def test_a_cancelled_order_that_is_gone_asks_nothing_of_anybody(file: StoreFile) -> None:
    order = file.order("000000505", cancellation=Cancellation.CANCELLED)
    lost_orders.stand_aside(file.db, [order], file.now)
    row = row_of(file, order)
    assert (row["parked"], row["queue"], row["erp_key"]) == (None, "done", None)
    assert not any(line["promised"] for line in orders.lines(file.db, order))


def test_each_loss_is_written_again_once(file: StoreFile) -> None:
    order = file.order("000000506")
    for _ in range(2):  # lost, written, lost once more
        file.db.execute("UPDATE sales_order SET erp_key = '1', erp_written_at = 'x' WHERE id = ?", (order,))
        lost_orders.stand_aside(file.db, [order], file.now)
        lost_orders.write_again(file.db, order, file.now)
        assert row_of(file, order)["parked"] is None
        assert file.db.execute("UPDATE effect SET state = 'done' WHERE state = 'decided'").rowcount == 1


def test_an_order_that_staff_deleted_is_set_aside_once_and_its_goods_are_anybodys(file: StoreFile) -> None:
    order = file.order("000000507", payment=Payment.PAID)
    assert lost_orders.deleted(file.db, "000000507", file.now)
    row = row_of(file, order)
    assert (row["parked"], row["queue"]) == (GONE_FROM_ERP, "problem")
    assert not any(line["promised"] for line in orders.lines(file.db, order))
    assert not lost_orders.deleted(file.db, "000000507", file.now), "nor asked for where it was found missing already"


def test_the_newest_order_deleted_by_staff_makes_nobody_take_the_base_for_an_older_one(file: StoreFile) -> None:
    file.order("000000508")
    file.order("000000509")
    (account,) = file.db.execute("SELECT * FROM account").fetchall()
    base = ErpIdentity(account["base_server"], account["base_path"], account["base_cnpj"], account["base_epoch"],
                       "000000508", "")  # fmt: skip
    assert accounts.may_lack_orders(file.db, account, base)
    lost_orders.deleted(file.db, "000000509", file.now)
    assert not accounts.may_lack_orders(file.db, account, base)


def test_an_order_deleted_after_its_sale_goes_on(file: StoreFile) -> None:
    order = file.order("000000510", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
    assert not lost_orders.deleted(file.db, "000000510", file.now)
    assert row_of(file, order)["queue"] == "to-ship"


def test_a_deleted_order_that_is_written_again_holds_its_goods_from_then_on(file: StoreFile) -> None:
    order = file.order("000000511", payment=Payment.PAID)
    lost_orders.deleted(file.db, "000000511", file.now)
    lost_orders.write_again(file.db, order, file.now)
    assert all(line["promised"] for line in orders.lines(file.db, order))
    assert effects.pending(file.db, order, [Kind.ERP_ORDER])
    row = row_of(file, order)
    assert (row["fulfilment"], row["parked"], row["erp_key"]) == ("received", None, None)


def test_a_lost_order_that_ended_in_the_shop_needs_not_be_written_again(file: StoreFile) -> None:
    order = file.order("000000512", payment=Payment.PAID)
    lost_orders.stand_aside(file.db, [order], file.now)
    assert not lost_orders.leave(file.db, row_of(file, order))
    state = orders.state_of(row_of(file, order))
    orders.move(file.db, order, replace(state, cancellation=Cancellation.LATE))
    assert lost_orders.leave(file.db, row_of(file, order))
