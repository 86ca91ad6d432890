"""The signed call to the merchant's own endpoint, and the options that name it."""

from __future__ import annotations

import pytest

from connectors.magento import open_channel
from connectors.magento.options import check
from connectors.magento.review import signature
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.model.channel import ChannelOrderState, PaymentState
from tests.contract.magento_channel import URL, Bench, a_bench, as_told, secrets, surroundings
from tests.contract.sample_shop import TOKEN, Clock

pytestmark = pytest.mark.anyio

KEY = "uma-chave-so-para-os-testes-de-revisao"
ENDPOINT = f"{URL}/integra/review?order={{order_id}}&n={{number}}"


async def in_review(bench: Bench) -> str:
    bench.shop.review_key = KEY
    await bench.on_sale("CAM-001")
    return str(bench.visit.order(payment="cartao", review=True).order_id)


def test_the_signature_is_the_one_that_the_guide_explains() -> None:
    told = signature(KEY, "POST", "https://loja.example/integra/review?order=17", "1795530000", b'{"a": 1}')
    assert told == "sha256=" + EXPECTED


EXPECTED = "1714101fb0b06e20adc4d2fc738f75cb9d45473cdf032ff91079bc5eb81ca4ac"
"""By `openssl dgst -sha256 -hmac` over the four lines, and not by this program."""


async def test_a_decision_is_taken_at_the_endpoint_and_may_come_twice() -> None:
    async with a_bench(review_url=ENDPOINT, keys={"review_key": KEY}) as bench:
        assert bench.channel.capabilities.decides_reviews
        number = await in_review(bench)
        await bench.channel.decide_review(number, accept=True)
        assert (await as_told(bench, bench.shop.orders.get(int(number)))).payment is PaymentState.AUTHORIZED
        with pytest.raises(Refused, match="channel-not-in-review"):
            await bench.channel.decide_review(number, accept=False, reason="tarde demais")
        assert bench.asked().count("POST integra/review") == 1


async def test_a_denied_payment_cancels_the_order() -> None:
    async with a_bench(review_url=ENDPOINT, keys={"review_key": KEY}) as bench:
        number = await in_review(bench)
        await bench.channel.decide_review(number, accept=False, reason="suspeita de fraude")
        assert (await as_told(bench, bench.shop.orders.get(int(number)))).state is ChannelOrderState.CANCELLED


async def test_a_signature_with_another_key_or_an_old_time_is_refused_and_nothing_is_decided() -> None:
    async with a_bench(review_url=ENDPOINT, keys={"review_key": KEY[::-1]}) as bench:
        number = await in_review(bench)
        with pytest.raises(Refused, match="channel-review-refused"):
            await bench.channel.decide_review(number, accept=True)
        assert (await as_told(bench, bench.shop.orders.get(int(number)))).payment is PaymentState.REVIEW


@pytest.mark.parametrize(
    ("status", "error"), [(500, OutcomeUnknown), (503, RetryLater), (409, Refused), (404, Refused)]
)
async def test_what_the_endpoint_answers_says_whether_it_may_be_asked_again(
    status: int, error: type[Exception]
) -> None:
    async with a_bench(review_url=ENDPOINT, keys={"review_key": KEY}) as bench:
        number = await in_review(bench)
        bench.shop.faults.answer("POST", "/integra/review", status, {"message": "x"})
        with pytest.raises(error):
            await bench.channel.decide_review(number, accept=True)


async def test_the_token_of_the_integration_never_goes_to_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    async with a_bench(review_url=ENDPOINT, keys={"review_key": KEY}) as bench:
        number = await in_review(bench)
        send = bench.app._answer

        async def noted(request: object, path: str, query: str, body: bytes) -> object:
            if path.startswith("/integra"):
                sent.append(request.headers.get("authorization", ""))  # type: ignore[attr-defined]
            return await send(request, path, query, body)  # type: ignore[arg-type]

        monkeypatch.setattr(bench.app, "_answer", noted)
        await bench.channel.decide_review(number, accept=True)
    assert sent == [""]


async def test_without_an_endpoint_only_the_gateway_decides() -> None:
    async with a_bench() as bench:
        assert not bench.channel.capabilities.decides_reviews
        number = await in_review(bench)
        with pytest.raises(Refused, match="channel-no-review"):
            await bench.channel.decide_review(number, accept=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://loja.example/integra/review/{order_id}",
        "https://loja.example/integra/review",
        "https://ana:senha@loja.example/{order_id}",
        "https://loja.example/{order_id}/{store}",
        "https://{order_id}/review",
    ],
)
def test_an_endpoint_that_is_no_safe_address_is_refused_when_the_settings_are_read(url: str) -> None:
    assert [key for key, _ in check({"url": URL, "review_url": url})] == ["review_url"]


@pytest.mark.parametrize("key", ["", "curta demais"])
def test_an_endpoint_without_a_key_of_its_own_is_refused(key: str) -> None:
    known = secrets({"token": TOKEN, "review_key": key})
    with pytest.raises(Misconfigured, match="secret-missing") as raised:
        open_channel({"url": URL, "review_url": ENDPOINT}, known, surroundings(Clock()))
    assert raised.value.params["name"] == "review_key"
