"""What the connector makes of a real shop's odd answers, in whatever language the shop speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.magento.options import parse
from connectors.magento.search import Filter, criteria, find
from connectors.magento.shop import Shop as MagentoShop
from connectors.magento.shop import open_shop
from connectors.magento.transport import ALL, SHOP
from connectors.magento_shapes.refusals import Absent
from connectors.sandbox.shop import DEADLOCK, Integration, Shop, ShopApp, create_app
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.model.channel import Shipment
from engine.publishing import PricePush, StockPush
from tests.contract.magento_channel import SHIRT, URL, Bench, a_bench, secrets
from tests.contract.magento_keys import KEYS, surroundings
from tests.contract.sample_shop import Clock, product

pytestmark = pytest.mark.anyio

ORDERS = f"{SHOP}/orders"
PRODUCTS = f"{ALL}/products"
PARCEL = Shipment(carrier="correios", carrier_label="Correios", tracking="", quantities=())


@asynccontextmanager
async def a_shop() -> AsyncIterator[tuple[MagentoShop, Shop, ShopApp]]:
    """The connector's view of a shop, the shop, and its application."""
    clock = Clock()
    shop = Shop(clock)
    app = create_app(shop, (), integrations=[Integration(**KEYS, rights=None)])
    opened = open_shop(parse({"url": URL}), secrets(KEYS), surroundings(clock), httpx.ASGITransport(app=app))
    yield opened, shop, app
    await opened.rest.close()


# ----------------------------------------------------------------- products


async def test_surprise_14_a_sku_that_the_shop_has_keeps_its_stock_and_its_page_when_it_is_published() -> None:
    """What is posted again is changed without a word, and a new one of ours has no stock and a page of its own."""
    async with a_bench() as bench:
        made = await bench.visit.product("CAM-001", stock=7, custom_attributes=[
            {"attribute_code": "url_key", "value": "a-camiseta-de-sempre"}
        ])  # fmt: skip
        assert await bench.publish("CAM-001") == str(made["id"])
        assert bench.product("CAM-001").value("name") == SHIRT.name
        assert (bench.product("CAM-001").value("url_key"), bench.shop.salable("CAM-001")) == ("a-camiseta-de-sempre", 7)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"sku": "S" * 65}, Refused, "SKU length should be 64 characters maximum."),
        ({"nosuch": 1}, OutcomeUnknown, None),  # 500: a shop that died after the commit answers no better
        ({"attribute_set_id": None, "name": None}, Refused, "Invalid product data: Invalid attribute set entity type"),
    ],
)
async def test_surprise_14_a_bad_product_is_refused_in_words_or_has_an_unknown_outcome(
    fields: dict[str, Any], error: type[IntegraError], message: str | None
) -> None:
    async with a_shop() as (magento, shop, _app):
        sent = {key: value for key, value in {**product(), **fields}.items() if value is not None}
        with pytest.raises(error) as raised:
            await magento.rest.post(PRODUCTS, {"product": sent})
        assert raised.value.params.get("message") == message
        assert not shop.catalogue.by_id


async def test_surprise_15_what_we_write_shows_in_every_store_view() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        await bench.publish("CAM-001", replace(SHIRT, name="Camiseta de linho"))
        assert all(asked.path.startswith("/rest/all/") for asked in bench.shop.requests
                   if asked.method in ("POST", "PUT") and asked.route.startswith("V1/products") and
                   "price" not in asked.route)  # fmt: skip
        (offer,) = bench.shop.storefront.shelf()
        assert offer.name == "Camiseta de linho"


# ----------------------------------------------------------------- searches


async def test_surprise_22_a_page_past_the_end_is_empty_whichever_way_the_shop_says_it() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        bench.visit.order()
        async with a_shop_of(bench) as magento:
            assert (await magento.rest.get(ORDERS, criteria((), page=99)))["items"] is None
            assert (await magento.rest.get(PRODUCTS, criteria((), page=99)))["items"] == []
            assert await find(magento.rest, ORDERS, (), page=99) == []
            assert await find(magento.rest, PRODUCTS, (), page=99) == []
            assert await find(magento.rest, ORDERS, [Filter("status", "nosuch")]) == []


async def test_surprise_23_an_unknown_field_is_refused_for_products_and_breaks_the_search_for_orders() -> None:
    async with a_shop() as (magento, _shop, _app):
        with pytest.raises(Refused, match="channel-refused") as raised:
            await find(magento.rest, PRODUCTS, [Filter("nosuch", 1)])
        assert "nosuch" in str(raised.value.params["message"])
        with pytest.raises(RetryLater, match="channel-failed"):
            await find(magento.rest, ORDERS, [Filter("nosuch", 1)])
        with pytest.raises(Refused, match="searchCriteria"):
            await magento.rest.get(PRODUCTS)


@asynccontextmanager
async def a_shop_of(bench: Bench) -> AsyncIterator[MagentoShop]:
    """The same shop by the connector's lower half."""
    transport = httpx.ASGITransport(app=create_app(bench.shop, {KEYS["token"]}))
    around = surroundings(bench.visit.clock)
    opened = open_shop(parse({"url": URL}), secrets({"token": KEYS["token"]}), around, transport)
    yield opened
    await opened.rest.close()


# ----------------------------------------------------------------- a shop that speaks Portuguese

Act = Callable[[], Awaitable[Any]]


async def refusals(speaks: Callable[[str], str]) -> list[tuple[type[IntegraError], str]]:
    """How each of a day's refusals is understood where the shop says its messages so."""
    async with a_bench() as bench:
        bench.app.speaks = speaks
        channel, met = bench.channel, []

        async def meets(act: Act) -> None:
            with pytest.raises(IntegraError) as raised:
                await act()
            met.append((type(raised.value), raised.value.code))

        await bench.on_sale("CAM-001")
        done, open_ = str(bench.visit.order().order_id), str(bench.visit.order().order_id)
        await channel.capture(done, notify=False)
        await channel.ship(done, PARCEL)
        await channel.cancel(open_)
        await meets(lambda: bench.publish("S" * 65))
        await meets(lambda: channel.push_stock([StockPush("CAM-001", "nosuch", Decimal(1))]))
        await meets(lambda: channel.capture(done, notify=False))
        await meets(lambda: channel.ship(done, PARCEL))
        await meets(lambda: channel.cancel(open_))
        await meets(lambda: channel.capture("99", notify=False))
        await meets(lambda: channel.update_customer("99", {"name": "Ana"}))
        assert await channel.order("99") is None
        errors = await channel.push_prices(
            [PricePush("NOSUCH", None, Decimal(1)), PricePush("CAM-001", None, Decimal(9))]
        )
        assert [error.index for error in errors] == [0]
        bench.app.tokens.clear()
        await meets(channel.now)
        return met


async def test_a_shop_that_translates_its_messages_is_understood_like_one_that_does_not() -> None:
    english = await refusals(str)
    assert {kind for kind, _code in english} == {Refused, Absent, Misconfigured}
    assert await refusals(lambda _message: "Não foi possível executar a operação solicitada.") == english


async def test_surprise_13_a_deadlock_is_tried_again_in_any_language() -> None:
    """Where its sentence is known by the engine; where it is translated at once, as any refused creation."""
    async with a_bench() as bench:
        bench.shop.faults.answer("POST", "products$", 400, DEADLOCK)
        with pytest.raises(RetryLater):
            await bench.publish("CAM-001")
        assert await bench.publish("CAM-001")
        translated = {"message": "Não foi possível salvar a configuração do item de origem"}
        bench.shop.faults.answer("POST", "products$", 400, translated)
        assert await bench.publish("CAM-002")
        assert bench.product("CAM-002").value("url_key") == "camiseta-de-algodao-cam-002", "no other key for that"
