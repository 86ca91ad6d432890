"""Mechanisms that keep orders, their customers and their reservations right, each taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from unittest import mock

from connectors.cplus.orders import reserve
from engine import erp_customer, order_flow
from engine.account import Account
from engine.runtime.supervisor import TaskReport
from engine.store import accounts, effects
from engine.store import orders as order_store
from engine.store.instants import to_text
from engine.tasks import erp_effects
from engine.tasks.orders import OrdersTask
from tests.simulation.days import Upset
from tests.simulation.planted.bug import Bug, Patch


def _cursor_first() -> Patch:
    """The cursor of the orders is stored before the orders themselves."""

    async def careless(self: OrdersTask) -> TaskReport:
        account = self._account
        held = await account.held("orders")
        if held is not None:
            return TaskReport(held=held)
        async for page in account.channel.orders(await self._since()):
            newest = max((to_text(order.updated_at) for order in page), default="")
            if newest:
                await account.store.write(lambda db, newest=newest: accounts.set_cursor(db, account.id, "orders", newest))  # type: ignore[misc]  # fmt: skip  # noqa: E501
            await account.store.write(lambda db, page=page: self._take_in(db, page))  # type: ignore[misc]
            account.wake("*", "effects")
        return TaskReport()

    return mock.patch.object(OrdersTask, "run", careless)


def _new_key_each_time() -> Patch:
    """Every try to write an order takes a new key, and nobody looks whether it stands there already."""

    async def none(*_: Any) -> None:
        return None

    return mock.patch.object(erp_effects, "_codes_before", none)


def _key_not_stored() -> Patch:
    """The key of an order is used before it is stored, and the reference is not looked for."""

    async def taken(account: Account, *_: Any) -> Any:
        return await account.erp.take_order_codes()

    async def known(account: Account, order_id: int, row: sqlite3.Row) -> Any:
        return None

    stack = ExitStack()
    stack.enter_context(mock.patch.object(erp_effects, "_new_codes", taken))
    stack.enter_context(mock.patch.object(erp_effects, "_codes_before", known))
    return stack


def _customer_made_again() -> Patch:
    """A customer whose creation nobody confirmed is made again under another key, unsought."""

    async def nobody(*_: Any) -> Any:
        return None, ()

    def forget(*_: Any) -> None:
        return

    stack = ExitStack()
    stack.enter_context(mock.patch.object(erp_customer, "_found", nobody))
    stack.enter_context(mock.patch("engine.store.customers.keep_taken_code", forget))
    return stack


def _reserved_twice() -> Patch:
    """An order is reserved without looking whether it is."""
    return mock.patch.object(reserve, "_UNRESERVED", "1 = 1")


def _never_released() -> Patch:
    """An order that the shop cancelled is not cancelled in C-Plus."""

    def careless(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
        order_store.lines_cancelled(db, order_id)
        effects.withdraw_all_decided(db, order_id, now)

    return mock.patch.object(order_flow, "die", careless)


def _short_is_fine() -> Patch:
    """A short order counts as reserved: its goods are promised to nobody."""
    return mock.patch.object(order_store, "lines_unreserved", order_store.lines_reserved)


def _refusal_is_final() -> Patch:
    """What C-Plus could not take for a moment is dropped instead of tried again."""

    def careless(db: sqlite3.Connection, effect: Any, *_: Any) -> bool:
        db.execute("UPDATE effect SET state = 'withdrawn' WHERE id = ?", (effect.id,))
        return True

    return mock.patch.object(effects, "postpone", careless)


def _gives_back_what_was_not_taken() -> Patch:
    """A short order that is cancelled gives back what it never had."""
    return mock.patch.object(reserve, "_RESERVED", "1 = 1")


def _reference_not_looked_for() -> Patch:
    """Who has lost the store takes a new key for an order, and does not look for its reference in C-Plus."""

    async def none(*_: Any) -> None:
        return None

    return mock.patch.object(erp_effects, "_codes_there", none)


BUGS: Mapping[str, Bug] = {
    "cursor-first": Bug(_cursor_first, kills_a_day=200),
    "new-key-each-time": Bug(_new_key_each_time),
    "key-not-stored": Bug(_key_not_stored),
    "customer-made-again": Bug(_customer_made_again),
    "reserved-twice": Bug(_reserved_twice),
    "never-released": Bug(_never_released),
    "short-is-fine": Bug(_short_is_fine),
    "refusal-is-final": Bug(_refusal_is_final),
    "gives-back-what-was-not-taken": Bug(_gives_back_what_was_not_taken),
    "reference-not-looked-for": Bug(_reference_not_looked_for, Upset.STORE_LOST),
}
