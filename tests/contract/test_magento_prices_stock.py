"""Prices and stock in a Magento shop: whole batches, exact numbers, and refusals that name their row."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.magento.wire import encode
from connectors.magento_shapes.values import amount, amount_out, quantity, quantity_out
from connectors.sandbox.shop import Fault
from engine.errors import Refused
from engine.publishing import PricePush, RowError, Salable, StockPush
from tests.contract.magento_channel import PRICE, SHIRT, Bench, a_bench, bodies

pytestmark = pytest.mark.anyio

BASE = "POST V1/products/base-prices"
TIERS = "POST V1/products/tier-prices"
SOURCE_ITEMS = "POST V1/inventory/source-items"


async def a_customer_of(bench: Bench, group_id: str) -> int:
    """A registered customer of a price group; his id."""
    person = {"email": "ana@example.com.br", "firstname": "Ana", "lastname": "Reis", "group_id": int(group_id)}
    return int((await bench.visit.post("V1/customers", {"customer": person}))["id"])


# ----------------------------------------------------------------- prices


async def test_a_wholesale_customer_sees_wholesale_prices_and_a_visitor_the_base_price() -> None:
    async with a_bench() as bench:
        group = await bench.channel.create_price_group("ATACADO")
        await bench.on_sale("CAM-001")
        rows = [PricePush("CAM-001", None, Decimal("64.90")), PricePush("CAM-001", group.external_id, Decimal("49.90"))]
        assert await bench.channel.push_prices(rows) == []
        visitor = bench.shop.storefront.look_at("CAM-001")
        wholesaler = bench.shop.storefront.look_at("CAM-001", await a_customer_of(bench, group.external_id))
        assert visitor is not None
        assert wholesaler is not None
        assert (visitor.price, wholesaler.price) == (Decimal("64.90"), Decimal("49.90"))
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, Decimal("64.90")), (group.external_id, Decimal("49.90")))


async def test_a_group_price_taken_back_leaves_the_base_price_whatever_it_was_before() -> None:
    async with a_bench() as bench:
        wholesale = (await bench.channel.create_price_group("ATACADO")).external_id
        resale = (await bench.channel.create_price_group("REVENDA")).external_id
        await bench.on_sale("CAM-001")
        both = [PricePush("CAM-001", wholesale, Decimal("49.90")), PricePush("CAM-001", resale, Decimal("45.00"))]
        await bench.channel.push_prices(both)
        assert await bench.channel.push_prices([PricePush("CAM-001", wholesale, None)]) == []
        assert await bench.channel.push_prices([PricePush("CAM-001", wholesale, None)]) == []
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, PRICE), (resale, Decimal("45.00")))


async def test_the_merchants_own_quantity_discounts_stay() -> None:
    async with a_bench() as bench:
        group = (await bench.channel.create_price_group("ATACADO")).external_id
        await bench.on_sale("CAM-001")
        common = {"price_type": "fixed", "website_id": 0, "sku": "CAM-001"}
        theirs = [
            {**common, "price": 40, "customer_group": "ATACADO", "quantity": 10},
            {**common, "price": 50, "customer_group": "ALL GROUPS", "quantity": 1},
            {**common, "price": 5, "customer_group": "General", "quantity": 1, "price_type": "discount"},
        ]
        await bench.visit.post("V1/products/tier-prices", {"prices": theirs})
        await bench.channel.push_prices([PricePush("CAM-001", group, Decimal("49.90"))])
        await bench.channel.push_prices([PricePush("CAM-001", group, None)])
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, PRICE),)
        assert len(bench.product("CAM-001").tiers) == 3


async def test_a_batch_of_prices_leaves_in_one_call_of_each_kind() -> None:
    async with a_bench() as bench:
        group = (await bench.channel.create_price_group("ATACADO")).external_id
        for number in range(150):
            await bench.publish(f"P-{number:03}", replace(SHIRT, name=f"Produto {number}"))
        rows = [PricePush(f"P-{n:03}", g, Decimal(n + 1)) for n in range(150) for g in (None, group)]
        before = len(bench.asked())
        assert await bench.channel.push_prices(rows) == []
        assert bench.asked()[before:] == [BASE, TIERS]


async def test_surprise_18_a_refused_row_is_named_and_the_others_are_taken() -> None:
    async with a_bench() as bench:
        group = (await bench.channel.create_price_group("ATACADO")).external_id
        await bench.on_sale("CAM-001")
        rows = [
            PricePush("CAM-001", None, Decimal("64.90")),
            PricePush("SUMIU", None, Decimal(10)),
            PricePush("CAM-001", group, Decimal("49.90")),
            PricePush("SUMIU", group, Decimal(9)),
            PricePush("CAM-001", "99", Decimal(9)),
            PricePush("CAM-001", None, None),
        ]
        errors = await bench.channel.push_prices(rows)
        assert [(error.index, error.code) for error in errors] == [
            (1, "price-refused"), (3, "price-refused"), (4, "price-group-unknown"), (5, "no-price"),
        ]  # fmt: skip
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, Decimal("64.90")), (group, Decimal("49.90")))


async def test_a_refused_group_price_does_not_hold_the_other_groups_of_the_product() -> None:
    async with a_bench() as bench:
        groups = [(await bench.channel.create_price_group(name)).external_id for name in ("ATACADO", "REVENDA")]
        await bench.on_sale("CAM-001")
        refusal = [
            {"message": "Invalid attribute Price = %price.", "parameters": ["-1", "CAM-001", "0", "REVENDA", "1"]}
        ]
        bench.shop.faults.add(Fault("POST", "tier-prices$", "answer", status=200, body=refusal))
        rows = [PricePush("CAM-001", group, Decimal(40)) for group in groups]
        assert [error.index for error in await bench.channel.push_prices(rows)] == [1]


async def test_an_error_that_names_no_row_holds_them_all() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.on_sale("CAM-002")
        refusal = [{"message": "Etwas ist schiefgegangen", "parameters": []}]
        bench.shop.faults.add(Fault("POST", "base-prices$", "answer", status=200, body=refusal))
        rows = [PricePush(sku, None, Decimal(40)) for sku in ("CAM-001", "CAM-002")]
        assert [error.index for error in await bench.channel.push_prices(rows)] == [0, 1]


async def test_a_group_renamed_in_the_shop_keeps_its_prices() -> None:
    async with a_bench() as bench:
        group = (await bench.channel.create_price_group("ATACADO")).external_id
        await bench.on_sale("CAM-001")
        await bench.channel.push_prices([PricePush("CAM-001", group, Decimal("49.90"))])
        body = {"group": {"id": int(group), "code": "Lojistas", "tax_class_id": 3}}
        await bench.visit.call("PUT", f"V1/customerGroups/{group}", body)
        first = await bench.channel.push_prices([PricePush("CAM-001", group, Decimal("48.90"))])
        second = await bench.channel.push_prices([PricePush("CAM-001", group, Decimal("48.90"))])
        assert ([error.code for error in first], second) == (["price-refused"], [])
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, PRICE), (group, Decimal("48.90")))


async def test_a_price_group_is_made_once_however_long_its_name() -> None:
    async with a_bench() as bench:
        name = "TABELA DE ATACADO PARA REVENDEDORES AUTORIZADOS"
        made = await bench.channel.create_price_group(name)
        assert await bench.channel.create_price_group(name) == made
        assert (await bench.channel.create_price_group("general")).external_id == bench.channel.default_group
        names = [group.name for group in await bench.channel.price_groups()]
        assert names.count(made.name) == 1
        assert made.name == name[:32].strip()


# ----------------------------------------------------------------- stock


async def test_five_hundred_rows_are_one_call_and_every_quantity_stands() -> None:
    async with a_bench() as bench:
        rows = [StockPush(f"P-{number:03}", "default", Decimal(number % 7)) for number in range(500)]
        assert len(rows) == bench.channel.capabilities.stock_batch_rows
        assert await bench.channel.push_stock(rows) == []
        assert [asked.rows for asked in bench.shop.calls("POST", "V1/inventory/source-items")] == [500]
        assert await bench.channel.read_stock([row.item for row in rows], ["default"]) == rows


async def test_the_last_piece_gone_takes_the_product_off_the_shelf_and_a_new_one_brings_it_back() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 1)
        await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal(0))])
        item = bench.shop.inventory.item("CAM-001", "default")
        assert item is not None
        assert item.status == 0
        assert bench.shop.storefront.look_at("CAM-001") is None
        await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal(3))])
        assert bench.shop.salable("CAM-001") == 3


async def test_surprise_19_an_unknown_sku_is_taken_by_the_shop_and_keeps_nobody_back() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        rows = [StockPush("SUMIU", "default", Decimal(1)), StockPush("CAM-001", "default", Decimal(4))]
        assert await bench.channel.push_stock(rows) == []
        assert bench.shop.salable("CAM-001") == 4


async def test_a_sku_with_blanks_around_it_is_named_and_the_rest_of_the_batch_goes() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        rows = [StockPush(" CAM-9", "default", Decimal(1)), StockPush("CAM-001", "default", Decimal(4))]
        assert await bench.channel.push_stock(rows) == [RowError(0, "sku-blanks", " CAM-9")]
        assert bench.shop.salable("CAM-001") == 4


async def test_surprise_19_an_unknown_source_refuses_the_batch() -> None:
    async with a_bench() as bench:
        with pytest.raises(Refused, match="Could not save Source Item"):
            await bench.channel.push_stock([StockPush("CAM-001", "deposito", Decimal(4))])


async def test_of_the_sources_of_the_shop_only_the_named_ones_are_read() -> None:
    async with a_bench(source="loja") as bench:
        for code in ("loja", "filial"):
            bench.shop.inventory.add_source({"source_code": code, "name": code})
        rows = [StockPush("CAM-001", code, Decimal(4)) for code in ("default", "loja", "filial")]
        await bench.channel.push_stock(rows)
        assert bench.channel.capabilities.ships_from == "loja"
        assert await bench.channel.read_stock(["CAM-001", "CAM-404"], ["loja", "filial"]) == rows[1:]


# ----------------------------------------------------------------- numbers


async def test_amounts_and_quantities_leave_as_the_numbers_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = bodies(monkeypatch)
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        sent.clear()
        await bench.channel.push_prices([PricePush("CAM-001", None, Decimal("0.1") + Decimal("0.2"))])
        await bench.channel.push_prices([PricePush("CAM-001", None, Decimal("19.90"))])
        await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal("0.3500"))])
        await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal("1E+3"))])
        assert [body.split(b'"price":')[-1].split(b",")[0] for body in sent[:2]] == [b"0.3", b"19.9"]
        assert [body.split(b'"quantity":')[-1].split(b",")[0] for body in sent[2:]] == [b"0.35", b"1000"]


@pytest.mark.parametrize(
    ("number", "text"),
    [("100", "100"), ("19.90", "19.9"), ("0.30", "0.3"), ("1E+2", "100"), ("1234567.89", "1234567.89"), ("0", "0")],
)
async def test_no_number_shows_an_exponent_or_dust(number: str, text: str) -> None:
    assert encode([amount_out(Decimal(number)), quantity_out(Decimal(number))]).decode() == f"[{text},{text}]"
    assert json.loads(encode(amount_out(Decimal(number)))) == float(number)


async def test_float_dust_of_the_shop_is_no_difference() -> None:
    assert amount(Decimal("29.949999999999999")) == Decimal("29.95")
    assert quantity("3.0000") == 3
    assert quantity(None) == 0
    assert str(quantity(Decimal("0.349999999999"))) == "0.35"


# ----------------------------------------------------------------- what the shop would sell


async def test_what_the_shop_would_sell_is_read_for_many_at_once_and_what_it_does_not_count_is_left_out() -> None:
    async with a_bench() as bench:
        for sku in ("CAM-001", "CAM-002", "SEM-FONTE"):
            await bench.on_sale(sku)
        rows = [StockPush("CAM-001", "default", Decimal(4)), StockPush("CAM-002", "default", Decimal(0))]
        await bench.channel.push_stock(rows)
        bench.shop.inventory.reserve("CAM-001", 1, Decimal("-1.5"), "order_placed", "000000001")
        bench.shop.inventory.forget("SEM-FONTE")
        before = len(bench.asked())
        found = await bench.channel.read_salable(["CAM-001", "CAM-002", "SEM-FONTE", "CAM-404"], ["default"])
        assert found == [Salable("CAM-001", Decimal("2.5")), Salable("CAM-002", Decimal(0))]
        await bench.channel.read_salable(["CAM-001"], ["default"])
        export = "GET V1/inventory/export-stock-salable-qty/website/{website}"
        assert bench.asked()[before:].count(export) == 2
        assert len(bench.asked()) - before == 4, "the stock's website and sources are not asked for each time"


async def test_what_sources_that_are_not_ours_add_to_the_stock_is_no_part_of_what_the_shop_sells_of_ours() -> None:
    async with a_bench(source="loja", stock_id=2) as bench:
        inventory = bench.shop.inventory
        for code in ("loja", "do-lojista"):
            inventory.add_source({"source_code": code, "name": code})
        inventory.add_stock("Brasil", ["loja", "do-lojista"], ["base"])
        await bench.on_sale("CAM-001")
        await bench.channel.push_stock([StockPush("CAM-001", code, Decimal(4)) for code in ("loja", "do-lojista")])
        assert await bench.channel.read_salable(["CAM-001"], ["loja"]) == [Salable("CAM-001", Decimal(4))]


async def test_without_the_right_to_stocks_the_shop_does_not_say_what_it_would_sell() -> None:
    async with a_bench() as bench:
        refused = {
            "message": "The consumer isn't authorized to access %resources.",
            "parameters": {"resources": "Magento_InventoryApi::stock"},
        }
        bench.shop.faults.answer("GET", "inventory/stocks", 401, refused)
        assert await bench.channel.read_salable(["CAM-001"], ["default"]) is None
