"""What buyers see and do: the shelf, an account, an order, a change of mind. Tests and the demo act through it.

Every method holds the shop's lock, so it may be called from any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop.checkout import Buyer, Checkout, Delivery, Wish
from connectors.sandbox.shop.customers import GUESTS, Address, Customer, Customers
from connectors.sandbox.shop.errors import Refused
from connectors.sandbox.shop.inventory import WEBSITE, Inventory
from connectors.sandbox.shop.order_book import OrderBook
from connectors.sandbox.shop.orders import Order
from connectors.sandbox.shop.prices import Prices
from connectors.sandbox.shop.products import DEFAULT_VIEW, INVISIBLE, Catalogue, Product
from connectors.sandbox.shop.regions import region_of
from connectors.sandbox.shop.wire import money

ONE = Decimal(1)
PICK_UP = Delivery("retirada_loja", "Retirar na loja", Decimal(0))


@dataclass(frozen=True)
class Variant:
    """One cell of a grid on the shelf. `choices` by attribute label: {"Tamanho": "M", "Cor": "Azul"}."""

    sku: str
    choices: Mapping[str, str]
    price: Decimal
    available: Decimal


@dataclass(frozen=True)
class Offer:
    """A product on the shelf as one visitor sees it.

    `price` is the lowest of its variants' for a grid; `texts` holds every attribute that is set, options by their
    label; `photos` are file paths below /media/catalog/product, the main one first.
    """

    sku: str
    name: str
    price: Decimal
    available: Decimal
    texts: Mapping[str, str]
    photos: Sequence[str]
    categories: Sequence[str]
    variants: Sequence[Variant]


class Storefront:
    def __init__(
        self,
        lock: AbstractContextManager[Any],
        clock: Callable[[], datetime],
        catalogue: Catalogue,
        inventory: Inventory,
        prices: Prices,
        customers: Customers,
        checkout: Checkout,
        orders: OrderBook,
    ) -> None:
        self._lock = lock
        self._clock = clock
        self._catalogue = catalogue
        self._inventory = inventory
        self._prices = prices
        self._customers = customers
        self._checkout = checkout
        self._orders = orders

    # ------------------------------------------------------------- looking

    def shelf(self, customer_id: int | None = None) -> list[Offer]:
        """What a visitor, or a customer with the prices of the group, can buy now."""
        with self._lock:
            group_id = self._group(customer_id)
            offers = (self._offer(product, group_id) for product in self._catalogue.by_id.values())
            return [offer for offer in offers if offer is not None]

    def look_at(self, sku: str, customer_id: int | None = None) -> Offer | None:
        """One product as the visitor sees it; None where it is not on the shelf."""
        with self._lock:
            product = self._catalogue.find(sku)
            return self._offer(product, self._group(customer_id)) if product is not None else None

    def _group(self, customer_id: int | None) -> int:
        return GUESTS if customer_id is None else self._customers.get(customer_id).group_id

    def _offer(self, product: Product, group_id: int) -> Offer | None:
        visible = product.value("visibility", DEFAULT_VIEW) != INVISIBLE
        if not visible or not self._checkout.offered(product):
            return None
        if product.configurable and not product.in_stock:
            return None
        variants = self._variants(product, group_id) if product.configurable else []
        if product.configurable:
            available = sum((variant.available for variant in variants), Decimal(0))
            price = min((variant.price for variant in variants if variant.available > 0), default=Decimal(0))
        else:
            available, price = self._available(product), self._price(product, group_id)
        if available <= 0:
            return None
        pictures = [p for p in product.pictures if not p.disabled]
        pictures.sort(key=lambda p: ("image" not in p.types, p.position))
        return Offer(
            product.sku, product.value("name", DEFAULT_VIEW), price, available, self._texts(product),
            [p.file for p in pictures], [self._catalogue.categories.by_id[c].name for c in product.category_links],
            variants,
        )  # fmt: skip

    def _variants(self, product: Product, group_id: int) -> list[Variant]:
        attributes = [self._catalogue.attributes.by_id[option.attribute_id] for option in product.grid]
        result = []
        for variant in self._catalogue.variants_of(product):
            if variant.value("status", DEFAULT_VIEW) != 1:
                continue
            choices = {a.label: self._label(a.code, variant.value(a.code)) for a in attributes}
            price, available = self._price(variant, group_id), max(self._available(variant), Decimal(0))
            result.append(Variant(variant.sku, choices, price, available))
        return result

    def _price(self, product: Product, group_id: int) -> Decimal:
        return money(self._prices.final(product, group_id, ONE, self._clock()))

    def _available(self, product: Product) -> Decimal:
        return self._inventory.salable(product.sku, self._inventory.stock_of(WEBSITE).stock_id)

    def _texts(self, product: Product) -> dict[str, str]:
        codes = dict.fromkeys([*product.values, *product.overrides])
        return {code: self._label(code, product.value(code, DEFAULT_VIEW)) for code in codes}

    def _label(self, code: str, value: Any) -> str:
        attribute = self._catalogue.attributes.by_code[code]
        labels = {option.option_id: option.label for option in attribute.options}
        return ", ".join(labels.get(part, part) for part in str(value).split(",")) if labels else str(value)

    # ------------------------------------------------------------- the account

    def register(self, data: Mapping[str, Any]) -> Customer:
        """A visitor opens an account; fields as in POST /V1/customers (email, firstname, lastname, taxvat, addresses).

        Raises Refused.
        """
        with self._lock:
            return self._customers.create(data, trusted=False)

    def edit_account(self, customer_id: int, data: Mapping[str, Any]) -> Customer:
        """Name, e-mail or document; this moves the customer's `updated_at`."""
        with self._lock:
            return self._customers.update(customer_id, {k: v for k, v in data.items() if k != "addresses"})

    def edit_address(self, customer_id: int, data: Mapping[str, Any], address_id: int | None = None) -> Address:
        """Change an address of the book, the default billing one where none is named; or the first one is added.

        This does not move the customer's `updated_at`, in Magento as here.
        """
        with self._lock:
            customer = self._customers.get(customer_id)
            known = address_id if address_id is not None else customer.default_billing
            entry = data if known is not None else {"default_billing": True, "default_shipping": True, **data}
            return self._customers.save_address(customer_id, entry, known)

    def add_address(self, customer_id: int, data: Mapping[str, Any]) -> Address:
        """One more address in the book."""
        with self._lock:
            return self._customers.save_address(customer_id, data)

    # ------------------------------------------------------------- orders

    def place_order(
        self,
        lines: Mapping[str, Decimal | int],
        payment: str = "pix",
        customer_id: int | None = None,
        guest: Mapping[str, Any] | None = None,
        address: Mapping[str, Any] | None = None,
        shipping_address: Mapping[str, Any] | None = None,
        delivery: Delivery = PICK_UP,
        review: bool = False,
    ) -> Order:
        """Order SKUs (a grid's variant by its own SKU), as a customer or as a guest.

        `guest`: email, firstname, lastname, cpf. `address` as in the address book; a customer without one uses the
        defaults of the account. A guest's CPF stands in the address (`vat_id`), as payment modules keep it; a
        customer's in `customer_taxvat`. Raises Refused.
        """
        with self._lock:
            buyer = self._buyer(customer_id, guest)
            billing = self._order_address(buyer, customer_id, address, guest, "billing")
            shipping = self._order_address(buyer, customer_id, shipping_address or address, guest, "shipping")
            wishes = [Wish(sku, Decimal(quantity)) for sku, quantity in lines.items()]
            return self._checkout.place(buyer, wishes, billing, shipping, delivery, payment, review)

    def cancel_order(self, increment_id: str) -> bool:
        """The buyer changes their mind: works while the shop could cancel, that is before invoice or review."""
        with self._lock:
            return self._orders.cancel(self._orders.by_increment(increment_id).order_id)

    def gateway(self, increment_id: str, accept: bool) -> Order:
        """The decision on a payment in review, at the gateway. Raises Refused for an order that is not."""
        with self._lock:
            return self._orders.review(increment_id, accept)

    def _buyer(self, customer_id: int | None, guest: Mapping[str, Any] | None) -> Buyer:
        if customer_id is None:
            if not guest:
                raise Refused("An order needs a customer or a guest.")
            return Buyer(guest["email"], guest["firstname"], guest["lastname"])
        customer = self._customers.get(customer_id)
        fields = customer.fields
        return Buyer(
            customer.email, fields["firstname"], fields["lastname"], customer.group_id, customer_id,
            fields.get("taxvat"),
        )  # fmt: skip

    def _order_address(
        self,
        buyer: Buyer,
        customer_id: int | None,
        address: Mapping[str, Any] | None,
        guest: Mapping[str, Any] | None,
        kind: str,
    ) -> dict[str, Any]:
        """An order's copy of an address. Blank street lines are squeezed out, as Magento's checkout does."""
        source: dict[str, Any] = {}
        if address is None:
            customer = self._customers.get(customer_id) if customer_id is not None else None
            default = getattr(customer, f"default_{kind}", None)
            if customer is None or default is None:
                raise Refused("Please check the shipping address information.")
            stored = customer.address(default)
            source = {**stored.fields, "street": stored.street, "region": stored.region}
            source["customer_address_id"] = stored.address_id
        else:
            source = {"firstname": buyer.firstname, "lastname": buyer.lastname, "country_id": "BR", **address}
        if guest and guest.get("cpf"):
            source.setdefault("vat_id", guest["cpf"])
        missing = [name for name in ("street", "city", "postcode", "telephone") if not source.get(name)]
        if missing:
            raise Refused("Please check the shipping address information.")
        plain = ("firstname", "lastname", "company", "city", "country_id", "postcode", "telephone", "vat_id",
                 "customer_address_id")  # fmt: skip
        region = region_of(source)
        return {
            **{name: source[name] for name in plain if source.get(name) is not None},
            **region,
            "street": [line for line in source["street"] if line.strip()],
        }
