"""Prices, sources, source items and salable quantities of the sample shop, against recorded answers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.contract.sample_shop import a_shop, criteria, same_as_recorded

pytestmark = pytest.mark.anyio


def row(sku: str = "CAM-001", quantity: float = 33, source: str = "default", **fields: object) -> dict[str, object]:
    return {"sku": sku, "source_code": source, "quantity": quantity, "status": int(quantity > 0), **fields}


def tier(price: float, group: str = "ALL GROUPS", quantity: float = 1, sku: str = "CAM-001") -> dict[str, object]:
    fixed = {"price_type": "fixed", "website_id": 0}
    return {"sku": sku, "price": price, "customer_group": group, "quantity": quantity, **fixed}


# ----------------------------------------------------------------- prices


async def test_surprise_18_a_bad_price_row_comes_back_and_the_good_rows_are_saved() -> None:
    async with a_shop() as visit:
        await visit.product()
        good = {"price": 23.75, "store_id": 0, "sku": "CAM-001"}
        bad = {"price": 1, "store_id": 0, "sku": "NO-SUCH"}
        answer = await visit.call("POST", "V1/products/base-prices", {"prices": [good, bad]})
        same_as_recorded(answer, "prices/base_with_a_bad_row")
        assert answer.body[0]["parameters"] == ["SKU", "NO-SUCH"]
        read = await visit.call("POST", "V1/products/base-prices-information", {"skus": ["CAM-001", "NO-SUCH"]})
        same_as_recorded(read, "prices/base_information")
        assert read.body == [good]

        dates = {"price_from": "2026-01-01 00:00:00", "price_to": "2026-01-31 00:00:00"}
        special = {"price": 8.0, "store_id": 0, "sku": "CAM-001", **dates}
        answer = await visit.call(
            "POST", "V1/products/special-price", {"prices": [special, {"price": -1, "store_id": 0, "sku": "CAM-001"}]}
        )
        same_as_recorded(answer, "prices/special_with_a_bad_row")
        assert answer.body[0]["parameters"] == ["-1", "CAM-001", "0", None, None]
        read = await visit.call("POST", "V1/products/special-price-information", {"skus": ["CAM-001"]})
        same_as_recorded(read, "prices/special_information")
        deleted = await visit.call("POST", "V1/products/special-price-delete", {"prices": [special]})
        same_as_recorded(deleted, "described/special_deleted")
        assert await visit.post("V1/products/special-price-information", {"skus": ["CAM-001"]}) == []


async def test_surprise_17_the_plural_of_special_price_is_no_route() -> None:
    async with a_shop() as visit:
        answer = await visit.call("POST", "V1/products/special-prices", {"prices": []})
        same_as_recorded(answer, "prices/special_prices_is_no_route")


async def test_group_prices_are_merged_by_post_replaced_by_put_and_deleted_only_with_their_own_value() -> None:
    async with a_shop() as visit:
        await visit.product()
        read = {"skus": ["CAM-001"]}
        none = await visit.call("POST", "V1/products/tier-prices-information", read)
        same_as_recorded(none, "prices/tier_information_of_none")
        first = {"prices": [tier(50, "wholesale"), tier(55, quantity=10)]}
        same_as_recorded(await visit.call("POST", "V1/products/tier-prices", first), "prices/tier")
        await visit.post("V1/products/tier-prices", {"prices": [tier(48, "Wholesale")]})
        answer = await visit.call("POST", "V1/products/tier-prices-information", read)
        same_as_recorded(answer, "described/tiers")
        assert {(t["customer_group"], t["price"]) for t in answer.body} == {("ALL GROUPS", 55), ("Wholesale", 48)}
        await visit.post("V1/products/tier-prices-delete", {"prices": [tier(50, "Wholesale")]})
        assert len(await visit.post("V1/products/tier-prices-information", read)) == 2
        deleted = await visit.call("POST", "V1/products/tier-prices-delete", {"prices": [tier(48, "Wholesale")]})
        same_as_recorded(deleted, "described/tiers_deleted")
        replaced = await visit.call("PUT", "V1/products/tier-prices", {"prices": [tier(45, "Retailer")]})
        same_as_recorded(replaced, "described/tiers_replaced")
        left = await visit.post("V1/products/tier-prices-information", read)
        assert [(t["customer_group"], t["price"]) for t in left] == [("Retailer", 45)]


async def test_bad_group_price_rows_name_their_row_by_position_not_by_the_order_of_the_text() -> None:
    async with a_shop() as visit:
        await visit.product()
        rows = [tier(5, "NADA"), tier(5, sku="NADA"), tier(-5), tier(1, quantity=5), tier(2, quantity=5), tier(3)]
        rows.append(tier(4, quantity=7) | {"website_id": 1})
        answer = await visit.call("POST", "V1/products/tier-prices", {"prices": rows})
        assert [e["parameters"] for e in answer.body] == [
            ["CAM-001", "0", "NADA", "1"],
            ["NADA", "0", "ALL GROUPS", "1"],
            ["-5", "CAM-001", "0", "ALL GROUPS", "1"],
            ["CAM-001", "0", "ALL GROUPS", "5"],
            ["CAM-001", "0", "ALL GROUPS", "5"],
            ["CAM-001", "1", "ALL GROUPS", "7"],
        ]
        kept = await visit.post("V1/products/tier-prices-information", {"skus": ["CAM-001"]})
        assert [t["price"] for t in kept] == [3]


async def test_a_renamed_group_is_known_to_its_prices_by_the_new_name_only() -> None:
    async with a_shop() as visit:
        await visit.product()
        await visit.post("V1/products/tier-prices", {"prices": [tier(50, "Wholesale")]})
        await visit.call("PUT", "V1/customerGroups/2", {"group": {"code": "ATACADO"}})
        read = await visit.post("V1/products/tier-prices-information", {"skus": ["CAM-001"]})
        assert read[0]["customer_group"] == "ATACADO"
        assert len(await visit.post("V1/products/tier-prices", {"prices": [tier(49, "Wholesale")]})) == 1


async def test_a_group_price_above_the_base_price_has_no_effect() -> None:
    async with a_shop() as visit:
        await visit.product()
        await visit.post("V1/products/tier-prices", {"prices": [tier(80, "Wholesale")]})
        customer = {"email": "ana@example.com.br", "firstname": "Ana", "lastname": "Lima", "group_id": 2}
        buyer = (await visit.post("V1/customers", {"customer": customer}))["id"]
        offer = visit.shop.storefront.look_at("CAM-001", buyer)
        assert offer is not None
        assert offer.price == Decimal("59.90")


# ----------------------------------------------------------------- stock


async def test_stock_is_written_and_read_source_by_source_as_recorded() -> None:
    async with a_shop() as visit:
        await visit.product()
        saved = await visit.call("POST", "V1/inventory/source-items", {"sourceItems": [row()]})
        same_as_recorded(saved, "stock/source_items_saved")
        one = f"V1/inventory/source-items?{criteria(('sku', 'eq', 'CAM-001'))}"
        same_as_recorded(await visit.call("GET", one), "stock/source_items")
        salable = await visit.call("GET", "V1/inventory/get-product-salable-quantity/CAM-001/1")
        same_as_recorded(salable, "stock/salable_quantity")
        assert salable.body == 33
        yes = await visit.call("GET", "V1/inventory/is-product-salable/CAM-001/1")
        same_as_recorded(yes, "stock/is_salable")
        assert yes.body is True
        await visit.post("V1/inventory/source-items", {"sourceItems": [row("CAM-002"), row("CAM-003")]})
        several = f"V1/inventory/source-items?{criteria(('sku', 'in', 'CAM-001,CAM-002'))}"
        same_as_recorded(await visit.call("GET", several), "stock/search_of_several")
        for name in ("source_items_deleted", "deleted_again"):
            gone = await visit.call("POST", "V1/inventory/source-items-delete", {"sourceItems": [row()]})
            same_as_recorded(gone, f"stock/{name}")
        none = await visit.call("GET", "V1/inventory/get-product-salable-quantity/CAM-001/1")
        same_as_recorded(none, "stock/salable_without_source_item")
        assert none.body == 0


async def test_surprise_19_unknown_skus_and_negative_stock_pass_and_unknown_sources_and_missing_states_do_not() -> None:
    async with a_shop() as visit:
        await visit.product()

        async def post(*rows: dict[str, object], name: str) -> None:
            answer = await visit.call("POST", "V1/inventory/source-items", {"sourceItems": list(rows)})
            same_as_recorded(answer, f"stock/{name}")

        await post(row("NADA"), name="unknown_sku_passes")
        await post(row(quantity=-5, status=1), name="negative_passes")
        assert visit.shop.salable("CAM-001") == -5
        await post(row(source="nosuch"), name="unknown_source")
        await post(name="no_rows")
        incomplete = row()
        del incomplete["status"]
        await post(incomplete, row(quantity=2), name="row_without_status")
        assert visit.shop.salable("CAM-001") == -5


async def test_goods_at_a_source_that_is_out_of_stock_do_not_count_whatever_their_quantity() -> None:
    async with a_shop() as visit:
        await visit.product()
        await visit.post("V1/inventory/source-items", {"sourceItems": [row(quantity=9, status=0)]})
        assert visit.shop.salable("CAM-001") == 0


async def test_surprise_21_the_salable_quantity_of_an_unknown_sku_is_a_crash_in_plain_text() -> None:
    async with a_shop() as visit:
        answer = await visit.call("GET", "V1/inventory/get-product-salable-quantity/NADA/1")
        same_as_recorded(answer, "stock/salable_of_unknown_sku")
        assert answer.body.startswith("An error has happened during application run")


async def test_what_the_shop_would_sell_is_listed_for_the_skus_that_it_knows() -> None:
    async with a_shop() as visit:
        await visit.product(stock=10)
        visit.order({"CAM-001": 2})
        wanted = criteria(("sku", "in", "NADA,CAM-001"), size=100)
        answer = await visit.call("GET", f"V1/inventory/export-stock-salable-qty/website/base?{wanted}")
        same_as_recorded(answer, "described/salable_export")
        assert answer.body["items"] == [{"sku": "CAM-001", "qty": 8, "is_salable": True}]


async def test_the_legacy_stock_call_writes_the_default_source() -> None:
    async with a_shop() as visit:
        await visit.product(stock=25)
        same_as_recorded(await visit.call("GET", "V1/stockItems/CAM-001"), "stock/stock_item")
        put = await visit.call(
            "PUT", "V1/products/CAM-001/stockItems/1", {"stockItem": {"qty": 40, "is_in_stock": True}}
        )
        same_as_recorded(put, "stock/stock_item_put")
        assert visit.shop.salable("CAM-001") == 40
        assert (await visit.get("V1/stockItems/CAM-001"))["qty"] == 40


async def test_sources_and_stocks_are_listed_without_criteria_as_recorded() -> None:
    async with a_shop() as visit:
        source = {"source_code": "deposito", "name": "Depósito", "country_id": "BR", "postcode": "13010-000"}
        same_as_recorded(await visit.call("POST", "V1/inventory/sources", {"source": source}), "stock/source_created")
        same_as_recorded(await visit.call("GET", "V1/inventory/sources"), "stock/sources")
        same_as_recorded(await visit.call("GET", "V1/inventory/stocks"), "stock/stocks")
        same_as_recorded(await visit.call("GET", "V1/inventory/stock-resolver/website/base"), "stock/stock_of_website")
        stock = visit.shop.inventory.add_stock("Site", websites=["base"])
        links = {"links": [{"stock_id": stock.stock_id, "source_code": "deposito", "priority": 1}]}
        saved = await visit.call("POST", "V1/inventory/stock-source-links", links)
        same_as_recorded(saved, "described/links_saved")
        same_as_recorded(await visit.call("GET", "V1/inventory/stock-source-links?searchCriteria="), "described/links")
        assert (await visit.get("V1/inventory/stock-resolver/website/base"))["stock_id"] == stock.stock_id
        default = {"links": [{"stock_id": 1, "source_code": "deposito", "priority": 1}]}
        assert (await visit.call("POST", "V1/inventory/stock-source-links", default)).status == 400


async def test_a_website_sells_the_sum_of_all_sources_of_its_stock() -> None:
    async with a_shop() as visit:
        for code in ("loja", "deposito"):
            visit.shop.inventory.add_source({"source_code": code, "name": code.title()})
        visit.shop.inventory.add_stock("Site", ["loja", "deposito"], ["base"])
        await visit.product(stock=100)
        rows = [row(quantity=3, source="loja"), row(quantity=4, source="deposito")]
        await visit.post("V1/inventory/source-items", {"sourceItems": rows})
        assert visit.shop.salable("CAM-001") == 7
