"""Reserving an order's goods, giving them back, cancelling: each change shares its transaction with a compare-and-set.

Public evidence shows RESERVADOORCAMENTO and FLAGRESERVADO, but not who keeps them in step: see `settings.Reservation`.
An order that has become a sale is C-Plus's own and is not touched while one of its sales stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from connectors.cplus.base import locks
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.goods.stock import service_orders
from connectors.cplus.invoicing import conditions, states
from connectors.cplus.orders import held, placing, stock_rows
from connectors.cplus.orders.sharing import Line, Share, by_row, share_out
from connectors.cplus.settings import Options, Reservation
from engine.errors import RetryLater
from engine.model.erp import ErpOrderState, LetGo, OrderCodes, WrittenOrder

SAVEPOINT = "INTEGRA_RESERVE"

TRIES_MAX = 3
"""How often the goods are shared out anew when a till took some of them between the look and the taking."""

_TAKE = """
UPDATE PRODUTOESTOQUE SET RESERVADOORCAMENTO = COALESCE(RESERVADOORCAMENTO, 0) + ?, LAST_CHANGE = ?
WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?
AND COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0) - {service_orders} >= ?
"""
# Where somebody has set the reserved amount anew meanwhile, it must not fall below zero: that would sell goods twice.
_GIVE_BACK = """
UPDATE PRODUTOESTOQUE SET LAST_CHANGE = ?,
RESERVADOORCAMENTO = CASE WHEN COALESCE(RESERVADOORCAMENTO, 0) > ? THEN RESERVADOORCAMENTO - ? ELSE 0 END
WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?
"""
_UNRESERVED = "COALESCE(FLAGRESERVADO, 'N') NOT IN ('Y', 'S')"
_RESERVED = "FLAGRESERVADO IN ('Y', 'S')"
# The order's row becomes ours before its lines are read: nobody else edits, reserves or sells it from here on.
_CLAIM = "UPDATE ORCAMENTO SET FLAGRESERVADO = FLAGRESERVADO WHERE CODORC = ? AND {such}"
_FLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y'{when} WHERE CODORC = ? AND {such}"
_UNFLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'N'{when} WHERE CODORC = ?"
_CANCEL = "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y'{columns} WHERE CODORC = ?"


class Reserved(NamedTuple):
    """What became of a reservation. With nothing short and nothing reserved the order was not there to be reserved."""

    reserved: bool = False
    short: tuple[str, ...] = ()
    without_row: tuple[str, ...] = ()  # of the short ones: PRODUTOESTOQUE has no row in any place
    uncontrolled: tuple[str, ...] = ()  # services, and goods whose stock C-Plus does not keep: nothing to reserve


def reserve(session: Session, options: Options, key: str, now: datetime) -> WrittenOrder:
    """Reserve all open lines of an unreserved, open order, or none. Raises InUse("erp-order-in-edit").

    `now` is local to the base.
    """
    reserving = Reserving(session.layout, options)
    outcome = Reserved()
    if reserving.wanted:
        locks.heed(session, options, "ORCAMENTO", key)
        outcome = session.write(lambda base: reserving.reserve(base, key, now))
    stands = states.one(session, options, key)
    if not outcome.reserved and not outcome.short:  # nothing to do, as after a try whose outcome nobody learnt
        with session.reading() as base:
            outcome = reserving.as_it_stands(base, stands)
    return written(OrderCodes(key, stands.number), stands.reference, outcome)


def release(session: Session, options: Options, key: str, uncontrolled: Collection[str], now: datetime) -> LetGo:
    """Give back what a reserved, open order holds, nothing for any other; tells how it stands then.

    `uncontrolled`: the SKUs that took nothing when it was reserved. Raises InUse("erp-order-in-edit").
    """
    locks.heed(session, options, "ORCAMENTO", key)
    reserving = Reserving(session.layout, options)
    gone = session.write(lambda base: reserving.release(base, key, uncontrolled, now))
    return LetGo(states.one(session, options, key), gone)


def cancel(
    session: Session, options: Options, key: str, reason: str, uncontrolled: Collection[str], now: datetime
) -> LetGo:
    """Cancel an open order and give back its goods, as `release` does; tells how it stands then, sold ones included."""
    locks.heed(session, options, "ORCAMENTO", key)
    reserving = Reserving(session.layout, options)
    gone = session.write(lambda base: reserving.cancel(base, key, reason, uncontrolled, now))
    return LetGo(states.one(session, options, key), gone)


def written(codes: OrderCodes, reference: str, outcome: Reserved) -> WrittenOrder:
    """The outcome as the engine is told of it."""
    return WrittenOrder(codes, outcome.reserved, outcome.short, reference, outcome.without_row, outcome.uncontrolled)


class Reserving:
    """The statements for one base, with its layout and its way of reserving."""

    def __init__(self, layout: Layout, options: Options) -> None:
        self._layout = layout
        self._options = options
        self._to_reserve = f"{_UNRESERVED} AND {conditions.is_to_reserve(layout)}"
        self._take = _TAKE.format(service_orders=service_orders(layout))
        self._stamps_reservation = layout.has("ORCAMENTO", "DATAHORARESERVA")

    @property
    def wanted(self) -> bool:
        """Whether orders are reserved at all in this base."""
        return self._options.reservation is not Reservation.NONE

    def reserve(self, base: Statements, order: str, now: datetime) -> Reserved:
        """Flag the order and take the goods of all its open lines, or change nothing; tells the SKUs that are short.

        The last statements of a transaction, so that tills wait for their rows as shortly as can be.
        """
        if base.execute(_CLAIM.format(such=self._to_reserve), (order,)) != 1:
            return Reserved()
        lines, uncontrolled = held.to_take(base, self._layout, self._options, order)
        if self._options.missing_stock_row == "insert":
            stock_rows.add_missing(base, self._options, {line.sku for line in lines}, now)
        lost: tuple[str, ...] = ()
        for _ in range(TRIES_MAX):
            shares, short, without_row = self._shared_out(base, lines)
            if short:
                return Reserved(False, short, without_row, uncontrolled)
            base.savepoint(SAVEPOINT)
            lost = self._taken(base, order, lines, shares, now)
            if not lost:
                return Reserved(True, uncontrolled=uncontrolled)
            base.return_to(SAVEPOINT)
        return Reserved(False, lost, (), uncontrolled)

    def as_it_stands(self, base: Statements, stands: ErpOrderState) -> Reserved:
        """What is to be told of an order that was there already. A look, no promise.

        Open and unreserved it is short, even where its goods have come since: whoever asks then reserves them. What
        takes nothing is told by today's products, for nothing else in the base tells it.
        """
        lines, uncontrolled = held.to_take(base, self._layout, self._options, stands.key)
        if not self.wanted or stands.reserved or stands.cancelled or stands.sold:
            return Reserved(stands.reserved, uncontrolled=uncontrolled)
        _, short, without_row = self._shared_out(base, lines)
        every = tuple(dict.fromkeys(line.sku for line in lines))
        return Reserved(False, short or every, without_row, uncontrolled)

    def release(
        self, base: Statements, order: str, uncontrolled: Collection[str], now: datetime, *, sold: bool = False
    ) -> tuple[str, ...]:
        """Give back what an open order holds, or one that is sold; nothing for any other. Tells like `_give_back`."""
        return self._give_back(base, order, uncontrolled, now) if self._claimed(base, order, sold=sold) else ()

    def _claimed(self, base: Statements, order: str, *, sold: bool) -> bool:
        """Whether the order, ours from here on, is not cancelled, and sold or not as asked for."""
        if base.execute(_CLAIM.format(such=conditions.NOT_CANCELLED), (order,)) != 1:
            return False
        return states.is_sold(base, self._layout, self._options, order) is sold

    def _give_back(self, base: Statements, order: str, uncontrolled: Collection[str], now: datetime) -> tuple[str, ...]:
        """Unflag a claimed order, if it is reserved, and lower the reserved amounts by what it holds.

        Tells the SKUs that C-Plus keeps no row of stock of any more, which gave nothing back.
        """
        if base.execute(_CLAIM.format(such=_RESERVED), (order,)) != 1:
            return ()
        lines: Sequence[Line] = ()
        if self._options.reservation is Reservation.FLAG_AND_AMOUNT:
            lines = held.held(base, self._layout, self._options, order, uncontrolled)
        when = ", DATAHORARESERVA = NULL" if self._stamps_reservation else ""
        if base.execute(_UNFLAG.format(when=when), (order,)) != 1:
            raise RetryLater("erp-busy", order)  # claimed a moment ago: a trigger of the base had other views
        gone: set[str] = set()
        for (sku, place), quantity in by_row((line.sku, line.place, line.quantity) for line in lines):
            if base.execute(_GIVE_BACK, (now, quantity, quantity, sku, *place)) == 0:
                gone.add(sku)
        if not gone:
            return ()
        controlled, _ = held.to_take(base, self._layout, self._options, order)
        return tuple(sorted(gone & {line.sku for line in controlled}))  # a service that staff put in never had one

    def cancel(
        self, base: Statements, order: str, reason: str, uncontrolled: Collection[str], now: datetime
    ) -> tuple[str, ...]:
        """Give back what an open order holds and mark it as cancelled; nothing for one that is sold or cancelled."""
        if not self._claimed(base, order, sold=False):
            return ()
        gone = self._give_back(base, order, uncontrolled, now)
        trio = {"MOTIVOCANCELAMENTO": reason, "CODUSERCANCELAMENTO": self._options.user_code or None}
        values = self._layout.fitted("ORCAMENTO", trio)
        columns = "".join(f", {column} = ?" for column in values)
        base.execute(_CANCEL.format(columns=columns), (*values.values(), order))
        return gone

    def _shared_out(
        self, base: Statements, lines: Sequence[Line]
    ) -> tuple[dict[str, list[Share]], tuple[str, ...], tuple[str, ...]]:
        """Shares by line, the SKUs that are short, and those of them without any row of stock."""
        skus = sorted({line.sku for line in lines})
        free = stock_rows.free(base, self._layout, self._options, skus)
        shares, short = share_out(lines, self._options.places, free)
        stocked = {sku for sku, _ in free}
        return shares, short, tuple(sku for sku in short if sku not in stocked)

    def _taken(
        self,
        base: Statements,
        order: str,
        lines: Sequence[Line],
        shares: Mapping[str, Sequence[Share]],
        now: datetime,
    ) -> tuple[str, ...]:
        """Place the lines, flag the order, take the goods; tells the SKUs that somebody else took meanwhile."""
        for line in lines:
            placing.place(base, self._layout, self._options, line, shares[line.key])
        when = ", DATAHORARESERVA = ?" if self._stamps_reservation else ""
        flagged = base.execute(_FLAG.format(when=when, such=self._to_reserve), (*((now,) if when else ()), order))
        if flagged != 1:
            raise RetryLater("erp-busy", order)  # claimed a moment ago: its lines were sold since, or a trigger objects
        rows = by_row((line.sku, *share) for line in lines for share in shares[line.key])
        if self._options.reservation is Reservation.FLAG:
            # The base's trigger has counted the lines, under their rows' locks: only look whether it was too much.
            return stock_rows.overdrawn(base, self._layout, self._options, [where for where, _ in rows])
        for (sku, place), quantity in rows:
            if base.execute(self._take, (quantity, now, sku, *place, quantity)) != 1:
                return (sku,)
        return ()
