"""What `integra doctor` finds in an OpenMage shop: who answers, what its role lacks, what does not fit."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.openmage import connector
from connectors.openmage.survey.run import survey
from connectors.sandbox.openmage import OpenMage, create_app
from connectors.sandbox.openmage.calls import CALLS
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.shop import serve
from engine.errors import Misconfigured
from engine.survey import Finding, Mark, Report
from tests.contract.magento_channel import surroundings
from tests.contract.sample_openmage import KEY, USER
from tests.contract.sample_shop import Clock

pytestmark = pytest.mark.anyio

URL = "https://loja.test"


@pytest.fixture
def shop() -> OpenMage:
    return OpenMage(Clock(), {USER: KEY})


async def report(shop: OpenMage, key: str = KEY, **options: Any) -> Report:
    transport = httpx.ASGITransport(app=create_app(shop))
    table = {"url": URL, "user": USER, **options}
    return await survey(table, {"key": key}.get, surroundings(Clock()), transport)


async def finds(shop: OpenMage, code: str, **options: Any) -> Finding:
    """The one finding of that code."""
    told = (await report(shop, **options)).findings
    found = [finding for finding in told if finding.code == code]
    assert len(found) == 1, [finding.code for finding in told]
    return found[0]


def codes(told: Report, mark: Mark) -> set[str]:
    return {finding.code for finding in told.findings if finding.mark is mark}


async def test_a_fresh_shop_fits_the_defaults_and_nothing_is_written(shop: OpenMage) -> None:
    told = await report(shop)
    assert codes(told, Mark.WRONG) == codes(told, Mark.UNKNOWN) == set()
    assert codes(told, Mark.OK) == {
        "shop.version", "shop-access.session", "shop-rights.enough", "shop-stores.named", "shop-stock.counted-down",
        "shop-stock.many", "shop-goods.set", "shop-goods.attributes", "shop-goods.no-grids", "shop-goods.root",
        "shop-prices.groups", "shop-prices.groups-by-hand", "shop-access.pace",
    }  # fmt: skip
    writing = ("create", "update", "remove", "attributeAdd", "addOption", "cancel", "capture", "addTrack", "sendInfo")
    assert not [one.method for one in shop.requests if one.method.rpartition(".")[2] in writing]
    (many,) = shop.asked("cataloginventory_stock_item.multiUpdate")
    assert many.args == (), "tried with no product"


async def test_the_version_is_told_and_a_shop_that_keeps_it_to_itself_is_no_problem(shop: OpenMage) -> None:
    assert (await finds(shop, "shop.version")).params == {"edition": "OpenMage", "version": "20.10.2"}
    shop.denied.add("core_magento.info")
    assert (await finds(shop, "shop.version-unsaid")).mark is Mark.OK


async def test_an_old_magento_is_called_by_its_own_name(shop: OpenMage, monkeypatch: pytest.MonkeyPatch) -> None:
    info = {"magento_edition": "Community", "magento_version": "1.9.3.9"}
    monkeypatch.setitem(CALLS, "core_magento.info", lambda _: info)
    assert (await finds(shop, "shop.version")).params == {"edition": "Magento Community", "version": "1.9.3.9"}


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("sales_order.info", "shop-rights.no-orders"),
        ("sales_order_shipment.addTrack", "shop-rights.no-shipping"),
        ("sales_order_invoice.capture", "shop-rights.no-invoicing"),
        ("cataloginventory_stock_item.update", "shop-rights.no-stock-writing"),
        ("customer_group.list", "shop-rights.no-groups"),
        ("store.list", "shop-rights.no-store"),
        ("catalog_category.tree", "shop-rights.no-categories"),
    ],
)
async def test_a_right_that_the_role_lacks_is_named_with_what_stands_still_without_it(
    shop: OpenMage, method: str, code: str
) -> None:
    shop.denied.add(method)
    found = await finds(shop, code)
    assert (found.mark, found.params) == (Mark.WRONG, {"right": method})
    assert "survey.shop-failed" not in codes(await report(shop), Mark.UNKNOWN)


async def test_a_shop_that_does_not_list_its_methods_is_asked_everything_else(
    shop: OpenMage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: OpenMage) -> Any:
        raise ApiFault("access_denied")

    monkeypatch.setattr("connectors.sandbox.openmage.app._resources", closed)
    told = await report(shop)
    assert codes(told, Mark.UNKNOWN) == {"survey.shop-failed"}
    assert "shop-stores.named" in codes(told, Mark.OK)


async def test_stock_that_can_only_go_product_by_product_is_told_with_its_cause(shop: OpenMage) -> None:
    shop.soap_works = False
    assert (await finds(shop, "shop-stock.one-by-one")).mark is Mark.UNKNOWN
    shop.soap_works, shop.ws_i = True, True
    assert (await finds(shop, "shop-stock.ws-i")).mark is Mark.UNKNOWN


async def test_wrong_settings_are_told_with_what_the_shop_has(shop: OpenMage) -> None:
    website = await finds(shop, "shop-stores.website-unknown", websites=[7])
    assert [(one.option, one.value) for one in website.proposals] == [("websites", [1])]
    chosen = await finds(shop, "shop-goods.set-unknown", attribute_set=9)
    assert [(one.option, one.value) for one in chosen.proposals] == [("attribute_set", 4)]
    assert (await finds(shop, "shop-goods.root-unknown", root_category=77)).evidence == ["2: Default Category"]
    assert (await finds(shop, "shop-prices.group-unknown", default_group=9)).mark is Mark.WRONG
    kind = await finds(shop, "shop-goods.attribute-kind", attributes={"brand": "special_from_date"})
    assert kind.params == {"code": "special_from_date", "kind": "date", "option": "attributes.brand"}


async def test_a_wrong_login_or_address_ends_it(shop: OpenMage) -> None:
    with pytest.raises(Misconfigured, match="openmage-login"):
        await report(shop, key="errada")
    with pytest.raises(Misconfigured, match="channel-address"):
        await report(shop, url=f"{URL}/loja")
    assert connector.survey is not None


# ----------------------------------------------------------------- the address


@pytest.mark.parametrize("tail", ["/index.php/api/v2_soap/", "/api/xmlrpc", "/api"])
async def test_an_address_with_too_much_behind_it_is_corrected_and_the_setting_proposed(
    shop: OpenMage, tail: str
) -> None:
    found = await finds(shop, "shop.address-corrected", url=URL + tail)
    assert [(proposal.option, proposal.value) for proposal in found.proposals] == [("url", URL)]


@pytest.mark.parametrize("typed", ["", "/index.php"])
async def test_a_shop_that_rewrites_no_addresses_is_found_below_its_front_file_and_sold_through_it(typed: str) -> None:
    shop = OpenMage(Clock(), {USER: KEY})
    shop.rewrites = False
    with serve(create_app(shop)) as url:
        options = {"url": url + typed, "user": USER}
        told = await survey(options, {"key": KEY}.get, surroundings(Clock()))
        assert {"shop.front-file", "shop-stock.many"} <= codes(told, Mark.OK)
        assert "shop.address-corrected" not in codes(told, Mark.OK)
        channel = connector.open(options, {"key": KEY}.get, surroundings(Clock()))
        assert (await channel.identify()).version == "OpenMage 20.10.2"
        await channel.close()


async def test_a_key_that_would_travel_unencrypted_is_told(shop: OpenMage) -> None:
    assert (await finds(shop, "shop.address-open", url="http://loja.test")).mark is Mark.WRONG
    assert "shop.address-open" not in codes(await report(shop, url="http://127.0.0.1:80"), Mark.WRONG)
