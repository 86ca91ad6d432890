"""Getting into a Magento shop: keys, signatures, addresses, and what a refusal says to the person who set it up."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from connectors.magento import connector, open_channel
from connectors.magento.access.address import base_of
from connectors.magento.access.keys import NAMES, Keys
from connectors.magento.access.ways import Access
from connectors.magento.search import Filter, criteria
from connectors.magento.transport import Rest
from connectors.sandbox.shop import Fault, Integration, Shop, create_app, serve
from console.problems import PROBLEMS
from engine.errors import IntegraError, Misconfigured, Refused
from engine.ports import Surroundings
from tests.contract.magento_channel import URL, Bench, ChannelClock, Photos, secrets
from tests.contract.magento_keys import BARE, KEYS, surroundings
from tests.contract.sample_shop import Clock, Visit

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_bench(
    keys: dict[str, str] = KEYS, *, takes_bearer: bool = False, rights: frozenset[str] | None = None, **options: Any
) -> AsyncIterator[tuple[Bench, Clock]]:
    """A shop with one integration; the clock answered is this machine's, which a test may put wrong."""
    shop = Shop(Clock())
    app = create_app(shop, (), integrations=[Integration(**KEYS, rights=rights)])
    app.takes_bearer = takes_bearer
    transport = httpx.ASGITransport(app=app)
    ours = Clock()
    channel = open_channel({"url": URL, **options}, secrets(keys), surroundings(ours), transport)
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield Bench(channel, shop, Visit(shop, Clock(), client), app), ours
    await channel.close()


def refused(bench: Bench) -> int:
    """How many calls got a 401."""
    return sum(asked.status == 401 for asked in bench.shop.requests)


# ----------------------------------------------------------------- the way in


async def test_a_shop_that_takes_the_bare_token_is_never_asked_for_more() -> None:
    async with a_bench(takes_bearer=True) as (bench, _ours):
        await bench.on_sale("CAM-001")
        assert refused(bench) == 0


async def test_where_the_bare_token_is_refused_once_all_further_calls_are_signed() -> None:
    async with a_bench() as (bench, _ours):
        await bench.grid(sizes=("M", "G"), colours=("Azul",))
        photos = Photos("frente")
        await bench.channel.push_media(photos.push("frente", sku="GCAM"), photos.load)
        assert [item.item async for page in bench.channel.items() for item in page]
        assert refused(bench) == 1


async def test_a_merchant_who_switches_bare_tokens_off_stops_nothing_for_longer_than_a_call() -> None:
    async with a_bench(takes_bearer=True) as (bench, _ours):
        await bench.channel.identify()
        bench.app.takes_bearer = False
        with pytest.raises(Misconfigured, match="channel-rights"):
            await bench.channel.now()
        await bench.channel.now()
        assert (await bench.channel.identify()).missing_rights == ()


async def test_each_try_of_a_call_has_a_signature_of_its_own() -> None:
    async with a_bench() as (bench, _ours):
        await bench.channel.now()
        bench.shop.faults.lose_reply("GET", "websites")
        with pytest.raises(IntegraError, match="channel-no-answer"):
            await bench.channel.now()
        await bench.channel.now()


async def test_surprise_16_a_sku_with_space_slash_and_plus_is_signed_as_it_is_sent() -> None:
    async with a_bench() as (bench, _ours):
        sku = "CAM 01/A+B É"
        await bench.on_sale(sku)
        photos = Photos("frente")
        await bench.channel.push_media(replace(photos.push("frente"), item=sku), photos.load)
        assert len(bench.photos(sku)) == 1
        assert [item.item for item in await bench.channel.read_items([sku])] == [sku]


async def test_a_shop_behind_a_proxy_is_signed_for_under_the_name_it_knows_itself_by() -> None:
    seen_as = "http://interno.loja.test:8080"
    for signing_url, works in (("", False), (seen_as, True)):
        async with a_bench(signing_url=signing_url) as (bench, _ours):
            bench.app.seen_as = seen_as
            if works:
                await bench.channel.identify()
            else:
                with pytest.raises(Misconfigured, match="magento-keys"):
                    await bench.channel.identify()


async def test_surprise_30_a_search_never_has_so_many_filters_that_versions_sort_them_differently() -> None:
    async with a_bench() as (bench, _ours):
        await bench.channel.now()
        with pytest.raises(AssertionError):
            criteria([Filter("sku", "A")] * 11)


async def test_signed_calls_open_a_shop_over_a_real_connection_at_a_port_of_its_own() -> None:
    shop = Shop(Clock())
    app = create_app(shop, (), integrations=[Integration(**KEYS, rights=None)])
    app.takes_bearer = False
    with serve(app) as url:
        channel = open_channel({"url": f"{url}/rest/V1/"}, secrets(KEYS), surroundings(Clock()))
        await Bench(channel, shop, Visit(shop, Clock(), httpx.AsyncClient()), app).on_sale("CAM 01/A+B")
        assert [item.item async for page in channel.items() for item in page] == ["CAM 01/A+B"]
        await channel.close()


@pytest.mark.parametrize(
    ("method", "path", "query", "signature"),
    [
        ("GET", "/rest/all/V1/store/websites", "", "a/VSeZAESI57t8unBujzYpjOeuBGyjC31ywTvNPE+IU="),
        (
            "GET",
            "/rest/all/V1/orders",
            criteria([Filter("updated_at", "2026-01-31 12:00:00", "gteq")], ["updated_at"]),
            "9linSddC4bfbtZPRM8+8sfbLEXpfZq4GCJgn1HXzPvE=",
        ),
        ("PUT", "/rest/all/V1/products/CAMISA-AZ%C3%9AL-M", "", "QL26WEiMvmamhffZg3dkY1r4MeSwtoxQAub/Pudj+6Q="),
    ],
)
async def test_known_calls_get_known_signatures(method: str, path: str, query: str, signature: str) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        signed = request.headers["Authorization"].startswith("OAuth ")
        return httpx.Response(200 if signed else 401, json={})

    clock = Clock()
    clock.now = datetime.fromtimestamp(1_700_000_000, UTC)
    around = Surroundings(ChannelClock(clock), random.Random(7), lambda: "n0nce0123456789")
    rest = Rest("https://loja.example.com.br", Access(Keys(**KEYS), around), 5, httpx.MockTransport(answer))
    await (rest.get(path, query) if method == "GET" else rest.put(path, {"product": {}}))
    header = unquote(sent[-1].headers["Authorization"])
    assert f'oauth_signature="{signature}"' in header
    assert not set("[]+ ") & set(sent[-1].url.raw_path.decode())
    await rest.close()


# ----------------------------------------------------------------- refusals


async def refusal(bench: Bench) -> IntegraError:
    with pytest.raises(IntegraError) as raised:
        await bench.channel.identify()
    for secret in KEYS.values():
        assert secret not in repr(raised.value)
    return raised.value


async def test_each_reason_not_to_be_let_in_has_a_sentence_of_its_own() -> None:
    codes = []
    for wrong in ("consumer_key", "consumer_secret", "token", "token_secret"):
        for value in ("x" * 32, "pasted-in-half"):
            async with a_bench({**KEYS, wrong: value}) as (bench, _ours):
                assert (await refusal(bench)).code == "magento-keys", (wrong, value)
    codes.append("magento-keys")
    async with a_bench() as (bench, ours):
        ours.advance(11 * 60)
        error = await refusal(bench)
        assert error.params["minutes"] == 11
        codes.append(error.code)
    async with a_bench(BARE) as (bench, _ours):
        codes.append((await refusal(bench)).code)
    async with a_bench(rights=frozenset()) as (bench, _ours):
        error = await refusal(bench)
        assert "Magento_Sales::actions_view" in str(error.params["resource"])
        codes.append(error.code)
    assert codes == ["magento-keys", "magento-clock", "channel-login", "channel-rights"]
    assert len({PROBLEMS[code].sentence for code in codes}) == 4


async def test_surprise_29_one_missing_right_is_named_and_the_rest_works() -> None:
    rights = frozenset({"Magento_Backend::store", "Magento_Catalog::products", "Magento_Customer::customer",
                        "Magento_Customer::group", "Magento_InventoryApi::source", "Magento_Catalog::sets",
                        "Magento_InventoryApi::stock_source_link"})  # fmt: skip
    for keys, takes_bearer in ((KEYS, False), (BARE, True)):
        async with a_bench(keys, takes_bearer=takes_bearer, rights=rights) as (bench, _ours):
            assert (await bench.channel.identify()).missing_rights == ("Magento_Sales::actions_view",)


async def test_a_signature_that_fails_for_one_odd_sku_does_not_stop_the_others() -> None:
    """Some versions decode the path before they check it; the answer then looks as if the keys were wrong."""
    async with a_bench() as (bench, _ours):
        await bench.on_sale("A/1")
        body = {"message": "The signature is invalid. Verify and try again."}
        bench.shop.faults.add(Fault("PUT", "A%2F1", "answer", status=401, body=body))
        with pytest.raises(Refused, match="magento-signed-path"):
            await bench.on_sale("A/1")


def test_keys_are_all_there_or_only_the_token() -> None:
    for missing in NAMES:
        some = {name: value for name, value in KEYS.items() if name != missing}
        with pytest.raises(Misconfigured, match="secret-missing") as raised:
            open_channel({"url": URL}, secrets(some), surroundings(Clock()))
        assert raised.value.params["name"] == missing
    assert "0123" not in repr(Keys(**KEYS))


# ----------------------------------------------------------------- the address


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.loja.test/br",
        "https://www.loja.test/br/",
        "https://www.loja.test/br/rest",
        "https://www.loja.test/br/rest/",
        "https://www.loja.test/br/rest/V1",
        "https://www.loja.test/br/rest/all/V1/",
        "https://www.loja.test/br/rest/default",
        "https://www.loja.test/br/index.php",
        "https://www.loja.test/br/index.php/rest/V1/",
    ],
)
def test_an_address_copied_with_too_much_behind_it_is_put_right(typed: str) -> None:
    assert base_of(typed) == "https://www.loja.test/br"
    assert connector.check({"url": typed}) == []


@pytest.mark.parametrize(
    "url", ["https://loja.test/rest-shop", "https://restaurante.test", "https://loja.test/en/rests"]
)
def test_an_address_that_only_looks_like_it_stays(url: str) -> None:
    assert base_of(url) == url


@pytest.mark.parametrize("wrong", ["interno.loja.test", "http://interno/loja", "https://a:b@interno"])
def test_a_signing_address_is_scheme_and_host(wrong: str) -> None:
    assert [key for key, _text in connector.check({"url": URL, "signing_url": wrong})] == ["signing_url"]
