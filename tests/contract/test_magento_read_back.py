"""Reading a shop back: in few and large answers, grids with their variants, and what is the shop's own left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.publishing import Content, ContentPush
from tests.contract.magento_channel import PRICE, a_bench

pytestmark = pytest.mark.anyio

CUP = Content(kind="simple", name="Caneca", enabled=True, description="<p>Feita à mão</p>", categories=("Casa", "Copa"))


async def test_a_page_of_grids_costs_one_more_request_and_not_one_for_each() -> None:
    async with a_bench() as bench:
        await bench.grid()
        before = len(bench.shop.requests)
        items = [item for page in [page async for page in bench.channel.items()] for item in page]
        products = [asked for asked in list(bench.shop.requests)[before:] if "products" in asked.path]
        assert len([asked for asked in products if "attribute-sets" not in asked.path]) == 1
        (grid,) = [item for item in items if item.content.kind == "grid"]
        assert len(grid.content.variants) == 6
        assert {item.content.parent for item in items if item.content.kind == "variant"} == {"GCAM"}


async def test_a_grid_names_variants_that_stand_on_other_pages() -> None:
    async with a_bench(page_rows=2) as bench:
        await bench.grid()
        (grid,) = await bench.channel.read_items(["GCAM"])
        assert len(grid.content.variants) == 6


async def test_hundreds_of_skus_are_read_in_one_answer() -> None:
    async with a_bench() as bench:
        skus = [f"P-{number:03}" for number in range(300)]
        for sku in skus:
            bench.shop.catalogue.save({"sku": sku, "name": sku, "attribute_set_id": 4})
        before = len(bench.shop.requests)
        assert len(await bench.channel.read_items(skus)) == 300
        asked = [a for a in list(bench.shop.requests)[before:] if a.path.endswith("/products")]
        assert len(asked) == 1


async def test_fields_that_the_shop_masters_stay_as_they_stand_there() -> None:
    async with a_bench() as bench:
        await bench.publish("C", CUP)
        product = bench.product("C")
        product.values["name"] = "Nome da loja"
        links = dict(product.category_links)
        moved = replace(CUP, name="CANECA", description="Outra", categories=("Promoções",), brand="Olaria")
        await bench.channel.push_content(ContentPush("C", moved, PRICE, leave=("name", "categories")))
        assert product.value("name") == "Nome da loja"
        assert product.value("description") == "Outra"
        assert bench.text("C", "marca") == "Olaria"
        assert dict(product.category_links) == links
