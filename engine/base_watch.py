"""Which base of the ERP answers: asked before the first write, on a slow clock, and when it was opened as another file.

An account is bound to one base. Where another, a restored or an older one answers, the account observes until a person
approves it again. And a base has one engine that writes: where another one does, ours writes nothing anywhere.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import anyio

from engine import lost_orders
from engine.errors import IntegraError, RetryLater
from engine.model.erp import ErpIdentity, ErpNotice
from engine.orders import MISSING_IN_ERP
from engine.ports import Erp, Surroundings
from engine.sole_writer import SoleWriter, Wake
from engine.store import accounts, customers
from engine.store.audit import Actor, audit
from engine.store.database import Store
from engine.store.problems import clear_other_problems, clear_problem, raise_problem

ASK_AGAIN_S = 600.0
SUBJECT = "base"
NOTICES = "erp:notice"

log = logging.getLogger("integra.base")


class _Judged(NamedTuple):
    """What was made of the base that answers, and the accounts that were live and observe since."""

    is_another: bool
    set_back: tuple[str, ...]


class BaseWatch:
    """Knows the base, for all accounts of an engine."""

    def __init__(
        self, store: Store, erp: Erp, surroundings: Surroundings, account_ids: Sequence[str], wake: Wake
    ) -> None:
        self._store = store
        self._erp = erp
        self._clock = surroundings.clock
        self._account_ids = tuple(account_ids)
        self._known: ErpIdentity | None = None
        self._ask_at: datetime | None = None
        self._asking = anyio.Lock()
        self._is_another = False
        self._wake = wake
        self._writer = SoleWriter(store, erp, surroundings.clock, account_ids, wake)

    async def has_our_orders(self) -> bool:
        """Whether what the base says of an order's key is said of our order. Raises like `know`."""
        await self.know()
        return not self._is_another

    async def know(self) -> RetryLater | None:
        """Make sure that the base is the one the accounts are bound to, or that they observe.

        Answers why nothing may be written anywhere now, though the base is known: another engine writes into it.
        Raises what the ERP raises until it has said once which base it is, and while it may be another one. A base that
        was known and is only out of reach changes nothing.
        """
        async with self._asking:
            await self._know_base()
            return await self._writer.refused()

    async def _know_base(self) -> None:
        known = self._known
        same = known is not None and await self._erp.incarnation() == known.incarnation
        if same and not await self._is_due():
            return
        try:
            base = await self._erp.identity()
            lost = await self._lost(base)
            notices = await self._erp.notices()
        except IntegraError as error:
            if not same:
                raise
            log.warning("the base cannot be asked again: %s", error)
            return
        now = self._clock.now()
        judged = await self._store.write(lambda db: self._judge(db, base, lost, now))
        self._is_another = judged.is_another
        for account in judged.set_back:
            self._wake(account, "catalogue")
        await self._store.write(lambda db: _tell(db, notices, now))
        self._known, self._ask_at = base, now + timedelta(seconds=ASK_AGAIN_S)

    async def _is_due(self) -> bool:
        if self._ask_at is None or self._ask_at <= self._clock.now():
            return True
        return await self._store.read(lambda db: any(accounts.is_unbound(db, id) for id in self._account_ids))

    async def _lost(self, base: ErpIdentity) -> list[int]:
        """Orders of ours that a restored base lacks; asked only where something says that it was restored."""

        rewound = self._known is not None and base.incarnation != self._known.incarnation

        def doubtful(db: sqlite3.Connection) -> bool:
            rows = [accounts.get(db, account) for account in self._account_ids]
            return any(row is not None and accounts.may_lack_orders(db, row, base) for row in rows)

        if not (rewound or await self._store.read(doubtful)):
            return []
        return await lost_orders.missing(self._store, self._erp, self._clock.now())

    def _judge(self, db: sqlite3.Connection, base: ErpIdentity, lost: Sequence[int], now: datetime) -> _Judged:
        """Bind each account to the base, or set it back to observing."""
        rows = [row for account in self._account_ids if (row := accounts.get(db, account)) is not None]
        reasons = {row["id"]: accounts.estrangement(row, base, lacks_orders=bool(lost)) for row in rows}
        is_another = accounts.OTHER_BASE in reasons.values()
        if not is_another:
            lost_orders.stand_aside(db, lost, now)
        if any(row["base_epoch"] != base.epoch for row in rows):
            accounts.forget_cursors(db, accounts.ERP)
        for row in rows if not is_another else ():
            if lost or row["base_epoch"] not in (None, base.epoch):
                customers.channel_holds(db, row["id"])
        set_back = []
        for row in rows:
            reason = reasons[row["id"]]
            if reason is None:
                clear_problem(db, row["id"], None, SUBJECT)
                accounts.bind(db, row["id"], base)
                continue
            if row["mode"] == accounts.LIVE:
                accounts.set_mode(db, row["id"], accounts.OBSERVE, reason)
                # What a person approves again is what holds of this base now, not what was found on the first day.
                accounts.look_again(db, row["id"])
                set_back.append(row["id"])
                audit(db, Actor("engine", now), "observe", f"account {row['id']}", accounts.LIVE, reason)
                log.warning("another base answers: account %s observes", row["id"], extra={"reason": reason})
            known = row["base_path"] if row["base_path"] != base.path else row["base_cnpj"]
            params = {"path": base.path, "known": known, "cnpj": base.cnpj, "missing": _missing(db)}
            raise_problem(db, row["id"], reason, SUBJECT, params, "", "problem", now)
            clear_other_problems(db, row["id"], reason, SUBJECT)
        return _Judged(is_another, tuple(set_back))


def _tell(db: sqlite3.Connection, notices: Sequence[ErpNotice], now: datetime) -> None:
    """Keep what the ERP has to say now, and forget what it said before."""
    clear_problem(db, accounts.ERP, None, NOTICES)
    for notice in notices:
        raise_problem(db, accounts.ERP, notice.code, NOTICES, notice.params, "", "notice", now)


def _missing(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT COUNT(*) FROM sales_order WHERE parked = ?", (MISSING_IN_ERP,)).fetchone()
    return int(row[0])
