"""The sample shop as one object in memory: its parts wired together, what it mailed, and what it was asked.

Whoever speaks to it from another thread than the one that serves it holds `lock` meanwhile; the storefront does.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.shop.attributes import Attributes
from connectors.sandbox.shop.bulk import Queue
from connectors.sandbox.shop.carts import Carts
from connectors.sandbox.shop.categories import Categories
from connectors.sandbox.shop.checkout import Checkout
from connectors.sandbox.shop.customers import Customers, Groups
from connectors.sandbox.shop.documents import Documents
from connectors.sandbox.shop.faults import Faults
from connectors.sandbox.shop.inventory import WEBSITE, Inventory
from connectors.sandbox.shop.mail import Mail
from connectors.sandbox.shop.order_book import OrderBook
from connectors.sandbox.shop.prices import Prices
from connectors.sandbox.shop.products import Catalogue
from connectors.sandbox.shop.slowness import Slowness
from connectors.sandbox.shop.storefront import Storefront

REQUESTS_KEPT = 20_000


@dataclass(frozen=True)
class Asked:
    """One REST call as the shop saw it.

    `route` is the template without store code (`V1/products/{sku}`), empty where none matched. `rows` counts the rows
    sent in the body's list, else the entries of the list answered. `status` 0 = the reply was dropped.
    """

    method: str
    route: str
    path: str
    status: int
    rows: int
    at: datetime


class Shop:
    """Empty at the start, but for what a fresh Magento has: groups, the default source and stock, attributes.

    `clock` gives aware times; every id counts up from 1, so a run repeats itself exactly.
    """

    def __init__(self, clock: Callable[[], datetime], name: str = "Loja Exemplo") -> None:
        self.clock = clock
        self.name = name
        self.lock = threading.RLock()
        self.mail: list[Mail] = []
        self.requests: deque[Asked] = deque(maxlen=REQUESTS_KEPT)
        self.review_key = ""
        """Of the merchant's own endpoint for payments in review; empty: there is none."""
        self.faults = Faults()
        self.slowness = Slowness()
        """How long calls take. Meanwhile others are served; parallel creates do not see each other."""
        self.groups = Groups()
        self.attributes = Attributes()
        self.categories = Categories(clock)
        self.inventory = Inventory()
        self.catalogue = Catalogue(clock, self.attributes, self.categories, self.inventory)
        self.queue = Queue(clock, self.catalogue)
        self.prices = Prices(self.catalogue, self.groups)
        self.customers = Customers(clock, self.groups, self.mail.append)
        self.orders = OrderBook(clock, self.inventory, self.mail.append)
        self.checkout = Checkout(clock, self.catalogue, self.inventory, self.prices, self.orders)
        self.documents = Documents(self.inventory, self.orders)
        self.storefront = Storefront(
            self.lock, clock, self.catalogue, self.inventory, self.prices, self.customers, self.checkout, self.orders
        )
        self.carts = Carts(self.checkout, self.storefront)

    def salable(self, sku: str) -> float | int:
        """What the website can still sell of a SKU, for tests and the demo's final count."""
        with self.lock:
            quantity = self.inventory.salable(sku, self.inventory.stock_of(WEBSITE).stock_id)
            return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)

    def calls(self, method: str, route: str) -> list[Asked]:
        """The logged calls of one route, e.g. `("POST", "V1/inventory/source-items")`."""
        with self.lock:
            requests = list(self.requests)
        return [asked for asked in requests if asked.method == method and asked.route == route]
