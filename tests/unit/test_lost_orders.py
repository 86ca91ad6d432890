"""Which orders a restored C-Plus lacks: those it does not have, not those it has under an edited reference."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import lost_orders
from engine.model.erp import ErpOrderState, ErpSnapshot
from engine.orders import MISSING_IN_ERP, Cancellation, Fulfilment
from engine.store import effects, orders
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
