"""The port `SalesChannel`, answered by one Magento shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from connectors.magento import (
    actions,
    bulk,
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
    stock_items,
)
from connectors.magento.review import ReviewEndpoint
from connectors.magento.salable import SalableQuantities
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP
from connectors.magento_shapes.category_tree import map_of
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


class MagentoChannel:
    """A Magento 2 shop, with sources of stock or without. One push per item at a time; order actions one per order."""

    def __init__(self, shop: Shop, clock: Clock, review: ReviewEndpoint | None = None) -> None:
        self._shop = shop
        self._review = review
        self._clock = clock
        self._salable = SalableQuantities(shop, clock)
        options = shop.options
        self._by_source = options.inventory == "sources"
        self._capabilities = Capabilities(
            stock_batch_rows=options.stock_batch_rows if self._by_source else 1,
            price_batch_rows=options.price_batch_rows,
            calls_at_once=options.calls_at_once,
            ships_from=options.source,
            counts_own_orders=self._by_source,  # without sources an order lowers the quantity itself, at once
            price_groups=True,
            price_quantities=True,
            price_specials=True,
            grids=True,
            reports_tracking=True,
            mails_customer=True,
            mails_new_customers=True,
            refunds=True,
            decides_reviews=review is not None,
            order_overlap_s=ORDER_OVERLAP_S,
            timeout_s=options.timeout_s,
            hands_over_rows=options.queue_rows,
            category_map=map_of(options.categories),
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    async def identify(self) -> ChannelIdentity:
        return await identity.identify(self._shop)

    async def now(self) -> datetime:
        """The Date of an answer; ours where the shop says none."""
        await self._shop.rest.get(f"{SHOP}/store/websites")
        return self._shop.rest.said_at or self._clock.now()

    def items(self) -> AsyncIterator[Sequence[RemoteItem]]:
        return items.all_items(self._shop)

    async def read_items(self, items_: Sequence[str]) -> Sequence[RemoteItem]:
        return await items.read_items(self._shop, items_)

    async def read_stock(self, items_: Sequence[str], sources: Sequence[str]) -> Sequence[StockPush]:
        if self._by_source:
            return await stock.read_stock(self._shop, items_, sources)
        return await stock_items.read_stock(self._shop, items_)

    async def read_salable(self, items_: Sequence[str], sources: Sequence[str]) -> Sequence[Salable] | None:
        return await self._salable.read(items_, sources) if self._by_source else None

    async def push_content(self, push: ContentPush) -> str:
        return await content.push_content(self._shop, push)

    async def hand_over(self, pushes: Sequence[ContentPush]) -> HandedOver | None:
        return await bulk.hand_over(self._shop, pushes)

    async def handed_over(self, ticket: str, items_: Mapping[int, str]) -> Mapping[int, Made]:
        return await bulk.handed_over(self._shop, ticket, items_)

    async def push_media(self, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
        return await media.push_media(self._shop, push, load)

    async def push_prices(self, rows: Sequence[PricePush]) -> Sequence[RowError]:
        return await prices.push_prices(self._shop, rows)

    async def push_stock(self, rows: Sequence[StockPush]) -> Sequence[RowError]:
        if self._by_source:
            return await stock.push_stock(self._shop, rows)
        return await stock_items.push_stock(self._shop, rows)

    @property
    def default_group(self) -> str:
        return str(self._shop.options.default_group)

    async def price_groups(self) -> Sequence[PriceGroup]:
        return await self._shop.groups.all()

    async def create_price_group(self, name: str) -> PriceGroup:
        return await self._shop.groups.create(name)

    def orders(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
        return orders.orders(self._shop, updated_since)

    async def order(self, external_id: str) -> ChannelOrder | None:
        return await orders.order(self._shop, external_id)

    async def capture(self, external_id: str, *, notify: bool) -> None:
        await actions.capture(self._shop, external_id, notify=notify)

    async def decide_review(self, external_id: str, *, accept: bool, reason: str = "") -> None:
        if self._review is None:
            raise Refused("channel-no-review", f"order {external_id}: no review_url", order=external_id)
        await self._review.decide(self._shop, external_id, accept=accept, reason=reason)

    async def cancel(self, external_id: str) -> None:
        await actions.cancel(self._shop, external_id)

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        await actions.ship(self._shop, external_id, shipment)

    async def refund(self, external_id: str, refund: Refund) -> None:
        await refunds.refund(self._shop, external_id, refund)

    def parcels(self, updated_since: datetime) -> AsyncIterator[Sequence[Parcel]]:
        return parcels.parcels(self._shop, updated_since)

    async def parcels_of(self, external_id: str) -> Sequence[Parcel]:
        return await parcels.parcels_of(self._shop, external_id)

    async def add_tracks(self, parcel: Parcel, tracks: Sequence[Track]) -> None:
        await parcels.add_tracks(self._shop, parcel, tracks)

    def customers(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
        return customers.customers(self._shop, updated_since)

    async def customer(self, external_id: str) -> ChannelCustomer | None:
        return await customers.customer(self._shop, external_id)

    async def update_customer(self, external_id: str, changes: Mapping[str, str]) -> None:
        await customers.update_customer(self._shop, external_id, changes)

    async def find_customer(self, email: str) -> ChannelCustomer | None:
        return await customers.find_customer(self._shop, email)

    async def create_customer(self, person: Person, group: str) -> str:
        return await customers.create_customer(self._shop, person, group)

    async def close(self) -> None:
        await self._shop.rest.close()
        if self._review is not None:
            await self._review.close()
