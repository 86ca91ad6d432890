"""The order's page says when the goods that are missing will come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from console import language
from console.formats import day, store_day
from console.reading.order import order_detail
from console.screens.order_page import order_page
from engine.model.goods import Arrival
from engine.orders import Fulfilment
from engine.store.arrivals import store_arrivals
from tests.console.builder import StoreFile

SKU = "000000009"


@pytest.fixture(autouse=True)
def _speak_portuguese() -> None:
    language.use("pt_BR")


def page(store: StoreFile, order: int) -> str:
    detail = order_detail(store.db, order, {})
    assert detail is not None
    return "\n".join("".join(piece.text for piece in line) for line in order_page(detail, store.now))


def test_a_short_line_says_how_many_arrive_and_when(store: StoreFile) -> None:
    today = store_day(store.now)
    soon, past = today + timedelta(days=18), today - timedelta(days=3)
    order = store.order("000000301", fulfilment=Fulfilment.SHORT)
    store.stock(SKU, 0, 0)
    store.stock("000000012", 50, 0)
    store_arrivals(store.db, [Arrival(SKU, soon, 100_000), Arrival("000000012", soon, 70_000)])
    assert f"chegam 10 em {day(soon, store.now)}" in page(store, order)
    assert "chegam 7" not in page(store, order), "nothing of it is missing"
    store_arrivals(store.db, [Arrival(SKU, past, 25_000), Arrival(SKU, None, 10_000)])
    assert f"2,5 em atraso desde {day(past, store.now)}  1 encomendado, sem previsão" in page(store, order)


def test_a_base_that_does_not_tell_is_not_made_to_say_that_nothing_comes(store: StoreFile) -> None:
    order = store.order("000000301", fulfilment=Fulfilment.SHORT)
    store.stock(SKU, 0, 0)
    assert "não diz o que está encomendado" not in page(store, order)
    store_arrivals(store.db, None)
    assert "este C-Plus não diz o que está encomendado" in page(store, order)
