"""The facts of the trade as values: what C-Plus says, what a shop says, what is asked of either.

Frozen and free of behaviour. Amounts are Decimal, quantities Decimal except in the bulk rows (`StockLevel`, `Price`),
which carry integers (ten-thousandths, cents) because a cycle reads tens of thousands of them. Times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

# --- catalogue -------------------------------------------------------------------------------------------------------


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


# --- people ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """A Brazilian postal address; `postcode` is 8 digits, `state` two letters."""

    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's data as one side has it. `document` is CPF or CNPJ without punctuation (CNPJ may hold letters)."""

    name: str
    email: str = ""
    phone: str = ""
    document: str = ""
    address: Address = field(default_factory=Address)


PERSON_FIELDS = (
    "name", "email", "phone", "document",
    "street", "number", "complement", "district", "city", "state", "postcode",
)  # fmt: skip
"""The fields of a person that both sides keep and either may edit; names of `Person` and `Address`."""


@dataclass(frozen=True, slots=True)
class ErpCustomer:
    """A customer row of the ERP."""

    code: str
    person: Person
    price_table: str | None = None
    blocked: bool = False
    credit_limit: Decimal = Decimal(0)
    for_shop: bool = False  # marked as a customer of the online shop
    block_reason: str = ""  # why he is blocked, where the ERP says it


@dataclass(frozen=True, slots=True)
class ChannelCustomer:
    """A registered customer of a channel; `group` is the channel's own id of the price group."""

    external_id: str
    person: Person
    group: str | None
    updated_at: datetime


# --- orders as a channel tells them ----------------------------------------------------------------------------------


class PaymentState(StrEnum):
    """Where the money of an order stands, as the channel says."""

    PENDING = "pending"  # boleto, Pix, transfer: nothing received yet
    REVIEW = "review"  # the gateway's anti-fraud has not decided; only its own page can
    AUTHORIZED = "authorized"  # the card's limit is reserved, nothing captured
    PAID = "paid"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class ChannelOrderState(StrEnum):
    """Whether the order lives, as the channel says."""

    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"
    COMPLETE = "complete"
    UNKNOWN = "unknown"  # a state or status this connector does not know: parks the order


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """A line of a channel's order. `external_id` is the id that ships and invoices (Magento: the parent's item)."""

    external_id: str
    sku: str
    name: str
    ordered: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    invoiced: Decimal = Decimal(0)
    shipped: Decimal = Decimal(0)
    cancelled: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChannelOrder:
    """An order as the channel shows it now. `number` is what buyer and operator see; `total` is what is paid."""

    external_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    state: ChannelOrderState
    payment: PaymentState
    raw_status: str  # the channel's own words, "state/status", for the screen
    payment_method: str
    payment_label: str
    buyer: Person
    buyer_id: str | None
    delivery: Address
    delivery_name: str
    delivery_phone: str
    shipping_method: str
    lines: tuple[ChannelLine, ...]
    freight: Decimal
    discount: Decimal  # of the whole order, positive
    surcharge: Decimal
    total: Decimal
    note: str = ""
    buyer_group: str | None = None


# --- orders as the ERP keeps them ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderCodes:
    """Keys taken from the ERP's counters before the order is written; every retry writes under the same ones."""

    key: str  # CODORC
    number: str  # the number people see


@dataclass(frozen=True, slots=True)
class ErpLine:
    """A line to write; `unit_price` is the list price, `discount` the amount taken off the whole line."""

    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ErpOrder:
    """An order to write into the ERP: products + freight + surcharge - discount must equal `total` to the cent."""

    reference: str  # account prefix + channel's number, the net under a lost store
    customer_code: str
    customer_name: str
    delivery: Address
    delivery_name: str
    delivery_phone: str
    lines: tuple[ErpLine, ...]
    freight: Decimal
    discount: Decimal
    surcharge: Decimal
    total: Decimal
    payment_method: str
    shipping_method: str
    placed_at: datetime
    note: str = ""
    price_table: str | None = None
    prefix: str = ""  # the account's, with which the reference begins


@dataclass(frozen=True, slots=True)
class WrittenOrder:
    """What stands in the ERP after a write or a read back. Short lines: all or nothing, nothing is reserved then."""

    codes: OrderCodes
    reserved: bool
    short_skus: tuple[str, ...] = ()
    reference: str = ""  # as the ERP holds it
    skus_without_row: tuple[str, ...] = ()  # short ones that the ERP keeps no stock row of at all
    uncontrolled_skus: tuple[str, ...] = ()  # services and the like, whose stock the ERP does not keep: never short


class ErpStatus(StrEnum):
    """What one of the store's own names for an order's status means; the installer maps them."""

    WAITING = "waiting"
    PICKING = "picking"
    PACKED = "packed"
    PROBLEM = "problem"  # puts the order before a person
    CANCELLED = "cancelled"  # given up by staff, whatever its flags say; likewise


@dataclass(frozen=True, slots=True)
class SaleCandidate:
    """A sale that no order of the ERP led to and that may be one of ours, typed again; `reasons` say why."""

    key: str
    number: str
    at: datetime | None
    customer: str
    total: Decimal
    reasons: tuple[str, ...]  # of "document", "name", "reference", "value", "value-without-freight", "products"


@dataclass(frozen=True, slots=True)
class ErpOrderState:
    """How an order stands in the ERP, read in the same snapshot as the stock."""

    key: str
    number: str
    reference: str
    reserved: bool
    cancelled: bool
    invoiced_at: datetime | None
    total: Decimal
    holds: tuple[tuple[str, Decimal], ...] = ()  # (sku, quantity) of its lines as they stand now, edited or not
    invoiced: tuple[tuple[str, Decimal], ...] = ()  # (sku, quantity) of its sales that stand
    complete: bool = False  # nothing of what it holds is left to invoice
    returned: tuple[tuple[str, Decimal], ...] = ()  # (sku, quantity) that came back to the store after a sale
    sale_number: str = ""  # of the newest sale that stands, else of the newest
    nfe_key: str = ""  # of an NF-e or NFC-e that SEFAZ authorised, its check digit proven
    nfe_number: str = ""
    nfe_cancelled: bool = False  # the sale stands and its NF-e or NFC-e does not any more
    sale_cancelled: bool = False  # it had sales, and none of them stands
    packed: bool = False  # every sale that stands was checked at the packing table
    status_name: str = ""  # as the store calls it
    status: ErpStatus | None = None  # what the installer says that name means
    release_due: bool = False  # invoiced, and the ERP leaves the reservation to whoever made it


@dataclass(frozen=True, slots=True)
class ErpChanges:
    """What others changed in the ERP, as a log that it keeps itself tells: a fast lane, not a comparison."""

    parts: frozenset[str]  # of "stock", "prices", "catalogue", "photos", "orders"
    faults: tuple[str, ...]  # what is missing of the log, or switched off; it tells nothing then


@dataclass(frozen=True, slots=True)
class ErpSnapshot:
    """Stock and the states of the asked orders, from one read-only SNAPSHOT."""

    stock: tuple[StockLevel, ...]
    orders: tuple[ErpOrderState, ...]


@dataclass(frozen=True, slots=True)
class ErpIdentity:
    """Which base this is: an account is bound to it, and another or an older one makes it observe again."""

    server: str
    path: str
    cnpj: str
    epoch: str  # changes when the file is restored from a backup
    last_order_code: str
    version: str  # engine, layout and charset, for people
    incarnation: str = ""  # as `Erp.incarnation` says it, for this process only


@dataclass(frozen=True, slots=True)
class ErpNotice:
    """Something about the ERP that people should know, by its code and the values of its sentence."""

    code: str
    params: Mapping[str, str]


# --- what is asked of a channel about an order -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shipment:
    """What leaves: `tracking` is empty for pick-up and own driver. Quantities are by the channel's line id."""

    carrier: str
    carrier_label: str
    tracking: str
    quantities: tuple[tuple[str, Decimal], ...]
    notify: bool = True
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelIdentity:
    """Which shop answered, for people: name, version, and the rights that are missing."""

    name: str
    version: str
    missing_rights: tuple[str, ...] = ()
