"""What the engine needs of the outside world. A connector answers one of these; it translates, and decides nothing.

Calls raise only errors of `engine.errors`. A call that changes something either did all of it (returned), did none of
it (`RetryLater`, `Refused`, `Misconfigured`), or cannot know (`OutcomeUnknown`, after which the engine reads back).
Connectors never sleep for a retry, never store, never decide.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from engine.model.channel import ChannelIdentity, ChannelOrder, Parcel, Refund, Shipment, Track
from engine.model.engine_mark import EngineMark
from engine.model.erp import (
    ErpChanges,
    ErpIdentity,
    ErpNotice,
    ErpOrder,
    ErpOrderState,
    ErpSnapshot,
    LetGo,
    OrderCodes,
    SaleCandidate,
    WrittenOrder,
)
from engine.model.goods import Arrival, Catalogue, PhotoStamp, PriceList, PriceTable, ProductKey
from engine.model.people import ChannelCustomer, ErpCustomer, Person, Recipient
from engine.publishing import (
    CategoryMap,
    ContentPush,
    HandedOver,
    Made,
    MediaPush,
    PriceGroup,
    PricePush,
    RemoteItem,
    RowError,
    Salable,
    StockPush,
)
from engine.survey import Report


class Clock(Protocol):
    """Time as the engine sees it; a simulation hands in its own."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait; a cancellation point."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that is not deterministic and is handed to the engine: time, randomness, ids, and where it runs."""

    clock: Clock
    random: random.Random
    new_id: Callable[[], str]
    mark: EngineMark | None = None  # of an engine that stays; who only looks has none


class Erp(Protocol):
    """The shop's ERP. One implementation: C-Plus."""

    async def identity(self) -> ErpIdentity:
        """Which base answers."""

    async def notices(self) -> Sequence[ErpNotice]:
        """What people should know of the ERP now, though it hinders nothing; asked every few minutes."""

    async def incarnation(self) -> str:
        """Opaque, costs nothing: differs once a connection was opened to another file than before (restored, alien).

        From then until `identity` was asked again every write raises `RetryLater("erp-base-changed")`.
        """

    async def is_claimed(self) -> bool:
        """Costs nothing: whether `claim` has succeeded, and no connection was opened anew since."""

    async def claim(self) -> None:
        """Be the one engine that writes, `Surroundings.mark`, or see that we still are; a few milliseconds.

        Raises RetryLater("erp-other-engine") while another one is; then, and as long, every write raises it too.
        """

    async def let_go(self) -> None:
        """Leave the writing to others until the next `claim` or write; costs nothing without a claim."""

    async def pulse(self) -> str:
        """Opaque; equal to an earlier one when nobody but us began a transaction since. Costs about a millisecond."""

    async def changes(self, ring: Callable[[], None]) -> ErpChanges | None:
        """What others changed since the last call (all of it at the first), None where the ERP keeps no log of that.

        From then on `ring` is called, in the loop that asked, soon after they commit more: a bell, which may fail.
        """

    async def catalogue(self, tags: Sequence[str], cursor: str | None) -> Catalogue:
        """Products that carry one of the tags; with a cursor only what may have changed since, without all of them."""

    async def product_keys(self) -> Sequence[ProductKey]:
        """What all active products are known by, those that no account offers too."""

    async def price_tables(self) -> tuple[PriceTable, ...]:
        """All price tables."""

    async def prices(self, cursor: str | None) -> tuple[PriceList | None, str]:
        """All prices, or None when the cheap comparison with `cursor` shows that none changed; and the new cursor.

        Tables that are not active or computed have none.
        """

    async def arrivals(self) -> Sequence[Arrival] | None:
        """Goods that are on order and have not come; None when this base does not say."""

    async def photo_stamps(self, cursor: str | None) -> tuple[Sequence[PhotoStamp] | None, str]:
        """All photos of tagged products without their bytes, or None when none changed; and the new cursor."""

    async def photo(self, key: str) -> bytes | None:
        """The bytes of a photo, None when it is gone."""

    async def snapshot(
        self, order_keys: Sequence[str], *, linked: Mapping[str, str] | None = None, stock: bool = True
    ) -> ErpSnapshot:
        """Stock of all products and the states of these orders, from one short read-only SNAPSHOT.

        linked: order -> the sale that a person said is its invoice; that sale alone counts for it then.
        """

    async def customers(self, cursor: str | None) -> tuple[Sequence[ErpCustomer], str]:
        """Customers that may have changed since the cursor (none with None: from now on); and the new cursor."""

    async def customer(self, code: str) -> ErpCustomer | None:
        """One customer by his key."""

    async def find_customers(self, document: str, email: str) -> Sequence[ErpCustomer]:
        """Customers with this document (compared by its letters and digits), else with this e-mail."""

    async def marked_customers(self, tag: str) -> Sequence[ErpCustomer]:
        """All customers with this characteristic, as they stand now."""

    async def knows_city(self, city: str, state: str) -> bool | None:
        """Whether the ERP's register has this city, which an invoice needs; None where it has no register."""

    async def take_customer_code(self) -> str:
        """A free customer key, taken from the ERP's counter in a transaction of its own."""

    async def create_customer(self, code: str, person: Person, price_table: str | None, channel_id: str = "") -> None:
        """Insert under this key. Raises `CodeTaken` (another's row), `StillOpen`; our own row there already = done.

        channel_id: what the channel calls him, for an ERP that keeps it.
        """

    async def update_customer(self, code: str, changes: Mapping[str, str]) -> None:
        """Write these fields (names of `model.PERSON_FIELDS`, and "price_table")."""

    async def fit(self, field: str, value: str) -> str:
        """The value as the ERP would hold it (upper case, cut, charset): what a comparison must use."""

    async def take_order_codes(self) -> OrderCodes:
        """Free order keys, taken from the ERP's counters in a transaction of its own."""

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        """Insert header (first statement, under codes.key), lines, and reserve all lines or none, in one transaction.

        Our own order there already = its state. Raises `CodeTaken`, `StillOpen`, `OutcomeUnknown`, `Refused`.
        """

    async def find_orders(self, reference: str) -> Sequence[ErpOrderState]:
        """Orders that carry the reference in any column a connector ever used for it."""

    async def reserve_order(self, key: str) -> WrittenOrder:
        """Reserve all open lines of an unreserved order, or none: compare-and-set on its flag. Safe to repeat."""

    async def release_order(self, key: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Give back what a reserved order holds and leave it unreserved; nothing of one sold. Safe to repeat.

        uncontrolled: SKUs that took nothing when it was reserved (`WrittenOrder.uncontrolled_skus`).
        """

    async def cancel_order(self, key: str, reason: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Cancel and give back its goods as `release_order` does, exactly once. A sold one is left alone: it tells."""

    async def correct_delivery(self, key: str, to: Recipient) -> ErpOrderState:
        """Send an order elsewhere, within the same state; nothing of one sold or cancelled: it tells. Safe to repeat.

        Raises Refused("erp-order-gone"), InUse.
        """

    async def release_invoiced(self, key: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Give back what an invoiced order still has reserved (`ErpOrderState.release_due`), once. Safe to repeat."""

    async def invoice_xml(self, key: str, linked: str = "") -> bytes | None:
        """The authorised NF-e or NFC-e of an order's newest standing sale, with its protocol; None where there is none.

        linked: the sale that a person said is its invoice.
        """

    async def sale_candidates(self, key: str) -> Sequence[SaleCandidate]:
        """Sales of the last days that may be this order typed again, those with most reasons first."""

    async def set_online(self, sku: str, tag: str, online: bool) -> None:
        """Add or remove the product's characteristic `tag`. Safe to repeat."""

    async def close(self) -> None:
        """Let go of connections and threads."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do and wants; the engine plans from this and never asks which channel it is."""

    stock_batch_rows: int  # at most; the engine begins with less and learns from the answers
    price_batch_rows: int
    calls_at_once: int  # writes of single items that it may be asked for side by side; the engine begins with one
    ships_from: str  # the source that goods leave from; with one source, the only one that is written
    counts_own_orders: bool  # subtracts its open orders from what we send (Magento MSI): send publishable + held
    price_groups: bool
    price_quantities: bool  # takes prices for a quantity
    price_specials: bool  # takes a price for a time, and ends it by itself
    grids: bool  # shows a grid as one product with variants
    reports_tracking: bool
    mails_customer: bool
    refunds: bool  # takes a credit for goods that came back
    decides_reviews: bool  # takes the decision on a payment in review; else only the gateway's own page does
    mails_new_customers: bool  # greets everybody whom we register by e-mail
    order_overlap_s: int  # how far behind its own clock an order may become visible
    timeout_s: float  # of one call; twice this is the settle time of an unknown outcome
    hands_over_rows: int = 0  # new items that it takes at most to make by and by; 0: only while we wait, one by one
    category_map: CategoryMap = ()  # as the account has it now


PhotoLoader = Callable[[str], Awaitable[bytes]]


class SalesChannel(Protocol):
    """A place that sells: a shop, a marketplace."""

    @property
    def capabilities(self) -> Capabilities:
        """Known after `identify`."""

    async def identify(self) -> ChannelIdentity:
        """Who answers and what we may not do there. Raises `Misconfigured` on a wrong address or token."""

    async def now(self) -> datetime:
        """The channel's own clock, as far as it tells."""

    def items(self) -> AsyncIterator[Sequence[RemoteItem]]:
        """Everything the channel has, page by page, for adoption."""

    async def read_items(self, items: Sequence[str]) -> Sequence[RemoteItem]:
        """These items as the channel shows them; absent ones are left out."""

    async def read_stock(self, items: Sequence[str], sources: Sequence[str]) -> Sequence[StockPush]:
        """What these sources hold of these items; absent ones are left out."""

    async def read_salable(self, items: Sequence[str], sources: Sequence[str]) -> Sequence[Salable] | None:
        """What the channel would still sell of these items out of these sources; what it does not count is left out.

        None where it does not say. Asked only with `Capabilities.counts_own_orders`.
        """

    async def push_content(self, push: ContentPush) -> str:
        """Create or change an item; answers the channel's id. One call at a time per item."""

    async def hand_over(self, pushes: Sequence[ContentPush]) -> HandedOver | None:
        """Leave new items to the channel to be made by and by. Items that it has already are not taken; None = none is.

        Only with `Capabilities.hands_over_rows`. Nothing is repeated: what was handed over may be made long after.
        """

    async def handed_over(self, ticket: str, items: Mapping[int, str]) -> Mapping[int, Made]:
        """How far these are: items by their place among those taken. What is left out is not known there (any more)."""

    async def push_media(self, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
        """Make the item's photos these, in this order; sends only bytes it lacks. Answers digest -> channel's id."""

    async def push_prices(self, rows: Sequence[PricePush]) -> Sequence[RowError]:
        """Set these prices; the rows not named in the answer were taken."""

    async def push_stock(self, rows: Sequence[StockPush]) -> Sequence[RowError]:
        """Set these quantities; the rows not named in the answer were taken."""

    @property
    def default_group(self) -> str:
        """The group of customers who buy at the base price."""

    async def price_groups(self) -> Sequence[PriceGroup]:
        """The groups that exist."""

    async def create_price_group(self, name: str) -> PriceGroup:
        """Create a group, or find the one of that name."""

    def orders(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
        """Orders changed at or after that time (channel's clock), oldest change first, page by page."""

    async def order(self, external_id: str) -> ChannelOrder | None:
        """One order as it stands."""

    async def capture(self, external_id: str, *, notify: bool) -> None:
        """Take the money of an authorised order, or note an offline payment as received.

        notify: the channel mails the buyer. `Refused` when it cannot be taken (already taken, in review, cancelled).
        """

    async def decide_review(self, external_id: str, *, accept: bool, reason: str = "") -> None:
        """Accept a payment in review, whose money may still have to be captured, or deny it, which cancels the order.

        Safe to repeat. Raises Refused("channel-no-review") without `Capabilities.decides_reviews`.
        """

    async def cancel(self, external_id: str) -> None:
        """Cancel; a `false` in the answer's body is `Refused`."""

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        """Record a shipment with its tracking; the quantities are what is left, read before."""

    async def refund(self, external_id: str, refund: Refund) -> None:
        """Credit goods that stand on the store's shelf again; the channel counts them back in. No money moves by it.

        The quantities are what is left, read before. Raises Refused without `Capabilities.refunds`.
        """

    def parcels(self, updated_since: datetime) -> AsyncIterator[Sequence[Parcel]]:
        """Shipments made or given a track at or after that time (channel's clock), oldest change first, page by page.

        A channel may not stamp an order that was shipped in part or got a track later: those are seen here only.
        """

    async def parcels_of(self, external_id: str) -> Sequence[Parcel]:
        """The shipments of an order, oldest first; none where it is gone."""

    async def add_tracks(self, parcel: Parcel, tracks: Sequence[Track]) -> None:
        """Give a shipment these tracks, then mail it to the buyer once, whose mail of the shipment went without them.

        After an error some of them may stand there, and no mail has gone.
        """

    def customers(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
        """Registered customers changed at or after that time, page by page."""

    async def customer(self, external_id: str) -> ChannelCustomer | None:
        """One customer as he stands."""

    async def update_customer(self, external_id: str, changes: Mapping[str, str]) -> None:
        """Write these fields (names of `model.PERSON_FIELDS`, and "group": the id of a price group)."""

    async def find_customer(self, email: str) -> ChannelCustomer | None:
        """The registered customer with this e-mail."""

    async def create_customer(self, person: Person, group: str) -> str:
        """Register a person by name, e-mail and document; answers the channel's id. Never repeated blindly.

        With `Capabilities.mails_new_customers` the channel writes to him, and nothing can silence that.
        """

    async def close(self) -> None:
        """Let go of connections."""


Open = Callable[[Mapping[str, Any], Callable[[str], str | None], Surroundings], Any]

Survey = Callable[[Mapping[str, Any], Callable[[str], str | None], Surroundings], Awaitable[Report]]
"""Looks at what the options name, over a connection of its own, and changes nothing there."""


@dataclass(frozen=True, slots=True)
class Connector:
    """What an entry point of the group `integra.connectors` names: how to open a port from its settings table.

    `options` is the free table of the account (or of [erp]) in settings.toml, already without secrets; `secrets` looks
    one up by name. `check` names what is wrong with the options: (key, what is expected) pairs. `tools` are what only
    this kind can do, by name, each opened like the port: a verb of the command line that knows a tool asks for it.
    `survey` answers what an installer wants to know of the other side. `key_sets` names the secrets of an account: each
    set is enough by itself, the best one first. `asked` are the options without a default, in the order of asking.
    """

    kind: str
    port: str  # "erp" or "channel"
    check: Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]
    open: Open
    tools: Mapping[str, Open] = field(default_factory=dict)
    survey: Survey | None = None
    key_sets: Sequence[Sequence[str]] = ()
    asked: Sequence[str] = ("url",)


__all__ = ["Capabilities", "Clock", "Connector", "Erp", "PhotoLoader", "SalesChannel", "Surroundings"]
