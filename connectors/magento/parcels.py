"""Shipments as they stand in the shop, whoever made them, with their tracks.

The first part of a shipment and a track that comes later leave the order's own time of change as it was (seen on
2.4.6); the shipment's moves with both, so shipments are asked for by it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.magento.search import Filter, changed_since, find_all
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.parcels import CARRIER, tracks_of
from connectors.magento_shapes.values import Json, moment
from engine.model.channel import Parcel, Track


async def parcels(shop: Shop, updated_since: datetime) -> AsyncIterator[Sequence[Parcel]]:
    """Shipments made or given a track at or after that time, oldest change first."""
    async for rows in changed_since(shop.rest, f"{SHOP}/shipments", updated_since, "entity_id", "entity_id"):
        yield [_parcel(row) for row in rows]


async def parcels_of(shop: Shop, order_id: str) -> Sequence[Parcel]:
    """The shipments of an order, oldest first."""
    rows = await find_all(shop.rest, f"{SHOP}/shipments", [Filter("order_id", order_id)])
    return [_parcel(row) for row in sorted(rows, key=lambda row: int(row["entity_id"]))]


async def add_tracks(shop: Shop, parcel: Parcel, tracks: Sequence[Track]) -> None:
    """Give a shipment its tracks, then have the shop mail it once: each mail lists all of them."""
    for track in tracks:
        await shop.rest.post(f"{SHOP}/shipment/track", {"entity": _entity(parcel, track)})
    await shop.rest.post(f"{SHOP}/shipment{path_of(parcel.external_id)}/emails")


def _entity(parcel: Parcel, track: Track) -> Json:
    return {
        "order_id": int(parcel.order_id),
        "parent_id": int(parcel.external_id),
        "track_number": track.number,
        "title": track.label,
        "carrier_code": CARRIER,
        "weight": 0,
        "qty": 1,
        "description": "",
    }


def _parcel(row: Json) -> Parcel:
    return Parcel(
        external_id=str(row["entity_id"]),
        order_id=str(row["order_id"]),
        updated_at=moment(row["updated_at"]),
        tracks=tracks_of(row),
    )
