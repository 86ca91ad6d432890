"""The prices of an account: its tables, prices for quantities and promotions, in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from engine import price_parts
from engine.account import Account
from engine.publishing import Facet, PricePush, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, price_wants
from engine.store.database import generations
from engine.store.problems import clear_other_problems, clear_problem, raise_problem
from engine.store.publications import Row
from engine.tasks.sending import report, send_all


class PricesTask:
    """Reads the ERP's prices, wants the account's, sends them."""

    name = "prices"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id
        self._basis: object = None  # what the wants were computed from last
        self._groups: Mapping[str, str] = {}

    async def run(self) -> TaskReport:
        """One cycle."""
        done = await send_all(self._account, Facet.PRICE, self._send, self._look)
        return await report(self._account, Facet.PRICE, done)

    async def _look(self) -> None:
        account = self._account
        if await account.reads.prices():
            account.wake(account.id, "catalogue")  # a first price may put a product on sale
        self._groups = await self._known_groups()
        tables = [table for table in account.settings.group_price_tables if table in self._groups]
        self._basis = await account.store.write(lambda db: self._want(db, tables))

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        return await self._account.channel.push_prices([_push(row, self._groups) for row in rows])

    def _want(self, db: sqlite3.Connection, group_tables: Sequence[str]) -> object:
        account, settings, takes = self._account, self._account.settings, self._account.channel.capabilities
        basis = (settings, tuple(group_tables), account.today(), generations(db, "price-list", "listed"))
        if basis == self._basis:
            return basis
        terms = price_wants.PriceTerms(
            base_table=settings.base_price_table,
            group_tables=group_tables,
            drop_percent=settings.guards.price_drop_percent,
            quantities=takes.price_quantities,
            specials=takes.price_specials,
            today=account.today(),
        )
        price_wants.want_prices(db, account.id, terms, account.now())
        self._tell_unusable(db)
        return basis

    def _tell_unusable(self, db: sqlite3.Connection) -> None:
        """A configured table that has no prices to publish is named: by formula, inactive, or not there at all."""
        account, settings = self._account, self._account.settings
        known = {row["key"]: row for row in db.execute("SELECT key, name, active, computed FROM price_table")}
        for table in (settings.base_price_table, *settings.group_price_tables):
            row, subject = known.get(table), f"table:{table}"
            if row is not None and row["active"]:
                clear_problem(db, account.id, None, subject)
                continue
            code = "price-table-computed" if row is not None and row["computed"] else "price-table-unusable"
            params = {"table": table, "name": row["name"] if row is not None else ""}
            clear_other_problems(db, account.id, code, subject)
            raise_problem(db, account.id, code, subject, params, "", "problem", account.now())

    async def _known_groups(self) -> dict[str, str]:
        """Price table -> the channel's group, also of tables that are no longer published.

        Groups that are missing there are made once writing is allowed.
        """
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
        return known


def _table_names(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(row["key"], row["name"]) for row in db.execute("SELECT key, name FROM price_table WHERE active")]


def _push(row: Row, groups: Mapping[str, str]) -> PricePush:
    table = price_parts.table_of(row.part)
    return price_parts.push(row.item, row.part, row.wanted, groups[table] if table else None)
