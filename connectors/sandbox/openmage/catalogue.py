"""Products with their stock, pictures and tier prices; categories; attributes and the one attribute set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.values import ZERO, decimal

SET_ID = 4
ROOT_ID, DEFAULT_CATEGORY_ID = 1, 2
EVERYBODY = "32000"
LISTS = ("select", "multiselect")
SYSTEM = {
    "name": "text", "description": "textarea", "short_description": "textarea", "weight": "text", "status": "select",
    "url_key": "text", "visibility": "select", "price": "price", "special_price": "price",
    "special_from_date": "date", "special_to_date": "date", "tax_class_id": "select", "meta_title": "text",
}  # fmt: skip


@dataclass
class Tier:
    group: str  # a group's id or EVERYBODY
    website: int
    quantity: Decimal
    price: Decimal


@dataclass
class Picture:
    file: str
    content: bytes
    label: str = ""
    position: str = "1"
    exclude: str = "0"


@dataclass
class Product:
    product_id: int
    sku: str
    kind: str
    set_id: int
    created_at: datetime
    updated_at: datetime
    values: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    websites: list[str] = field(default_factory=list)
    quantity: Decimal = ZERO
    in_stock: bool = False
    counts_stock: bool = True
    tiers: list[Tier] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)  # image, small_image, thumbnail -> file

    def salable(self) -> bool:
        """A visitor can put it into the cart."""
        return self.values.get("status") == "1" and (not self.counts_stock or (self.in_stock and self.quantity > 0))

    def price(self, group: str, quantity: Decimal, today: date) -> Decimal:
        """What each piece costs: the lowest of the base, the special and the tier prices that hold."""
        prices = [decimal(self.values.get("price"))]
        if self.values.get("special_price"):
            first, last = (_day(self.values.get(key)) for key in ("special_from_date", "special_to_date"))
            if (first is None or first <= today) and (last is None or today <= last):
                prices.append(decimal(self.values["special_price"]))
        prices += [tier.price for tier in self.tiers if tier.group in (group, EVERYBODY) and quantity >= tier.quantity]
        return min(prices)


@dataclass
class Attribute:
    attribute_id: int
    code: str
    kind: str
    label: str
    in_set: bool = True
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class Category:
    category_id: int
    parent_id: int
    name: str


class Catalogue:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ids = count(1)
        self._option_ids = count(3)
        self.products: dict[int, Product] = {}
        self.attributes = {
            code: Attribute(number, code, kind, code) for number, (code, kind) in enumerate(SYSTEM.items(), 71)
        }
        self.categories = {
            ROOT_ID: Category(ROOT_ID, 0, "Root"),
            DEFAULT_CATEGORY_ID: Category(DEFAULT_CATEGORY_ID, ROOT_ID, "Default Category"),
        }

    def by_sku(self, sku: str) -> Product | None:
        """SKUs are the same in whatever case, as the database compares them."""
        return next((one for one in self.products.values() if one.sku.casefold() == str(sku).casefold()), None)

    def of(self, name: object, identifier: object = None, fault: str = "product_not_exists") -> Product:
        """The product that a call means: digits alone are an id, unless the call says that they are a SKU."""
        text = str(name)
        found = None
        if identifier == "sku" or (identifier is None and not text.lstrip("+-").isdigit()):
            found = self.by_sku(text)
            if found is None and identifier == "sku":
                raise ApiFault(fault)
        if found is None and text.isdigit():
            found = self.products.get(int(text))
        if found is None:
            raise ApiFault(fault)
        return found

    def create(self, kind: str, set_id: int, sku: str) -> Product:
        """Recorded: create/duplicate."""
        if self.by_sku(sku) is not None:
            raise ApiFault("internal", 'The value of attribute "SKU" must be unique')
        now = self._clock()
        product = Product(next(self._ids), sku, kind, set_id, now, now)
        self.products[product.product_id] = product
        return product

    def saved(self, product: Product) -> None:
        product.updated_at = self._clock()

    def add_attribute(self, code: str, kind: str, label: str) -> Attribute:
        if code in self.attributes:
            raise ApiFault("unable_to_save")
        attribute = Attribute(len(self.attributes) + 71, code, kind, label, in_set=False)
        self.attributes[code] = attribute
        return attribute

    def add_option(self, attribute: Attribute, label: str) -> None:
        attribute.options[str(next(self._option_ids))] = label

    def add_category(self, parent_id: int, name: str) -> Category:
        if parent_id not in self.categories:
            raise ApiFault("not_exists")
        category = Category(max(self.categories) + 1, parent_id, name)
        self.categories[category.category_id] = category
        return category


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
