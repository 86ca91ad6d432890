"""The buyers of the demo are believable Brazilians, the same ones for the same seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal

from stdnum.br import cpf

from connectors.sandbox.base import customers
from connectors.sandbox.buyers import Buyers
from connectors.sandbox.shop import Shop
from connectors.sandbox.taste import favourite
from connectors.sandbox.visitors import visitors

NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 - the wall clock of the shop
LATER = datetime(2027, 3, 1, 9, 0)  # noqa: DTZ001 - the same


def test_the_same_seed_brings_the_same_people() -> None:
    assert visitors(1, 50, NOW) == visitors(1, 50, LATER)
    assert visitors(1, 50, NOW)[0] != visitors(2, 50, NOW)[0]


def test_everybody_has_a_valid_document_and_an_address_of_their_own() -> None:
    people = visitors(1, 50, NOW)
    assert len(people) > 200
    assert all(cpf.is_valid(person.cpf) for person in people)
    assert len({person.cpf for person in people}) == len({person.email for person in people}) == len(people)
    assert all(len(person.address["street"]) == 4 and person.address["street"][1] for person in people)
    assert all(person.firstname[1:].islower() and person.lastname for person in people)


def test_some_of_them_are_customers_of_the_store_already() -> None:
    rows = customers.rows(1, 50, NOW)["CLIENTE"]
    known = {"".join(filter(str.isdigit, str(row.get("CPF") or ""))): row for row in rows}
    old = [person for person in visitors(1, 50, NOW) if person.cpf in known]
    assert 10 <= len(old) <= 50
    assert all(known[person.cpf]["BLOQUEADO"] == "N" for person in old)
    assert all(person.email == known[person.cpf]["EMAIL"] for person in old)


def orders_of(seed: int, shop: Shop) -> list[tuple[str, str, str, Decimal, list[tuple[str, Decimal]]]]:
    for number in range(1, 9):
        product = {
            "sku": f"{number:09d}", "name": f"Caneca {number}", "attribute_set_id": 4, "price": Decimal(number),
            "extension_attributes": {"stock_item": {"qty": 50, "is_in_stock": True}},
        }  # fmt: skip
        shop.catalogue.save(product)
    buyers = Buyers(shop, visitors(seed, 20, NOW), random.Random(f"{seed}:buyers"))
    assert all(buyers.step() for _ in range(40))
    return [
        (order.email, order.payment.method, order.state, order.grand_total, [(i.sku, i.ordered) for i in order.items])
        for order in shop.orders.by_id.values()
    ]


def fresh_shop() -> Shop:
    return Shop(lambda: datetime(2026, 11, 24, 15, 0, tzinfo=UTC))


def test_the_same_seed_brings_the_same_orders() -> None:
    assert orders_of(1, fresh_shop()) == orders_of(1, fresh_shop())
    assert orders_of(1, fresh_shop()) != orders_of(2, fresh_shop())


def test_they_come_as_guests_and_with_accounts_and_pay_in_every_way() -> None:
    shop = fresh_shop()
    placed = orders_of(3, shop)
    assert {method for _, method, *_ in placed} == {"pix", "boleto", "cartao"}
    assert any(state == "payment_review" for _, _, state, *_ in placed)
    assert all(1 <= len(lines) <= 4 for *_, lines in placed)
    accounts = [order.customer_id for order in shop.orders.by_id.values()]
    assert None in accounts
    assert any(accounts)
    guest = next(order for order in shop.orders.by_id.values() if order.customer_id is None)
    assert cpf.is_valid(guest.billing.fields["vat_id"])


def test_some_buyers_take_the_last_pieces() -> None:
    shop = fresh_shop()
    placed = orders_of(1, shop)
    assert any(ordered > 2 for *_, lines in placed for _, ordered in lines)
    assert all(shop.salable(f"{number:09d}") >= 0 for number in range(1, 9))


def test_the_counter_and_the_web_like_the_same_goods_best() -> None:
    chance = random.Random(1)
    picked = [favourite(range(100), chance) for _ in range(2000)]
    assert min(picked) == 0
    assert max(picked) > 90
    assert sum(place < 25 for place in picked) > 800
