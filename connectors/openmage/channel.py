"""The port `SalesChannel`, answered by one OpenMage or Magento 1 shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from connectors.magento_shapes.category_tree import map_of
from connectors.openmage import (
    actions,
    content,
    customers,
    identity,
    items,
    media,
    orders,
    parcels,
    prices,
    refunds,
    stock,
)
from connectors.openmage.shop import Shop
from engine.errors import Refused
from engine.model.channel import ChannelIdentity, ChannelOrder, Parcel, Refund, Shipment, Track
from engine.model.people import ChannelCustomer, Person
from engine.ports import Capabilities, Clock, PhotoLoader
from engine.publishing import (
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

ORDER_OVERLAP_S = 300
"""A transaction writes updated_at long before it commits, and clocks of shop and database differ."""


class OpenMageChannel:
    """An OpenMage or Magento 1 shop. One push per item at a time; order actions one per order."""

    def __init__(self, shop: Shop, clock: Clock) -> None:
        self._shop = shop
        self._clock = clock
        options = shop.options
        self._capabilities = Capabilities(
            stock_batch_rows=options.stock_batch_rows,
            price_batch_rows=options.price_batch_rows,
            calls_at_once=1,  # one session, whose calls the shop serves one after another
            ships_from=stock.SOURCE,
            counts_own_orders=False,  # an order lowers the quantity itself, at once, and what we send replaces it
            price_groups=True,
            price_quantities=True,
            price_specials=True,
            grids=False,  # products with variants cannot be made over the API: each cell is a product of its own
            reports_tracking=True,
            mails_customer=True,
            refunds=True,
            decides_reviews=False,
            mails_new_customers=False,  # its API stays silent
            order_overlap_s=ORDER_OVERLAP_S,
            timeout_s=options.timeout_s,
            category_map=map_of(options.categories),
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def identify(self) -> ChannelIdentity:
        return await identity.identify(self._shop)

    async def now(self) -> datetime:
        """The Date of an answer; ours where the shop says none."""
        await self._shop.api.read("store.list")
        return self._shop.api.http.said_at or self._clock.now()

    def items(self) -> AsyncIterator[Sequence[RemoteItem]]:
        return items.all_items(self._shop)

    async def read_items(self, items_: Sequence[str]) -> Sequence[RemoteItem]:
        return await items.read_items(self._shop, items_)

    async def read_stock(self, items_: Sequence[str], sources: Sequence[str]) -> Sequence[StockPush]:
        return await stock.read_stock(self._shop, items_)

    async def read_salable(self, items_: Sequence[str], sources: Sequence[str]) -> Sequence[Salable] | None:
        """An order lowers the stock itself: there is no other number."""
        return None

    async def push_content(self, push: ContentPush) -> str:
        return await content.push_content(self._shop, push)

    async def hand_over(self, pushes: Sequence[ContentPush]) -> HandedOver | None:
        """It has no queue."""
        return None

    async def handed_over(self, ticket: str, items: Mapping[int, str]) -> Mapping[int, Made]:
        return {}

    async def push_media(self, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
        return await media.push_media(self._shop, push, load)

    async def push_prices(self, rows: Sequence[PricePush]) -> Sequence[RowError]:
        return await prices.push_prices(self._shop, rows)

    async def push_stock(self, rows: Sequence[StockPush]) -> Sequence[RowError]:
        return await stock.push_stock(self._shop, rows)

    @property
    def default_group(self) -> str:
        return str(self._shop.options.default_group)

    async def price_groups(self) -> Sequence[PriceGroup]:
        return await self._shop.groups.all()

    async def create_price_group(self, name: str) -> PriceGroup:
        return await self._shop.groups.named(name)

    async def orders(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
        now = await self.now()
        async for page in orders.orders(self._shop, updated_since, now):
            yield page

    async def order(self, external_id: str) -> ChannelOrder | None:
        return await orders.order(self._shop, external_id)

    async def capture(self, external_id: str, *, notify: bool) -> None:
        await actions.capture(self._shop, external_id, notify=notify)

    async def decide_review(self, external_id: str, *, accept: bool, reason: str = "") -> None:
        raise Refused("channel-no-review", f"order {external_id}", order=external_id)

    async def cancel(self, external_id: str) -> None:
        await actions.cancel(self._shop, external_id)

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        await actions.ship(self._shop, external_id, shipment)

    async def refund(self, external_id: str, refund: Refund) -> None:
        await refunds.refund(self._shop, external_id, refund)

    async def parcels(self, updated_since: datetime) -> AsyncIterator[Sequence[Parcel]]:
        now = await self.now()
        async for page in parcels.parcels(self._shop, updated_since, now):
            yield page

    async def parcels_of(self, external_id: str) -> Sequence[Parcel]:
        return await parcels.parcels_of(self._shop, external_id)

    async def add_tracks(self, parcel: Parcel, tracks: Sequence[Track]) -> None:
        await parcels.add_tracks(self._shop, parcel, tracks)

    async def customers(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
        now = await self.now()
        async for page in customers.customers(self._shop, updated_since, now):
            yield page

    async def customer(self, external_id: str) -> ChannelCustomer | None:
        return await customers.customer(self._shop, external_id)

    async def update_customer(self, external_id: str, changes: Mapping[str, str]) -> None:
        await customers.update_customer(self._shop, external_id, changes)

    async def find_customer(self, email: str) -> ChannelCustomer | None:
        return await customers.find_customer(self._shop, email)

    async def create_customer(self, person: Person, group: str) -> str:
        return await customers.create_customer(self._shop, person, group)

    async def close(self) -> None:
        await self._shop.api.http.close()
