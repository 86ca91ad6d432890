"""What buyers see and do in the sample shop, bad days on order, the real socket, and that it stays quick."""

from __future__ import annotations

import time
from decimal import Decimal

import httpx
import pytest

from connectors.sandbox.shop import Fault, Shop, create_app, serve
from connectors.sandbox.shop.errors import Refused
from tests.contract.sample_shop import ADDRESS, GUEST, PNG, TOKEN, Clock, a_shop, criteria, product

pytestmark = pytest.mark.anyio

BEARER = {"Authorization": f"Bearer {TOKEN}"}


# ----------------------------------------------------------------- buyers


async def test_a_visitor_sees_what_is_enabled_visible_and_in_stock_and_nothing_else() -> None:
    async with a_shop() as visit:
        await visit.product("VENDE")
        await visit.product("DESLIGADO", status=2)
        await visit.product("ESCONDIDO", visibility=1)
        await visit.product("ACABOU", stock=0)
        shelf = visit.shop.storefront.shelf()
        assert [offer.sku for offer in shelf] == ["VENDE"]
        visit.order({"VENDE": 10})
        assert visit.shop.storefront.look_at("VENDE") is None


async def test_a_visitor_sees_texts_photos_and_the_price_of_the_customers_group() -> None:
    async with a_shop() as visit:
        text = [{"attribute_code": "description", "value": "<p>Algodão</p>"}]
        await visit.product(custom_attributes=text)
        content = {"base64_encoded_data": PNG, "type": "image/png", "name": "frente.png"}
        entry = {"media_type": "image", "label": "Frente", "types": ["image"], "content": content}
        await visit.post("V1/products/CAM-001/media", {"entry": entry})
        tier = {"sku": "CAM-001", "price": 45, "price_type": "fixed", "website_id": 0, "quantity": 1}
        await visit.post("V1/products/tier-prices", {"prices": [tier | {"customer_group": "Wholesale"}]})
        account = {"email": "ana@example.com.br", "firstname": "Ana", "lastname": "Lima", "group_id": 2}
        buyer = (await visit.post("V1/customers", {"customer": account}))["id"]
        page = (await visit.client.get(f"/storefront/products?customer={buyer}")).json()
        (offer,) = page["products"]
        assert (offer["price"], offer["available"], offer["texts"]["description"]) == (45, 10, "<p>Algodão</p>")
        assert (await visit.client.get(offer["photos"][0])).status_code == 200
        assert (await visit.client.get("/storefront/products/CAM-001")).json()["price"] == 59.9
        order = visit.shop.storefront.place_order({"CAM-001": 1}, customer_id=buyer, address=ADDRESS)
        assert order.subtotal == Decimal("45.00")


async def test_a_buyer_registers_orders_and_cancels_over_json_and_the_goods_are_free_again() -> None:
    async with a_shop() as visit:
        await visit.product()
        account = {"email": "ana@example.com.br", "firstname": "Ana", "lastname": "Lima", "taxvat": "52998224725"}
        home = {**ADDRESS, "firstname": "Ana", "lastname": "Lima", "country_id": "BR"}
        home |= {"default_billing": True, "default_shipping": True}
        customer = (await visit.client.post("/storefront/customers", json={**account, "addresses": [home]})).json()
        delivery = {"method": "correios_sedex", "title": "Correios - SEDEX", "freight": 24.9}
        wish = {"lines": [{"sku": "CAM-001", "quantity": 3}], "customer": customer["id"], "delivery": delivery}
        placed = (await visit.client.post("/storefront/orders", json=wish | {"payment": "pix"})).json()
        assert (placed["total"], placed["status"], visit.shop.salable("CAM-001")) == (204.6, "pending", 7)
        order = await visit.get(f"V1/orders/{placed['order_id']}")
        assert (order["customer_taxvat"], order["customer_is_guest"]) == ("52998224725", 0)
        answer = await visit.client.post(f"/storefront/orders/{placed['increment_id']}/cancel")
        assert (answer.json(), visit.shop.salable("CAM-001")) == ({"canceled": True}, 10)
        too_many = wish | {"lines": [{"sku": "CAM-001", "quantity": 11}]}
        refused = await visit.client.post("/storefront/orders", json=too_many)
        assert (refused.status_code, refused.json()["message"]) == (400, "The requested qty is not available")
        assert (await visit.client.post("/storefront/orders", json={"lines": [{"quantity": 1}]})).status_code == 400


async def test_a_buyer_cannot_cancel_what_is_already_billed() -> None:
    async with a_shop() as visit:
        await visit.product()
        order = visit.order()
        await visit.post("V1/order/1/invoice", {})
        assert visit.shop.storefront.cancel_order(order.increment_id) is False


async def test_blank_street_lines_are_squeezed_out_of_an_order() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order(address=ADDRESS | {"street": ["Rua das Flores", "", "Centro"]})
        assert (await visit.get("V1/orders/1"))["billing_address"]["street"] == ["Rua das Flores", "Centro"]


async def test_a_grid_leaves_the_shelf_with_its_last_variant_and_comes_back_with_it() -> None:
    async with a_shop() as visit:
        child = await visit.product("CAM-P", visibility=1)
        extension = {"stock_item": {"is_in_stock": True}, "configurable_product_links": [child["id"]]}
        data = product("CAM", type_id="configurable", price=0, extension_attributes=extension)
        await visit.post("all/V1/products", {"product": data})

        async def stock(quantity: int) -> None:
            row = {"sku": "CAM-P", "source_code": "default", "quantity": quantity, "status": int(quantity > 0)}
            await visit.post("V1/inventory/source-items", {"sourceItems": [row]})

        offer = visit.shop.storefront.look_at("CAM")
        assert offer is not None
        assert [(v.sku, v.price, v.available) for v in offer.variants] == [("CAM-P", Decimal("59.90"), Decimal(10))]
        await stock(0)
        assert visit.shop.storefront.look_at("CAM") is None
        await stock(2)
        assert visit.shop.storefront.look_at("CAM") is not None
        with pytest.raises(Refused, match="choose options"):
            visit.order({"CAM": 1})


async def test_a_grid_said_to_be_out_of_stock_is_not_sold_though_its_variants_are_there() -> None:
    async with a_shop() as visit:
        child = await visit.product("CAM-P", visibility=1)
        extension = {"stock_item": {"is_in_stock": False}, "configurable_product_links": [child["id"]]}
        data = product("CAM", type_id="configurable", price=0, extension_attributes=extension)
        await visit.post("all/V1/products", {"product": data})
        with pytest.raises(Refused, match="not available"):
            visit.order({"CAM-P": 1})


# ----------------------------------------------------------------- bad days


async def test_bad_days_strike_the_calls_they_name_as_often_as_they_say_and_then_pass() -> None:
    async with a_shop() as visit:
        faults = visit.shop.faults
        faults.too_many("GET", "V1/modules", retry_after_s=7)
        faults.maintenance("GET", "V1/modules", times=2)
        faults.expire_token("GET", "V1/modules")
        faults.answer("GET", "V1/modules", 500, {"message": "x"}, skip=1)
        seen = [await visit.client.get("/rest/V1/modules") for _ in range(6)]
        assert [answer.status_code for answer in seen] == [429, 503, 503, 401, 200, 500]
        assert (seen[0].headers["retry-after"], seen[1].headers["content-type"]) == ("7", "text/html; charset=utf-8")
        assert (await visit.call("GET", "V1/store/websites")).status == 200
        assert [asked.status for asked in visit.shop.calls("GET", "V1/modules")] == [429, 503, 503, 401, 200, 500]


async def test_a_lost_reply_has_done_its_work_and_a_broken_connection_has_not() -> None:
    async with a_shop() as visit:
        await visit.product()
        visit.order()
        visit.shop.faults.refuse("POST", "/invoice$")
        with pytest.raises(httpx.ConnectError):
            await visit.call("POST", "V1/order/1/invoice", {})
        assert visit.shop.documents.invoices == {}
        visit.shop.faults.lose_reply("POST", "/invoice$")
        with pytest.raises(httpx.RemoteProtocolError):
            await visit.call("POST", "V1/order/1/invoice", {})
        assert list(visit.shop.documents.invoices) == [1]
        assert [asked.status for asked in visit.shop.calls("POST", "V1/order/{id}/invoice")] == [0, 0]


async def test_an_answer_that_comes_late_comes_after_the_clients_patience() -> None:
    async with a_shop() as visit:
        visit.shop.faults.add(Fault("GET", "modules", "delay", seconds=0.02))
        start = time.monotonic()
        assert (await visit.call("GET", "V1/modules")).status == 200
        assert time.monotonic() - start >= 0.02


# ----------------------------------------------------------------- the real socket


def test_over_a_real_socket_the_shop_answers_breaks_connections_and_comes_back_at_the_same_port() -> None:
    shop = Shop(Clock())
    app = create_app(shop, {TOKEN})
    with serve(app) as url, httpx.Client(base_url=url, headers=BEARER) as client:
        assert client.post("/rest/all/V1/products", json={"product": product("CAM 1/A")}).status_code == 200
        assert client.get("/rest/V1/products/CAM%201%2FA").json()["sku"] == "CAM 1/A"
        shop.faults.lose_reply("PUT", "stockItems")
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.put("/rest/V1/products/CAM%201%2FA/stockItems/1", json={"stockItem": {"qty": 3}})
        assert shop.salable("CAM 1/A") == 3
        shop.faults.refuse("GET", "modules")
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.get("/rest/V1/modules")
        assert client.get("/rest/V1/modules").status_code == 200
        order = shop.storefront.place_order({"CAM 1/A": 1}, guest=GUEST, address=ADDRESS)
        assert client.get(f"/rest/V1/orders/{order.order_id}").json()["status"] == "pending"
    port = int(url.rpartition(":")[2])
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/magento_version")
    with serve(app, port=port) as again:
        assert again == url
        assert httpx.get(f"{again}/magento_version").text == "Magento/2.4 (Community)"


# ----------------------------------------------------------------- speed


async def test_ten_thousand_products_are_saved_priced_stocked_and_found_without_the_shop_getting_slower() -> None:
    async with a_shop() as visit:
        shop, count = visit.shop, 10_000
        halves = []
        for half in range(2):
            start = time.process_time()
            for i in range(half * count // 2, (half + 1) * count // 2):
                shop.catalogue.save(product(f"CAM-{i:05d}", stock=0, price=Decimal(10)))
            halves.append(time.process_time() - start)
        assert halves[1] < halves[0] * 3 + 0.2, halves
        start = time.process_time()
        for chunk in range(0, count, 1000):
            skus = [f"CAM-{i:05d}" for i in range(chunk, chunk + 1000)]
            prices = [{"sku": sku, "price": 20, "store_id": 0} for sku in skus]
            assert await visit.post("V1/products/base-prices", {"prices": prices}) == []
            rows = [{"sku": sku, "source_code": "default", "quantity": 5, "status": 1} for sku in skus]
            await visit.post("V1/inventory/source-items", {"sourceItems": rows})
        named = criteria(("sku", "in", ",".join(f"CAM-{i:05d}" for i in range(0, count, 100))))
        assert (await visit.get(f"V1/products?{named}&fields=total_count"))["total_count"] == 100
        assert (await visit.get(f"V1/inventory/source-items?{named}"))["total_count"] == 100
        assert shop.salable("CAM-09999") == 5
        assert time.process_time() - start < 5
