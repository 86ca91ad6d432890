"""How a guest's cart looks on the wire (recorded: carts)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop.carts import Cart, CartItem
from connectors.sandbox.shop.customers import GUESTS
from connectors.sandbox.shop.payments import METHODS
from connectors.sandbox.shop.prices import Prices
from connectors.sandbox.shop.products import DEFAULT_VIEW, Catalogue
from connectors.sandbox.shop.wire import ZERO, money

CURRENCY = "BRL"


class CartView:
    """Carts with the prices that a guest pays at this moment."""

    def __init__(self, catalogue: Catalogue, prices: Prices, now: datetime) -> None:
        self._catalogue = catalogue
        self._prices = prices
        self._now = now

    def item(self, cart: Cart, item: CartItem) -> dict[str, Any]:
        """What answers a product put into the cart."""
        product = self._catalogue.get(item.sku)
        return {
            "item_id": item.item_id,
            "sku": product.sku,
            "qty": item.quantity,
            "name": product.value("name", DEFAULT_VIEW),
            "price": self._price(item),
            "product_type": product.type_id,
            "quote_id": str(cart.cart_id),
        }

    def to_pay(self, cart: Cart) -> dict[str, Any]:
        """What answers an address: the ways to pay and what it comes to."""
        return {
            "payment_methods": [{"code": method.code, "title": method.title} for method in METHODS.values()],
            "totals": self._totals(cart),
        }

    def _price(self, item: CartItem) -> Decimal:
        return money(self._prices.final(self._catalogue.get(item.sku), GUESTS, item.quantity, self._now))

    def _totals(self, cart: Cart) -> dict[str, Any]:
        assert cart.delivery is not None, "asked after the delivery was chosen"
        rows = [self._row(item) for item in cart.items]
        subtotal, freight = sum((row["row_total"] for row in rows), ZERO), cart.delivery.freight
        label = f"Shipping & Handling ({cart.delivery.title})"
        segments: list[tuple[str, str, Decimal, dict[str, Any]]] = [
            ("subtotal", "Subtotal", subtotal, {}),
            ("shipping", label, freight, {}),
            ("tax", "Tax", ZERO, {"extension_attributes": {"tax_grandtotal_details": []}}),
            ("grand_total", "Grand Total", subtotal + freight, {"area": "footer"}),
        ]
        return {
            **_twice("grand_total", subtotal + freight),
            **_twice("subtotal", subtotal),
            **_twice("discount_amount", ZERO),
            **_twice("subtotal_with_discount", subtotal),
            **_twice("shipping_amount", freight),
            **_twice("shipping_discount_amount", ZERO),
            **_twice("tax_amount", ZERO),
            "weee_tax_applied_amount": None,
            **_twice("shipping_tax_amount", ZERO),
            "subtotal_incl_tax": subtotal,
            "shipping_incl_tax": freight,
            "base_shipping_incl_tax": freight,
            "base_currency_code": CURRENCY,
            "quote_currency_code": CURRENCY,
            "items_qty": sum((item.quantity for item in cart.items), ZERO),
            "items": rows,
            "total_segments": [
                {"code": code, "title": title, "value": value, **more} for code, title, value, more in segments
            ],
        }

    def _row(self, item: CartItem) -> dict[str, Any]:
        price = self._price(item)
        total = money(price * item.quantity)
        return {
            "item_id": item.item_id,
            **_twice("price", price),
            "qty": item.quantity,
            **_twice("row_total", total),
            "row_total_with_discount": ZERO,
            **_twice("tax_amount", ZERO),
            "tax_percent": ZERO,
            **_twice("discount_amount", ZERO),
            "discount_percent": ZERO,
            **_twice("price_incl_tax", price),
            **_twice("row_total_incl_tax", total),
            "options": "[]",
            "weee_tax_applied_amount": None,
            "weee_tax_applied": None,
            "name": self._catalogue.get(item.sku).value("name", DEFAULT_VIEW),
        }


def _twice(name: str, value: Decimal) -> dict[str, Decimal]:
    """In the order's currency and in the shop's, which are the same."""
    return {name: value, f"base_{name}": value}
