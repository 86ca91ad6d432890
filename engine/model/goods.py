"""What is sold: products, grids, kits, photos, prices, stock, goods on order.

Amounts are Decimal, quantities Decimal except in the bulk rows (`StockLevel`, `Price`), which carry integers
(ten-thousandths, cents) because a cycle reads tens of thousands of them. Times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class GridValue:
    """The place of a grid cell on one axis: ("TAMANHO", "M", 2)."""

    axis: str
    value: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Product:
    """One sellable key of the ERP. A grid cell names its `parent` and its place on each axis."""

    sku: str
    code: str  # what people see and type in the ERP
    name: str
    web_name: str = ""
    short_description: str = ""
    description: str = ""  # may hold HTML
    categories: tuple[str, ...] = ()  # path, outermost first
    brand: str = ""
    shelf: str = ""  # where it lies in the store, as its people call it
    unit: str = ""
    gtin: str = ""
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    width_cm: Decimal | None = None
    length_cm: Decimal | None = None
    delivery_days: int | None = None
    active: bool = True  # in the ERP: neither inactive nor "do not sell"
    counted: bool = True  # the ERP keeps its stock; not that of services
    whole: bool = False  # sold by the piece: a fraction on hand is no goods
    parent: str | None = None
    grid: tuple[GridValue, ...] = ()
    tags: frozenset[str] = frozenset()  # characteristics; one of them means "venda on-line" to an account


class ProductKey(NamedTuple):
    """What a product of the ERP is known by, whether an account offers it or not."""

    sku: str
    code: str
    gtin: str
    name: str
    web_name: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A product that exists as cells only (size x colour); `key` is the ERP's, axes in order."""

    key: str
    name: str
    axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceTable:
    """One of the ERP's price tables. The stored prices of one that is `computed` (by a formula) mean nothing."""

    key: str
    name: str
    active: bool = True
    computed: bool = False


class Price(NamedTuple):
    """The price of a product in a table. An absent row means: no price there (never zero)."""

    sku: str
    table: str
    cents: int


class QuantityPrice(NamedTuple):
    """The price of each piece for who buys at least so many, in ten-thousandths; always above one."""

    sku: str
    table: str
    from_e4: int
    cents: int


class Promotion(NamedTuple):
    """A price for a time, whatever the table: from its first day to the end of its last, by the store's calendar.

    None = since ever, without end.
    """

    sku: str
    cents: int
    first: date | None
    last: date | None


class LeftOut(NamedTuple):
    """Prices of the ERP that no channel can be told, and why: `code` names the reason, `about` whose they are."""

    code: str
    about: str
    rows: int
    sku: str  # of one of them


@dataclass(frozen=True, slots=True)
class PriceList:
    """All that the ERP says of prices."""

    prices: tuple[Price, ...]
    quantity_prices: tuple[QuantityPrice, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Arrival(NamedTuple):
    """Goods on order that have not come, in ten-thousandths; None = nobody said when."""

    sku: str
    expected_on: date | None
    quantity_e4: int


class StockLevel(NamedTuple):
    """Stock of a product in a company and sector, in ten-thousandths; absent amounts in the ERP count as 0."""

    sku: str
    company: int
    sector: str
    on_hand_e4: int
    reserved_e4: int


class KitPart(NamedTuple):
    """So much of a product, in ten-thousandths, is in one of a kit. No part is a kit: those are taken apart already."""

    kit: str
    sku: str
    quantity_e4: int
    counted: bool  # as `Product.counted`


class KitFault(NamedTuple):
    """Why a kit cannot be sold as it stands in the ERP: `code` names the reason, `skus` whose fault it is."""

    kit: str
    code: str
    skus: str


@dataclass(frozen=True, slots=True)
class Kits:
    """All kits of the ERP, whether they are on sale or not."""

    parts: tuple[KitPart, ...] = ()
    faults: tuple[KitFault, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a catalogue read brought.

    `complete` reads hold every product that carries any of the asked tags (what is missing has lost its tags or is
    gone); others hold changed products only. Kits are always all of them. `cursor` is opaque, for the next read.
    """

    products: tuple[Product, ...]
    grids: tuple[Grid, ...]
    payment_options: tuple[str, ...]
    complete: bool
    cursor: str
    kits: Kits = field(default_factory=Kits)


class PhotoStamp(NamedTuple):
    """A photo that exists in the ERP; `stamp` changes when its bytes may have changed."""

    sku: str
    key: str
    position: int
    main: bool
    stamp: str
