"""Payments in review: decided at the gateway and followed, or from here at an endpoint of the merchant's own."""

from __future__ import annotations

from typing import Any

import pytest

import connectors.magento
from tests.end_to_end.paid_orders import two_products
from tests.end_to_end.world import TOKEN, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

KEY = "uma-chave-so-para-os-testes-de-revisao"


@pytest.fixture
def endpoint(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The merchant has put the endpoint into the shop, and the account knows it."""
    world.shop.review_key = KEY
    options = world.shop_options() | {"review_url": f"{world.url}/integra/review?order={{order_id}}"}

    def open_channel(_secrets: Any, surroundings: Any) -> Any:
        secrets = {"token": TOKEN, "review_key": KEY}
        return connectors.magento.connector.open(options, secrets.get, surroundings)

    monkeypatch.setattr(world, "open_channel", open_channel)
    return world


async def in_review(world: World, engine: Life) -> str:
    one, _ = two_products(world)
    await engine.sync()
    number = world.buy({one: 1}, "cartao", review=True)
    await engine.sync()
    assert (engine.order(number)["payment"], engine.order(number)["queue"]) == ("review", "pay")
    return number


async def test_a_payment_accepted_from_here_is_authorised_and_then_captured_like_any_card(endpoint: World) -> None:
    async with life(endpoint) as engine:
        number = await in_review(endpoint, engine)
        await engine.must("accept_payment", order=engine.order(number)["id"])
        assert engine.order(number)["payment"] == "accepting"
        await engine.sync()
        assert (engine.order(number)["payment"], engine.order(number)["queue"]) == ("authorized", "decide")
        await engine.must("approve", order=engine.order(number)["id"])
        await engine.sync()
        assert endpoint.shop_order(number)["total_due"] == 0


async def test_a_payment_denied_from_here_cancels_the_order_and_frees_its_goods_on_both_sides(endpoint: World) -> None:
    async with life(endpoint) as engine:
        number = await in_review(endpoint, engine)
        row = engine.order(number)
        assert (await engine.ask("deny_payment", order=row["id"]))["error"]["code"] == "reason-missing"
        await engine.must("deny_payment", order=row["id"], reason="suspeita de fraude")
        await engine.sync()
        assert endpoint.shop_order(number)["state"] == "canceled"
        row = engine.order(number)
        assert (row["cancellation"], row["queue"], row["parked"]) == ("cancelled", "done", None)
        (order,) = endpoint.erp_orders()
        assert order["FLAGCANCELADO"] == "Y"


async def test_a_decision_whose_answer_was_lost_is_read_back_and_made_once(endpoint: World) -> None:
    async with life(endpoint) as engine:
        number = await in_review(endpoint, engine)
        with endpoint.shop.lock:
            endpoint.shop.faults.lose_reply("POST", "/integra/review")
        await engine.must("accept_payment", order=engine.order(number)["id"])
        await engine.sync()
        await endpoint.clock.sleep(60)
        await engine.sync()
        assert engine.order(number)["payment"] == "authorized"
        assert len([asked for asked in endpoint.shop.requests if asked.route == "integra/review"]) == 1


async def test_an_endpoint_that_refuses_leaves_the_order_to_the_gateway_whose_word_is_followed(
    endpoint: World,
) -> None:
    endpoint.shop.review_key = "another key than ours, thirty-two characters"
    async with life(endpoint) as engine:
        number = await in_review(endpoint, engine)
        await engine.must("accept_payment", order=engine.order(number)["id"])
        await engine.sync()
        row = engine.order(number)
        assert (row["payment"], row["parked"], row["queue"]) == ("review", "review-refused", "problem")
        endpoint.decide_at_gateway(number, accept=True)
        await engine.sync()
        row = engine.order(number)
        assert (row["payment"], row["parked"], row["queue"]) == ("authorized", None, "decide")


async def test_without_an_endpoint_it_is_said_where_to_decide_and_the_outcome_is_followed(world: World) -> None:
    async with life(world) as engine:
        number = await in_review(world, engine)
        for verb in ("accept_payment", "deny_payment", "approve", "refuse"):
            answer = await engine.ask(verb, order=engine.order(number)["id"], reason="x")
            assert answer["error"]["code"] == "in-review", verb
        world.decide_at_gateway(number, accept=False)
        await engine.sync()
        assert (engine.order(number)["cancellation"], engine.order(number)["queue"]) == ("cancelled", "done")
