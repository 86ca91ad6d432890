"""What the OpenMage channel publishes: content, photos, prices, stock; and what it reads back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from connectors.sandbox.openmage.catalogue import Tier
from engine.errors import Misconfigured, OutcomeUnknown, Refused
from engine.publishing import ContentPush, Period, PricePush, RowError, StockPush
from tests.contract.magento_channel import PRICE, SHIRT, Photos
from tests.contract.sample_openmage import a_bench

pytestmark = pytest.mark.anyio

WHOLESALE = "2"
FIRST_CATEGORY = 3  # the id that the sample shop gives the first category that is made in it


# ----------------------------------------------------------------- content


async def test_a_new_product_comes_back_as_it_was_sent_and_cannot_be_bought_before_its_stock() -> None:
    async with a_bench() as bench:
        remote_id = await bench.publish("CAM-001")
        (item,) = await bench.channel.read_items(["CAM-001", "NADA"])
        assert (item.item, item.remote_id, item.content) == ("CAM-001", remote_id, SHIRT)
        assert item.prices == ((None, PRICE),)
        assert not bench.shop.on_shelf("CAM-001")
        await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal(3))])
        assert bench.shop.on_shelf("CAM-001")


async def test_a_change_keeps_what_is_the_shop_s_own() -> None:
    async with a_bench() as bench:
        first = await bench.publish("CAM-001")
        product = bench.product("CAM-001")
        own = bench.shop.catalogue.add_category(2, "Promoções")
        product.categories.append(str(own.category_id))
        product.values |= {"meta_title": "A melhor", "visibility": "1", "url_key": "camiseta-antiga"}
        changed = replace(SHIRT, name="Camiseta nova", enabled=False, brand="", weight_kg=None)
        assert await bench.publish("CAM-001", changed) == first
        values = product.values
        assert (values["name"], values["status"], values["weight"], values.get("marca")) == (
            "Camiseta nova", "2", "0", None,
        )  # fmt: skip
        assert (values["meta_title"], values["visibility"], values["url_key"]) == ("A melhor", "1", "camiseta-antiga")
        assert str(own.category_id) in product.categories
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.content == changed


async def test_a_product_that_changes_its_group_leaves_the_old_category_and_keeps_the_merchants_own() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        (old,) = bench.product("CAM-001").categories
        own = bench.shop.catalogue.add_category(2, "Promoções")
        bench.product("CAM-001").categories.append(str(own.category_id))
        moved = replace(SHIRT, categories=("Roupas", "Verão"))
        await bench.channel.push_content(ContentPush("CAM-001", moved, PRICE, former=SHIRT))
        assert old not in bench.product("CAM-001").categories
        assert str(own.category_id) in bench.product("CAM-001").categories
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.content.categories == ("Roupas", "Verão")


async def test_a_group_that_the_operator_mapped_goes_into_his_category() -> None:
    async with a_bench(categories={"Roupas > Camisetas": FIRST_CATEGORY}) as bench:
        assert bench.shop.catalogue.add_category(2, "Outlet").category_id == FIRST_CATEGORY
        await bench.publish("CAM-001")
        assert bench.product("CAM-001").categories == [str(FIRST_CATEGORY)]


async def test_a_sku_of_digits_alone_never_touches_the_product_with_that_id() -> None:
    async with a_bench() as bench:
        other = await bench.publish("CAM-001", replace(SHIRT, name="Outra"))
        await bench.publish(other)
        assert bench.product("CAM-001").values["name"] == "Outra"
        assert bench.product(other).product_id != int(other)
        await bench.priced(PricePush(other, None, Decimal(5)), PricePush(other, WHOLESALE, Decimal(4)))
        assert bench.shop.price("CAM-001") == PRICE
        assert bench.shop.price(other) == 5
        assert bench.shop.price(other, group=WHOLESALE) == 4


async def test_stock_of_a_sku_that_the_shop_lacks_is_not_given_to_the_product_with_that_id() -> None:
    async with a_bench() as bench:
        other = await bench.on_sale("CAM-001", 7)
        errors = await bench.channel.push_stock([StockPush(other, "default", Decimal(99))])
        assert errors == [RowError(0, "openmage-no-product", other)]
        assert bench.product("CAM-001").quantity == 7
        assert await bench.channel.read_stock([other], ["default"]) == []


async def test_a_product_without_a_name_is_not_sent_since_the_shop_would_take_it() -> None:
    async with a_bench() as bench:
        with pytest.raises(Refused, match="openmage-no-name"):
            await bench.publish("CAM-001", replace(SHIRT, name=""))
        with pytest.raises(Refused, match="no-price"):
            await bench.publish("CAM-001", price=None)


async def test_a_product_with_variants_of_the_merchant_is_neither_read_nor_changed() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        bench.product("CAM-001").kind = "configurable"
        with pytest.raises(Refused, match="content-kind"):
            await bench.publish("CAM-001")
        assert await bench.channel.read_items(["CAM-001"]) == []


async def test_a_product_whose_answer_was_lost_is_not_made_twice() -> None:
    async with a_bench() as bench:
        bench.bad_day("catalog_product.create", "lose_reply")
        with pytest.raises(OutcomeUnknown):
            await bench.publish("CAM-001")
        await bench.publish("CAM-001")
        assert len(bench.shop.catalogue.products) == 1


async def test_an_attribute_that_the_merchant_made_a_list_gets_its_options() -> None:
    async with a_bench() as bench:
        brand = bench.shop.catalogue.add_attribute("marca", "select", "Marca")
        brand.in_set = True
        await bench.publish("CAM-001")
        assert brand.options == {bench.product("CAM-001").values["marca"]: "Malha Boa"}
        await bench.publish("CAM-002")
        assert len(brand.options) == 1
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.content.brand == "Malha Boa"


async def test_everything_is_found_though_the_list_has_no_pages_and_ids_have_gaps() -> None:
    async with a_bench() as bench:
        for number in range(3):
            await bench.publish(f"CAM-{number}")
        last = bench.shop.catalogue.products.pop(3)
        last.product_id = 1_000
        bench.shop.catalogue.products[1_000] = last
        found = [item.item async for page in bench.channel.items() for item in page]
        assert found == ["CAM-0", "CAM-1", "CAM-2"]


# ----------------------------------------------------------------- photos


async def test_photos_stand_in_their_order_and_are_sent_once() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        photos = Photos("frente", "costas", "etiqueta")
        remote = await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        product = bench.product("CAM-001")
        by_file = {picture.file: picture for picture in product.pictures}
        shown = [by_file[remote[hashlib.sha256(photos.content[key]).hexdigest()]] for key in ("frente", "costas")]
        assert [(one.content, one.position) for one in shown] == [
            (photos.content["frente"], "1"), (photos.content["costas"], "2"),
        ]  # fmt: skip
        assert set(product.roles.values()) == {shown[0].file}

        again = await bench.channel.push_media(photos.push("costas", "etiqueta", remote=remote), photos.load)
        assert photos.loaded == ["frente", "costas", "etiqueta"], "what is there is not sent again"
        assert {picture.file for picture in product.pictures} == set(again.values())
        assert set(product.roles.values()) == {shown[1].file}
        calls = len(bench.asked())
        assert await bench.channel.push_media(photos.push("costas", "etiqueta", remote=again), photos.load) == again
        assert bench.asked()[calls:] == ["catalog_product_attribute_media.list"], "nothing to do"


async def test_a_photo_whose_answer_was_lost_is_found_by_its_mark_and_the_merchant_s_own_stays() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        own = Photos("do lojista")
        await bench.api.write(
            "catalog_product_attribute_media.create", "CAM-001",
            {"file": {"content": "R0lGODlh", "mime": "image/gif", "name": "banner"}, "label": "Banner"},
        )  # fmt: skip
        photos = Photos("frente")
        bench.bad_day("catalog_product_attribute_media.create", "lose_reply")
        with pytest.raises(OutcomeUnknown):
            await bench.channel.push_media(photos.push("frente"), photos.load)
        await bench.channel.push_media(photos.push("frente"), photos.load)
        assert len(bench.product("CAM-001").pictures) == 2
        assert photos.loaded == ["frente"]
        await bench.channel.push_media(own.push(), own.load)
        assert [picture.label for picture in bench.product("CAM-001").pictures] == ["Banner"]


async def test_what_is_no_picture_is_named_and_keeps_no_other_back() -> None:
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        photos = Photos("frente", "planilha")
        photos.content["planilha"] = b"PK\x03\x04"
        with pytest.raises(Refused, match="bad-photo"):
            await bench.channel.push_media(photos.push("planilha", "frente"), photos.load)
        assert len(bench.product("CAM-001").pictures) == 1


# ----------------------------------------------------------------- prices


async def test_prices_of_groups_and_quantities_stand_beside_those_of_the_merchant() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        product = bench.product("CAM-001")
        own = [Tier("3", 0, Decimal(2), Decimal(41)), Tier(WHOLESALE, 1, Decimal(1), Decimal(39))]
        product.tiers = list(own)
        await bench.priced(
            PricePush("CAM-001", None, Decimal("49.9")),
            PricePush("CAM-001", WHOLESALE, Decimal(40)),
            PricePush("CAM-001", WHOLESALE, Decimal(30), Decimal(10)),
            PricePush("CAM-001", None, Decimal(45), Decimal(5)),
        )
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.prices == ((None, Decimal("49.90")), (WHOLESALE, Decimal("40.00")))
        assert set(item.quantity_prices) == {
            ("3", Decimal(2), Decimal(41)), (WHOLESALE, Decimal(10), Decimal(30)), (None, Decimal(5), Decimal(45)),
        }  # fmt: skip
        await bench.priced(PricePush("CAM-001", WHOLESALE, None), PricePush("CAM-001", None, None, Decimal(5)))
        assert own[0] in product.tiers
        assert own[1] in product.tiers
        assert len(product.tiers) == 3


@pytest.mark.parametrize(
    "period", [Period(date(2026, 5, 4), date(2026, 5, 31)), Period(None, date(2026, 5, 31)), Period()]
)
async def test_a_special_price_is_shown_as_it_was_sent_and_taken_away_whole(period: Period) -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.priced(PricePush("CAM-001", None, Decimal(19), period=period))
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert item.special == (Decimal(19), period)
        assert bench.shop.price("CAM-001") == 19
        await bench.priced(PricePush("CAM-001", None, None, period=Period()))
        (item,) = await bench.channel.read_items(["CAM-001"])
        assert (item.special, item.prices) == (None, ((None, PRICE),))


async def test_a_row_that_cannot_be_priced_is_named_and_the_others_are_taken() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        errors = await bench.channel.push_prices(
            [
                PricePush("NADA", None, Decimal(5)),
                PricePush("CAM-001", None, Decimal(6)),
                PricePush("NADA", WHOLESALE, Decimal(4)),
                PricePush("CAM-001", None, None),
            ]
        )
        assert [(error.index, error.code) for error in errors] == [
            (0, "channel-refused"), (2, "channel-refused"), (3, "no-price"),
        ]  # fmt: skip
        assert bench.shop.price("CAM-001") == 6


async def test_a_price_group_is_found_by_its_name_and_one_that_is_missing_has_to_be_made_by_hand() -> None:
    async with a_bench() as bench:
        assert (await bench.channel.create_price_group("wholesale")).external_id == WHOLESALE
        with pytest.raises(Misconfigured, match="openmage-group"):
            await bench.channel.create_price_group("Revenda")


# ----------------------------------------------------------------- stock


async def test_stock_goes_in_one_soap_call_and_reads_back() -> None:
    async with a_bench() as bench:
        for sku in ("A", "B", "C"):
            await bench.publish(sku)
        rows = [StockPush(sku, "default", Decimal(n)) for n, sku in enumerate(("A", "B", "C"))]
        assert await bench.channel.push_stock(rows) == []
        assert list(await bench.channel.read_stock(["A", "b", "C"], ["default"])) == [
            StockPush("A", "default", Decimal(0)), StockPush("b", "default", Decimal(1)),
            StockPush("C", "default", Decimal(2)),
        ]  # fmt: skip
        assert not bench.shop.on_shelf("A")
        assert bench.shop.on_shelf("C")
        assert "cataloginventory_stock_item.update" not in bench.asked()


async def test_a_shop_that_cannot_read_its_own_wsdl_gets_its_stock_row_by_row() -> None:
    async with a_bench() as bench:
        bench.shop.soap_works = False
        await bench.on_sale("A", 4)
        await bench.on_sale("B", 5)
        assert [bench.product(sku).quantity for sku in ("A", "B")] == [4, 5]
        assert bench.asked("soap") == []


async def test_a_fault_within_the_soap_call_leaves_no_row_behind() -> None:
    """It stops at the first one and does not say which: the rows after it are sent one by one."""
    async with a_bench() as bench:
        for sku in ("A", "B", "C"):
            await bench.publish(sku)
        await bench.channel.push_stock([StockPush("A", "default", Decimal(1))])
        bench.bad_day("multiUpdate", "answer", protocol="soap", body=(101, "Product not exists."))
        rows = [StockPush(sku, "default", Decimal(9)) for sku in ("A", "B", "C")]
        assert await bench.channel.push_stock(rows) == []
        assert [bench.product(sku).quantity for sku in ("A", "B", "C")] == [9, 9, 9]


async def test_an_update_of_content_leaves_the_stock_alone() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 8)
        await bench.channel.push_content(ContentPush("CAM-001", replace(SHIRT, name="Outra"), PRICE))
        assert bench.product("CAM-001").quantity == 8
        assert bench.shop.on_shelf("CAM-001")
