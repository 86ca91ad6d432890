"""The prices of an account: the base table as base price, the other tables as group prices, in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine import drift
from engine.account import Account
from engine.amounts import from_cents
from engine.publishing import Facet, PricePush, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, wants
from engine.store.database import generations
from engine.store.publications import Row
from engine.tasks.sending import report, send_all


class PricesTask:
    """Reads the ERP's prices, wants the account's, sends them."""

    name = "prices"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._basis: object = None  # what the wants were computed from last

    async def run(self) -> TaskReport:
        """One cycle."""
        account = self._account
        if await account.reads.prices():
            account.wake(account.id, "catalogue")  # a first price may put a product on sale
        groups = await self._groups()
        self._basis = await account.store.write(lambda db: self._want(db, list(groups)))
        await drift.check(account, Facet.PRICE)

        async def send(rows: Sequence[Row]) -> Sequence[RowError]:
            return await account.channel.push_prices([_push(row, groups) for row in rows])

        done = await send_all(account, Facet.PRICE, account.channel.capabilities.price_batch_rows, send)
        return await report(account, Facet.PRICE, done)

    def _want(self, db: sqlite3.Connection, group_tables: Sequence[str]) -> object:
        settings = self._account.settings
        basis = (settings, tuple(group_tables), generations(db, "price-list", "listed"))
        if basis == self._basis:
            return basis
        wants.want_prices(
            db,
            self._account.id,
            settings.base_price_table,
            group_tables,
            settings.guards.price_drop_percent,
            self._account.now(),
        )
        return basis

    async def _groups(self) -> dict[str, str]:
        """Price table -> the channel's group; groups that are missing there are made once writing is allowed."""
        account, settings = self._account, self._account.settings
        if not account.channel.capabilities.price_groups:
            return {}
        known = dict(await account.store.read(lambda db: accounts.price_groups(db, account.id)))
        missing = [table for table in settings.group_price_tables if table not in known]
        if missing and await account.may_write("prices"):
            names = dict(await account.store.read(_table_names))
            by_name = {group.name.casefold(): group for group in await account.channel.price_groups()}
            for table in missing:
                if table not in names:
                    continue
                group = by_name.get(names[table].casefold()) or await account.channel.create_price_group(names[table])
                row = (table, group.external_id, group.name)
                await account.store.write(lambda db, row=row: accounts.set_price_groups(db, account.id, [row]))  # type: ignore[misc]
                known[table] = group.external_id
        return {table: known[table] for table in settings.group_price_tables if table in known}


def _table_names(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(row["key"], row["name"]) for row in db.execute("SELECT key, name FROM price_table WHERE active")]


def _push(row: Row, groups: dict[str, str]) -> PricePush:
    amount = None if row.wanted is None else from_cents(int(row.wanted))
    return PricePush(row.item, groups[row.part] if row.part else None, amount)
