"""Bad days and wrong settings of an OpenMage account: what each means for whoever asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest

from connectors.openmage import connector, open_channel
from connectors.openmage.faults import Fault as ShopFault
from connectors.openmage.xml import multi_update, multi_update_answer, request
from connectors.sandbox.openmage import OpenMage, create_app
from connectors.sandbox.openmage.calls import CALLS
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.shop import serve
from connectors.sandbox.shop.faults import Fault
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.ports import SalesChannel
from engine.publishing import PricePush, StockPush
from tests.contract.magento_channel import surroundings
from tests.contract.sample_openmage import KEY, URL, USER, a_bench
from tests.contract.sample_shop import Clock

pytestmark = pytest.mark.anyio

Call = Callable[[SalesChannel], Awaitable[Any]]
UPDATE, INFO = "multiCall catalog_product.update", "sales_order.info"


async def write(channel: SalesChannel) -> Any:
    return await channel.push_prices([PricePush("CAM-001", None, Decimal(4))])


async def read(channel: SalesChannel) -> Any:
    return await channel.order("100000001")


@pytest.mark.parametrize(
    ("fault", "of_write", "of_read", "code"),
    [
        ({"effect": "refuse"}, RetryLater, RetryLater, "channel-unreachable"),
        ({"effect": "lose_reply"}, OutcomeUnknown, RetryLater, "channel-no-answer"),
        ({"status": 500, "body": ""}, OutcomeUnknown, RetryLater, "channel-failed"),
        ({"status": 504, "body": "<html>Timeout</html>"}, OutcomeUnknown, RetryLater, "channel-failed"),
        ({"status": 503, "body": "<html>Manutenção</html>"}, RetryLater, RetryLater, "channel-busy"),
        ({"status": 429}, RetryLater, RetryLater, "channel-busy"),
        ({"status": 200, "body": "<html>Bem-vindo</html>"}, OutcomeUnknown, RetryLater, "channel-not-xml"),
        ({"status": 403, "body": "<html>Forbidden</html>"}, Misconfigured, Misconfigured, "openmage-blocked"),
        ({"status": 301, "headers": {"Location": "https://www.loja.test/"}}, Misconfigured, Misconfigured,
         "channel-address"),
        ({"body": (2, "Access denied.")}, Misconfigured, Misconfigured, "openmage-rights"),
        ({"body": (1, "SQLSTATE[40001]: Deadlock found when trying to get lock; try")}, RetryLater, RetryLater,
         "channel-conflict"),
        ({"body": (1, "SQLSTATE[HY000]: 2006 MySQL server has gone away")}, OutcomeUnknown, RetryLater,
         "channel-failed"),
        ({"body": (102, "Something is wrong")}, Refused, Refused, "channel-refused"),
    ],
)  # fmt: skip
async def test_a_failed_call_says_whether_something_may_have_changed(
    fault: dict[str, Any], of_write: type[IntegraError], of_read: type[IntegraError], code: str
) -> None:
    for call, expected, method in ((write, of_write, UPDATE), (read, of_read, INFO)):
        async with a_bench() as bench:
            await bench.on_sale("CAM-001")
            bench.order({"CAM-001": 1})
            bench.shop.faults.add(Fault("xmlrpc", method, **{"effect": "answer", **fault}))
            with pytest.raises(IntegraError) as raised:
                await call(bench.channel)
            assert isinstance(raised.value, expected)
            assert raised.value.code == code
            assert KEY not in str(raised.value)
            await call(bench.channel)  # and it heals by itself


async def test_a_session_that_ended_is_begun_anew_once_by_however_many_ask_and_nothing_is_lost() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        bench.shop.end_sessions()
        before = bench.asked().count("login")
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(read, bench.channel)
            tasks.start_soon(write, bench.channel)
        assert bench.asked().count("login") == before + 1
        assert bench.shop.price("CAM-001") == 4
        bench.shop.end_sessions()
        assert await bench.channel.push_stock([StockPush("CAM-001", "default", Decimal(2))]) == []
        assert bench.product("CAM-001").quantity == 2


async def test_a_session_that_somebody_ends_each_time_is_told() -> None:
    async with a_bench() as bench:
        bench.bad_day(INFO, "answer", left=2, body=(5, "Session expired. Try to relogin."))
        with pytest.raises(RetryLater, match="openmage-session"):
            await read(bench.channel)


async def test_a_conflict_within_many_changes_is_not_taken_for_a_refusal_of_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_: Any) -> None:
        raise ApiFault("data_invalid", "SQLSTATE[40001]: Deadlock found when trying to get lock")

    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        monkeypatch.setitem(CALLS, "catalog_product.update", locked)
        with pytest.raises(OutcomeUnknown, match="channel-conflict"):
            await write(bench.channel)


# ----------------------------------------------------------------- who answers


async def test_the_shop_says_its_name_and_version_and_what_the_user_may_not_read() -> None:
    async with a_bench() as bench:
        identity = await bench.channel.identify()
        assert (identity.name, identity.version) == ("Default Store View", "OpenMage 20.10.2")
        assert identity.missing_rights == ()
        bench.shop.denied |= {"sales_order.list", "customer.list", "core_magento.info"}
        identity = await bench.channel.identify()
        assert (identity.version, set(identity.missing_rights)) == ("", {"sales_order.list", "customer.list"})
        assert await bench.channel.now() == bench.clock.now


@pytest.mark.parametrize(
    ("options", "key", "code"),
    [
        ({}, "errada", "openmage-login"),
        ({"user": "ninguem"}, KEY, "openmage-login"),
        ({"url": f"{URL}/loja"}, KEY, "channel-address"),
        ({"websites": [7]}, KEY, "settings"),
        ({"attribute_set": 9}, KEY, "settings"),
    ],
)
async def test_a_wrong_setting_is_found_before_anything_is_written(
    options: dict[str, Any], key: str, code: str
) -> None:
    shop = OpenMage(Clock(), {USER: KEY})
    transport = httpx.ASGITransport(app=create_app(shop))
    channel = open_channel({"url": URL, "user": USER, **options}, {"key": key}.get, surroundings(Clock()), transport)
    with pytest.raises(Misconfigured, match=code):
        await channel.identify()
    await channel.close()


async def test_a_missing_root_category_is_named() -> None:
    async with a_bench(root_category=77) as bench:
        with pytest.raises(Misconfigured, match="magento-root-category"):
            await bench.publish("CAM-001")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "url"),
        ({"url": URL}, "user"),
        ({"url": "ftp://loja", "user": USER}, "url"),
        ({"url": URL, "user": USER, "street_lines": ["street"]}, "street_lines"),
        ({"url": URL, "user": USER, "websites": []}, "websites"),
        ({"url": URL, "user": USER, "sourc": "default"}, "sourc"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], key: str) -> None:
    assert [name for name, _ in connector.check(options)] == [key]


def test_without_a_key_nothing_is_opened() -> None:
    with pytest.raises(Misconfigured, match="secret-missing"):
        open_channel({"url": URL, "user": USER}, lambda _: None, surroundings(Clock()))


# ----------------------------------------------------------------- on the wire


async def test_over_http_with_index_php_in_the_address_and_an_answer_that_takes_too_long() -> None:
    shop = OpenMage(Clock(), {USER: KEY})
    with serve(create_app(shop)) as url:
        options = {"url": f"{url}/index.php", "user": USER, "timeout_s": 1}
        channel = open_channel(options, {"key": KEY}.get, surroundings(Clock()))
        assert (await channel.identify()).version == "OpenMage 20.10.2"
        shop.faults.delay("xmlrpc", INFO, 3)
        with anyio.fail_after(2), pytest.raises(RetryLater, match="channel-no-answer"):
            await read(channel)
        await channel.close()


async def test_letters_that_xml_does_not_know_are_left_out_and_large_numbers_leave_as_text() -> None:
    body = request("call", ["s", "x.y", [{"name": "a\x0bb\ud800", "code": 7891234567895, "price": Decimal("1.50")}]])
    assert b"<string>ab</string>" in body
    assert b"<string>7891234567895</string>" in body
    assert b"<string>1.50</string>" in body
    assert b">A&amp;&lt;<" in multi_update("s", [("A\x00&<", {"qty": "1"})])


async def test_php_s_own_soap_faults_have_words_for_numbers() -> None:
    envelope = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>%s</faultcode>'
        b"<faultstring>x</faultstring></e:Fault></e:Body></e:Envelope>"
    )
    for word, code in ((b"WSDL", 0), (b"5", 5), (b"SOAP-ENV:101", 101)):
        with pytest.raises(ShopFault) as raised:
            multi_update_answer(envelope % word)
        assert raised.value.code == code
