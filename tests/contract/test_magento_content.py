"""What a product looks like in a Magento shop after it was published: texts, measures, categories, grids."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.sandbox.shop import DEADLOCK, Fault
from engine.errors import Refused, RetryLater
from engine.model.goods import GridValue
from engine.publishing import ContentPush, PricePush, StockPush
from tests.contract.magento_channel import PRICE, SHIRT, a_bench, bodies, parent, variant
from tests.contract.sample_shop import ADDRESS, GUEST

pytestmark = pytest.mark.anyio


async def test_a_published_product_shows_its_texts_measures_delivery_days_and_payment_options() -> None:
    async with a_bench() as bench:
        remote_id = await bench.on_sale("CAM-001")
        offer = bench.shop.storefront.look_at("CAM-001")
        assert offer is not None
        assert remote_id == str(bench.product("CAM-001").product_id)
        assert (offer.name, offer.price, offer.available) == ("Camiseta CAM-001", PRICE, Decimal(10))
        assert offer.texts["short_description"] == "Algodão penteado"
        assert offer.texts["description"] == "<p>Corte reto, <b>sem costura lateral</b></p>"
        assert offer.texts["prazo_entrega"] == "5"
        assert offer.texts["formas_pagamento"] == "Boleto; Pix; Cartão em até 3x"
        assert [offer.texts[f"volume_{side}"] for side in ("altura", "largura", "comprimento")] == ["3.5", "20", "30"]
        assert (offer.texts["marca"], offer.texts["gtin"]) == ("Malha Boa", "7891234567895")
        assert bench.product("CAM-001").value("weight") == Decimal("0.2")
        assert offer.categories == ["Camisetas"]
        assert offer.texts["url_key"] == "camiseta-cam-001-cam-001"


async def test_a_new_product_cannot_be_bought_before_its_stock_has_come() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        assert bench.shop.storefront.look_at("CAM-001") is None
        assert bench.shop.salable("CAM-001") == 0


async def test_what_was_sent_is_what_is_read_back() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await bench.grid()
        simple, first, whole = await bench.channel.read_items(["CAM-001", "CAM-P-Azul", "GCAM"])
        assert simple.content == SHIRT
        assert simple.prices == ((None, PRICE),)
        place = (GridValue("TAMANHO", "P"), GridValue("COR", "Azul"))
        assert first.content == replace(variant("P", "Azul"), grid=place)
        assert whole.content == parent([f"CAM-{s}-{c}" for s in ("P", "M", "G") for c in ("Azul", "Preta")])
        assert whole.prices == ()


async def test_a_text_that_was_emptied_leaves_the_shop_and_what_was_never_there_creates_no_attribute() -> None:
    async with a_bench() as bench:
        bare = replace(SHIRT, brand="", gtin="", delivery_days=None, payment_options=(), height_cm=None, weight_kg=None)
        await bench.publish("CAM-002", bare)
        assert "marca" not in bench.shop.attributes.by_code
        assert bench.product("CAM-002").value("weight") is None
        await bench.publish("CAM-001")
        await bench.publish("CAM-001", replace(bare, description=""))
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.content == replace(bare, description="")


async def test_an_unflagged_product_leaves_the_storefront_and_stays_in_the_database() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.publish("CAM-001", replace(SHIRT, enabled=False))
        assert bench.shop.storefront.look_at("CAM-001") is None
        assert bench.product("CAM-001").value("status") == 2


async def test_publishing_again_changes_one_product_and_keeps_what_the_merchant_added() -> None:
    async with a_bench() as bench:
        first = await bench.on_sale("CAM-001")
        promo = await bench.visit.post("V1/categories", {"category": {"name": "Promoções", "parent_id": 2}})
        link = {"sku": "CAM-001", "position": 3, "category_id": str(promo["id"])}
        await bench.visit.post(f"V1/categories/{promo['id']}/products", {"productLink": link})
        own = [
            {"attribute_code": "meta_title", "value": "A melhor"},
            {"attribute_code": "url_key", "value": "a-melhor"},
        ]
        await bench.visit.call("PUT", "all/V1/products/CAM-001", {"product": {"custom_attributes": own}})
        assert await bench.publish("CAM-001", replace(SHIRT, name="Camiseta nova")) == first
        product = bench.product("CAM-001")
        assert len(bench.shop.catalogue.find_all("CAM-001")) == 1
        assert (product.value("name"), product.value("url_key")) == ("Camiseta nova", "a-melhor")
        assert product.value("meta_title") == "A melhor"
        assert product.category_links[promo["id"]] == 3
        assert len(product.category_links) == 2
        assert bench.shop.salable("CAM-001") == 10
        assert product.value("price") == PRICE


async def test_a_product_found_in_the_shop_keeps_its_categories_beside_ours() -> None:
    async with a_bench() as bench:
        promo = await bench.visit.post("V1/categories", {"category": {"name": "Promoções", "parent_id": 2}})
        links = [{"position": 3, "category_id": str(promo["id"])}]
        await bench.visit.product("CAM-001", extension_attributes={"category_links": links})
        await bench.publish("CAM-001")
        names = [bench.shop.categories.by_id[c].name for c in bench.product("CAM-001").category_links]
        assert names == ["Camisetas", "Promoções"]
        await bench.publish("CAM-001", replace(SHIRT, categories=()))
        assert len(bench.product("CAM-001").category_links) == 2


async def test_a_changed_name_leaves_with_the_url_key_of_the_shop_because_some_versions_make_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent = bodies(monkeypatch)
    async with a_bench() as bench:
        await bench.visit.product("CAM-001", custom_attributes=[{"attribute_code": "url_key", "value": "a-melhor"}])
        await bench.publish("CAM-001", replace(SHIRT, name="Camiseta nova"))
    assert b'{"attribute_code":"url_key","value":"a-melhor"}' in sent[-1]


async def test_a_change_is_seen_in_every_store_view() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await bench.publish("CAM-001", replace(SHIRT, name="Nome novo"))
        assert bench.product("CAM-001").overrides == {}
        assert bench.product("CAM-001").value("name", view=1) == "Nome novo"


@pytest.mark.parametrize("sku", ["CAM 01", "CAM/01", "CAM+01", "CAM%01", "CAM,01", "ÇÃO#1?"])
async def test_surprise_16_a_sku_with_odd_characters_is_one_product_like_any_other(sku: str) -> None:
    async with a_bench() as bench:
        await bench.publish(sku)
        await bench.publish(sku, replace(SHIRT, name="Outra vez"))
        await bench.channel.push_stock([StockPush(sku, "default", Decimal(2))])
        (item,) = await bench.channel.read_items([sku])
        assert (item.item, item.content.name) == (sku, "Outra vez")
        assert len(bench.shop.catalogue.by_id) == 1
        assert await bench.channel.read_stock([sku], ["default"]) == [StockPush(sku, "default", Decimal(2))]


async def test_categories_are_made_once_and_found_again_in_whatever_case() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await bench.publish("CAM-002", replace(SHIRT, categories=("ROUPAS", "camisetas")))
        await bench.publish("CAM-003", replace(SHIRT, categories=("Roupas", "Calças")))
        names = [category.name for category in bench.shop.categories.by_id.values()]
        assert names == ["Root Catalog", "Default Category", "Roupas", "Camisetas", "Calças"]
        assert bench.asked().count("GET V1/categories") == 1


async def test_a_category_deleted_in_the_admin_heals_with_the_next_try() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        roupas = bench.shop.categories.by_id.pop(3)
        bench.shop.categories.by_id.pop(4)
        bench.shop.categories.by_id[2].children.remove(roupas)
        with pytest.raises(Refused):
            await bench.publish("CAM-002")
        await bench.publish("CAM-002")
        assert bench.text("CAM-002", "name") == SHIRT.name


async def test_a_brand_that_the_shop_keeps_as_a_list_gets_its_option_once() -> None:
    async with a_bench(attributes={"brand": "manufacturer"}) as bench:
        await bench.publish("CAM-001")
        await bench.publish("CAM-002", replace(SHIRT, brand="MALHA BOA"))
        assert [o.label for o in bench.shop.attributes.by_code["manufacturer"].options] == ["Malha Boa"]
        assert bench.text("CAM-002", "manufacturer") == "Malha Boa"
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.content.brand == "Malha Boa"


async def test_a_product_without_a_price_is_not_created_at_zero() -> None:
    async with a_bench() as bench:
        with pytest.raises(Refused, match="no-price"):
            await bench.publish("CAM-001", SHIRT, None)
        assert bench.shop.catalogue.find("CAM-001") is None


async def test_a_deadlock_in_the_shop_is_tried_later_and_leaves_no_half_product() -> None:
    async with a_bench() as bench:
        bench.shop.faults.add(Fault("POST", r"/products$", "answer", status=400, body=DEADLOCK))
        with pytest.raises(RetryLater, match="channel-conflict"):
            await bench.publish("CAM-001")
        await bench.publish("CAM-001")
        assert len(bench.shop.catalogue.by_id) == 1


# ----------------------------------------------------------------- grids


async def test_a_grid_of_three_sizes_and_two_colours_arrives_as_one_product_with_six_variants() -> None:
    async with a_bench() as bench:
        await bench.grid()
        shelf = bench.shop.storefront.shelf()
        assert [offer.sku for offer in shelf] == ["GCAM"]
        (offer,) = shelf
        cells = {(v.choices["Tamanho"], v.choices["Cor"]): v.available for v in offer.variants}
        assert cells == {(size, colour): 4 for size in ("P", "M", "G") for colour in ("Azul", "Preta")}
        assert {v.price for v in offer.variants} == {PRICE}
        for option in bench.product("GCAM").grid:
            code = bench.shop.attributes.by_id[option.attribute_id].code
            of_variants = {int(bench.product(v.sku).value(code)) for v in offer.variants}
            assert set(option.values) == of_variants
        assert sorted(a.code for a in bench.shop.attributes if a.user_defined and a.input == "select") == [
            "cor", "tamanho",
        ]  # fmt: skip


async def test_each_variant_keeps_its_own_stock_and_price() -> None:
    async with a_bench() as bench:
        await bench.grid()
        await bench.channel.push_prices([PricePush("CAM-M-Azul", None, Decimal("64.90"))])
        await bench.channel.push_stock([StockPush("CAM-M-Azul", "default", Decimal(1))])
        (offer,) = bench.shop.storefront.shelf()
        of_sku = {v.sku: (v.price, v.available) for v in offer.variants}
        assert of_sku["CAM-M-Azul"] == (Decimal("64.90"), Decimal(1))
        assert of_sku["CAM-M-Preta"] == (PRICE, Decimal(4))


async def test_a_new_variant_joins_its_grid_and_a_vanished_one_leaves_it() -> None:
    async with a_bench() as bench:
        first = await bench.grid()
        await bench.publish("CAM-GG-Azul", variant("GG", "Azul"))
        now = ["CAM-P-Azul", "CAM-P-Preta", "CAM-M-Azul", "CAM-M-Preta", "CAM-G-Azul", "CAM-GG-Azul"]
        cells = [f"CAM-{size}-{colour}" for size in ("P", "M", "G") for colour in ("Azul", "Preta")]
        assert await bench.publish("GCAM", parent(now), None, former=parent(cells)) == first
        product = bench.product("GCAM")
        assert [v.sku for v in bench.shop.catalogue.variants_of(product)] == now
        assert len(product.grid) == 2
        assert bench.shop.catalogue.find("CAM-G-Preta") is not None


async def test_a_grid_whose_shop_already_has_the_attribute_uses_its_options() -> None:
    async with a_bench(axes={"COR": "color"}) as bench:
        await bench.visit.post("V1/products/attributes/color/options", {"option": {"label": "AZUL"}})
        await bench.grid(sizes=("M",))
        assert [o.label for o in bench.shop.attributes.by_code["color"].options] == ["AZUL", "Preta"]


async def test_a_bought_variant_is_one_line_of_the_order_with_its_own_sku() -> None:
    async with a_bench() as bench:
        await bench.grid()
        placed = bench.visit.order({"CAM-M-Azul": 2}, guest=GUEST, address=ADDRESS)
        order = await bench.channel.order(str(placed.order_id))
        assert order is not None
        (line,) = order.lines
        assert (line.sku, line.ordered, line.unit_price) == ("CAM-M-Azul", Decimal(2), PRICE)
        assert line.external_id == str(placed.lines[0].item_id)


async def test_a_grid_waits_for_a_variant_that_is_gone_from_the_shop() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-P-Azul", variant("P", "Azul"))
        with pytest.raises(Refused, match="grid-variant-missing") as raised:
            await bench.publish("GCAM", parent(["CAM-P-Azul", "CAM-P-Preta"]), None)
        assert raised.value.params["sku"] == "CAM-P-Preta"


async def test_a_simple_product_is_not_turned_into_a_grid() -> None:
    async with a_bench() as bench:
        await bench.publish("GCAM")
        with pytest.raises(Refused, match="content-kind"):
            await bench.publish("GCAM", parent([]), None)


async def test_an_option_added_by_somebody_else_meanwhile_is_used() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-P-Azul", variant("P", "Azul"))
        await bench.visit.post("V1/products/attributes/tamanho/options", {"option": {"label": "Único"}})
        await bench.channel.push_content(ContentPush("CAM-U-Azul", variant("único", "Azul"), PRICE))
        assert bench.text("CAM-U-Azul", "tamanho") == "Único"


# ----------------------------------------------------------------- adoption


async def test_adoption_walks_every_product_of_the_shop_once() -> None:
    async with a_bench(page_rows=100) as bench:
        for number in range(205):
            bench.shop.catalogue.save({"sku": f"P-{number:03}", "name": f"P {number}", "attribute_set_id": 4})
        pages = [page async for page in bench.channel.items()]
        assert [len(page) for page in pages] == [100, 100, 5]
        assert [item.item for page in pages for item in page] == [f"P-{number:03}" for number in range(205)]


async def test_observing_a_shop_sends_nothing_but_questions() -> None:
    async with a_bench() as bench:
        await bench.grid()
        before = len(bench.shop.requests)
        await bench.channel.identify()
        _ = [page async for page in bench.channel.items()]
        await bench.channel.read_stock(["CAM-P-Azul"], ["default"])
        await bench.channel.price_groups()
        assert {asked.method for asked in list(bench.shop.requests)[before:]} == {"GET"}
