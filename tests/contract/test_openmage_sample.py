"""The sample OpenMage answers as the recorded one did, its surprises included."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.openmage.faults import Fault
from connectors.openmage.xml import NotXml, answer
from engine.errors import IntegraError, Misconfigured, Refused
from tests.contract.sample_openmage import GUEST, Bench, a_bench, recorded, same_as_recorded

pytestmark = pytest.mark.anyio

PRODUCT = {
    "name": "Camiseta", "description": "d", "short_description": "s", "weight": "1", "price": "12.5", "websites": [1],
    "url_key": "camiseta", "stock_data": {"qty": "20", "is_in_stock": 1, "manage_stock": 1},
}  # fmt: skip


async def create(bench: Bench, sku: str = "CAM-001", **changes: Any) -> str:
    return str(await bench.api.write("catalog_product.create", "simple", "4", sku, PRODUCT | changes))


async def fault_of(bench: Bench, method: str, *args: Any) -> tuple[int | None, str]:
    """Number and sentence of the fault that a call meets."""
    with pytest.raises(Refused) as raised:
        await bench.api.write(method, *args)
    status, message = raised.value.params["status"], raised.value.params["message"]
    assert isinstance(status, int)
    return status, str(message)


async def test_products_orders_and_shipments_look_as_recorded() -> None:
    async with a_bench() as bench:
        await create(bench)
        same_as_recorded(await bench.api.read("core_magento.info"), "info")
        same_as_recorded(await bench.api.read("store.list"), "stores")
        same_as_recorded(await bench.api.read("product_attribute_set.list"), "sets")
        same_as_recorded(await bench.api.read("catalog_product.info", "CAM-001"), "product_info")
        same_as_recorded(await bench.api.read("catalog_product.list"), "product_list")
        same_as_recorded(await bench.api.read("cataloginventory_stock_item.list", ["CAM-001"]), "stock_list")
        guest = {key: value for key, value in GUEST.items() if key != "taxvat"}
        address = {
            "street": "Rua 1", "city": "Campinas", "region": "São Paulo", "region_id": "485", "postcode": "13010-000",
            "telephone": "1",
        }  # fmt: skip
        number = bench.shop.order({"CAM-001": 2}, guest=guest, address=address).number
        same_as_recorded(await bench.api.read("sales_order.info", number), "order_new")
        same_as_recorded(await bench.api.read("sales_order.list", {"status": "pending"}), "order_list")
        await bench.api.write("sales_order_invoice.create", number, [])
        shipment = await bench.api.write("sales_order_shipment.create", number, {"1": 1}, "saiu", False, False)
        await bench.api.write("sales_order_shipment.addTrack", shipment, "custom", "Correios", "AA123456785BR")
        same_as_recorded(await bench.api.read("sales_order_shipment.info", shipment), "shipment_info")
        await bench.api.write("sales_order_shipment.create", number)
        done = await bench.api.read("sales_order.info", number)
        assert (done["state"], done["total_paid"]) == ("complete", done["grand_total"])


async def test_what_it_refuses_it_refuses_in_the_recorded_words() -> None:
    async with a_bench() as bench:
        await create(bench)
        await bench.api.write("customer.create", {"email": "a@b.com", "firstname": "A", "lastname": "B"})
        number = bench.order({"CAM-001": 1}).number
        await bench.api.write("sales_order_invoice.create", number, [])
        shipment = await bench.api.write("sales_order_shipment.create", number)
        again = {"email": "a@b.com", "firstname": "A", "lastname": "B"}
        refused: dict[str, tuple[Any, ...]] = {
            "product_missing": ("catalog_product.info", "NADA"),
            "product_duplicate": ("catalog_product.create", "simple", "4", "CAM-001", {"name": "x", "price": "1"}),
            "stock_multi_update": ("cataloginventory_stock_item.multiUpdate", ["1"], [{"qty": "34"}]),
            "customer_duplicate": ("customer.create", again),
            "order_missing": ("sales_order.info", "999999999"),
            "invoice_again": ("sales_order_invoice.create", number, {"1": 1}),
            "track_bad_carrier": ("sales_order_shipment.addTrack", shipment, "nosuch", "X", "1"),
            "ship_again": ("sales_order_shipment.create", number),
            "cancel_complete": ("sales_order.cancel", number),
        }
        for name, call in refused.items():
            assert await fault_of(bench, *call) == recorded(name), name


async def test_a_product_without_a_name_is_taken() -> None:
    async with a_bench() as bench:
        await bench.api.write("catalog_product.create", "simple", "4", "CAM-X", {"price": "1"})
        (row,) = await bench.api.read("catalog_product.list")
        assert (row["sku"], row["name"]) == ("CAM-X", None)


async def test_a_wrong_key_is_refused_and_a_second_login_ends_the_first_session() -> None:
    async with a_bench() as bench:
        await bench.api.read("store.list")
        bench.shop.login("teste", bench.shop.users["teste"])
        await bench.api.read("store.list")
        assert bench.asked().count("login") == 2, "it logged in anew by itself"
        bench.shop.users["teste"] = "outra"
        bench.shop.end_sessions()
        with pytest.raises(Misconfigured, match="openmage-login"):
            await bench.api.read("store.list")


async def test_a_comment_sets_the_status_that_it_names_and_needs_one() -> None:
    """The connector writes no comments: this is why."""
    async with a_bench() as bench:
        await create(bench)
        placed = bench.order({"CAM-001": 1})
        await bench.api.write("sales_order.addComment", placed.number, "aguardando", "falou com o ERP", False)
        assert (placed.state, placed.status) == ("new", "aguardando")
        with pytest.raises(IntegraError, match="channel-failed"):
            await bench.api.write("sales_order.addComment", placed.number)


async def test_a_number_is_a_product_s_id_unless_it_is_said_to_be_a_sku() -> None:
    async with a_bench() as bench:
        await create(bench, "CAM-001")
        await create(bench, "1")
        assert (await bench.api.read("catalog_product.info", "1"))["sku"] == "CAM-001"
        assert (await bench.api.read("catalog_product.info", "1", None, None, "sku"))["sku"] == "1"


async def test_an_order_lowers_the_quantity_at_once_and_a_cancel_brings_it_back() -> None:
    async with a_bench() as bench:
        await create(bench)
        placed = bench.order({"CAM-001": 3})
        (row,) = await bench.api.read("cataloginventory_stock_item.list", ["CAM-001"])
        assert row["qty"] == "17.0000"
        await bench.api.write("sales_order.cancel", placed.number)
        (row,) = await bench.api.read("cataloginventory_stock_item.list", ["CAM-001"])
        assert row["qty"] == "20.0000"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<methodResponse><params><param><value><string>&b;</string></value></param></params></methodResponse>"""


def test_an_answer_with_entities_of_its_own_is_no_answer() -> None:
    with pytest.raises(NotXml):
        answer(BOMB)
    fault = BOMB.replace(b"&b;", b"x").partition(b"]>\n")[2]
    assert answer(b"\xef\xbb\xbf\n  " + fault) == "x", "what modules print before it is passed over"
    assert answer(fault.replace(b">x<", b">a\x0b&#11;b<")) == "ab", "and letters that XML does not know"


def test_a_cut_off_answer_is_no_answer() -> None:
    whole = b"<methodResponse><params><param><value><string>x</string></value></param></params></methodResponse>"
    for length in range(len(whole) - 1):
        with pytest.raises((NotXml, Fault)):
            answer(whole[:length])
