"""C-Plus against the shop, piece by piece, once the engine is at rest: what should be equal and is not.

From the outside only: what the engine itself believes is no evidence. Values are plain, for a person and for JSON.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.desk import Desk
from connectors.sandbox.both_sides import ZERO, Base, Front, Good, Order, read_base, read_shop
from connectors.sandbox.shop import Shop

ONE = Decimal(1)

Plain = str | int | bool | None
Difference = dict[str, Plain]
"""`what` names the kind; `sku`, `order` or `customer` the case; `cplus` and `shop` hold what each side says."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How the shop's account is set up: what the engine was told to publish.

    `other_prefixes` are those of the store's other shops, whose short orders wait for the same goods.
    """

    order_prefix: str
    online_tag: str
    base_table: str
    group_tables: tuple[str, ...]
    grid_prefix: str
    other_prefixes: tuple[str, ...] = ()

    @property
    def prefixes(self) -> tuple[str, ...]:
        """What the reference of an order of any of the shops begins with."""
        return tuple(f"{prefix}-" for prefix in (self.order_prefix, *self.other_prefixes))


@dataclass(frozen=True, slots=True)
class Comparison:
    """`counts` of both sides by name, and the differences; none where all is well."""

    counts: dict[str, int]
    differences: list[Difference]


def compare(desk: Desk, shop: Shop, terms: Terms) -> Comparison:
    """Read both sides and compare them."""
    base, front = read_base(desk, terms.online_tag), read_shop(shop)
    pairs = _Pairs(base, front, terms)
    differences = [
        *pairs.listings(),
        *pairs.grids(),
        *pairs.stock(),
        *pairs.prices(),
        *pairs.orders(),
        *_reservations(base),
        *_customers(base, front),
    ]
    return Comparison(pairs.counts(), differences)


class _Pairs:
    def __init__(self, base: Base, front: Front, terms: Terms) -> None:
        self._base = base
        self._front = front
        self._terms = terms
        self._ours: defaultdict[str, list[Order]] = defaultdict(list)
        for order in base.orders:
            if order.reference.startswith(f"{terms.order_prefix}-"):
                self._ours[order.reference.removeprefix(f"{terms.order_prefix}-")].append(order)

    # ------------------------------------------------------------ goods

    def _on_sale(self) -> Iterator[Good]:
        """Flagged products with a price: those a visitor shall find."""
        for good in self._base.goods.values():
            if good.wanted and self._terms.base_table in good.prices:
                yield good

    def listings(self) -> Iterator[Difference]:
        """Whether each product stands in the shop, enabled or not, under its name."""
        on_sale = {good.sku for good in self._on_sale()}
        for sku in sorted(on_sale - self._front.articles.keys()):
            yield _differ("missing", cplus=self._base.goods[sku].name, shop=None, sku=sku)
        for sku, article in self._front.articles.items():
            good = self._base.goods.get(sku)
            if good is None:
                continue
            if article.enabled != good.wanted:
                yield _differ("enabled", cplus=good.wanted, shop=article.enabled, sku=sku)
            if sku in on_sale and article.name != good.name:
                yield _differ("name", cplus=good.name, shop=article.name, sku=sku)

    def grids(self) -> Iterator[Difference]:
        """The same of each grid that has a cell in the shop."""
        on_sale = {good.grid for good in self._on_sale()}
        shown = {self._base.goods[sku].grid for sku in self._front.articles if sku in self._base.goods}
        for grid in sorted(key for key in on_sale | shown if key is not None):
            sku = f"{self._terms.grid_prefix}{grid}"
            article, wanted, name = self._front.articles.get(sku), grid in on_sale, self._base.grids[grid]
            if article is None:
                if wanted:
                    yield _differ("missing", cplus=name, shop=None, sku=sku)
                continue
            if article.enabled != wanted:
                yield _differ("enabled", cplus=wanted, shop=article.enabled, sku=sku)
            if wanted and article.name != name:
                yield _differ("name", cplus=name, shop=article.name, sku=sku)

    def stock(self) -> Iterator[Difference]:
        """What can be bought: on hand less reserved less what the shops' short orders wait for, never below nothing;
        whole pieces of what is sold so, and of a kit as many as its scarcest part suffices for."""
        free: defaultdict[str, Decimal] = defaultdict(Decimal)
        for shelf in self._base.stock:
            free[shelf.sku] += shelf.on_hand - shelf.reserved - shelf.at_service
        for order in self._base.orders:
            if order.reference.startswith(self._terms.prefixes) and order.open and not order.reserved:
                for sku, quantity in order.lines.items():
                    free[sku] -= quantity
        for good in self._on_sale():
            article = self._front.articles.get(good.sku)
            goods: Mapping[str, Decimal | None] = good.parts or {good.sku: ONE if good.whole else None}
            expected = min(_times(max(ZERO, free[sku]), quantity) for sku, quantity in goods.items())
            if article is not None and article.salable != expected:
                yield _differ("stock", cplus=_plain(expected), shop=_plain(article.salable), sku=good.sku)

    def prices(self) -> Iterator[Difference]:
        """The base price and the price of each group that stands for a price table."""
        terms = self._terms
        for good in self._on_sale():
            article = self._front.articles.get(good.sku)
            if article is None:
                continue
            base_price = good.prices[terms.base_table]
            if article.price != base_price:
                yield _differ("price", cplus=str(base_price), shop=str(article.price), sku=good.sku)
            tiers = {group.casefold(): price for group, price in article.tiers.items()}
            for table in terms.group_tables:
                name = self._base.tables[table]
                cplus, shop = good.prices.get(table), tiers.get(name.casefold())
                if cplus != shop:
                    yield _differ("group-price", cplus=_text(cplus), shop=_text(shop), sku=good.sku, group=name)

    # ------------------------------------------------------------ orders

    def orders(self) -> Iterator[Difference]:
        """Each order of the shop once in C-Plus with its total; a cancelled one holds nothing there."""
        for bought in self._front.purchases:
            number, found = bought.number, self._ours.get(bought.number, [])
            if len(found) > 1:
                yield _differ("order-doubled", cplus=len(found), shop=1, order=number)
            if bought.cancelled:
                for order in found:
                    if order.open and order.reserved:
                        yield _differ("order-not-released", cplus="reserved", shop="canceled", order=number)
                continue
            if not found:
                yield _differ("order-missing", cplus=None, shop=str(bought.total), order=number)
            for order in found:
                if order.cancelled:
                    yield _differ("order-cancelled", cplus="cancelled", shop="alive", order=number)
                if order.total != bought.total:
                    yield _differ("order-total", cplus=str(order.total), shop=str(bought.total), order=number)
        for number in sorted(self._ours.keys() - {bought.number for bought in self._front.purchases}):
            yield _differ("order-unknown", cplus=self._ours[number][0].key, shop=None, order=number)

    # ------------------------------------------------------------ counts

    def counts(self) -> dict[str, int]:
        """How much there was of everything."""
        front, base = self._front, self._base
        imported = [order for bought in front.purchases for order in self._ours.get(bought.number, [])[:1]]
        people = {bought.who for bought in front.purchases} | set(front.registered)
        return {
            "products_published": sum(
                front.articles[good.sku].enabled for good in self._on_sale() if good.sku in front.articles
            ),
            "orders_placed": len(front.purchases),
            "orders_imported": len(imported),
            "orders_reserved": sum(order.open and order.reserved for order in imported),
            "orders_short": sum(order.open and not order.reserved for order in imported),
            "orders_invoiced": sum(order.invoiced for order in imported),
            "orders_closed": sum(bought.closed for bought in front.purchases),
            "orders_cancelled": sum(bought.cancelled for bought in front.purchases),
            # Late ones, after an alarm: what the engine cancels in C-Plus carries its own user.
            "orders_cancelled_by_office": sum(o.cancelled and o.cancelled_by == r.USER_OFFICE for o in imported),
            "customers_in_erp": sum(who in base.people for who in people),
            "counter_sales": base.counter_sales,
            "oversold": int(sum(max(ZERO, s.reserved + s.at_service - s.on_hand) for s in base.stock)),
        }


# ---------------------------------------------------------------- within C-Plus


def _reservations(base: Base) -> Iterator[Difference]:
    """What the stock rows say is reserved for orders is what the reserved orders ask for; and nothing is below zero."""
    reserved: defaultdict[str, Decimal] = defaultdict(Decimal)
    for shelf in base.stock:
        reserved[shelf.sku] += shelf.reserved
        for column, amount in (("on hand", shelf.on_hand), ("reserved", shelf.reserved)):
            if amount < 0:
                yield _differ("negative", cplus=_plain(amount), shop=None, sku=shelf.sku, of=f"{column} {shelf.place}")
    asked: defaultdict[str, Decimal] = defaultdict(Decimal)
    for order in base.orders:
        if order.open and order.reserved:
            for sku, quantity in order.lines.items():
                asked[sku] += quantity
    for sku in sorted(reserved.keys() | asked.keys()):
        if reserved[sku] != asked[sku]:
            yield _differ("reservation", cplus=_plain(reserved[sku]), shop=None, sku=sku, orders=_plain(asked[sku]))


def _customers(base: Base, front: Front) -> Iterator[Difference]:
    """Who has an account in the shop stands in C-Plus, once."""
    for document in sorted(set(front.registered)):
        times = base.people.get(document, 0)
        if times != 1:
            yield _differ("customer", cplus=times, shop=1, customer=document)


def _differ(what: str, *, cplus: Plain, shop: Plain, **case: Plain) -> Difference:
    return {"what": what, **case, "cplus": cplus, "shop": shop}


def _times(free: Decimal, in_one: Decimal | None) -> Decimal:
    """How many of so many pieces each can be made of what is free; without a number all of it, fractions too."""
    return free if in_one is None else free // in_one


def _plain(quantity: Decimal) -> Plain:
    return int(quantity) if quantity == quantity.to_integral_value() else str(quantity.normalize())


def _text(amount: Decimal | None) -> Plain:
    return None if amount is None else str(amount)
