"""Orders come in: pulled with an overlap, stored with their cursor, then everything else follows from the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from engine import order_flow
from engine.account import Account
from engine.model.channel import ChannelOrder
from engine.runtime.supervisor import TaskReport
from engine.store import accounts
from engine.store.instants import from_text, to_text


class OrdersTask:
    """Pulls the orders of an account."""

    name = "orders"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id

    async def run(self) -> TaskReport:
        """One cycle."""
        account = self._account
        held = await account.held("orders")  # an ERP that is down keeps no order from being taken in
        if held is not None:
            return TaskReport(held=held)
        since = await self._since()
        done = 0
        async for page in account.channel.orders(since):
            new, changed = await account.store.write(lambda db, page=page: self._take_in(db, page))  # type: ignore[misc]
            done += new + changed
            if new:
                account.wake("*", "stock")  # before anything else is pushed, the other accounts show less
            if new or changed:
                account.wake(account.id, "effects")
        return TaskReport(done=done)

    async def _since(self) -> datetime:
        account = self._account
        cursor = await account.store.read(lambda db: accounts.cursor(db, account.id, "orders"))
        if cursor is None:
            return datetime.combine(account.settings.import_orders_since, time(), account.zone)
        # An order may become visible late; what is read twice is recognised.
        return from_text(cursor) - timedelta(seconds=account.channel.capabilities.order_overlap_s)

    def _take_in(self, db: sqlite3.Connection, page: Sequence[ChannelOrder]) -> tuple[int, int]:
        account, now = self._account, self._account.now()
        settings = account.settings
        first_day = datetime.combine(settings.import_orders_since, time(), account.zone)
        new = changed = 0
        newest = accounts.cursor(db, account.id, "orders") or ""
        for order in page:
            newest = max(newest, to_text(order.updated_at))
            if order.placed_at < first_day:
                continue
            is_new, moved = order_flow.receive(db, settings, order, now)
            new += is_new
            changed += moved and not is_new
        if newest:
            accounts.set_cursor(db, account.id, "orders", newest)
        return new, changed
