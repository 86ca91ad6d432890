"""The prices of an account: its tables, prices for quantities and promotions, in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from engine import price_parts
from engine.account import Account
from engine.errors import Param
from engine.publishing import Facet, PricePush, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, allowances, price_groups, price_guards, price_wants
from engine.store.database import generations
from engine.store.problems import (
    Severity,
    clear_other_problems,
    clear_problem,
    keep_problems_of,
    raise_problem,
)
from engine.store.publications import Row
from engine.tasks.price_groups import settle_groups
from engine.tasks.sending import report, send_all

ABOVE_BASE = "price-group-above-base"


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
        await settle_groups(account)
        self._groups = await account.store.read(lambda db: accounts.price_groups(db, account.id))
        self._basis = await account.store.write(self._want)

    async def _send(self, rows: Sequence[Row]) -> Sequence[RowError]:
        return await self._account.channel.push_prices([_push(row, self._groups) for row in rows])

    def _want(self, db: sqlite3.Connection) -> object:
        account, settings, takes = self._account, self._account.settings, self._account.channel.capabilities
        carried = price_groups.carried(db, account.id)
        group_tables = tuple(carried)
        allowed = allowances.allowed(db, account.id, account.now())  # its time may begin with nothing else changed
        basis = (settings, carried, account.today(), allowed, generations(db, "price-list", "listed"))
        if basis == self._basis:
            return basis
        terms = price_wants.PriceTerms(
            base_table=settings.base_price_table,
            group_tables=group_tables,
            limits=price_guards.PriceLimits(
                settings.guards.price_drop_percent, settings.guards.prices_changing_percent
            ),
            quantities=takes.price_quantities,
            specials=takes.price_specials,
            today=account.today(),
        )
        price_wants.want_prices(db, account.id, terms, account.now(), allowed)
        self._tell_unusable(db)
        self._tell_above_base(db, group_tables)
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

    def _tell_above_base(self, db: sqlite3.Connection, group_tables: Sequence[str]) -> None:
        """A group's price above the base price does nothing: a channel gives its buyers the lower of the two."""
        account = self._account
        above, base = price_wants.above_base(db, account.id), account.settings.base_price_table
        told = set()
        for table, (name, rows, of_rows) in above.items():
            if not rows or table not in group_tables:
                continue
            # Where it is so of most, another table should be the base.
            severity: Severity = "problem" if 2 * rows > of_rows else "notice"
            params: dict[str, Param] = {"table": table, "name": name, "n": rows, "of": of_rows, "base": base}
            subject = f"above-base:{table}"
            raise_problem(db, account.id, ABOVE_BASE, subject, params, "", severity, account.now())
            told.add(subject)
        keep_problems_of(db, account.id, ABOVE_BASE, told)


def _push(row: Row, groups: Mapping[str, str]) -> PricePush:
    table = price_parts.table_of(row.part)
    return price_parts.push(row.item, row.part, row.wanted, groups[table] if table else None)
