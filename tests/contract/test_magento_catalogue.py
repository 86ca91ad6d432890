"""A Magento shop's catalogue beside the merchant: what we put there moves with C-Plus, what he did there stays."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import anyio
import pytest

from connectors.magento.options import check
from connectors.sandbox.shop import Fault
from engine.errors import Refused
from engine.publishing import StockPush
from tests.contract.magento_channel import PRICE, SHIRT, URL, Bench, a_bench, parent, variant

pytestmark = pytest.mark.anyio

CREATE = "POST V1/products"
FIRST_CATEGORY = 3  # the id that the sample shop gives the first category that is made in it


async def a_category(bench: Bench, name: str, below: int = 2) -> int:
    answer = await bench.visit.post("V1/categories", {"category": {"name": name, "parent_id": below}})
    return int(answer["id"])


async def put_into(bench: Bench, sku: str, category_id: int) -> None:
    link = {"sku": sku, "position": 3, "category_id": str(category_id)}
    await bench.visit.post(f"V1/categories/{category_id}/products", {"productLink": link})


def categories(bench: Bench, sku: str) -> list[str]:
    """The names of the categories in which a visitor finds the product."""
    return sorted(bench.shop.categories.by_id[key].name for key in bench.product(sku).category_links)


# ----------------------------------------------------------------- categories


async def test_a_product_that_changes_its_group_leaves_the_old_category_and_keeps_the_merchants_own() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await put_into(bench, "CAM-001", await a_category(bench, "Promoções"))
        moved = replace(SHIRT, categories=("Roupas", "Verão"))
        await bench.publish("CAM-001", moved, former=SHIRT)
        assert categories(bench, "CAM-001") == ["Promoções", "Verão"]
        await bench.publish("CAM-001", replace(moved, categories=()), former=moved)
        assert categories(bench, "CAM-001") == ["Promoções"]


async def test_a_version_that_only_adds_categories_in_a_save_loses_the_old_one_too() -> None:
    async with a_bench() as bench:
        bench.shop.catalogue.only_adds_categories = True
        await bench.publish("CAM/001")
        await put_into(bench, "CAM/001", await a_category(bench, "Promoções"))
        await bench.publish("CAM/001", replace(SHIRT, categories=("Roupas", "Verão")), former=SHIRT)
        assert categories(bench, "CAM/001") == ["Promoções", "Verão"]


async def test_a_product_whose_categories_stand_is_saved_without_touching_them() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        before = dict(bench.product("CAM-001").category_links)
        await bench.publish("CAM-001", replace(SHIRT, name="Outra"), former=SHIRT)
        assert bench.product("CAM-001").category_links == before


async def test_a_group_that_the_operator_mapped_goes_into_his_category_and_its_sub_groups_below_it() -> None:
    async with a_bench(categories={"Roupas": FIRST_CATEGORY}) as bench:
        assert await a_category(bench, "Moda") == FIRST_CATEGORY
        await bench.publish("CAM-001")
        below = next(c for c in bench.shop.categories.by_id.values() if c.name == "Camisetas")
        assert below.parent_id == FIRST_CATEGORY
        assert "Roupas" not in {c.name for c in bench.shop.categories.by_id.values()}


async def test_a_product_of_a_mapped_group_is_read_back_under_the_groups_own_name() -> None:
    async with a_bench(categories={"roupas > CAMISETAS": FIRST_CATEGORY}) as bench:
        assert await a_category(bench, "Outlet") == FIRST_CATEGORY
        await bench.publish("CAM-002")
        assert categories(bench, "CAM-002") == ["Outlet"]
        (item,) = await bench.channel.read_items(["CAM-002"])
        assert [name.casefold() for name in item.content.categories] == ["roupas", "camisetas"]


async def test_a_mapped_category_that_is_not_in_the_shop_is_named_and_holds_only_its_own_products() -> None:
    async with a_bench(categories={"Roupas": 77}) as bench:
        with pytest.raises(Refused, match="category-map") as raised:
            await bench.publish("CAM-001")
        assert raised.value.params == {"path": "Roupas", "category": 77}
        await bench.publish("CAM-002", replace(SHIRT, categories=("Louças",)))
        assert categories(bench, "CAM-002") == ["Louças"]


def test_a_map_of_categories_that_names_no_category_is_refused_before_anything_starts() -> None:
    assert check({"url": URL, "categories": {"Roupas": 0}})
    assert not check({"url": URL, "categories": {"Roupas > Camisetas": 12}})


# ----------------------------------------------------------------- URL keys


async def test_two_skus_whose_names_give_one_url_key_both_get_a_page() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM 01")
        await bench.publish("CAM-01")
        first, second = (bench.product(sku).value("url_key") for sku in ("CAM 01", "CAM-01"))
        assert first == "camiseta-de-algodao-cam-01"
        assert second.startswith(f"{first}-")
        again = replace(SHIRT, name="Camiseta de linho")
        await bench.publish("CAM-01", again, former=SHIRT)
        assert bench.product("CAM-01").value("url_key") == second, "a rename moves no page"


async def test_a_url_key_that_a_category_has_already_does_not_keep_a_product_out() -> None:
    async with a_bench() as bench:
        await a_category(bench, "Camiseta de algodão CAM 001")
        await bench.publish("CAM-001")
        assert bench.product("CAM-001").value("url_key").startswith("camiseta-de-algodao-cam-001-")


async def test_a_shop_that_refuses_in_its_own_language_gets_the_other_key_too() -> None:
    async with a_bench() as bench:
        said = {"message": "A chave de URL da loja informada já existe."}
        bench.shop.faults.add(Fault("POST", r"/products$", "answer", left=2, status=400, body=said))
        await bench.publish("CAM-001")
        assert bench.asked().count(CREATE) == 3
        assert bench.product("CAM-001").value("url_key").startswith("camiseta-de-algodao-cam-001-")


# ----------------------------------------------------------------- one product per SKU


async def test_surprise_12_four_creates_of_one_sku_at_once_make_one_product() -> None:
    async with a_bench() as bench:
        ids: list[str] = []

        async def create() -> None:
            ids.append(await bench.publish("CAM-001"))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(create)
        assert len(bench.shop.catalogue.find_all("CAM-001")) == 1
        assert len(set(ids)) == 1


@pytest.mark.parametrize("kind", ["bundle", "grouped"])
async def test_a_product_that_is_made_of_others_in_the_shop_is_not_written_over(kind: str) -> None:
    async with a_bench() as bench:
        bench.shop.catalogue.save({"sku": "KIT", "name": "Kit", "attribute_set_id": 4, "type_id": kind, "status": 1})
        with pytest.raises(Refused, match="content-kind") as raised:
            await bench.publish("KIT")
        assert raised.value.params["type"] == kind
        assert bench.product("KIT").value("name") == "Kit"


async def test_how_the_merchant_shows_a_product_stays_as_he_has_it() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        for visibility in (1, 2, 3):  # hidden as a size of a grid of his own, in the catalogue only, in the search only
            bench.product("CAM-001").values["visibility"] = visibility
            await bench.publish("CAM-001", replace(SHIRT, name=f"Camiseta {visibility}"), former=SHIRT)
            assert bench.product("CAM-001").value("visibility") == visibility


async def test_a_product_that_becomes_a_cell_is_hidden_and_one_that_is_none_any_more_is_shown_by_itself() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-P-Azul")
        await bench.publish("CAM-P-Azul", variant("P", "Azul"), former=SHIRT)
        assert bench.product("CAM-P-Azul").value("visibility") == 1
        await bench.publish("CAM-P-Azul", SHIRT, former=variant("P", "Azul"))
        assert bench.product("CAM-P-Azul").value("visibility") == 4


# ----------------------------------------------------------------- grids


async def a_variant_of_the_merchants(bench: Bench, size: str = "XG") -> None:
    """The merchant adds a size to our grid by hand, in the shop's admin."""
    await bench.visit.post("V1/products/attributes/tamanho/options", {"option": {"label": size}})
    option = next(o for o in bench.shop.attributes.by_code["tamanho"].options if o.label == size)
    blue = next(o for o in bench.shop.attributes.by_code["cor"].options if o.label == "Azul")
    values = [
        {"attribute_code": "tamanho", "value": option.option_id},
        {"attribute_code": "cor", "value": blue.option_id},
    ]
    await bench.visit.product("DELE", custom_attributes=values, visibility=1)
    await bench.visit.post("V1/configurable-products/GCAM/child", {"childSku": "DELE"})


def linked(bench: Bench) -> list[str]:
    return [v.sku for v in bench.shop.catalogue.variants_of(bench.product("GCAM"))]


async def test_a_size_that_the_merchant_added_himself_stays_while_ours_come_and_go() -> None:
    async with a_bench() as bench:
        await bench.grid(sizes=("P", "M"), colours=("Azul",))
        former = parent(["CAM-P-Azul", "CAM-M-Azul"])
        await a_variant_of_the_merchants(bench)
        await bench.publish("CAM-G-Azul", variant("G", "Azul"))
        now = parent(["CAM-P-Azul", "CAM-G-Azul"])
        await bench.publish("GCAM", now, None, former=former)
        assert linked(bench) == ["CAM-P-Azul", "CAM-G-Azul", "DELE"]
        sizes = next(o for o in bench.product("GCAM").grid if o.label == "Tamanho")
        assert len(sizes.values) == 3, "the merchant's size can still be chosen"


async def test_a_new_size_of_a_live_grid_can_be_bought_after_one_cycle() -> None:
    async with a_bench() as bench:
        await bench.grid(sizes=("P",), colours=("Azul",))
        await bench.publish("CAM-GG-Azul", variant("GG", "Azul"))
        await bench.channel.push_stock([StockPush("CAM-GG-Azul", "default", Decimal(3))])
        await bench.publish("GCAM", parent(["CAM-P-Azul", "CAM-GG-Azul"]), None, former=parent(["CAM-P-Azul"]))
        (offer,) = bench.shop.storefront.shelf()
        assert {v.choices["Tamanho"]: v.available for v in offer.variants} == {"P": Decimal(4), "GG": Decimal(3)}


async def test_a_value_typed_without_accents_in_c_plus_is_the_shops_own_value() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-P-Lilás", variant("P", "Lilás"))
        await bench.publish("CAM-M-LILAS", variant("M", "LILAS"))
        await bench.publish("CAM-G-lilás", variant("G", "lilás"))
        assert [o.label for o in bench.shop.attributes.by_code["cor"].options] == ["Lilás"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"frontend_input": "text"}, "magento-axis"), ({"scope": "store"}, "magento-axis-scope")],
)
async def test_an_axis_that_cannot_tell_variants_apart_is_named_and_other_products_go_on(
    changed: dict[str, Any], code: str
) -> None:
    async with a_bench() as bench:
        attribute = {
            "attribute_code": "tamanho", "default_frontend_label": "Tamanho", "frontend_input": "select",
            "scope": "global", **changed,
        }  # fmt: skip
        await bench.visit.post("V1/products/attributes", {"attribute": attribute})
        with pytest.raises(Refused, match=code) as raised:
            await bench.publish("CAM-P-Azul", variant("P", "Azul"))
        assert raised.value.params == {"axis": "TAMANHO", "attribute": "tamanho"}
        await bench.publish("CAM-001", SHIRT, PRICE)
