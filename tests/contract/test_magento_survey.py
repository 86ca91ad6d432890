"""What `integra doctor` finds in a Magento shop: whether the settings fit it, and what no question can settle."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.magento.survey.run import survey
from connectors.sandbox.shop import Integration, Shop, ShopApp, create_app
from connectors.sandbox.shop.routes import ROUTER
from connectors.sandbox.shop.routes.store import MODULES
from engine.errors import Misconfigured, RetryLater
from engine.survey import Finding, Mark, Report
from tests.contract.magento_channel import secrets
from tests.contract.magento_keys import BARE, KEYS, surroundings
from tests.contract.sample_shop import Clock, Visit

pytestmark = pytest.mark.anyio

URL = "https://loja.test"
SALES = "Magento_Sales::"


@dataclass
class Doctor:
    shop: Shop
    app: ShopApp
    visit: Visit
    ours: Clock

    async def report(self, keys: Mapping[str, str] = KEYS, **options: Any) -> Report:
        transport = httpx.ASGITransport(app=self.app)
        return await survey({"url": URL, **options}, secrets(dict(keys)), surroundings(self.ours), transport)

    async def finds(self, code: str, **options: Any) -> Finding:
        """The one finding of that code."""
        report = await self.report(**options)
        found = [finding for finding in report.findings if finding.code == code]
        assert len(found) == 1, [finding.code for finding in report.findings]
        return found[0]

    def modules(self, *more: str, without: str = "") -> None:
        """The modules that the shop answers from now on."""
        names = [name for name in MODULES if not without or without not in name]
        self.shop.faults.answer("GET", "V1/modules", 200, [*names, *more], times=100)


@asynccontextmanager
async def a_doctor(rights: frozenset[str] | None = None, *, takes_bearer: bool = False) -> AsyncIterator[Doctor]:
    clock = Clock()
    shop = Shop(clock)
    app = create_app(shop, ("admin",), integrations=[Integration(**KEYS, rights=rights)])
    app.takes_bearer = takes_bearer
    headers = {"Authorization": "Bearer admin"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=URL, headers=headers) as client:
        yield Doctor(shop, app, Visit(shop, clock, client), Clock())


def codes(report: Report, mark: Mark) -> set[str]:
    return {finding.code for finding in report.findings if finding.mark is mark}


# ----------------------------------------------------------------- a shop that fits


async def test_a_fresh_shop_fits_the_defaults_and_nothing_was_written() -> None:
    async with a_doctor() as doctor:
        await doctor.visit.product()
        before = (len(doctor.shop.catalogue.by_id), doctor.shop.catalogue.get("CAM-001").updated_at)
        report = await doctor.report()
        assert codes(report, Mark.WRONG) == set()
        assert codes(report, Mark.UNKNOWN) <= {"shop-queue.unknown"}
        assert {
            "shop.version", "shop-rights.enough", "shop-stores.websites", "shop-stores.views",
            "shop-stock.reservations", "shop-stock.source", "shop-stock.stock", "shop-goods.set",
            "shop-goods.attributes", "shop-goods.root",
            "shop-prices.groups", "shop-payments.only-shown", "shop-access.oauth", "shop-access.clock",
            "shop-access.pace",
        } <= codes(report, Mark.OK)  # fmt: skip
        assert (len(doctor.shop.catalogue.by_id), doctor.shop.catalogue.get("CAM-001").updated_at) == before
        done = {(asked.method, asked.route) for asked in doctor.shop.requests if asked.status == 200}
        told = {(method, route) for method, route in done if method != "GET"}
        assert told <= {("POST", "V1/products"), ("POST", "V1/products/tier-prices-information")}


async def test_the_edition_is_told_by_the_modules() -> None:
    for module, edition in (
        ("MageOS_Theme", "Mage-OS"),
        ("Magento_AdminGws", "Adobe Commerce"),
        ("Acme_Something", "Magento Open Source"),
    ):
        async with a_doctor() as doctor:
            doctor.modules(module)
            found = await doctor.finds("shop.version")
            assert found.params == {"version": "Magento/2.4 (Community)", "edition": edition}


# ----------------------------------------------------------------- the way in


async def test_it_says_whether_calls_are_signed_and_that_a_bare_token_is_enough() -> None:
    async with a_doctor(takes_bearer=True) as doctor:
        assert "shop-access.bearer" in codes(await doctor.report(), Mark.OK)
        assert "shop-access.bearer-only" in codes(await doctor.report(BARE), Mark.OK)


async def test_a_clock_that_is_minutes_off_is_told_before_it_breaks_anything() -> None:
    async with a_doctor() as doctor:
        doctor.ours.advance(6 * 60)
        found = await doctor.finds("shop-access.clock-off")
        assert (found.mark, found.params["seconds"]) == (Mark.WRONG, 360)


async def test_a_shop_that_lets_nobody_in_or_is_not_there_says_so_instead_of_finding_nothing() -> None:
    async with a_doctor() as doctor:
        with pytest.raises(Misconfigured, match="channel-login"):
            await doctor.report(BARE)
        doctor.shop.faults.maintenance("GET", ".*", times=3)
        with pytest.raises(RetryLater, match="channel-maintenance"):
            await doctor.report()


async def test_an_address_with_too_much_behind_it_is_corrected_and_the_setting_proposed() -> None:
    async with a_doctor() as doctor:
        found = await doctor.finds("shop.address-corrected", url=f"{URL}/index.php/rest/V1/")
        assert [(proposal.option, proposal.value) for proposal in found.proposals] == [("url", URL)]


async def test_keys_that_would_travel_unencrypted_are_told_with_the_address_that_keeps_them() -> None:
    async with a_doctor() as doctor:
        configs = [{"website_id": 1, "code": "default", "locale": "pt_BR", "base_currency_code": "BRL",
                    "timezone": "UTC", "secure_base_url": "https://loja.test/"}]  # fmt: skip
        doctor.shop.faults.answer("GET", "storeConfigs", 200, configs, times=9)
        found = await doctor.finds("shop.address-open", url="http://loja.test")
        assert [proposal.value for proposal in found.proposals] == [URL]
        assert "shop.address-open" not in codes(await doctor.report(url="http://127.0.0.1:80"), Mark.WRONG)


# ----------------------------------------------------------------- rights


async def test_each_right_of_the_trade_is_missed_by_its_own_name_and_the_rest_is_still_answered() -> None:
    every = {route.resource for route in ROUTER.routes if route.resource}
    missing = {
        f"{SALES}ship": "shop-rights.no-shipping",
        f"{SALES}invoice": "shop-rights.no-invoicing",
        f"{SALES}cancel": "shop-rights.no-cancelling",
        "Magento_Customer::manage": "shop-rights.no-customers-writing",
        "Magento_InventoryApi::stock_source_item_assign": "shop-rights.no-stock-writing",
    }
    async with a_doctor(frozenset(every - missing.keys())) as doctor:
        report = await doctor.report()
        told = {f.params["right"]: f.code for f in report.findings if f.topic == "shop-rights"}
        assert told == missing
        assert "shop-goods.set" in codes(report, Mark.OK)


async def test_with_hardly_any_right_it_answers_what_it_can() -> None:
    async with a_doctor(frozenset({f"{SALES}actions_view"})) as doctor:
        report = await doctor.report()
        assert "shop-rights.no-products" in codes(report, Mark.WRONG)
        assert "shop.modules-unseen" in codes(report, Mark.UNKNOWN)
        assert not [finding for finding in report.findings if finding.topic == "survey"]
        assert "shop-access.oauth" in codes(report, Mark.OK)


async def test_one_question_that_the_shop_fails_at_does_not_hide_the_others() -> None:
    async with a_doctor() as doctor:
        doctor.shop.faults.answer("GET", "attribute-sets/sets/list", 500, {"message": "Internal Error"}, times=9)
        report = await doctor.report()
        assert "survey.shop-failed" in codes(report, Mark.UNKNOWN)
        assert "shop-goods.root" in codes(report, Mark.OK)


# ----------------------------------------------------------------- the map of categories


async def test_mapped_categories_are_all_right_while_they_stand_below_the_root() -> None:
    async with a_doctor() as doctor:
        made = await doctor.visit.post("V1/categories", {"category": {"name": "Vitrine", "parent_id": 2}})
        options = {"categories": {"Roupas": int(made["id"]), "Casa": 2}}
        assert (await doctor.finds("shop-goods.map", **options)).params == {"n": 2}
        deleted = doctor.shop.categories.by_id.pop(int(made["id"]))
        doctor.shop.categories.by_id[2].children.remove(deleted)
        found = await doctor.finds("shop-goods.map-unknown", **options)
        assert found.params == {"path": "Roupas", "category": int(made["id"])}


# ----------------------------------------------------------------- settings that name what is not there


@pytest.mark.parametrize(
    ("options", "code", "proposed"),
    [
        ({"websites": [7]}, "shop-stores.website-unknown", [("websites", [1])]),
        ({"source": "deposito"}, "shop-stock.source-unknown", [("source", "default")]),
        ({"stock_id": 9}, "shop-stock.stock-unknown", []),
        ({"attribute_set": 99}, "shop-goods.set-unknown", [("attribute_set", 4)]),
        ({"root_category": 99}, "shop-goods.root-unknown", []),
        ({"categories": {"Roupas > Camisetas": 99}}, "shop-goods.map-unknown", []),
        ({"default_group": 99}, "shop-prices.group-unknown", []),
        ({"axes": {"COR": "status"}}, "shop-goods.axis-kind", []),
        ({"attributes": {"brand": "weight"}}, "shop-goods.attribute-kind", []),
    ],
)
async def test_a_setting_that_names_what_the_shop_has_not_is_wrong_and_shows_what_there_is(
    options: dict[str, Any], code: str, proposed: list[tuple[str, Any]]
) -> None:
    async with a_doctor() as doctor:
        found = await doctor.finds(code, **options)
        assert found.mark is Mark.WRONG
        assert [(proposal.option, proposal.value) for proposal in found.proposals] == proposed


async def test_a_source_and_a_stock_that_the_website_does_not_sell_from_are_told() -> None:
    async with a_doctor() as doctor:
        doctor.shop.inventory.add_source({"source_code": "filial", "name": "Filial", "enabled": True})
        found = await doctor.finds("shop-stock.source-unlinked", source="filial")
        assert found.evidence == ["default"]
        stock = doctor.shop.inventory.add_stock("Filial", ["filial"])
        found = await doctor.finds("shop-stock.stock-elsewhere", source="filial", stock_id=stock.stock_id)
        assert [proposal.value for proposal in found.proposals] == [1]


# ----------------------------------------------------------------- what the shop does with what we send


async def test_surprise_15_values_of_a_store_view_that_hide_ours_are_named_by_product() -> None:
    async with a_doctor() as doctor:
        await doctor.visit.product("CAM-001")
        await doctor.visit.product("CAM-002")
        assert (await doctor.finds("shop-stores.not-hidden")).params == {"n": 0, "looked": 2}
        renamed = {"product": {"name": "Nome de outro conector"}}
        assert (await doctor.visit.call("PUT", "V1/products/CAM-002", renamed)).status == 200
        found = await doctor.finds("shop-stores.hidden")
        assert (found.mark, list(found.evidence)) == (Mark.WRONG, ["CAM-002 (default): name"])


async def test_a_shop_without_stock_by_source_and_one_that_reserves_nothing_are_told() -> None:
    async with a_doctor() as doctor:
        doctor.modules("Acme_DisableStockReservation")
        assert (await doctor.finds("shop-stock.no-reservations")).evidence == ["Acme_DisableStockReservation"]
    async with a_doctor() as doctor:
        doctor.modules(without="Inventory")
        report = await doctor.report()
        assert "shop-stock.legacy" in codes(report, Mark.WRONG)
        assert not [finding for finding in report.findings if finding.code.startswith("shop-stock.source")]


async def test_group_prices_that_can_never_be_charged_are_counted() -> None:
    async with a_doctor() as doctor:
        await doctor.visit.product("CAM-001", price=50)
        row = {"price_type": "fixed", "website_id": 0, "sku": "CAM-001", "quantity": 1}
        for group, price in (("Wholesale", Decimal(45)), ("Retailer", Decimal(50))):
            await doctor.visit.post(
                "V1/products/tier-prices", {"prices": [{**row, "price": float(price), "customer_group": group}]}
            )
        found = await doctor.finds("shop-prices.above-base")
        assert (found.params, list(found.evidence)) == ({"n": 1, "looked": 2}, ["CAM-001 (Retailer): 50.00"])


async def test_payment_modules_are_named_and_whether_the_checkout_may_heed_the_attribute() -> None:
    async with a_doctor() as doctor:
        doctor.modules("MercadoPago_AdbPayment", "Acme_PaymentRestriction")
        assert (await doctor.finds("shop-payments.gateways")).evidence == ["MercadoPago_AdbPayment"]
        found = await doctor.finds("shop-payments.maybe-heeded")
        assert (found.mark, found.evidence) == (Mark.UNKNOWN, ["Acme_PaymentRestriction"])


async def test_a_queue_that_nobody_works_off_is_told_by_what_was_left_lying() -> None:
    waiting = {"status": 4, "extension_attributes": {"start_time": "2026-05-04 11:00:00"}}
    done = {"status": 1, "extension_attributes": {"start_time": "2026-05-04 11:59:00"}}
    for first, second, code in (
        ([waiting], [], "shop-queue.stuck"),
        ([], [done], "shop-queue.worked"),
        ([], [], "shop-queue.unknown"),
    ):
        async with a_doctor() as doctor:
            for status, rows in ((4, first), (1, second)):
                path = f"bulk/.*value%5D={status}&"
                doctor.shop.faults.answer("GET", path, 200, {"items": rows, "total_count": len(rows)}, times=9)
            found = await doctor.finds(code)
            assert found.params.get("minutes", 60) == 60
