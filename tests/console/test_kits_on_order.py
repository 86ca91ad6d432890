"""The order's page shows what a kit is made of and which of its parts is missing."""

from __future__ import annotations

import pytest

from console import language
from console.reading.order import order_detail
from console.screens.order_page import order_page
from engine.model.goods import KitPart, Kits
from engine.orders import Fulfilment
from engine.store import kits
from tests.console.builder import StoreFile

SKU = "000000009"


@pytest.fixture(autouse=True)
def _speak_portuguese() -> None:
    language.use("pt_BR")


def page(store: StoreFile, order: int) -> str:
    detail = order_detail(store.db, order, {})
    assert detail is not None
    return "\n".join("".join(piece.text for piece in line) for line in order_page(detail, store.now))


def test_the_parts_of_a_kit_stand_below_it_with_their_stock(store: StoreFile) -> None:
    order = store.order("000000301", fulfilment=Fulfilment.SHORT)
    parts = (KitPart(SKU, "CUP", 60_000, True), KitPart(SKU, "PLATE", 10_000, True), KitPart(SKU, "BOX", 10_000, True))
    kits.store_kits(store.db, Kits(parts))
    kits.freeze(store.db, order)
    store.stock("CUP", 5, 0)
    store.stock("PLATE", 50, 1)
    told = page(store, order)
    assert "12 × CUP  estoque 5, reservado 0, livre 5  FALTA" in told
    assert "2 × PLATE  estoque 50, reservado 1, livre 49\n" in told
    assert "2 × BOX  sem registro de estoque no C-Plus" in told
    assert f"{SKU}  kit\n" in told
