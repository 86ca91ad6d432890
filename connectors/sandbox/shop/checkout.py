"""Placing an order: what may be bought, at which price, and the reservation of its goods."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop.errors import Refused
from connectors.sandbox.shop.inventory import WEBSITE, Inventory
from connectors.sandbox.shop.order_book import OrderBook
from connectors.sandbox.shop.orders import STATUSES, Item, Order, OrderAddress, Payment
from connectors.sandbox.shop.payments import METHODS
from connectors.sandbox.shop.prices import Prices
from connectors.sandbox.shop.products import DEFAULT_VIEW, Catalogue, Product
from connectors.sandbox.shop.wire import ZERO, collate, money

NOT_AVAILABLE = "Product that you are trying to add is not available."


@dataclass(frozen=True)
class Wish:
    """One line of a buyer's cart. For a variant, its own SKU; it is then sold through its configurable."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True)
class Buyer:
    """Who orders. `customer_id` None = a guest."""

    email: str
    firstname: str
    lastname: str
    group_id: int = 0
    customer_id: int | None = None
    taxvat: str | None = None


@dataclass(frozen=True)
class Delivery:
    """`method` as carrier_method, e.g. `correios_sedex`; `title` as the buyer reads it; freight in BRL."""

    method: str
    title: str
    freight: Decimal


class Checkout:
    def __init__(
        self,
        clock: Callable[[], datetime],
        catalogue: Catalogue,
        inventory: Inventory,
        prices: Prices,
        book: OrderBook,
    ) -> None:
        self._clock = clock
        self._catalogue = catalogue
        self._inventory = inventory
        self._prices = prices
        self._book = book

    def place(
        self,
        buyer: Buyer,
        wishes: Sequence[Wish],
        billing: Mapping[str, Any],
        shipping: Mapping[str, Any],
        delivery: Delivery,
        method_code: str,
        review: bool = False,
        remote_ip: str = "127.0.0.1",
    ) -> Order:
        """A new order; its goods are reserved at once, the source is not touched (seen on a real shop).

        `review`: the gateway wants to look at the payment; only a card can fall into it. Raises Refused, for more
        than is salable with the message recorded as orders/too_many.
        """
        method = METHODS.get(method_code)
        if method is None:
            raise Refused("The requested Payment Method is not available.")
        products = self.wanted(wishes)
        now, order_id = self._book.now(), self._book.next_id("order")
        items: list[Item] = []
        for wish, product in zip(wishes, products, strict=True):
            items += self._lines(product, wish.quantity, buyer.group_id, now)
        subtotal = sum((item.row_total for item in items), ZERO)
        freight = money(delivery.freight)
        payment = Payment(method.code, method.title)
        if method.authorises:
            token = hashlib.sha256(str(order_id).encode()).hexdigest()[:16]
            payment = Payment(method.code, method.title, subtotal + freight, "4242", token)
        state = method.state(review)
        order = Order(
            order_id, f"{order_id:09d}", state, STATUSES[state][0], now, now, self._stock_id(),
            buyer.email, buyer.firstname, buyer.lastname, buyer.group_id,
            shipping=OrderAddress(self._book.next_id("address"), "shipping", dict(shipping)),
            billing=OrderAddress(self._book.next_id("address"), "billing", dict(billing)),
            items=items, payment=payment, shipping_method=delivery.method, shipping_title=delivery.title,
            freight=freight, subtotal=subtotal, customer_id=buyer.customer_id, taxvat=buyer.taxvat,
            remote_ip=remote_ip,
        )  # fmt: skip
        self._book.add(order)
        for item in order.lines:
            self._book.reserve(order, item, -item.ordered, "order_placed")
        self._book.mail("order", order)
        return order

    def wanted(self, wishes: Sequence[Wish]) -> list[Product]:
        """The products of a cart's lines. Raises Refused where one is not for sale, or not so many of it."""
        if not wishes:
            raise Refused("You can't place an order without products.")
        wanted: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        products = []
        for wish in wishes:
            product = self._catalogue.get(wish.sku)
            if product.configurable:
                raise Refused("You need to choose options for your item.")
            if not self.offered(product):
                raise Refused(NOT_AVAILABLE)
            if wish.quantity <= 0:
                raise Refused("The requested qty is not available")
            wanted[collate(product.sku)] += wish.quantity
            products.append(product)
        stock_id = self._stock_id()
        if any(self._inventory.salable(sku, stock_id) < quantity for sku, quantity in wanted.items()):
            raise Refused("The requested qty is not available")
        return products

    def _stock_id(self) -> int:
        return self._inventory.stock_of(WEBSITE).stock_id

    def offered(self, product: Product) -> bool:
        """Enabled on the website, and so is the configurable it is sold through; that one in stock too."""
        parent = self._catalogue.parent_of(product)
        chain = [product] if parent is None else [product, parent]
        enabled = all(p.value("status", DEFAULT_VIEW) == 1 and p.website_ids for p in chain)
        return enabled and (parent is None or parent.in_stock)

    def _lines(self, product: Product, quantity: Decimal, group_id: int, now: str) -> list[Item]:
        price = self._prices.final(product, group_id, quantity, self._clock())
        weight = product.value("weight") or ZERO
        parent = self._catalogue.parent_of(product)
        sold = parent or product
        line = Item(
            self._book.next_id("item"), sold.product_id, sold.type_id, product.sku, sold.value("name", DEFAULT_VIEW),
            price, quantity, money(price * quantity), weight, now, now,
        )  # fmt: skip
        if parent is None:
            return [line]
        for option in parent.grid:
            value = product.value(self._catalogue.attributes.by_id[option.attribute_id].code)
            line.choices.append({"option_id": str(option.attribute_id), "option_value": int(value)})
        child = Item(
            self._book.next_id("item"), product.product_id, product.type_id, product.sku,
            product.value("name", DEFAULT_VIEW), ZERO, quantity, ZERO, weight, now, now, parent=line,
        )  # fmt: skip
        return [line, child]
