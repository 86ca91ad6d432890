"""What the ERP is asked and tells: orders to write, how they stand in it, which base it is.

Amounts and quantities are Decimal, times aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.goods import StockLevel
from engine.model.people import Address

BY_ERP = "C-Plus"
"""Who an order's history says it was, where the ERP told of it."""

OTHER_ENGINE = "erp-other-engine"
"""The code of RetryLater while another engine writes into the ERP; params: host, pid, address, since."""

GONE_FROM_ERP = "erp-order-gone"
"""The code of Refused, and of an order that stands aside: the ERP has no order under this key (any more)."""


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

    @property
    def sold(self) -> bool:
        """Whether it is a sale, all of it or in part, that stands."""
        return self.invoiced_at is not None and not self.sale_cancelled


@dataclass(frozen=True, slots=True)
class LetGo:
    """How an order stands after it gave its goods back, or had nothing to give."""

    state: ErpOrderState
    skus_without_row: tuple[str, ...] = ()  # gave nothing back: the ERP keeps no stock row of them any more


@dataclass(frozen=True, slots=True)
class ErpChanges:
    """What others changed in the ERP, as a log that it keeps itself tells: a fast lane, not a comparison."""

    parts: frozenset[str]  # of "stock", "prices", "catalogue", "photos", "orders", "customers"
    faults: tuple[str, ...]  # what is missing of the log, or switched off; it tells nothing then
    outdated: bool = False  # the faults are those of a log that another version of Integra installed


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
    last_order_code: str  # the last that was given out: it goes back with a restore, not when staff delete an order
    version: str  # engine, layout and charset, for people
    incarnation: str = ""  # as `Erp.incarnation` says it, for this process only


@dataclass(frozen=True, slots=True)
class ErpNotice:
    """Something about the ERP that people should know, by its code and the values of its sentence."""

    code: str
    params: Mapping[str, str]
