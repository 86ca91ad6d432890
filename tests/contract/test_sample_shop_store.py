"""The sample shop's set-up, its refusals, and that no route of it is invented."""

from __future__ import annotations

import json

import pytest

from connectors.sandbox.shop.errors import NotFound
from connectors.sandbox.shop.routes import ROUTER
from tests.contract.sample_shop import (
    RECORDED,
    TOKEN,
    a_shop,
    criteria,
    differences,
    product,
    recorded,
    same_as_recorded,
)

pytestmark = pytest.mark.anyio


def test_every_route_of_the_sample_shop_is_one_that_a_real_shop_answered_or_its_vendor_describes() -> None:
    shown = set()
    for file in RECORDED.glob("*.json"):
        for fact in json.loads(file.read_text("utf-8")).values():
            method, _, path = fact["call"].partition(" ")
            parts = path.removeprefix("/rest/").removeprefix("all/").removeprefix("default/").split("/")
            try:
                shown.add((method, ROUTER.match(method, parts).route.template))
            except NotFound:
                continue
    assert {(route.method, route.template) for route in ROUTER.routes} == shown


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("V1/store/storeConfigs", "store/store_configs"),
        ("V1/store/websites", "store/websites"),
        ("V1/store/storeViews", "store/store_views"),
        ("V1/store/storeGroups", "store/store_groups"),
        ("V1/modules", "described/modules"),
        ("V1/directory/countries/BR?fields=id,available_regions", "store/regions_of_brazil"),
    ],
)
async def test_a_connector_reads_how_the_store_is_set_up(path: str, name: str) -> None:
    async with a_shop() as visit:
        same_as_recorded(await visit.call("GET", path), name)


def test_the_comparison_with_recorded_answers_notices_what_is_missing_new_or_of_another_type() -> None:
    fact = {"sku": "CAM-001", "qty": 1, "items": [{"id": 1, "note": None}]}
    assert differences({"sku": "B", "qty": 2.5, "items": [{"id": 2, "note": None}] * 2}, fact) == []
    wrong = {"sku": 5, "items": [{"id": 1, "note": "x"}, {"id": True, "note": None}], "new": 1}
    assert differences(wrong, fact) == [
        "$.qty: missing",
        "$.new: not recorded",
        "$.sku: number instead of string",
        "$.items[0].note: string instead of null",
        "$.items[1].id: boolean instead of number",
    ]
    assert differences({**fact, "items": []}, fact) == ["$.items: empty"]


async def test_a_connector_learns_the_version_without_a_token() -> None:
    async with a_shop() as visit:
        response = await visit.client.get("/magento_version", headers={"Authorization": ""})
        assert response.text == "Magento/2.4 (Community)"
        assert response.headers["date"] == "Mon, 04 May 2026 12:00:00 GMT"


async def test_surprise_29_a_missing_and_a_wrong_token_are_both_told_as_missing_rights() -> None:
    async with a_shop() as visit:
        for headers, name in (({"Authorization": ""}, "no_token"), ({"Authorization": "Bearer x"}, "wrong_token")):
            same_as_recorded(await visit.call("GET", "V1/products/x", headers=headers), f"refusals/{name}")
        answer = await visit.call("GET", "V1/orders?searchCriteria=", headers={"Authorization": ""})
        same_as_recorded(answer, "refusals/no_token_for_orders")


async def test_an_admin_fetches_a_token_that_opens_the_shop_and_a_wrong_password_gets_none() -> None:
    async with a_shop() as visit:
        login = {"username": "admin", "password": "Segredo-123"}
        answer = await visit.call("POST", "V1/integration/admin/token", login)
        same_as_recorded(answer, "refusals/admin_token")
        opened = await visit.call("GET", "V1/modules", headers={"Authorization": f"Bearer {answer.body}"})
        assert opened.status == 200
        wrong = await visit.call("POST", "V1/integration/admin/token", login | {"password": "nada"})
        same_as_recorded(wrong, "refusals/admin_token_wrong_password")


async def test_wrong_paths_verbs_and_bodies_are_refused_as_recorded() -> None:
    async with a_shop() as visit:
        same_as_recorded(await visit.call("GET", "V1/nosuchroute"), "refusals/no_route")
        same_as_recorded(await visit.call("PATCH", "V1/products"), "refusals/method_not_supported")
        answer = await visit.client.post("/rest/V1/products", content=b'{"product": {')
        assert (answer.status_code, answer.json()) == (400, recorded("refusals/body_is_no_json")["body"])


async def test_an_unknown_store_code_is_refused_with_400() -> None:
    async with a_shop() as visit:
        assert (await visit.call("GET", "loja_nova/V1/products?searchCriteria=")).status == 400


async def test_a_test_sees_how_many_calls_a_route_got_and_how_many_rows_each_carried() -> None:
    async with a_shop() as visit:
        rows = [{"sku": f"CAM-{i}", "source_code": "default", "quantity": i, "status": 1} for i in range(20)]
        await visit.post("V1/inventory/source-items", {"sourceItems": rows})
        await visit.product()
        await visit.get(f"V1/inventory/source-items?{criteria(size=5)}")
        (stock,) = visit.shop.calls("POST", "V1/inventory/source-items")
        assert (stock.status, stock.rows, stock.path) == (200, 20, "/rest/V1/inventory/source-items")
        assert [asked.rows for asked in visit.shop.calls("GET", "V1/inventory/source-items")] == [5]
        assert visit.shop.requests[0].at == visit.clock.now
        await visit.call(
            "POST", "all/V1/products", {"product": product(nosuch=1)}, {"Authorization": f"Bearer {TOKEN}"}
        )
        assert [asked.status for asked in visit.shop.calls("POST", "V1/products")] == [200, 500]
