"""Goods on order from suppliers, as C-Plus tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from connectors.cplus.erp import CPlus
from connectors.sandbox.base import registers as r
from engine.model.goods import Arrival
from tests.contract.cplus_store import Store

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

LAST_WEEK, SOON, LATER = date(2026, 2, 23), date(2026, 3, 9), date(2026, 3, 20)  # it is 2 March 2026


@pytest.fixture
async def erp(store: Store) -> AsyncIterator[CPlus]:
    opened = store.erp()
    yield opened
    await opened.close()


def order(
    store: Store,
    code: str,
    expected: date | None,
    *items: tuple[str, object, object],
    placed: date = LAST_WEEK,
    **more: object,
) -> None:
    """A purchase order; items are (SKU, ordered, received)."""
    header = {"CODPED": code, "CODEMPRESA": r.COMPANY, "DATA": placed, "PREVISAO": expected, **more}
    insert(store, "PEDIDO", header)
    for place, (sku, ordered, received) in enumerate(items):
        row = {"CODPEDIDOITEM": f"{code}{place:03d}", "CODPED": code, "CODPROD": sku, "QUANTIDADE": ordered}
        insert(store, "PEDIDOITEM", row | {"QUANTIDADERECEBIDA": received})


def insert(store: Store, table: str, values: dict[str, object]) -> None:
    marks = ", ".join("?" * len(values))
    store.change(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


async def told(erp: CPlus, *skus: str) -> set[Arrival]:
    found = await erp.arrivals()
    assert found is not None
    return {arrival for arrival in found if arrival.sku in skus}


async def test_what_was_ordered_and_has_not_come_is_told_by_day(store: Store, erp: CPlus) -> None:
    one, two = store.skus()[:2]
    order(store, "900001", SOON, (one, 10, 4), (two, 5, 5))
    order(store, "900002", SOON, (one, "2.5", None))
    order(store, "900003", LATER, (one, 3, 0))
    order(store, "900004", None, (two, 1, 0))
    assert await told(erp, one, two) == {
        Arrival(one, SOON, 85_000), Arrival(one, LATER, 30_000), Arrival(two, None, 10_000),
    }  # fmt: skip


async def test_another_companys_orders_and_those_nobody_closed_for_a_year_are_no_news(store: Store, erp: CPlus) -> None:
    sku = store.skus()[0]
    order(store, "900001", SOON, (sku, 10, 0), CODEMPRESA=2)
    order(store, "900002", SOON, (sku, 10, 0), placed=date(2025, 3, 1))
    assert await told(erp, sku) == set()


async def test_the_installer_can_say_which_letters_mean_an_open_order(store: Store) -> None:
    sku = store.skus()[0]
    order(store, "900001", SOON, (sku, 1, 0), STATUS="A")
    order(store, "900002", SOON, (sku, 2, 0), STATUS="P")
    order(store, "900003", SOON, (sku, 4, 0), STATUS="C")
    order(store, "900004", SOON, (sku, 8, 0))
    any_letter, chosen = store.erp(), store.erp(purchase_open_status=["A", "P"])
    try:
        assert await told(any_letter, sku) == {Arrival(sku, SOON, 150_000)}
        assert await told(chosen, sku) == {Arrival(sku, SOON, 30_000)}
    finally:
        await any_letter.close()
        await chosen.close()


async def test_an_older_base_that_does_not_keep_what_came_says_that_it_does_not_know(store: Store) -> None:
    store.change("ALTER TABLE PEDIDOITEM DROP QUANTIDADERECEBIDA")
    erp = store.erp()
    try:
        assert await erp.arrivals() is None
    finally:
        await erp.close()


async def test_a_base_without_the_expected_day_tells_the_quantity_all_the_same(store: Store) -> None:
    sku = store.skus()[0]
    order(store, "900001", SOON, (sku, 3, 1))
    store.close()
    store.change("ALTER TABLE PEDIDO DROP PREVISAO")
    erp = store.erp()
    try:
        assert await told(erp, sku) == {Arrival(sku, None, 20_000)}
    finally:
        await erp.close()
