"""Promotions, prices for quantities, ways to pay and goods on order: from C-Plus to what the shop's visitors see."""

from __future__ import annotations

import json
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.sandbox.base import registers as r
from connectors.sandbox.shop.customers import GUESTS
from tests.end_to_end.registered import in_erp, register
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

PROMOTION = "900000001"


def today(world: World) -> date:
    return world.clock.now().astimezone(ZoneInfo("America/Sao_Paulo")).date()


def insert(world: World, table: str, **values: object) -> None:
    marks = ", ".join("?" * len(values))
    world.change(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


def promote(world: World, sku: str, price: str, last: date, code: str = PROMOTION) -> None:
    insert(world, "PROMOCAO", CODPROMOCAO=code, NOMEPROMOCAO="VERÃO", DATAINI=today(world), DATAFIN=last)
    row = {"CODPROMOCAOPRODUTO": code, "CODPROMOCAO": code, "CODPROD": sku, "PRECO": Decimal(price)}
    insert(world, "PROMOCAOPRODUTO", **row)


def pays(world: World, sku: str, quantity: int = 1) -> Decimal:
    with world.shop.lock:
        product = world.shop.catalogue.get(sku)
        return world.shop.prices.final(product, GUESTS, Decimal(quantity), world.clock.now())


def attribute(world: World, sku: str, code: str) -> Any:
    shown = world.rest("GET", f"all/V1/products/{sku}")
    return {entry["attribute_code"]: entry["value"] for entry in shown["custom_attributes"]}.get(code)


async def test_a_promotion_comes_is_shortened_and_goes_as_in_the_erp(world: World) -> None:
    sku = world.simple_product()
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    promote(world, sku, "42.50", today(world) + timedelta(days=10))
    async with life(world) as engine:
        assert pays(world, sku) == Decimal("42.50")
        world.change("UPDATE PROMOCAO SET DATAFIN = ? WHERE CODPROMOCAO = ?", today(world), PROMOTION)
        await engine.sync()
        ends = attribute(world, sku, "special_to_date")
        assert ends.startswith(today(world).isoformat()), "the shop ends it by itself, whether we run or not"
        world.change("DELETE FROM PROMOCAOPRODUTO WHERE CODPROMOCAO = ?", PROMOTION)
        await engine.sync()
        assert attribute(world, sku, "special_price") is None
        assert pays(world, sku) == Decimal("50.00")


async def test_a_promotion_of_sixty_per_cent_waits_until_the_owner_lets_it_pass(world: World) -> None:
    sku, other = world.simple_product(), world.simple_product(1)
    for one in (sku, other):
        world.staff.set_price(one, r.VAREJO, Decimal("50.00"))
    async with life(world, rested=False) as engine:
        promote(world, sku, "20.00", today(world))
        promote(world, other, "30.00", today(world), "900000002")
        await engine.sync()
        assert [pays(world, one) for one in (sku, other)] == [Decimal("50.00"), Decimal("30.00")]
        await engine.let_pass("price-drop", sku)
        await engine.sync()
        assert pays(world, sku) == Decimal("20.00")


async def test_who_buys_a_dozen_pays_less_until_the_erp_says_no_more(world: World) -> None:
    sku = world.simple_product()
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    step = {"CODPRODUTOPRECOESCALONADO": PROMOTION, "CODPROD": sku, "CODPRECO": r.VAREJO, "FLAGTIPODESCONTO": "A"}
    insert(world, "PRODUTOPRECOESCALONADO", **step, QUANTIDADE=12, ALIQDESCONTO=10)
    async with life(world) as engine:
        assert [pays(world, sku, n) for n in (11, 12)] == [Decimal("50.00"), Decimal("45.00")]
        world.staff.set_price(sku, r.VAREJO, Decimal("60.00"))
        await engine.sync()
        assert [pays(world, sku, n) for n in (11, 12)] == [Decimal("60.00"), Decimal("54.00")]
        world.change("DELETE FROM PRODUTOPRECOESCALONADO WHERE CODPRODUTOPRECOESCALONADO = ?", PROMOTION)
        await engine.sync()
        assert pays(world, sku, 12) == Decimal("60.00")


async def test_a_special_price_changed_in_the_shops_admin_is_put_right_and_a_merchants_own_stays(world: World) -> None:
    sku, other = world.simple_product(), world.simple_product(1)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    world.staff.set_price(other, r.VAREJO, Decimal("50.00"))
    promote(world, sku, "42.50", today(world) + timedelta(days=1))
    async with life(world) as engine:
        for one, price in ((sku, 41), (other, 39)):
            world.rest("POST", "V1/products/special-price", {"prices": [{"sku": one, "price": price, "store_id": 0}]})
        await world.clock.sleep(5)  # the slower clock of this world is a second
        await engine.sync()
        assert pays(world, sku) == Decimal("42.50")
        assert pays(world, other) == Decimal("39.00"), "what Integra never set is not its own to judge"


@pytest.mark.long
async def test_a_group_table_by_formula_is_named_and_its_stale_prices_leave_the_shop(world: World) -> None:
    sku = world.simple_product()
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    world.staff.set_price(sku, r.REVENDA, Decimal("35.00"))
    async with life(world) as engine:
        assert Decimal("35.00") in {tier.price for tier in world.shop.catalogue.get(sku).tiers}
        world.change("UPDATE PRECO SET FLAGUSAFORMULA = 'Y' WHERE CODPRECO = ?", r.REVENDA)
        await engine.sync()
        assert Decimal("35.00") not in {tier.price for tier in world.shop.catalogue.get(sku).tiers}
        (problem,) = engine.rows("SELECT * FROM problem WHERE code = 'price-table-computed'")
        assert json.loads(problem["params"]) == {"table": r.REVENDA, "name": "REVENDA"}


@pytest.mark.long
async def test_a_base_table_by_formula_is_one_problem_and_the_shop_keeps_its_prices(world: World) -> None:
    sku = world.simple_product()
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        world.change("UPDATE PRECO SET FLAGUSAFORMULA = 'Y' WHERE CODPRECO = ?", r.VAREJO)
        before = engine.problems().count("product-without-price")
        await engine.sync()
        assert pays(world, sku) == Decimal("50.00")
        assert "price-table-computed" in engine.problems()
        assert engine.problems().count("product-without-price") <= before


@pytest.mark.long
async def test_a_customer_whose_table_the_shop_does_not_publish_is_told_apart(world: World) -> None:
    insert(world, "PRECO", CODPRECO="000000009", CODIGO="9", NOMEPRECO="AMIGOS", FLAGUSAFORMULA="N", FLAGINATIVA="N")
    async with life(world, rested=False) as engine:
        register(world)
        await engine.sync()
        world.staff.edit_customer(in_erp(world)["CODCLI"], CODPRECO="000000009")
        await engine.sync()
        (notice,) = engine.rows("SELECT * FROM problem WHERE code = 'customer-table-unpublished'")
        assert json.loads(notice["params"])["table"] == "AMIGOS"
        world.staff.edit_customer(in_erp(world)["CODCLI"], CODPRECO=r.ATACADO)
        await engine.sync()
        assert "customer-table-unpublished" not in engine.problems()


@pytest.mark.long
async def test_a_way_to_pay_that_the_erp_no_longer_offers_leaves_the_products_that_were_narrowed_to_it(
    world: World,
) -> None:
    sku, other = world.simple_product(), world.simple_product(1)
    async with life(world) as engine:
        with sqlite3.connect(world.state / "integra.db") as store:
            narrowed = json.dumps(["PIX", "BOLETO BANCÁRIO"])
            store.execute(
                "INSERT INTO listing (account, item, payment_options) VALUES (?, ?, ?)", (ACCOUNT, sku, narrowed)
            )
        store.close()
        world.staff.edit_product(sku, APLICACAO="novo texto")
        await engine.sync()
        assert attribute(world, sku, "formas_pagamento") == "PIX; BOLETO BANCÁRIO"
        world.change("UPDATE FORMAPAG SET FLAGLOJAVIRTUAL = 'N' WHERE DESCRICAO = 'PIX'")
        await engine.sync()
        assert attribute(world, sku, "formas_pagamento") == "BOLETO BANCÁRIO"
        assert "PIX" not in attribute(world, other, "formas_pagamento")


@pytest.mark.long
async def test_goods_on_order_lengthen_the_delivery_of_what_is_sold_out_and_are_never_sold(world: World) -> None:
    sku = world.simple_product()
    world.account_options["delivery_from_arrivals"] = True
    world.staff.edit_product(sku, PRAZOENTREGA=4)
    world.set_stock(sku, 3)
    expected = today(world) + timedelta(days=9)
    order = {"CODPED": "900001", "CODEMPRESA": r.COMPANY, "DATA": today(world), "PREVISAO": expected}
    insert(world, "PEDIDO", **order)
    insert(world, "PEDIDOITEM", CODPEDIDOITEM=PROMOTION, CODPED="900001", CODPROD=sku, QUANTIDADE=10)
    async with life(world) as engine:
        assert attribute(world, sku, "prazo_entrega") == "4"
        world.set_stock(sku, 0)
        await engine.sync()
        await engine.sync()
        assert attribute(world, sku, "prazo_entrega") == "13"
        assert world.on_shelf(sku) is None, "nothing is there to be sold"
        world.change("UPDATE PEDIDO SET PREVISAO = ? WHERE CODPED = '900001'", today(world) - timedelta(days=1))
        await world.clock.sleep(5)
        await engine.sync()
        assert attribute(world, sku, "prazo_entrega") == "4", "a day that has passed promises nothing"


@pytest.mark.long
async def test_the_order_stands_in_the_erp_under_the_price_table_that_its_buyer_has_there_now(world: World) -> None:
    sku = world.stocked(9)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        await engine.bought({sku: 1})
        (first,) = world.erp_orders()
        world.staff.edit_customer(first["CODCLI"], CODPRECO=r.ATACADO)
        await engine.bought({sku: 1})
        assert [order["CODPRECO"].strip() for order in world.erp_orders()] == [r.VAREJO, r.ATACADO]


@pytest.mark.long
async def test_the_special_price_of_an_adopted_product_stays_the_merchants_unless_the_erp_has_a_promotion(
    world: World,
) -> None:
    theirs, ours = world.simple_product(), world.simple_product(1)
    for sku in (theirs, ours):
        world.staff.set_price(sku, r.VAREJO, Decimal("10.00"))
        world.sell_in_the_shop(sku, 5)
    tier = {"price_type": "fixed", "website_id": 0, "customer_group": "ALL GROUPS", "quantity": 6, "price": 7}
    world.rest("POST", "V1/products/tier-prices", {"prices": [{"sku": theirs, **tier}]})
    rows = [{"sku": sku, "price": 8, "store_id": 0} for sku in (theirs, ours)]
    world.rest("POST", "V1/products/special-price", {"prices": rows})
    promote(world, ours, "9.00", today(world))
    async with life(world) as engine:
        await world.clock.sleep(5)
        await engine.sync()
        assert [pays(world, theirs, n) for n in (1, 6)] == [Decimal(8), Decimal(7)]
        assert pays(world, ours) == Decimal("9.00")
