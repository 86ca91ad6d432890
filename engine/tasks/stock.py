"""The stock of an account: read once from the ERP for all accounts, wanted by the ledger, sent in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.account import Account
from engine.amounts import from_e4, to_e4
from engine.publishing import Facet, RowError, StockPush
from engine.runtime.supervisor import TaskReport
from engine.store import stock_notices, wants
from engine.store.database import generations
from engine.store.publications import Row
from engine.tasks.sending import report, send_all

LOOK_APART_S = 0.5
"""Between two looks at the ERP while sending: in a busy hour each of them reads the whole stock."""


class StockTask:
    """Reads the ERP's stock, wants the account's, sends it."""

    name = "stock"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._basis: object = None  # what the wants were computed from last

    async def run(self) -> TaskReport:
        """One cycle."""
        done = await send_all(self._account, Facet.STOCK, self._send, self._look, LOOK_APART_S)
        return await report(self._account, Facet.STOCK, done)

    async def _look(self) -> None:
        account = self._account
        if await account.reads.stock_and_orders():
            # Goods that arrived serve waiting orders, and every account shows the change.
            account.wake("*", "effects")
            account.wake("*", "stock")
        self._basis = await account.store.write(self._want)

    def _want(self, db: sqlite3.Connection) -> object:
        settings = self._account.settings
        basis = (settings, generations(db, "stock-levels", "orders", "listed", "catalogue"))
        if basis == self._basis:
            return basis
        wants.want_stock(
            db,
            self._account.id,
            sources=self._account.sources,
            ships_from=self._account.channel.capabilities.ships_from,
            buffer_e4=to_e4(settings.buffer),
            uncounted_e4=to_e4(settings.uncounted_stock),
            counts_own=self._account.channel.capabilities.counts_own_orders,
            to_zero_percent=settings.guards.stock_to_zero_percent,
            now=self._account.now(),
        )
        stock_notices.tell(db, self._account.id, settings.all_companies, settings.all_sectors, self._account.now())
        return basis

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        errors = await self._account.channel.push_stock(
            [StockPush(row.item, row.part, from_e4(int(row.wanted or 0))) for row in rows]
        )
        self._account.wake(self.account, "orders")  # one may have crossed the batch, which hides what it had taken
        return errors
