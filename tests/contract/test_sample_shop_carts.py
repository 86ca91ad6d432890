"""Guests' carts of the sample shop, held against the recorded ones."""

from __future__ import annotations

import pytest

from tests.contract.sample_shop import ADDRESS, Visit, a_shop, same_as_recorded

pytestmark = pytest.mark.anyio

WHERE_TO = {
    "addressInformation": {
        "shipping_address": {
            **ADDRESS,
            "firstname": "Mariana",
            "lastname": "Oliveira",
            "country_id": "BR",
            "email": "mariana@example.com.br",
        },
        "shipping_carrier_code": "flatrate",
        "shipping_method_code": "flatrate",
    }
}
PAYS = {"paymentMethod": {"method": "boleto"}}


async def a_full_cart(visit: Visit) -> str:
    """The path of a cart that only has to be ordered; each step as recorded."""
    created = await visit.call("POST", "V1/guest-carts")
    same_as_recorded(created, "carts/created")
    cart = f"V1/guest-carts/{created.body}"
    line = {"cartItem": {"sku": "CAM-001", "qty": 2, "quote_id": created.body}}
    same_as_recorded(await visit.call("POST", f"{cart}/items", line), "carts/item")
    same_as_recorded(await visit.call("POST", f"{cart}/shipping-information", WHERE_TO), "carts/to_pay")
    return cart


async def test_surprise_9_a_guest_who_orders_twice_has_ordered_once() -> None:
    async with a_shop() as visit:
        await visit.product(stock=10)
        del visit.client.headers["Authorization"]
        cart = await a_full_cart(visit)
        placed = await visit.call("PUT", f"{cart}/order", PAYS)
        same_as_recorded(placed, "carts/ordered")
        again = await visit.call("PUT", f"{cart}/order", PAYS)
        assert (again.status, again.body["parameters"]) == (404, {"fieldName": "cartId", "fieldValue": 1})
        (order,) = visit.shop.orders.by_id.values()
        assert (order.order_id, order.email, visit.shop.salable("CAM-001")) == (
            placed.body,
            "mariana@example.com.br",
            8,
        )


async def test_a_cart_takes_no_more_than_is_for_sale_and_goes_no_way_that_the_shop_does_not_have() -> None:
    async with a_shop() as visit:
        await visit.product(stock=10)
        cart = await a_full_cart(visit)
        more = await visit.call("POST", f"{cart}/items", {"cartItem": {"sku": "CAM-001", "qty": 9}})
        same_as_recorded(more, "orders/too_many")
        by_drone = {"addressInformation": WHERE_TO["addressInformation"] | {"shipping_method_code": "drone"}}
        refused = await visit.call("POST", f"{cart}/shipping-information", by_drone)
        assert (refused.status, refused.body["parameters"]) == (400, ["flatrate", "drone"])
        assert (await visit.call("PUT", f"{cart}/order", PAYS)).body == 1
