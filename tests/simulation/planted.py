"""Bugs that are planted to test the simulation: each is one mechanism of the engine or a connector taken out by name.

usage: python -m tests.simulation.planted [NAME ...]: how many seeds each lives through, as the table of the docs.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

from connectors.cplus.orders import reserve
from connectors.magento.channel import MagentoChannel
from connectors.magento.wire import decode
from engine import erp_customer, order_flow
from engine.account import Account
from engine.erp_reads import ErpReads
from engine.errors import OutcomeUnknown
from engine.publishing import Facet
from engine.runtime.supervisor import Supervisor, TaskReport
from engine.store import accounts, effects, publications
from engine.store import orders as order_store
from engine.store.instants import to_text
from engine.store.publications import Row
from engine.tasks import erp_effects, sending
from engine.tasks.orders import OrdersTask
from tests.simulation.days import Outcome, Plan, run, workshop

SEEDS_MAX = 20
PLAN = Plan(seed=0, shops=2, faults_a_day=40, kills_a_day=40, trade_s=4 * 3600.0, pace=0.15)
"""Where they are looked for: two shops of different kinds and a morning so dense that a day's faults strike it."""

Patch = AbstractContextManager[Any]


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


def _settles_at_once() -> Patch:
    """What got no answer is sent anew at once: the old call may still land, after the new one."""
    stack = ExitStack()
    for name in ("begin", "still_sending"):
        stack.enter_context(mock.patch.object(publications, name, _settling_at_once(getattr(publications, name))))
    return stack


def _settling_at_once(told: Callable[..., None]) -> Callable[..., None]:
    return lambda *but_seconds: told(*but_seconds[:-1], 0.0)


def _confirms_what_is_wanted() -> Patch:
    """What is wanted by now is confirmed instead of what was sent."""
    confirm = publications.confirm

    def careless(db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], now: datetime) -> None:
        confirm(db, account, facet, rows, now)
        for row in rows:
            db.execute(
                "UPDATE publication SET confirmed = wanted WHERE account = ? AND item = ? AND facet = ? AND part = ?",
                (account, row.item, facet, row.part),
            )

    return mock.patch.object(publications, "confirm", careless)


def _lost_answer_is_success() -> Patch:
    """A push without an answer counts as done."""
    call = sending._Push._call

    async def careless(self: sending._Push, rows: Any, turn: Any) -> Any:
        try:
            return await call(self, rows, turn)
        except OutcomeUnknown:
            self.trouble = None
            return []

    return mock.patch.object(sending._Push, "_call", careless)


def _doubt_forgotten() -> Patch:
    """What is confirmed stays beyond doubt while something else is on its way."""
    begin = publications.begin

    def careless(db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], *rest: Any) -> None:
        begin(db, account, facet, rows, *rest)
        db.execute("UPDATE publication SET unconfirmed = 0 WHERE unconfirmed = 3")

    return mock.patch.object(publications, "begin", careless)


def _html_is_fine() -> Patch:
    """An answer that is no JSON is taken for an empty one."""

    def careless(content: bytes) -> Any:
        try:
            return decode(content)
        except ValueError:
            return []

    return mock.patch("connectors.magento.transport.decode", careless)


def _reserved_twice() -> Patch:
    """An order is reserved without looking whether it is."""
    return mock.patch.object(reserve, "_UNRESERVED", "1 = 1")


def _never_released() -> Patch:
    """An order that the shop cancelled is not cancelled in C-Plus."""

    def careless(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
        order_store.lines_cancelled(db, order_id)
        effects.withdraw_all_decided(db, order_id, now)

    return mock.patch.object(order_flow, "die", careless)


def _shops_own_count_ignored() -> Patch:
    """That a shop counts its own open orders down is forgotten: it shows less than there is."""
    capabilities = MagentoChannel.capabilities

    def careless(self: MagentoChannel) -> Any:
        return replace(capabilities.fget(self), counts_own_orders=False)  # type: ignore[attr-defined]

    return mock.patch.object(MagentoChannel, "capabilities", property(careless))


def _own_moves_unseen() -> Patch:
    """That a shop's own counter was moved by an order or a cancel does not put its stock in doubt."""
    return mock.patch.object(publications, "unconfirm_stock", return_value=None)


def _catalogue_cursor_first() -> Patch:
    """The cursor of the catalogue is stored before what it passed."""
    catalogue = ErpReads.catalogue

    async def careless(self: ErpReads) -> int:
        erp = self._erp

        class Hasty:
            async def catalogue(this, tags: Any, cursor: Any) -> Any:
                read = await erp.catalogue(tags, cursor)
                await self._store.write(lambda db: accounts.set_cursor(db, accounts.ERP, "catalogue", read.cursor))
                return read

            def __getattr__(this, name: str) -> Any:
                return getattr(erp, name)

        self._erp = Hasty()
        try:
            return await catalogue(self)
        finally:
            self._erp = erp

    return mock.patch.object(ErpReads, "catalogue", careless)


def _gives_up() -> Patch:
    """A task that failed three times in a row is not tried again before the next start."""
    cycle = Supervisor._cycle

    async def careless(self: Supervisor, slot: Any) -> Any:
        return None if slot.failures >= 3 else await cycle(self, slot)

    return mock.patch.object(Supervisor, "_cycle", careless)


def _short_is_fine() -> Patch:
    """A short order counts as reserved: its goods are promised to nobody."""
    return mock.patch.object(order_store, "lines_unreserved", order_store.lines_reserved)


def _refusal_is_final() -> Patch:
    """What C-Plus could not take for a moment is dropped instead of tried again."""

    def careless(db: sqlite3.Connection, effect: Any, *_: Any) -> bool:
        db.execute("UPDATE effect SET state = 'withdrawn' WHERE id = ?", (effect.id,))
        return True

    return mock.patch.object(effects, "postpone", careless)


PLANTED: dict[str, Callable[[], Patch]] = {
    "cursor-first": _cursor_first,
    "new-key-each-time": _new_key_each_time,
    "key-not-stored": _key_not_stored,
    "customer-made-again": _customer_made_again,
    "settles-at-once": _settles_at_once,
    "confirms-what-is-wanted": _confirms_what_is_wanted,
    "lost-answer-is-success": _lost_answer_is_success,
    "doubt-forgotten": _doubt_forgotten,
    "html-is-fine": _html_is_fine,
    "reserved-twice": _reserved_twice,
    "never-released": _never_released,
    "shops-own-count-ignored": _shops_own_count_ignored,
    "own-moves-unseen": _own_moves_unseen,
    "catalogue-cursor-first": _catalogue_cursor_first,
    "gives-up": _gives_up,
    "short-is-fine": _short_is_fine,
    "refusal-is-final": _refusal_is_final,
}


def caught(name: str, folder: Any, seeds: range) -> Outcome | None:
    """The first run that finds this bug, None when none of the seeds does."""
    for seed in seeds:
        with PLANTED[name]():
            outcome = run(replace(PLAN, seed=seed), folder)
        if outcome.violations:
            return outcome
    return None


def main(names: Sequence[str]) -> int:
    """Print the table; the exit status is the number of bugs that were not found."""
    missed = 0
    with workshop() as folder:
        os.environ.setdefault("FIREBIRD_LOCK", str(folder))
        for name in names or list(PLANTED):
            began = time.process_time()
            found = caught(name, folder, range(1, SEEDS_MAX + 1))
            missed += found is None
            where = "**not found**" if found is None else f"seed {found.plan.seed}"
            says = "" if found is None else found.violations[0].partition("\n")[0][:110]
            told = (PLANTED[name].__doc__ or "").strip()
            print(f"| {name} | {told} | {where} | {says} | {time.process_time() - began:.0f} s |", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
