"""Shipments of the sample shop: parts, tracks, sources and variants, against recorded answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sample_shop import TRACK, Visit, a_shop, criteria, lines, product, same_as_recorded, two_products

pytestmark = pytest.mark.anyio


async def test_surprise_2_a_quantity_over_what_is_left_is_cut_to_it() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        assert await visit.post("V1/order/1/ship", lines((1, 99))) == "1"
        assert (await visit.get("V1/orders/1"))["items"][0]["qty_shipped"] == 2


async def test_an_order_shipped_in_parts_with_tracks_reads_as_recorded() -> None:
    async with a_shop() as visit:
        await two_products(visit)
        visit.order({"CAM-001": 3, "CAM-002": 2})
        first = {
            "notify": False,
            "appendComment": True,
            "comment": {"comment": "Saiu do depósito", "is_visible_on_front": 0},
            **lines((1, 2)),
            "tracks": [TRACK],
            "arguments": {"extension_attributes": {"source_code": "default"}},
        }
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", first), "documents/shipped_with_track")
        fields = "fields=status,state,items[sku,qty_ordered,qty_shipped,qty_invoiced]"
        same_as_recorded(await visit.call("GET", f"V1/orders/1?{fields}"), "orders/after_partial_shipment")
        same_as_recorded(await visit.call("GET", "V1/shipment/1"), "documents/shipment")
        later = {"order_id": 1, "parent_id": 1, "weight": 0, "qty": 1, "description": "", **TRACK}
        same_as_recorded(await visit.call("POST", "V1/shipment/track", {"entity": later}), "documents/track_added")
        foreign = await visit.call("POST", "V1/shipment/track", {"entity": later | {"order_id": 2}})
        same_as_recorded(foreign, "documents/track_of_another_order")
        by_order = criteria(("order_id", "eq", "1"))
        same_as_recorded(await visit.call("GET", f"V1/shipments?{by_order}"), "documents/shipments_with_tracks")
        await visit.post("V1/order/1/invoice", {"capture": True})
        same_as_recorded(await visit.call("GET", f"V1/orders/items?{by_order}"), "orders/items")


async def test_surprise_8_an_unknown_carrier_passes_and_a_shipment_without_items_takes_all() -> None:
    async with a_shop() as visit:
        await two_products(visit)
        visit.order({"CAM-001": 3, "CAM-002": 2})
        foreign = await visit.call("POST", "V1/order/1/ship", lines((999999, 1)))
        same_as_recorded(foreign, "documents/foreign_item")
        track = {"tracks": [TRACK | {"carrier_code": "nosuch"}]}
        same_as_recorded(
            await visit.call("POST", "V1/order/1/ship", lines((1, 1)) | track), "documents/unknown_carrier"
        )
        await visit.post("V1/order/1/ship", {})
        shipped = [item["qty_shipped"] for item in (await visit.get("V1/orders/1"))["items"]]
        assert shipped == [3, 2]


async def test_surprise_1_shipping_without_a_source_takes_from_default_though_the_stock_does_not_sell_from_it() -> None:
    async with a_shop() as visit:
        for code in ("loja", "deposito"):
            visit.shop.inventory.add_source({"source_code": code, "name": code.title()})
        visit.shop.inventory.add_stock("Site", ["loja", "deposito"], ["base"])
        await visit.product(stock=50)
        rows = [
            {"sku": "CAM-001", "source_code": code, "quantity": quantity, "status": 1}
            for code, quantity in (("loja", 5), ("deposito", 1))
        ]
        await visit.post("V1/inventory/source-items", {"sourceItems": rows})
        visit.order({"CAM-001": 2})
        visit.order({"CAM-001": 2})
        assert visit.shop.salable("CAM-001") == 2

        async def ship(order: int, source: str | None) -> Any:
            arguments = {"arguments": {"extension_attributes": {"source_code": source}}} if source else {}
            return await visit.call("POST", f"V1/order/{order}/ship", arguments)

        for wrong in ("deposito", "nosuch"):
            same_as_recorded(await ship(1, wrong), "documents/unknown_source")
        assert (await ship(1, None)).status == 200
        assert visit.shop.salable("CAM-001") == 4, (
            "as if two pieces had come back: nothing left the stock's own sources"
        )
        default = visit.shop.inventory.item("CAM-001", "default")
        assert default is not None
        assert default.quantity == 48
        assert (await ship(2, "loja")).status == 200
        assert visit.shop.salable("CAM-001") == 4


async def test_surprise_3_a_second_partial_shipment_and_a_late_track_do_not_move_the_orders_time_of_change() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order({"CAM-001": 3})

        async def moved(act: str, body: Any) -> bool:
            before = (await visit.get("V1/orders/1"))["updated_at"]
            visit.clock.advance()
            await visit.post(act, body)
            return bool((await visit.get("V1/orders/1"))["updated_at"] > before)

        assert await moved("V1/order/1/invoice", {"capture": True})
        assert not await moved("V1/order/1/ship", lines((1, 1)))
        shipment = (await visit.get("V1/shipment/1"))["updated_at"]
        assert not await moved("V1/shipment/track", {"entity": {"order_id": 1, "parent_id": 1, **TRACK}})
        assert (await visit.get("V1/shipment/1"))["updated_at"] > shipment
        assert await moved("V1/orders/1/comments", {"statusHistory": {"comment": "NF-e", "status": "processing"}})
        assert await moved("V1/order/1/ship", {})
        assert await moved("V1/order/1/refund", lines((1, 1)) | {"arguments": {"shipping_amount": 0}})


async def grid_order(visit: Visit) -> None:
    attribute = {
        "attribute_code": "cor", "frontend_input": "select", "default_frontend_label": "Cor", "scope": "global",
        "options": [{"label": "Azul"}],
    }  # fmt: skip
    created = await visit.post("V1/products/attributes", {"attribute": attribute})
    assign = {"attributeSetId": 4, "attributeGroupId": 7, "attributeCode": "cor", "sortOrder": 1}
    await visit.post("V1/products/attribute-sets/attributes", assign)
    blue = created["options"][1]["value"]
    chosen = [{"attribute_code": "cor", "value": blue}]
    child = await visit.product("CAM-AZ", visibility=1, custom_attributes=chosen)
    option = {"attribute_id": str(created["attribute_id"]), "label": "Cor", "values": [{"value_index": int(blue)}]}
    extension = {
        "website_ids": [1],
        "stock_item": {"is_in_stock": True},
        "configurable_product_options": [option],
        "configurable_product_links": [child["id"]],
    }
    parent = product("CAM", type_id="configurable", price=0, extension_attributes=extension)
    await visit.post("all/V1/products", {"product": parent})
    visit.order({"CAM-AZ": 2})


async def test_surprise_7_a_variants_order_has_two_lines_and_is_shipped_by_its_parents() -> None:
    async with a_shop() as visit:
        await grid_order(visit)
        same_as_recorded(await visit.call("GET", "V1/orders/1"), "orders/grid_order")
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", lines((2, 1))), "documents/child_line")
        same_as_recorded(await visit.call("POST", "V1/order/1/ship", lines((1, 1))), "documents/parent_line")
        fields = "fields=status,state,items[item_id,parent_item_id,sku,product_type,qty_ordered,qty_shipped]"
        answer = await visit.call("GET", f"V1/orders/1?{fields}")
        same_as_recorded(answer, "orders/grid_order_quantities")
        assert [(i["sku"], i["qty_shipped"]) for i in answer.body["items"]] == [("CAM-AZ", 1), ("CAM-AZ", 0)]
        assert visit.shop.salable("CAM-AZ") == 8
