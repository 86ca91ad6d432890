"""Whom the sample shop lets in: signed calls are checked as a real Magento 2.4.6 was seen to check them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, SIGNATURE_HMAC_SHA256, Client

from connectors.sandbox.shop import Integration, Shop, create_app
from tests.contract.magento_keys import KEYS
from tests.contract.sample_shop import Answer, Clock, Visit, criteria, same_as_recorded

pytestmark = pytest.mark.anyio

URL = "http://loja.test"
INTEGRATION = Integration(**KEYS, rights=None)


@asynccontextmanager
async def a_shop() -> AsyncIterator[Visit]:
    clock = Clock()
    shop = Shop(clock)
    app = create_app(shop, (), integrations=[INTEGRATION])
    app.takes_bearer = False
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=URL) as client:
        yield Visit(shop, clock, client)


async def signed(visit: Visit, path: str, signed_path: str = "", **how: Any) -> Answer:
    """`signed_path` is what the signature is over, where it is not what is sent."""
    how = {"nonce": "n0nce0123456789", "signature_method": SIGNATURE_HMAC_SHA256, **how}
    stamp = str(int(visit.clock.now.timestamp()) + how.pop("ahead_s", 0))
    client = Client(
        KEYS["consumer_key"], KEYS["consumer_secret"], KEYS["token"], KEYS["token_secret"], timestamp=stamp, **how
    )
    _url, headers, _body = client.sign(f"{URL}/rest/{signed_path or path}", "GET")
    return await visit.call("GET", path, headers=headers)


async def test_a_signed_call_opens_the_shop_whose_owner_did_not_allow_bare_tokens() -> None:
    async with a_shop() as visit:
        assert (await signed(visit, "V1/store/websites")).status == 200
        bare = await visit.call(
            "GET", "V1/orders?searchCriteria=", headers={"Authorization": f"Bearer {KEYS['token']}"}
        )
        same_as_recorded(bare, "refusals/no_token_for_orders")


async def test_surprise_30_sha1_is_refused_with_400() -> None:
    async with a_shop() as visit:
        answer = await signed(visit, "V1/orders?fields=total_count", signature_method=SIGNATURE_HMAC_SHA1)
        same_as_recorded(answer, "refusals/signature_method")


async def test_surprise_30_a_nonce_serves_once() -> None:
    async with a_shop() as visit:
        assert (await signed(visit, "V1/store/websites")).status == 200
        same_as_recorded(await signed(visit, "V1/store/websites"), "refusals/nonce_used")
        assert (await signed(visit, "V1/store/websites", nonce="another")).status == 200


async def test_surprise_30_a_space_sent_as_plus_breaks_the_signature() -> None:
    async with a_shop() as visit:
        query = "searchCriteria%5BpageSize%5D=1&fields=items%20x"
        assert (await signed(visit, f"V1/orders?{query}")).status == 200
        plus = await signed(visit, f"V1/orders?{query.replace('%20', '+')}", nonce="another")
        same_as_recorded(plus, "refusals/signature")


async def test_surprise_30_from_ten_indexes_on_the_usual_order_of_parameters_is_refused() -> None:
    async with a_shop() as visit:
        for count, status in ((10, 200), (11, 401)):
            filters = [("status", "eq", "pending")] * count
            query = criteria(*filters).replace("[", "%5B").replace("]", "%5D")
            answer = await signed(visit, f"V1/orders?{query}", nonce=f"nonce{count}")
            assert answer.status == status, count


async def test_a_clock_that_is_ten_minutes_ahead_is_refused() -> None:
    async with a_shop() as visit:
        assert (await signed(visit, "V1/modules", ahead_s=590)).status == 200
        assert (await signed(visit, "V1/modules", ahead_s=610, nonce="another")).status == 401
