"""The stock of an account: read once from the ERP for all accounts, wanted by the ledger, sent in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from engine.account import Account
from engine.amounts import from_e4, to_e4
from engine.publishing import Facet, RowError, StockPush
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, silences, stock_lag, stock_notices, wants
from engine.store.database import generations
from engine.store.instants import from_text
from engine.store.publications import Row
from engine.store.silences import Defence
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
        self._taken_at: datetime | None = None  # when the shop last took something
        self._took: list[tuple[str, float]] = []  # falls since they were last kept: wanted when, for how long shown

    async def run(self) -> TaskReport:
        """One cycle."""
        done = await send_all(self._account, Facet.STOCK, self._send, self._look, LOOK_APART_S)
        ended = await report(self._account, Facet.STOCK, done)
        if ended.held is None and await self._account.store.write(lambda db: self._heard(db, not ended.todo)):
            self._account.wake(self.account, self.name)  # what the defence kept back is sent
        return ended

    async def _look(self) -> None:
        account = self._account
        if await account.reads.stock_and_orders():
            # Goods that arrived serve waiting orders, and every account shows the change.
            account.wake("*", "effects")
            account.wake("*", "stock")
        self._basis = await account.store.write(self._want)

    def _want(self, db: sqlite3.Connection) -> object:
        settings = self._account.settings
        self._keep_lag(db)
        defence = self._defence(db)
        basis = (settings, defence, generations(db, "stock-levels", "orders", "listed", "catalogue"))
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
            defended=wants.UNDEFENDED
            if defence is Defence.NONE
            else wants.Defended(
                to_e4(settings.defence.buffer), to_e4(settings.defence.few), every_item=defence is Defence.OFTEN
            ),
        )
        stock_notices.tell(db, self._account.id, settings.all_companies, settings.all_sectors, self._account.now())
        return basis

    def _defence(self, db: sqlite3.Connection) -> Defence:
        account, terms = self._account, self._account.settings.defence
        silent_s = terms.silent_cycles * account.all_settings().interval_s(account.id, self.name)
        patience = silences.Patience(silent_s, terms.silences_a_day)
        return silences.look(db, account.id, patience, self._taken_at, account.now())

    def _heard(self, db: sqlite3.Connection, all_sent: bool) -> bool:
        self._keep_lag(db)
        return silences.heard(db, self._account.id, all_sent=all_sent, now=self._account.now())

    def _keep_lag(self, db: sqlite3.Connection) -> None:
        took, self._took = self._took, []
        if took:
            row = accounts.get(db, self._account.id)
            since = (row and row["approved_at"]) or ""  # before its first write no shop is kept up with
            shown_s = [seconds for wanted_at, seconds in took if wanted_at >= since]
            stock_lag.note(db, self._account.id, self._account.today(), shown_s)

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        errors = await self._account.channel.push_stock(
            [StockPush(row.item, row.part, from_e4(int(row.wanted or 0))) for row in rows]
        )
        self._account.wake(self.account, "orders")  # one may have crossed the batch, which hides what it had taken
        self._taken_at = self._account.now()
        refused = {error.index for error in errors}
        fallen = [row for place, row in enumerate(rows) if place not in refused and _falls(row)]
        self._took += [(row.wanted_at, self._shown_s(row)) for row in fallen]
        return errors

    def _shown_s(self, row: Row) -> float:
        """Seconds that the shop showed what was gone, at most: since the last look at the ERP that did not see it."""
        wanted_at, taken_at = from_text(row.wanted_at), self._account.now()
        unseen_s = self._account.reads.stock_unseen_s(wanted_at)
        return max(0.0, (taken_at - wanted_at).total_seconds()) + unseen_s


def _falls(row: Row) -> bool:
    return row.confirmed is not None and int(row.wanted or 0) < int(row.confirmed)
