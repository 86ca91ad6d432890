"""What a channel shall show, as values: content, photos, prices, stock; and what it shows now.

Frozen and free of behaviour, like `engine.model`, whose facts these are made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from engine.model.goods import GridValue


class Facet(StrEnum):
    """What a publication is about."""

    CONTENT = "content"
    MEDIA = "media"
    PRICE = "price"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Content:
    """All a channel shall show of an item besides photos, prices and stock.

    kind "simple" and "variant" are SKUs (a variant is sold only through its grid), "grid" is a parent: its `variants`
    are listed, each already confirmed. A field that is empty is absent in the shop too.
    """

    kind: str  # simple | variant | grid
    name: str
    enabled: bool
    short_description: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    brand: str = ""
    gtin: str = ""
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    width_cm: Decimal | None = None
    length_cm: Decimal | None = None
    delivery_days: int | None = None
    payment_options: tuple[str, ...] = ()
    parent: str | None = None
    grid: tuple[GridValue, ...] = ()  # a variant's place
    axes: tuple[str, ...] = ()  # a parent's axes
    variants: tuple[str, ...] = ()


CategoryMap = tuple[tuple[tuple[str, ...], str], ...]
"""The account's own (path of ours, the channel's id of the category it stands in); the longest path that fits holds."""


@dataclass(frozen=True, slots=True)
class ContentPush:
    """`initial_price` lets a channel that cannot create a product without one do so; it is no price publication.

    `leave` names fields of `Content` that are the shop's own: of an item that exists there they stay as they stand.
    `former` is what was confirmed last, so that what we once put there and no longer want (a category, a variant) is
    told from what the merchant did; its `variants` are ours alone. None = nothing is known to be ours. `former_maps`:
    the maps by which `former` may have got its category, where the account has another one by now.
    """

    item: str
    content: Content
    initial_price: Decimal | None = None
    leave: tuple[str, ...] = ()
    former: Content | None = None
    former_maps: tuple[CategoryMap, ...] = ()


class PhotoRef(NamedTuple):
    """A photo of an item in its wanted place; `digest` is the SHA-256 of its bytes in hex."""

    key: str
    digest: str
    main: bool


@dataclass(frozen=True, slots=True)
class MediaPush:
    """`remote` maps digests to the channel's ids, as the last push answered them."""

    item: str
    label: str
    photos: tuple[PhotoRef, ...]
    remote: dict[str, str]


class Period(NamedTuple):
    """From the first day to the end of the last, by the channel's own calendar; None = since ever, without end."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class PricePush:
    """`group` is None for everybody, else the channel's price group; `amount` None removes a price (no base price).

    With `from_quantity` above 1, the price of each piece for who buys so many. With a `period`, the special price of
    everybody in that time; an item has at most one, and removing it needs an empty period.
    """

    item: str
    group: str | None
    amount: Decimal | None
    from_quantity: Decimal = Decimal(1)
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class StockPush:
    """What a source of the channel shall hold of an item (publishable + held where the channel counts itself)."""

    item: str
    source: str
    quantity: Decimal


class Salable(NamedTuple):
    """What a channel that counts its own orders would still sell of an item, by its own reckoning; may be negative."""

    item: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class RowError:
    """A row of a batch that the channel refused while it took others; `index` counts the rows that were sent."""

    index: int
    code: str
    detail: str


class Making(StrEnum):
    """How far a channel is with a new item that was handed over to it."""

    OPEN = "open"  # it may still be made, now or much later
    MADE = "made"
    REFUSED = "refused"
    COLLIDED = "collided"  # given up for a reason that passes, or not there although it was told as made


@dataclass(frozen=True, slots=True)
class HandedOver:
    """New items that a channel makes by and by: what to ask for them by, and which of those pushed it has taken."""

    ticket: str
    taken: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an item that was handed over: its id in the channel, or why it was refused."""

    state: Making
    remote_id: str = ""
    code: str = ""
    detail: str = ""


class RemotePhoto(NamedTuple):
    """A photo as a channel shows it; `external_id` is what the push that made it answered, if it was ours."""

    external_id: str
    position: int
    label: str
    main: bool  # it has all the places that a main photo has
    hidden: bool


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """What a channel shows of an item now, for adoption and for drift: None where it was not asked or is absent."""

    item: str
    remote_id: str
    content: Content
    prices: tuple[tuple[str | None, Decimal], ...]  # (group, amount); None = base
    photos: tuple[RemotePhoto, ...]
    quantity_prices: tuple[tuple[str | None, Decimal, Decimal], ...] = ()  # (group, from quantity, amount)
    special: tuple[Decimal, Period] | None = None


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """A price group of a channel (Magento: a customer group)."""

    external_id: str
    name: str
