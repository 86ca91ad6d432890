"""Mechanisms of reading C-Plus, and of there being one C-Plus and one engine, each taken out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest import mock

from connectors.cplus.base.claims import Claims
from connectors.cplus.base.session import Session
from engine import lost_orders
from engine.erp_reads import ErpReads
from engine.store import accounts
from tests.simulation.days import Upset
from tests.simulation.planted.bug import Bug, Patch


def _cursor_first(part: str) -> Patch:
    """Of `ErpReads` this read stores its cursor before what it passed."""
    read = getattr(ErpReads, part)

    async def careless(self: ErpReads) -> int:
        erp = self._erp

        async def hasty(*asked: Any) -> Any:
            found = await getattr(erp, part)(*asked)
            cursor = found[1] if isinstance(found, tuple) else found.cursor
            await self._store.write(lambda db: accounts.set_cursor(db, accounts.ERP, part, cursor))
            return found

        class Hasty:
            def __getattr__(this, name: str) -> Any:
                return hasty if name == part else getattr(erp, name)

        self._erp = Hasty()
        try:
            return int(await read(self))
        finally:
            self._erp = erp

    return mock.patch.object(ErpReads, part, careless)


def _catalogue_cursor_first() -> Patch:
    """The cursor of the catalogue is stored before what it passed."""
    return _cursor_first("catalogue")


def _price_cursor_first() -> Patch:
    """The cursor of the prices is stored before what it passed."""
    return _cursor_first("prices")


def _lost_orders_unmissed() -> Patch:
    """Nobody looks which orders a restored base has lost."""

    async def none(*_: Any) -> list[int]:
        return []

    return mock.patch.object(lost_orders, "missing", none)


def _two_writers() -> Patch:
    """An engine writes although another one does."""

    def careless(self: Claims, session: Session) -> None:
        session.holds_claim = True
        self._seen_at = self._openings

    return mock.patch.object(Claims, "take", careless)


BUGS: Mapping[str, Bug] = {
    "catalogue-cursor-first": Bug(_catalogue_cursor_first, kills_a_day=200),
    "price-cursor-first": Bug(_price_cursor_first, kills_a_day=200),
    "lost-orders-unmissed": Bug(_lost_orders_unmissed, Upset.BASE_RESTORED),
    "two-writers": Bug(_two_writers, Upset.SECOND_ENGINE),
}
