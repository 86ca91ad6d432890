"""Guests' carts: what a buyer without an account puts together until it is an order, once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from connectors.sandbox.shop.checkout import Checkout, Delivery, Wish
from connectors.sandbox.shop.customers import ADDRESS
from connectors.sandbox.shop.errors import NO_SUCH_FIELD_VALUE, NotFound, Refused
from connectors.sandbox.shop.orders import Order
from connectors.sandbox.shop.storefront import Storefront
from connectors.sandbox.shop.wire import ZERO, Shape

CART_ITEM: Shape = {"sku": "string", "qty": "float", "quote_id": "string"}
CART_ADDRESS: Shape = {**ADDRESS, "region": "string", "region_code": "string", "email": "string"}
WHERE_TO: Shape = {
    "shipping_address": CART_ADDRESS,
    "billing_address": CART_ADDRESS,
    "shipping_carrier_code": "string",
    "shipping_method_code": "string",
}
PAYMENT: Shape = {"method": "string"}
FLAT_RATE, FLAT_RATE_A_PIECE = ("flatrate", "flatrate"), Decimal(5)
"""The one delivery that a fresh shop has."""


@dataclass
class CartItem:
    item_id: int
    sku: str
    quantity: Decimal


@dataclass
class Cart:
    """`masked` is the id that a guest knows it by; `ordered` when it has become an order."""

    cart_id: int
    masked: str
    items: list[CartItem] = field(default_factory=list)
    address: dict[str, Any] | None = None
    delivery: Delivery | None = None
    ordered: bool = False


class Carts:
    def __init__(self, checkout: Checkout, storefront: Storefront) -> None:
        self._checkout = checkout
        self._storefront = storefront
        self._carts: dict[str, Cart] = {}
        self._items = count(1)

    def create(self) -> Cart:
        """An empty cart."""
        number = len(self._carts) + 1
        cart = Cart(number, hashlib.sha256(f"cart {number}".encode()).hexdigest()[:32])
        self._carts[cart.masked] = cart
        return cart

    def get(self, masked: str) -> Cart:
        """A cart that is none yet an order: afterwards there is no such cart any more. Raises NotFound."""
        cart = self._carts.get(masked)
        if cart is None or cart.ordered:
            number = masked if cart is None else cart.cart_id
            raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "cartId", "fieldValue": number})
        return cart

    def put(self, masked: str, sku: str, quantity: Decimal) -> CartItem:
        """So much more of a SKU. Raises Refused for more than is salable (recorded: orders/too_many)."""
        cart = self.get(masked)
        there = next((item for item in cart.items if item.sku == sku), None)
        before = ZERO if there is None else there.quantity
        self._checkout.wanted([Wish(sku, before + quantity)])
        if there is None:
            there = CartItem(next(self._items), sku, ZERO)
            cart.items.append(there)
        there.quantity += quantity
        return there

    def deliver(self, masked: str, where: Mapping[str, Any]) -> Cart:
        """Where it goes and how. Raises Refused for a delivery that the shop does not have."""
        cart = self.get(masked)
        way = (str(where.get("shipping_carrier_code")), str(where.get("shipping_method_code")))
        if way != FLAT_RATE:
            raise Refused("Carrier with such method not found: %1, %2", list(way))
        pieces = sum((item.quantity for item in cart.items), ZERO)
        cart.delivery = Delivery("_".join(way), "Flat Rate - Fixed", FLAT_RATE_A_PIECE * pieces)
        cart.address = {name: value for name, value in where["shipping_address"].items() if value is not None}
        return cart

    def order(self, masked: str, method: str) -> Order:
        """The cart becomes an order. Raises NotFound where it has already, so a second press makes no second order."""
        cart = self.get(masked)
        if cart.address is None or cart.delivery is None:
            raise Refused("The shipping address is missing. Set the address and try again.")
        guest = {name: cart.address.get(name) for name in ("email", "firstname", "lastname")}
        lines = {item.sku: item.quantity for item in cart.items}
        placed = self._storefront.place_order(lines, method, guest=guest, address=cart.address, delivery=cart.delivery)
        cart.ordered = True
        return placed
