"""What a channel tells and is asked: its orders as it keeps them, shipments, which shop answered.

Amounts and quantities are Decimal, times aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.model.people import Address, Person


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


@dataclass(frozen=True, slots=True)
class Shipment:
    """What leaves: `tracking` is empty for pick-up and own driver, `further` are the codes of more parcels of it.

    Quantities are by the channel's line id.
    """

    carrier: str
    carrier_label: str
    tracking: str
    quantities: tuple[tuple[str, Decimal], ...]
    notify: bool = True
    source: str | None = None
    further: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """All tracking codes."""
        return tuple(code for code in (self.tracking, *self.further) if code)


@dataclass(frozen=True, slots=True)
class Refund:
    """What the buyer is credited with. Quantities are by the channel's line id, all of them goods that came back."""

    quantities: tuple[tuple[str, Decimal], ...]
    freight: bool  # what was paid for the freight too
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Track:
    """A tracking code as the buyer sees it; `label` says who carries the parcel."""

    label: str
    number: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A shipment that stands in the channel, whoever made it. `order_id` is the channel's id of its order."""

    external_id: str
    order_id: str
    updated_at: datetime
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class ChannelIdentity:
    """Which shop answered, for people: name, version, and the rights that are missing."""

    name: str
    version: str
    missing_rights: tuple[str, ...] = ()
