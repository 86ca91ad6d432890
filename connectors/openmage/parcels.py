"""Shipments as they stand in the shop, whoever made them, with their tracks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence, Set
from datetime import datetime

from connectors.magento_shapes.parcels import CARRIER, tracks_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, moment
from connectors.openmage.orders import read_order
from connectors.openmage.shop import Shop
from connectors.openmage.windows import changed
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown, RetryLater
from engine.model.channel import Parcel, Track

SHIPMENT = "sales_order_shipment"
PARCELS_PER_READ = 20


async def parcels(shop: Shop, made_since: datetime, now: datetime) -> AsyncIterator[Sequence[Parcel]]:
    """Shipments made at or after that time, oldest first.

    The list tells no time of change, so a track that somebody else adds later is not told.
    """
    async for rows in changed(shop, f"{SHIPMENT}.list", made_since, now, "increment_id", "created_at"):
        for start in range(0, len(rows), PARCELS_PER_READ):
            part = rows[start : start + PARCELS_PER_READ]
            found = await _read(shop, part)
            numbers = await _numbers(shop, {str(row["order_id"]) for row in found})
            yield [_parcel(row, numbers[str(row["order_id"])]) for row in found if str(row["order_id"]) in numbers]


async def parcels_of(shop: Shop, external_id: str) -> Sequence[Parcel]:
    """The shipments of an order, oldest first; none where it is gone."""
    try:
        order = await read_order(shop, external_id)
    except Absent:
        return ()
    rows = await shop.api.read(f"{SHIPMENT}.list", {"order_id": str(order["order_id"])})
    found = await _read(shop, sorted(rows, key=lambda row: int(row["increment_id"])))
    return [_parcel(row, external_id) for row in found]


async def add_tracks(shop: Shop, parcel: Parcel, tracks: Sequence[Track]) -> None:
    """Give a shipment its tracks, then have the shop mail it once: each mail lists all of them."""
    for track in tracks:
        await write_track(shop, parcel.external_id, track)
    await mail(shop, parcel.external_id)


async def write_track(shop: Shop, number: str, track: Track) -> None:
    """Give a shipment a track. Where the answer is lost, the shipment tells whether it has it."""
    try:
        await shop.api.write(f"{SHIPMENT}.addTrack", number, CARRIER, track.label, track.number)
    except OutcomeUnknown:
        there = await _as_it_stands(shop, number)
        if track.number not in [one.number for one in tracks_of(there)]:
            raise


async def mail(shop: Shop, number: str) -> None:
    """Have the shop mail a shipment. Where it breaks down meanwhile and has not mailed it, it is asked once more.

    Not after a time-out: that mail may still go, and the buyer would have two.
    """
    try:
        await shop.api.write(f"{SHIPMENT}.sendInfo", number, "")
    except OutcomeUnknown as unknown:
        there = await _as_it_stands(shop, number)
        if str(there.get("email_sent") or "0") == "1":
            return
        if unknown.code == "channel-no-answer" or not there:
            raise
        await shop.api.write(f"{SHIPMENT}.sendInfo", number, "")


async def _as_it_stands(shop: Shop, number: str) -> Json:
    """The shipment; empty where it cannot be read now."""
    try:
        found: Json = await shop.api.read(f"{SHIPMENT}.info", number)
    except (RetryLater, Misconfigured, Absent):
        return {}
    return found


async def _read(shop: Shop, rows: Sequence[Json]) -> list[Json]:
    found = await shop.api.read_many([(f"{SHIPMENT}.info", (str(row["increment_id"]),)) for row in rows])
    told = []
    for answer in found:
        if isinstance(answer, Absent):
            continue
        if isinstance(answer, IntegraError):
            raise answer
        told.append(answer)
    return told


async def _numbers(shop: Shop, order_ids: Set[str]) -> dict[str, str]:
    """Order id -> number, which is the key of an order in all other calls."""
    if not order_ids:
        return {}
    rows = await shop.api.read("sales_order.list", {"order_id": {"in": sorted(order_ids)}})
    return {str(row["order_id"]): str(row["increment_id"]) for row in rows}


def _parcel(row: Json, order_number: str) -> Parcel:
    return Parcel(
        external_id=str(row["increment_id"]),
        order_id=order_number,
        updated_at=moment(row["created_at"]),
        tracks=tracks_of(row),
    )
