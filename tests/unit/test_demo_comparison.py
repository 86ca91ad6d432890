"""The comparison of C-Plus with the shop: silent where both say the same, and it finds whatever does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import copy_base, template
from connectors.sandbox.base.desk import change
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.comparison import Comparison, compare
from connectors.sandbox.demo import TERMS
from connectors.sandbox.shop import Shop
from tests.unit.demo_pair import (
    ADDRESS,
    ATACADO,
    GUEST,
    add_product,
    buy,
    flag_only,
    make_kit,
    publish,
    reserve_pieces,
    set_group_price,
    set_source,
    set_stock,
    write_order,
)

CELL, MUG, PLATE, BOWL = "000000001", "000000008", "000000009", "000000010"


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@dataclass
class Pair:
    """Both sides, saying the same: a mug (5 pieces), a plate (3) and a bowl that is sold out."""

    staff: Staff
    till: Till
    receiver: Receiver
    shop: Shop

    def look(self) -> Comparison:
        return compare(self.staff, self.shop, TERMS)

    @property
    def differences(self) -> list[dict[str, Any]]:
        return [dict(each) for each in self.look().differences]

    def sql(self, sql: str, *values: object) -> None:
        assert self.staff.write(lambda cursor: change(cursor, sql, *values)) > 0


@pytest.fixture
def pair(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    base = copy_base(template(tmp_path_factory.getbasetemp(), 1, 12, 5, clock=Noon()), tmp_path / "base.fdb")
    clock = Noon()
    with Staff(base, clock) as staff, Till(base, clock) as till, Receiver(base, clock) as receiver:
        flag_only(staff, MUG, PLATE, BOWL)
        set_stock(staff, MUG, 2, 3)
        set_stock(staff, PLATE, 3)
        set_stock(staff, BOWL, 0)
        shop = Shop(clock.now)
        publish(staff, shop, MUG, PLATE, BOWL)
        yield Pair(staff, till, receiver, shop)


def test_two_sides_that_say_the_same_have_no_difference(pair: Pair) -> None:
    found = pair.look()
    assert found.differences == []
    assert found.counts["products_published"] == 3
    assert found.counts["orders_placed"] == found.counts["oversold"] == 0


# ---------------------------------------------------------------- goods

Plant = Callable[[Pair], object]

GOODS: dict[str, tuple[Plant, dict[str, Any]]] = {
    "a sale the shop has not heard of": (
        lambda p: p.till.sell(MUG, 2),
        {"what": "stock", "sku": MUG, "cplus": 3, "shop": 5},
    ),
    "goods the shop has not heard of": (
        lambda p: p.receiver.receive(BOWL, Decimal("1.5")),
        {"what": "stock", "sku": BOWL, "cplus": 1, "shop": 0},
    ),
    "a plate that has become a kit of two mugs": (
        lambda p: make_kit(p.staff, PLATE, MUG, 2),
        {"what": "stock", "sku": PLATE, "cplus": 2, "shop": 3},
    ),
    "stock changed in the shop's admin": (
        lambda p: set_source(p.shop, PLATE, 9),
        {"what": "stock", "sku": PLATE, "cplus": 3, "shop": 9},
    ),
    "a price of C-Plus": (
        lambda p: p.staff.set_price(MUG, r.VAREJO, Decimal("123.45")),
        {"what": "price", "sku": MUG, "cplus": "123.45"},
    ),
    "a price of the shop": (
        lambda p: p.shop.prices.set_base([{"sku": MUG, "price": Decimal("1.23"), "store_id": 0}]),
        {"what": "price", "sku": MUG, "shop": "1.23"},
    ),
    "a price of a group": (
        lambda p: set_group_price(p.shop, MUG, ATACADO, Decimal("9.99")),
        {"what": "group-price", "sku": MUG, "group": "ATACADO", "shop": "9.99"},
    ),
    "a product that left a table": (
        lambda p: p.staff.set_price(MUG, r.REVENDA, None),
        {"what": "group-price", "sku": MUG, "group": "REVENDA", "cplus": None},
    ),
    "a name of C-Plus": (
        lambda p: p.staff.rename(MUG, "CANECA NOVA", "Caneca Nova"),
        {"what": "name", "sku": MUG, "cplus": "Caneca Nova"},
    ),
    "a name of the shop": (
        lambda p: p.shop.catalogue.save({"sku": MUG, "name": "Caneca da promoção"}),
        {"what": "name", "sku": MUG, "shop": "Caneca da promoção"},
    ),
    "a product no longer flagged": (
        lambda p: p.staff.flag_online(MUG, False),
        {"what": "enabled", "sku": MUG, "cplus": False, "shop": True},
    ),
    "a product that is inactive": (
        lambda p: p.staff.edit_product(MUG, FLAGINATIVO="Y"),
        {"what": "enabled", "sku": MUG, "cplus": False, "shop": True},
    ),
    "a product disabled in the shop": (
        lambda p: p.shop.catalogue.save({"sku": MUG, "status": 2}),
        {"what": "enabled", "sku": MUG, "cplus": True, "shop": False},
    ),
    "a product that the shop lacks": (
        lambda p: p.shop.catalogue.delete(MUG),
        {"what": "missing", "sku": MUG, "shop": None},
    ),
    "stock below nothing": (
        lambda p: p.sql(
            "UPDATE PRODUTOESTOQUE SET ESTATU = -1 WHERE CODPROD = ? AND CODSETORESTOQUE = ?", BOWL, r.LOJA
        ),
        {"what": "negative", "sku": BOWL, "cplus": -1},
    ),
    "a reservation that no order asked for": (
        lambda p: p.staff.write(lambda cursor: reserve_pieces(cursor, BOWL, Decimal(1))),
        {"what": "reservation", "sku": BOWL, "cplus": 1, "orders": 0},
    ),
}


@pytest.mark.parametrize("case", GOODS)
def test_a_difference_in_the_goods_is_found_and_named(pair: Pair, case: str) -> None:
    plant, expected = GOODS[case]
    plant(pair)
    (found,) = pair.differences
    assert found.items() >= expected.items()


def test_a_product_without_a_price_is_not_missed_in_the_shop(pair: Pair) -> None:
    pair.shop.catalogue.delete(MUG)
    pair.staff.set_price(MUG, r.VAREJO, None)
    assert pair.differences == []


def test_what_the_shop_sells_of_its_own_is_no_difference(pair: Pair) -> None:
    add_product(pair.shop, "DA-LOJA", "Vale-presente", Decimal(50), Decimal(10))
    assert pair.differences == []


def test_goods_reserved_beyond_what_is_there_are_oversold(pair: Pair) -> None:
    pair.staff.write(lambda cursor: reserve_pieces(cursor, PLATE, Decimal(5)))
    assert pair.look().counts["oversold"] == 2


def test_a_cell_of_a_grid_stands_under_its_own_sku_and_its_grid_with_it(pair: Pair) -> None:
    pair.staff.flag_online(CELL, True)
    set_stock(pair.staff, CELL, 4)
    assert [(d["what"], d["sku"]) for d in pair.differences] == [("missing", CELL), ("missing", "G000000001")]
    publish(pair.staff, pair.shop, CELL)
    (grid,) = pair.staff.read("SELECT NOMEPRODUTOGRADE AS NAME FROM PRODUTOGRADE WHERE CODPRODGRADE = '000000001'")
    add_product(pair.shop, "G000000001", grid["NAME"], Decimal(0), Decimal(0), type_id="configurable")
    assert pair.differences == []
    set_source(pair.shop, CELL, 1)
    pair.shop.catalogue.save({"sku": "G000000001", "name": "Outro nome"})
    assert [(d["what"], d["sku"]) for d in pair.differences] == [("name", "G000000001"), ("stock", CELL)]


# ---------------------------------------------------------------- orders


def test_an_order_that_stands_reserved_in_c_plus_is_no_difference(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 2, PLATE: 1})
    write_order(pair.staff, pair.shop, number)
    found = pair.look()
    assert found.differences == []
    assert found.counts["orders_imported"] == found.counts["orders_reserved"] == 1


def test_a_short_order_lowers_what_the_shop_may_sell(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 2})
    write_order(pair.staff, pair.shop, number, reserve=False)
    assert pair.differences == []
    assert pair.look().counts["orders_short"] == 1
    set_source(pair.shop, MUG, 7)
    assert [(d["what"], d["cplus"], d["shop"]) for d in pair.differences] == [("stock", 3, 5)]


def test_more_waiting_than_there_is_shows_as_nothing_to_sell(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 2})
    write_order(pair.staff, pair.shop, number, reserve=False)
    set_stock(pair.staff, MUG, 0)
    set_source(pair.shop, MUG, 2)
    assert pair.shop.salable(MUG) == 0
    assert pair.differences == []


def test_an_order_that_c_plus_lacks_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    assert {(d["what"], d.get("order", d.get("sku"))) for d in pair.differences} == {
        ("order-missing", number),
        ("stock", MUG),
    }


def test_an_order_that_stands_twice_in_c_plus_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    write_order(pair.staff, pair.shop, number)
    write_order(pair.staff, pair.shop, number)
    (doubled,) = [d for d in pair.differences if d["what"] == "order-doubled"]
    assert (doubled["order"], doubled["cplus"]) == (number, 2)


def test_an_order_with_another_total_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    codorc = write_order(pair.staff, pair.shop, number)
    pair.sql("UPDATE ORCAMENTO SET VALORTOTALORCAMENTO = VALORTOTALORCAMENTO + 0.01 WHERE CODORC = ?", codorc)
    assert [(d["what"], d["order"]) for d in pair.differences] == [("order-total", number)]


def test_a_cancelled_order_that_still_holds_goods_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 2})
    codorc = write_order(pair.staff, pair.shop, number)
    assert pair.shop.storefront.cancel_order(number)
    set_source(pair.shop, MUG, 3)
    assert [(d["what"], d["order"]) for d in pair.differences] == [("order-not-released", number)]
    pair.staff.cancel_order(codorc, "Cancelado pelo comprador")
    set_source(pair.shop, MUG, 5)
    assert pair.differences == []
    counts = pair.look().counts
    assert counts["orders_cancelled"] == counts["orders_cancelled_by_office"] == 1


def test_an_order_cancelled_in_c_plus_alone_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    pair.staff.cancel_order(write_order(pair.staff, pair.shop, number), "Engano")
    set_source(pair.shop, MUG, 6)
    assert [(d["what"], d["order"]) for d in pair.differences] == [("order-cancelled", number)]


def test_an_order_of_ours_that_the_shop_does_not_know_is_found(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    codorc = write_order(pair.staff, pair.shop, number)
    pair.sql("UPDATE ORCAMENTO SET NUMPEDCLIENTE = 'LJ-000000099' WHERE CODORC = ?", codorc)
    assert {(d["what"], d["order"]) for d in pair.differences} == {
        ("order-missing", number),
        ("order-unknown", "000000099"),
    }


def test_orders_of_the_counter_are_not_the_shops(pair: Pair) -> None:
    number = buy(pair.shop, {MUG: 1})
    codorc = write_order(pair.staff, pair.shop, number)
    pair.sql("UPDATE ORCAMENTO SET NUMPEDCLIENTE = NULL WHERE CODORC = ?", codorc)
    assert [d["what"] for d in pair.differences] == ["order-missing"], "its reservation counts all the same"


def test_an_invoiced_and_shipped_order_is_closed(pair: Pair) -> None:
    number = buy(pair.shop, {PLATE: 1})
    codorc = write_order(pair.staff, pair.shop, number)
    pair.staff.invoice(codorc)
    order = pair.shop.orders.by_increment(number)
    assert pair.differences == [], "until it is shipped, the shop holds the goods back itself"
    pair.shop.documents.invoice(order.order_id)
    pair.shop.documents.ship(order.order_id)
    found = pair.look()
    assert found.differences == []
    assert found.counts["orders_invoiced"] == found.counts["orders_closed"] == 1


# ---------------------------------------------------------------- people


def test_a_visitor_who_registered_stands_in_c_plus_once(pair: Pair) -> None:
    account = {
        "email": GUEST["email"], "firstname": "Joana", "lastname": "Prado", "taxvat": "529.982.247-25",
        "addresses": [{**ADDRESS, "firstname": "Joana", "lastname": "Prado", "country_id": "BR"}],
    }  # fmt: skip
    pair.shop.storefront.register(account)
    assert [(d["what"], d["customer"], d["cplus"]) for d in pair.differences] == [("customer", "52998224725", 0)]
    pair.staff.edit_customer("00000003", CPF="529.982.247-25", CNPJ=None)
    assert pair.differences == []
    assert pair.look().counts["customers_in_erp"] == 1
    pair.staff.edit_customer("00000004", CPF="52998224725", CNPJ=None)
    assert [(d["what"], d["cplus"]) for d in pair.differences] == [("customer", 2)]


def test_counter_sales_are_counted(pair: Pair) -> None:
    pair.till.sell(MUG)
    assert pair.look().counts["counter_sales"] == 1
