"""Kits: what an account shows of them and of their parts, and what an order of one means to the goods."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.amounts import from_cents, to_cents
from engine.invoiced import Wanted, allot
from engine.kits import taken_apart
from engine.model.erp import ErpLine
from engine.model.goods import KitFault, KitPart, Kits
from engine.store import erp_lines, kits, orders
from tests.unit.test_stock_ledger import db, order, product_on_sale, shown, stock

__all__ = ["db"]


def kit(connection: sqlite3.Connection, sku: str, **parts: int) -> None:
    """A kit on sale on both accounts, of so many pieces of each part."""
    product_on_sale(connection, sku)
    product_on_sale(connection, sku, "outra")
    known = connection.execute("SELECT kit, part, quantity_e4, counted FROM kit_part").fetchall()
    rows = [KitPart(row[0], row[1], row[2], bool(row[3])) for row in known]
    kits.store_kits(connection, Kits((*rows, *(KitPart(sku, part, n * 10_000, True) for part, n in parts.items()))))


def kit_order(connection: sqlite3.Connection, sku: str, pieces: int, account: str = "loja") -> int:
    order_id = order(connection, account, sku, pieces)
    kits.freeze(connection, order_id)
    return order_id


def test_so_many_kits_are_shown_as_the_scarcest_part_suffices_for(db: sqlite3.Connection) -> None:
    kit(db, "KIT", A=2, B=3)
    stock(db, ("A", 9, 0), ("B", 13, 2), ("KIT", 50, 0))
    assert shown(db, "KIT") == 3, "eleven plates are three sets; what lies about as an assembled kit is not counted"
    assert shown(db, "KIT", buffer=1) == 2, "the buffer counts kits"
    stock(db, ("A", 9, 0), ("KIT", 50, 0))
    assert shown(db, "KIT") == 0, "a part without a stock row is a part that is not there"


def test_a_part_sold_in_one_shop_lowers_its_kits_everywhere_at_once(db: sqlite3.Connection) -> None:
    kit(db, "KIT", A=2)
    product_on_sale(db, "A")
    stock(db, ("A", 10, 0))
    order(db, "loja", "A", 3)
    assert shown(db, "A") == 10, "the shop subtracts its own open order itself"
    assert shown(db, "KIT") == 3, "of the kit it has subtracted nothing"
    assert shown(db, "KIT", "outra") == 3


def test_a_kit_sold_in_one_shop_lowers_its_parts_and_the_other_kits_that_need_them(db: sqlite3.Connection) -> None:
    kit(db, "PAIR", A=2)
    kit(db, "DOZEN", A=12)
    product_on_sale(db, "A")
    stock(db, ("A", 30, 0))
    kit_order(db, "PAIR", 4)
    assert shown(db, "PAIR") == 11 + 4, "eleven are for sale, and four it has subtracted itself"
    assert shown(db, "A") == 22, "the shop knows nothing of the pieces that its kit takes"
    assert shown(db, "DOZEN") == 1
    assert shown(db, "PAIR", "outra") == 11


def test_what_a_kit_holds_is_counted_once_from_the_order_to_the_invoice(db: sqlite3.Connection) -> None:
    kit(db, "PAIR", A=2)
    product_on_sale(db, "A", "outra")
    stock(db, ("A", 10, 0))
    order_id = kit_order(db, "PAIR", 2)
    assert shown(db, "A", "outra") == 6, "promised"
    orders.lines_reserved(db, order_id)
    stock(db, ("A", 10, 4))
    assert shown(db, "A", "outra") == 6, "reserved"
    erp_lines.lines_invoiced(db, order_id, {"A": 40_000})
    stock(db, ("A", 6, 0))
    assert shown(db, "A", "outra") == 6, "gone"
    assert [line["invoiced_e4"] for line in orders.lines(db, order_id)] == [20_000], "two kits, not four pieces"


def test_a_kit_put_together_otherwise_later_changes_no_order(db: sqlite3.Connection) -> None:
    kit(db, "PAIR", A=2)
    order_id = kit_order(db, "PAIR", 1)
    kits.store_kits(db, Kits((KitPart("PAIR", "A", 30_000, True),)))
    kits.freeze(db, order_id)
    assert [(goods.sku, goods.ordered_e4) for goods in kits.goods(db, order_id)] == [("A", 20_000)]


def test_half_an_invoiced_kit_is_no_kit_and_its_missing_half_stays_promised(db: sqlite3.Connection) -> None:
    kit(db, "SET", A=1, B=2)
    for sku in ("A", "B"):
        product_on_sale(db, sku)
    order_id = kit_order(db, "SET", 2)
    erp_lines.lines_invoiced(db, order_id, {"A": 20_000, "B": 30_000}, rest_reserved=False)
    assert [line["invoiced_e4"] for line in orders.lines(db, order_id)] == [10_000]
    stock(db, ("A", 5, 0), ("B", 5, 0))
    assert (shown(db, "A"), shown(db, "B")) == (5, 4), "one plate is still to be invoiced"


def test_lines_that_share_a_part_are_invoiced_in_their_order() -> None:
    lines = [Wanted(1, "A", 40_000, 20_000), Wanted(1, "B", 20_000, 10_000), Wanted(2, "A", 10_000)]
    assert allot(lines, {"A": 50_000, "B": 20_000}).lines == {1: 20_000, 2: 10_000}
    assert allot(lines, {"A": 30_000, "B": 20_000}).lines == {1: 10_000, 2: 0}
    assert allot(lines, {"A": 60_000, "B": 20_000}).extra == {"A": 10_000}


def test_one_cup_given_back_of_a_set_is_told_as_the_set() -> None:
    lines = [Wanted(1, "CUP", 60_000, 20_000), Wanted(1, "PLATE", 30_000, 10_000)]
    assert allot(lines, {"CUP": 10_000}).begun == {1: 10_000}
    assert allot(lines, {"CUP": 40_000, "PLATE": 10_000}).begun == {1: 20_000}
    assert allot(lines, {}).begun == {1: 0}


def test_a_kit_that_the_erp_forgot_with_its_order_is_promised_again(db: sqlite3.Connection) -> None:
    kit(db, "PAIR", A=2)
    product_on_sale(db, "A")
    stock(db, ("A", 10, 0))
    order_id = kit_order(db, "PAIR", 2)
    erp_lines.lines_invoiced(db, order_id, {"A": 40_000})
    assert shown(db, "A") == 10
    orders.lines_lost(db, order_id)
    assert shown(db, "A") == 6


@pytest.mark.parametrize("code", ["kit-in-itself", "kit-part-inactive"])
def test_a_kit_that_cannot_be_sold_is_shown_as_nothing_whatever_its_parts_have(
    db: sqlite3.Connection, code: str
) -> None:
    kit(db, "PAIR", A=2)
    stock(db, ("A", 10, 0))
    kits.store_kits(db, Kits((KitPart("PAIR", "A", 20_000, True),), (KitFault("PAIR", code, "A"),)))
    assert shown(db, "PAIR") == 0


def test_goods_without_stock_control_limit_no_kit_and_are_shown_as_the_store_says(db: sqlite3.Connection) -> None:
    kit(db, "PAIR", A=2)
    kits.store_kits(db, Kits((KitPart("PAIR", "A", 20_000, True), KitPart("PAIR", "WRAP", 10_000, False))))
    product_on_sale(db, "WRAP")
    db.execute("UPDATE product SET counted = 0 WHERE sku = 'WRAP'")
    stock(db, ("A", 10, 0), ("WRAP", -3, 0))
    assert shown(db, "PAIR") == 5
    assert shown(db, "WRAP") == 0
    assert shown(db, "WRAP", uncounted=1000) == 1000


def test_what_is_sold_by_the_piece_is_never_shown_in_fractions(db: sqlite3.Connection) -> None:
    product_on_sale(db, "CUP")
    product_on_sale(db, "CLOTH")
    db.execute("UPDATE product SET whole = (sku = 'CUP')")
    db.execute("INSERT INTO stock_level VALUES ('CUP', 1, '000000001', 25000, 0), ('CLOTH', 1, '000000001', 25000, 0)")
    shown(db, "CUP")
    rows = db.execute("SELECT item, wanted FROM publication WHERE facet = 'stock' ORDER BY item").fetchall()
    assert [tuple(row) for row in rows] == [("CLOTH", "25000"), ("CUP", "20000")]


# --- the price of a kit over its parts --------------------------------------------------------------------------------

PARTS = st.lists(st.tuples(st.integers(1, 2_000_000), st.integers(0, 500_000)), min_size=1, max_size=6)


@settings(deadline=None)
@given(PARTS, st.integers(1, 300), st.integers(1, 9_999_999), st.data())
def test_the_parts_cost_to_the_cent_what_the_kit_costs(
    parts: list[tuple[int, int]], pieces: int, price_e4: int, data: st.DataObject
) -> None:
    price = Decimal(price_e4) / 10_000
    gross = to_cents(price * pieces)
    discount = from_cents(data.draw(st.integers(0, gross)))
    line = ErpLine("KIT", "KIT", Decimal(pieces), price, discount)
    prices = {f"P{place}": cents for place, (_, cents) in enumerate(parts)}
    written = taken_apart(line, [(f"P{place}", in_one) for place, (in_one, _) in enumerate(parts)], prices)
    # As the ERP sums up: quantity by price, to the cent, less the line's discount.
    totals = [to_cents(one.quantity * one.unit_price) - to_cents(one.discount) for one in written]
    assert sum(totals) == gross - to_cents(discount)
    assert min(totals) >= 0
    assert all(one.unit_price == one.unit_price.quantize(Decimal("0.0001")) for one in written)


def test_the_price_is_spread_by_what_the_parts_cost_by_themselves_or_equally() -> None:
    line = ErpLine("KIT", "KIT", Decimal(1), Decimal("100.00"))
    parts = [("CUP", 20_000), ("PLATE", 10_000)]
    assert [one.unit_price for one in taken_apart(line, parts, {"CUP": 3000, "PLATE": 2000})] == [
        Decimal("37.5"),
        Decimal(25),
    ]
    assert [one.unit_price for one in taken_apart(line, parts, {"CUP": 3000})] == [Decimal(25), Decimal(50)]
