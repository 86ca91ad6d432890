"""Shipments and tracks made in the shop's own admin are seen too."""

from __future__ import annotations

import sqlite3
from datetime import datetime, time, timedelta

from engine import order_flow
from engine.account import Account
from engine.model.channel import ChannelOrder, Parcel
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, effects, orders, parcels
from engine.store.instants import from_text, to_text

CURSOR = "shipments"


class ShipmentsTask:
    """Pulls the shipments of an account by their own time: an order shipped in part or given a track later may keep
    its own (seen on Magento 2.4.6), so the poll of orders alone would miss both."""

    name = "shipments"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id

    async def run(self) -> TaskReport:
        """One cycle. What is found is kept order by order; the cursor moves when a page is through."""
        account = self._account
        held = await account.held("orders")
        if held is not None:
            return TaskReport(held=held)
        changed = 0
        async for page in account.channel.parcels(await self._since()):
            for parcel in await account.store.read(lambda db, page=page: parcels.news(db, account.id, page)):  # type: ignore[misc]
                order = await account.channel.order(parcel.order_id)
                changed += await account.store.write(
                    lambda db, order=order, parcel=parcel: self._take_in(db, order, parcel)  # type: ignore[misc]
                )
            newest = to_text(max(parcel.updated_at for parcel in page))
            await account.store.write(lambda db, newest=newest: accounts.set_cursor(db, account.id, CURSOR, newest))  # type: ignore[misc]
        if changed:
            account.wake(account.id, "effects")
        return TaskReport(done=changed)

    async def _since(self) -> datetime:
        account = self._account
        cursor = await account.store.read(lambda db: accounts.cursor(db, account.id, CURSOR))
        if cursor is None:
            return datetime.combine(account.settings.import_orders_since, time(), account.zone)
        return from_text(cursor) - timedelta(seconds=account.channel.capabilities.order_overlap_s)

    def _take_in(self, db: sqlite3.Connection, order: ChannelOrder | None, parcel: Parcel) -> bool:
        account, now = self._account, self._account.now()
        moved = False
        if order is not None:
            _, moved = order_flow.receive(db, account.settings, order, now)
        row = orders.find(db, account.id, parcel.order_id)
        assert row is not None, "only shipments of orders that we have are news"
        ours = effects.tracks_sent(db, row["id"])
        known = (ours or set()) | parcels.known_tracks(db, account.id, parcel.external_id)
        news = [track for track in parcel.tracks if track.number not in known]
        if news and not row["tracking"]:
            first = news[0]
            orders.move(db, row["id"], orders.state_of(row), carrier=first.label, tracking=first.number)
        for track in news:
            params = {"carrier": track.label, "tracking": track.number}
            orders.note_event(db, row["id"], account.id, "tracked-in-channel", params, now)
        if not parcel.tracks and ours is None:
            orders.note_event(db, row["id"], account.id, "shipped-in-channel", {}, now)
        parcels.keep(db, account.id, parcel)
        return moved
