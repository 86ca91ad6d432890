"""The channel by our own names: an adopted item may stand in the shop under another SKU, and only this file minds.

Every task speaks of our items; what goes out is renamed to the shop's SKU, what comes in to ours. An item of the shop
that is spelt like one of ours and is another's comes in under a name that nothing of ours has.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from engine.model.channel import ChannelIdentity, ChannelOrder, Parcel, Refund, Shipment, Track
from engine.model.people import ChannelCustomer, Person
from engine.ports import Capabilities, PhotoLoader, SalesChannel
from engine.publishing import (
    Content,
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
from engine.store import shop_items
from engine.store.database import Store

Names = Mapping[str, str]


class ChannelByOurNames:
    """A `SalesChannel` around the connector's; what is not about items goes through as it is."""

    def __init__(self, account: str, shop: SalesChannel, store: Store) -> None:
        self._account = account
        self._shop = shop
        self._store = store

    async def _out(self, items: Iterable[str]) -> Callable[[str], str]:
        asked = list(items)
        names = await self._read(lambda db: shop_items.names_in_shop(db, self._account, asked))
        return lambda item: names.get(item, item)

    async def _in(self, skus: Iterable[str]) -> Callable[[str], str]:
        asked = list(skus)
        names = await self._read(lambda db: shop_items.names_of_ours(db, self._account, asked))
        return lambda sku: names.get(sku, sku)

    async def _read(self, work: Callable[[sqlite3.Connection], Names]) -> Names:
        return await self._store.read(work)

    # --- items, renamed -----------------------------------------------------------------------------------------------

    async def items(self) -> AsyncIterator[Sequence[RemoteItem]]:
        async for page in self._shop.items():
            yield await self._ours(page)

    async def read_items(self, items: Sequence[str]) -> Sequence[RemoteItem]:
        name = await self._out(items)
        return await self._ours(await self._shop.read_items([name(item) for item in items]))

    async def _ours(self, page: Sequence[RemoteItem]) -> Sequence[RemoteItem]:
        related = (sku for remote in page for sku in (remote.content.parent, *remote.content.variants) if sku)
        name = await self._in([*(remote.item for remote in page), *related])
        return [
            replace(
                remote,
                item=name(remote.item),
                content=_renamed_content(remote.content, name),
            )
            for remote in page
        ]

    async def read_stock(self, items: Sequence[str], sources: Sequence[str]) -> Sequence[StockPush]:
        out = await self._out(items)
        levels = await self._shop.read_stock([out(item) for item in items], sources)
        name = await self._in(level.item for level in levels)
        return [replace(level, item=name(level.item)) for level in levels]

    async def read_salable(self, items: Sequence[str], sources: Sequence[str]) -> Sequence[Salable] | None:
        out = await self._out(items)
        found = await self._shop.read_salable([out(item) for item in items], sources)
        if found is None:
            return None
        name = await self._in(one.item for one in found)
        return [Salable(name(one.item), one.quantity) for one in found]

    async def push_content(self, push: ContentPush) -> str:
        return await self._shop.push_content(await self._renamed_push(push))

    async def _renamed_push(self, push: ContentPush) -> ContentPush:
        said = [content for content in (push.content, push.former) if content is not None]
        related = (item for content in said for item in (content.parent, *content.variants) if item)
        name = await self._out([push.item, *related])
        former = push.former and _renamed_content(push.former, name)
        return replace(push, item=name(push.item), content=_renamed_content(push.content, name), former=former)

    async def hand_over(self, pushes: Sequence[ContentPush]) -> HandedOver | None:
        return await self._shop.hand_over([await self._renamed_push(push) for push in pushes])

    async def handed_over(self, ticket: str, items: Mapping[int, str]) -> Mapping[int, Made]:
        name = await self._out(items.values())
        return await self._shop.handed_over(ticket, {place: name(item) for place, item in items.items()})

    async def push_media(self, push: MediaPush, load: PhotoLoader) -> dict[str, str]:
        name = await self._out([push.item])
        return await self._shop.push_media(replace(push, item=name(push.item)), load)

    async def push_prices(self, rows: Sequence[PricePush]) -> Sequence[RowError]:
        name = await self._out(row.item for row in rows)
        return await self._shop.push_prices([_renamed_row(row, name) for row in rows])

    async def push_stock(self, rows: Sequence[StockPush]) -> Sequence[RowError]:
        name = await self._out(row.item for row in rows)
        return await self._shop.push_stock([_renamed_row(row, name) for row in rows])

    # --- orders, their lines renamed ----------------------------------------------------------------------------------

    async def orders(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
        async for page in self._shop.orders(updated_since):
            name = await self._in(line.sku for order in page for line in order.lines)
            yield [_renamed(order, name) for order in page]

    async def order(self, external_id: str) -> ChannelOrder | None:
        order = await self._shop.order(external_id)
        return None if order is None else _renamed(order, await self._in(line.sku for line in order.lines))

    # --- as they are --------------------------------------------------------------------------------------------------

    @property
    def capabilities(self) -> Capabilities:
        return self._shop.capabilities

    @property
    def default_group(self) -> str:
        return self._shop.default_group

    async def identify(self) -> ChannelIdentity:
        return await self._shop.identify()

    async def now(self) -> datetime:
        return await self._shop.now()

    async def price_groups(self) -> Sequence[PriceGroup]:
        return await self._shop.price_groups()

    async def create_price_group(self, name: str) -> PriceGroup:
        return await self._shop.create_price_group(name)

    async def capture(self, external_id: str, *, notify: bool) -> None:
        await self._shop.capture(external_id, notify=notify)

    async def decide_review(self, external_id: str, *, accept: bool, reason: str = "") -> None:
        await self._shop.decide_review(external_id, accept=accept, reason=reason)

    async def cancel(self, external_id: str) -> None:
        await self._shop.cancel(external_id)

    async def ship(self, external_id: str, shipment: Shipment) -> None:
        await self._shop.ship(external_id, shipment)

    async def refund(self, external_id: str, refund: Refund) -> None:
        await self._shop.refund(external_id, refund)

    def parcels(self, updated_since: datetime) -> AsyncIterator[Sequence[Parcel]]:
        return self._shop.parcels(updated_since)

    async def parcels_of(self, external_id: str) -> Sequence[Parcel]:
        return await self._shop.parcels_of(external_id)

    async def add_tracks(self, parcel: Parcel, tracks: Sequence[Track]) -> None:
        await self._shop.add_tracks(parcel, tracks)

    def customers(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
        return self._shop.customers(updated_since)

    async def customer(self, external_id: str) -> ChannelCustomer | None:
        return await self._shop.customer(external_id)

    async def update_customer(self, external_id: str, changes: Mapping[str, str]) -> None:
        await self._shop.update_customer(external_id, changes)

    async def find_customer(self, email: str) -> ChannelCustomer | None:
        return await self._shop.find_customer(email)

    async def create_customer(self, person: Person, group: str) -> str:
        return await self._shop.create_customer(person, group)

    async def close(self) -> None:
        await self._shop.close()


Pushed = TypeVar("Pushed", PricePush, StockPush)


def _renamed_row(row: Pushed, name: Callable[[str], str]) -> Pushed:
    """Most rows are called the same on both sides, and copying thousands takes a while."""
    return row if (renamed := name(row.item)) == row.item else replace(row, item=renamed)


def _renamed_content(content: Content, name: Callable[[str], str]) -> Content:
    parent = content.parent and name(content.parent)
    return replace(content, parent=parent, variants=tuple(map(name, content.variants)))


def _renamed(order: ChannelOrder, name: Callable[[str], str]) -> ChannelOrder:
    return replace(order, lines=tuple(replace(line, sku=name(line.sku)) for line in order.lines))
