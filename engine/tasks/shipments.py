"""Shipments made in the shop's own admin are seen too."""

from __future__ import annotations

from engine import order_flow
from engine.account import Account
from engine.runtime.supervisor import TaskReport
from engine.store import orders as order_table


class ShipmentsTask:
    """Looks again at orders that wait to be shipped: a shipment made in the shop's own admin may not move an order's
    own stamp (seen on Magento 2.4.6), so the poll by stamp alone would miss it."""

    name = "shipments"
    ORDERS_PER_CYCLE = 50

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id

    async def run(self) -> TaskReport:
        """One cycle."""
        account = self._account
        if not await account.may_write("orders"):
            return TaskReport(paused=True)
        ids = await account.store.read(lambda db: order_table.waiting_to_ship(db, account.id, self.ORDERS_PER_CYCLE))
        changed = 0
        for external_id in ids:
            order = await account.channel.order(external_id)
            if order is not None:
                now = account.now()
                _, moved = await account.store.write(
                    lambda db, order=order, now=now: order_flow.receive(db, account.settings, order, now)  # type: ignore[misc]
                )
                changed += moved
        return TaskReport(done=changed)
