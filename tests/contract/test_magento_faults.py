"""Bad days and wrong settings of a Magento account: what each means for whoever asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.magento import connector, open_channel
from connectors.magento.failures import fill
from connectors.magento.search import Filter, criteria, sku_filters
from connectors.sandbox.shop import Fault, Shop, create_app, serve
from connectors.sandbox.shop.faults import MAINTENANCE
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater, TooMany
from engine.ports import SalesChannel
from engine.publishing import PricePush, StockPush
from tests.contract.magento_channel import (
    SHIRT,
    URL,
    Bench,
    Photos,
    a_bench,
    secrets,
    surroundings,
)
from tests.contract.sample_shop import TOKEN, Clock

pytestmark = pytest.mark.anyio

Call = Callable[[SalesChannel], Awaitable[Any]]


async def write(channel: SalesChannel) -> Any:
    return await channel.push_stock([StockPush("CAM-001", "default", Decimal(4))])


async def read(channel: SalesChannel) -> Any:
    return await channel.read_stock(["CAM-001"], ["default"])


def channel_on(transport: httpx.AsyncBaseTransport | None, url: str = URL, **options: Any) -> SalesChannel:
    return open_channel({"url": url, **options}, secrets({"token": TOKEN}), surroundings(Clock()), transport)


# ----------------------------------------------------------------- what a failure means


@pytest.mark.parametrize(
    ("fault", "of_write", "of_read", "code"),
    [
        ({"effect": "refuse"}, RetryLater, RetryLater, "channel-unreachable"),
        ({"effect": "lose_reply"}, OutcomeUnknown, RetryLater, "channel-no-answer"),
        ({"status": 500, "body": {"message": "Internal Error"}}, OutcomeUnknown, RetryLater, "channel-failed"),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, OutcomeUnknown, RetryLater, "channel-failed"),
        ({"status": 504, "body": "<html>Timeout</html>"}, OutcomeUnknown, RetryLater, "channel-failed"),
        ({"status": 503, "body": MAINTENANCE}, RetryLater, RetryLater, "channel-maintenance"),
        ({"status": 429, "body": {}}, RetryLater, RetryLater, "channel-busy"),
        ({"status": 200, "body": "<html>Bem-vindo</html>"}, OutcomeUnknown, RetryLater, "channel-not-json"),
        ({"status": 401, "body": "<html>Authorization Required</html>"}, Misconfigured, Misconfigured,
         "channel-web-login"),
        ({"status": 403, "body": "<html>Forbidden</html>"}, Refused, RetryLater, "channel-firewall"),
        ({"status": 413, "body": "<html>Request Entity Too Large</html>"}, Refused, Refused, "channel-too-large"),
        ({"status": 301, "body": "", "headers": {"Location": "https://www.loja.test/"}}, Misconfigured, Misconfigured,
         "channel-address"),
        ({"status": 404, "body": "<html>Not found</html>"}, Refused, Refused, "channel-no-page"),
        ({"status": 404, "body": {"message": "Não existe"}}, Refused, Refused, "channel-absent"),
        ({"status": 400, "body": {"message": "Input data is empty"}}, Refused, Refused, "channel-refused"),
        ({"status": 400, "body": {"message": "Could not save Source Item Configuration"}}, RetryLater, RetryLater,
         "channel-conflict"),
        ({"status": 400, "body": {"message": "SQLSTATE[40001]: Deadlock found when trying to get lock; try"}},
         RetryLater, RetryLater, "channel-conflict"),
    ],
)  # fmt: skip
async def test_a_failed_call_says_whether_something_may_have_changed(
    fault: dict[str, Any], of_write: type[IntegraError], of_read: type[IntegraError], code: str
) -> None:
    for call, expected in ((write, of_write), (read, of_read)):
        async with a_bench() as bench:
            bench.shop.faults.add(Fault(".*", "source-items", **{"effect": "answer", **fault}))
            with pytest.raises(IntegraError) as raised:
                await call(bench.channel)
            assert isinstance(raised.value, expected)
            assert raised.value.code == code
            assert TOKEN not in str(raised.value)
            await call(bench.channel)  # and it heals by itself


async def test_a_missing_right_is_named() -> None:
    async with a_bench() as bench:
        body = {"message": "%resources", "parameters": {"resources": "Magento_Sales::ship"}}
        bench.shop.faults.add(Fault("POST", "source-items", "answer", status=401, body=body))
        with pytest.raises(Misconfigured, match="channel-rights") as raised:
            await write(bench.channel)
        assert raised.value.params["resource"] == "Magento_Sales::ship"


@pytest.mark.parametrize(
    ("headers", "after_s"),
    [({"Retry-After": "17"}, 17), ({"Retry-After": "Mon, 04 May 2026 12:01:30 GMT"}, 90), ({}, None)],
)
async def test_the_wait_that_the_shop_asks_for_is_told(headers: dict[str, str], after_s: float | None) -> None:
    async with a_bench() as bench:
        bench.shop.faults.add(Fault("POST", "source-items", "answer", status=429, body={}, headers=headers))
        with pytest.raises(RetryLater) as raised:
            await write(bench.channel)
        assert raised.value.after_s == after_s


async def test_a_shop_that_limits_its_batches_names_the_limit() -> None:
    async with a_bench() as bench:
        body = {"message": "Máximo de %max", "parameters": {"type": "SourceItem", "max": 20}}
        bench.shop.faults.add(Fault("POST", "source-items", "answer", status=400, body=body))
        with pytest.raises(TooMany, match="channel-batch-limit") as raised:
            await write(bench.channel)
        assert raised.value.limit == 20


@pytest.mark.parametrize("simulated", [True, False])
async def test_a_call_never_takes_longer_than_its_time(simulated: bool) -> None:
    shop = Shop(Clock())
    app = create_app(shop, {TOKEN})
    for expected, call in ((OutcomeUnknown, write), (RetryLater, read)):
        shop.faults.add(Fault(".*", "source-items", "delay", seconds=5))
        with serve(app) as url:
            transport = httpx.ASGITransport(app=app) if simulated else None
            channel = channel_on(transport, url, timeout_s=1)
            with pytest.raises(expected, match="channel-no-answer"):
                await call(channel)
            await channel.close()


async def test_nothing_is_repeated_by_the_connector() -> None:
    async with a_bench() as bench:
        bench.shop.faults.add(Fault("POST", "source-items", "answer", status=503, body=MAINTENANCE, left=5))
        with pytest.raises(RetryLater):
            await write(bench.channel)
        assert len(bench.shop.calls("POST", "V1/inventory/source-items")) == 1


async def test_a_publication_broken_at_any_call_is_whole_after_one_more_try() -> None:
    """A grid with content, price, stock and photo; the answer of each call in turn is lost, until none is left."""
    nth = 1
    while await _publication_broken_at(nth):
        nth += 1
    assert nth > 50


async def _publication_broken_at(nth: int) -> bool:
    """Whether there was an n-th call to break."""
    photos = Photos("frente")
    async with a_bench() as bench:
        fault = bench.shop.faults.add(Fault(".*", "/rest/", "lose_reply", skip=nth - 1))

        async def twice(act: Callable[[], Awaitable[Any]]) -> None:
            try:
                await act()
            except (OutcomeUnknown, RetryLater):
                await act()

        group: list[str] = []

        async def make_group() -> None:
            group.append((await bench.channel.create_price_group("ATACADO")).external_id)

        await twice(make_group)
        await twice(lambda: bench.grid(sizes=("M", "G"), colours=("Azul",)))
        await twice(lambda: bench.channel.push_prices([PricePush("CAM-M-Azul", group[-1], Decimal(40))]))
        await twice(lambda: bench.channel.push_media(photos.push("frente", sku="GCAM"), photos.load))
        (offer,) = bench.shop.storefront.shelf()
        assert {v.sku: v.available for v in offer.variants} == {"CAM-M-Azul": 4, "CAM-G-Azul": 4}, nth
        assert len(bench.product("GCAM").pictures) == 1, nth
        assert len(bench.shop.catalogue.by_id) == 3, nth
        names = [category.name for category in bench.shop.categories.by_id.values()]
        assert sorted(names) == ["Camisetas", "Default Category", "Root Catalog", "Roupas"], nth
        assert [o.label for o in bench.shop.attributes.by_code["tamanho"].options] == ["M", "G"], nth
        return fault.left == 0


# ----------------------------------------------------------------- who answers


async def test_a_shop_says_its_name_and_version() -> None:
    async with a_bench() as bench:
        identity = await bench.channel.identify()
        assert (identity.name, identity.version) == ("Loja Exemplo", "Magento/2.4 (Community)")
        assert identity.missing_rights == ()


async def test_a_token_that_may_not_read_orders_says_so_before_anything_starts() -> None:
    async with a_bench() as bench:
        body = {"message": "%resources", "parameters": {"resources": "Magento_Sales::actions_view"}}
        bench.shop.faults.add(Fault("GET", "/orders", "answer", status=401, body=body))
        assert (await bench.channel.identify()).missing_rights == ("Magento_Sales::actions_view",)


async def test_a_wrong_token_is_told_as_such() -> None:
    shop = Shop(Clock())
    channel = channel_on(httpx.ASGITransport(app=create_app(shop, {"another"})))
    with pytest.raises(Misconfigured, match="channel-login"):
        await channel.identify()
    await channel.close()


@pytest.mark.parametrize(
    ("status", "body"), [(404, "<html>Not found</html>"), (200, "<html>Bem-vindo</html>"), (302, "")]
)
async def test_an_address_where_no_magento_answers_is_told_as_such(status: int, body: str) -> None:
    async with a_bench() as bench:
        bench.shop.faults.add(Fault("GET", "websites", "answer", status=status, body=body))
        with pytest.raises(Misconfigured, match="channel-address"):
            await bench.channel.identify()


@pytest.mark.parametrize(
    ("options", "key"),
    [({"source": "deposito"}, "source"), ({"websites": [7]}, "websites"), ({"attribute_set": 99}, "attribute_set")],
)
async def test_a_setting_that_the_shop_does_not_know_is_named_with_what_it_knows(
    options: dict[str, Any], key: str
) -> None:
    async with a_bench(**options) as bench:
        with pytest.raises(Misconfigured, match="settings") as raised:
            await bench.channel.identify()
        assert raised.value.params["key"] == key
        assert raised.value.params["expected"]


async def test_the_shops_own_clock_is_told() -> None:
    async with a_bench() as bench:
        bench.visit.clock.advance(3600)
        assert await bench.channel.now() == datetime(2026, 5, 4, 13, tzinfo=UTC)


# ----------------------------------------------------------------- over the network


async def test_the_whole_way_of_a_product_and_its_order_over_a_real_connection() -> None:
    shop = Shop(Clock())
    app = create_app(shop, {TOKEN})
    with serve(app) as url:
        channel = channel_on(None, url)
        bench = Bench(channel, shop, None, app)  # type: ignore[arg-type]
        await channel.identify()
        await bench.on_sale("CAM 01/A+B")
        photos = Photos("frente")
        push = replace(photos.push("frente"), item="CAM 01/A+B")
        await channel.push_media(push, photos.load)
        assert [picture.content for picture in bench.photos("CAM 01/A+B")] == [photos.content["frente"]]
        assert [level.quantity async for level in _levels(channel)] == [10]
        await channel.close()


async def _levels(channel: SalesChannel) -> Any:
    async for page in channel.items():
        for level in await channel.read_stock([item.item for item in page], ["default"]):
            yield level


async def test_a_shop_that_is_not_there_is_tried_later() -> None:
    channel = channel_on(None, "http://127.0.0.1:9", timeout_s=5)
    with pytest.raises(RetryLater, match="channel-unreachable"):
        await read(channel)
    await channel.close()


# ----------------------------------------------------------------- options and small parts


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "url"),
        ({"url": "loja.example.com.br"}, "url"),
        ({"url": "https://admin:segredo@loja.example.com.br"}, "url"),
        ({"url": "https://loja.example.com.br", "stock_batch_rows": 0}, "stock_batch_rows"),
        ({"url": "https://loja.example.com.br", "stok_batch_rows": 10}, "stok_batch_rows"),
        ({"url": "https://loja.example.com.br", "attributes": {"brand": "Marca!"}}, "attributes.brand"),
        ({"url": "https://loja.example.com.br", "street_lines": ["street", "number"]}, "street_lines"),
        ({"url": "https://loja.example.com.br", "websites": []}, "websites"),
    ],
)
def test_a_wrong_option_names_its_key_and_what_is_expected(options: dict[str, Any], key: str) -> None:
    (wrong,) = connector.check(options)
    assert wrong[0] == key
    assert "segredo" not in wrong[1]
    with pytest.raises(Misconfigured, match="settings"):
        open_channel(options, secrets({"token": TOKEN}), surroundings(Clock()))


def test_an_account_without_its_token_is_not_opened() -> None:
    with pytest.raises(Misconfigured, match="secret-missing"):
        open_channel({"url": URL}, secrets({}), surroundings(Clock()))


def test_the_defaults_are_those_of_a_fresh_shop() -> None:
    assert connector.check({"url": "https://loja.example.com.br/"}) == []
    assert (connector.kind, connector.port) == ("magento", "channel")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"message": '"%fieldName" is required.', "parameters": {"fieldName": "sku"}}, '"sku" is required.'),
        ({"message": "Invalid product data: %1", "parameters": ["no set"]}, "Invalid product data: no set"),
        ({"message": "Attribute %fieldName = %fieldValue.", "parameters": ["SKU", "A"]},
         "Attribute %fieldName = %fieldValue. (SKU, A)"),
        ({"message": "Error(s):\nFirst.\nSecond."}, "Error(s): First. Second."),
        ({"message": "100% sure", "parameters": []}, "100% sure"),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_shops_message_is_shown_with_its_values(body: dict[str, Any], text: str) -> None:
    assert fill(body) == text


def test_a_query_has_no_plus_and_no_raw_separator() -> None:
    query = criteria([Filter("updated_at", "2026-05-04 12:00:00", "gteq"), Filter("sku", "A+B&C=D/É", "eq")])
    assert "[value]=2026-05-04%2012%3A00%3A00" in query
    assert "[value]=A%2BB%26C%3DD%2F%C3%89" in query
    assert "+" not in query


def test_skus_are_asked_for_in_lists_that_fit_an_address_line() -> None:
    skus = [f"{number:03}-" + "É" * 60 for number in range(50)] + ["COM,VIRGULA"]
    filters = list(sku_filters([*skus, *skus]))
    assert all(len(criteria([wanted])) < 6000 for wanted in filters)
    asked = [sku for wanted in filters for sku in (str(wanted.value).split(",") if wanted.condition == "in" else [])]
    assert asked == skus[:-1]
    assert Filter("sku", "COM,VIRGULA", "eq") in filters
    assert [str(wanted.value).count(",") for wanted in sku_filters(map(str, range(250)))] == [99, 99, 49]


async def test_a_list_of_skus_with_odd_characters_finds_each() -> None:
    async with a_bench() as bench:
        skus = ["A 1", "B+2", "C/3", "D,4", "É#5"]
        for sku in skus:
            await bench.publish(sku, replace(SHIRT, name=f"Produto {sku}"))
        found = await bench.channel.read_items([*skus, "NÃO HÁ"])
        assert sorted(item.item for item in found) == sorted(skus)
