"""Guests' carts. No token: whoever knows the cart's id is its buyer."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop.cart_view import CartView
from connectors.sandbox.shop.carts import CART_ITEM, PAYMENT, WHERE_TO
from connectors.sandbox.shop.errors import required
from connectors.sandbox.shop.router import Call, Route
from connectors.sandbox.shop.shop import Shop


def create(shop: Shop, call: Call) -> Any:
    return shop.carts.create().masked


def put(shop: Shop, call: Call) -> Any:
    given = call.entity("cartItem", CART_ITEM)
    item = shop.carts.put(call.text("cart"), given["sku"], given["qty"])
    return _view(shop).item(shop.carts.get(call.text("cart")), item)


def deliver(shop: Shop, call: Call) -> Any:
    where = call.entity("addressInformation", WHERE_TO)
    if not where.get("shipping_address"):
        raise required("shippingAddress")
    return _view(shop).to_pay(shop.carts.deliver(call.text("cart"), where))


def order(shop: Shop, call: Call) -> Any:
    """The order's id, as a number."""
    return shop.carts.order(call.text("cart"), call.entity("paymentMethod", PAYMENT)["method"]).order_id


def _view(shop: Shop) -> CartView:
    return CartView(shop.catalogue, shop.prices, shop.clock())


ROUTES = (
    Route("POST", "V1/guest-carts", create, None),
    Route("POST", "V1/guest-carts/{cart}/items", put, None),
    Route("POST", "V1/guest-carts/{cart}/shipping-information", deliver, None),
    Route("PUT", "V1/guest-carts/{cart}/order", order, None),
)
