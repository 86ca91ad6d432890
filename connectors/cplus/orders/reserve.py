"""Reserving an order's goods, giving them back, cancelling: each change shares its transaction with a compare-and-set.

Public evidence shows RESERVADOORCAMENTO and FLAGRESERVADO, but not who keeps them in step: see `settings.Reservation`.
An order that has become a sale is C-Plus's own and is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from connectors.cplus.base import locks
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.base.text import yes
from connectors.cplus.goods.composition import is_counted
from connectors.cplus.goods.stock import service_orders
from connectors.cplus.invoicing import states
from connectors.cplus.orders import placing, stock_rows
from connectors.cplus.orders.sharing import Line, Share, by_row, share_out
from connectors.cplus.settings import Options, Reservation
from engine.model.erp import ErpOrderState, OrderCodes, WrittenOrder

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
# The order's row becomes ours before its lines are read: nobody else edits, reserves or sells it from here on.
_CLAIM = "UPDATE ORCAMENTO SET FLAGRESERVADO = FLAGRESERVADO WHERE CODORC = ? AND {unreserved} AND {open}"
_FLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y'{when} WHERE CODORC = ? AND {unreserved} AND {open}"
_UNFLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'N'{when} WHERE CODORC = ? AND FLAGRESERVADO IN ('Y', 'S') AND {open}"
_CANCEL = "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y'{columns} WHERE CODORC = ? AND {open}"
_LINES = """
SELECT p.CODORCPROD, p.CODPROD, p.QUANTIDADE, p.CODEMPRESAESTOQUE, p.CODSETORESTOQUE, {product}, {flags}
FROM ORCAMENTOPROD p LEFT JOIN PRODUTO r ON r.CODPROD = p.CODPROD WHERE p.CODORC = ?
"""


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
    codes = OrderCodes(key, stands.number)
    return written(codes, stands.reference, outcome._replace(reserved=outcome.reserved or stands.reserved))


def release(session: Session, options: Options, key: str, now: datetime) -> ErpOrderState:
    """Give back what a reserved, open order holds, nothing for any other; tells how it stands then.

    Raises InUse("erp-order-in-edit").
    """
    locks.heed(session, options, "ORCAMENTO", key)
    reserving = Reserving(session.layout, options)
    session.write(lambda base: reserving.release(base, key, now))
    return states.one(session, options, key)


def cancel(session: Session, options: Options, key: str, reason: str, now: datetime) -> ErpOrderState:
    """Cancel an open order and give back its goods; tells how it stands then, sold ones included.

    Raises InUse("erp-order-in-edit").
    """
    locks.heed(session, options, "ORCAMENTO", key)
    reserving = Reserving(session.layout, options)
    session.write(lambda base: reserving.cancel(base, key, reason, now))
    return states.one(session, options, key)


def written(codes: OrderCodes, reference: str, outcome: Reserved) -> WrittenOrder:
    """The outcome as the engine is told of it."""
    return WrittenOrder(codes, outcome.reserved, outcome.short, reference, outcome.without_row, outcome.uncontrolled)


class Reserving:
    """The statements for one base, with its layout and its way of reserving."""

    def __init__(self, layout: Layout, options: Options) -> None:
        self._layout = layout
        self._options = options
        self._open = states.is_open(layout)
        self._take = _TAKE.format(service_orders=service_orders(layout))
        self._stamps_reservation = layout.has("ORCAMENTO", "DATAHORARESERVA")

    @property
    def wanted(self) -> bool:
        """Whether orders are reserved at all in this base."""
        return self._options.reservation is not Reservation.NONE

    def lines(self, base: Statements, order: str) -> tuple[list[Line], tuple[str, ...]]:
        """The open lines of an order that take goods, by SKU, and the SKUs of those that take none."""
        product = self._layout.select("PRODUTO", "r", ("FLAGSERVICO", "FLAGCONTROLAESTOQUE"))
        flags = self._layout.select("ORCAMENTOPROD", "p", ("FLAGITEMCANCELADO", "FLAGCANCELADO"))
        company, sector = self._options.places[0]
        found: list[Line] = []
        uncontrolled: dict[str, None] = {}
        rows = base.rows(_LINES.format(product=product, flags=flags), (order,))
        for key, sku, quantity, at, place, service, controlled, *cancelled in rows:
            if not sku or quantity <= 0 or any(map(yes, cancelled)):
                continue
            if not is_counted(controlled, service):
                uncontrolled[sku.strip()] = None
            else:
                found.append(Line(key.strip(), sku.strip(), quantity, (at or company, (place or sector).strip())))
        return sorted(found, key=lambda line: (line.sku, line.key)), tuple(sorted(uncontrolled))

    def reserve(self, base: Statements, order: str, now: datetime) -> Reserved:
        """Flag the order and take the goods of all its open lines, or change nothing; tells the SKUs that are short.

        The last statements of a transaction, so that tills wait for their rows as shortly as can be.
        """
        if base.execute(_CLAIM.format(unreserved=_UNRESERVED, open=self._open), (order,)) != 1:
            return Reserved()
        lines, uncontrolled = self.lines(base, order)
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

    def short(self, base: Statements, order: str) -> Reserved:
        """What an unreserved order would lack now; a look without a promise."""
        lines, uncontrolled = self.lines(base, order)
        _, short, without_row = self._shared_out(base, lines)
        return Reserved(False, short, without_row, uncontrolled)

    def release(self, base: Statements, order: str, now: datetime) -> bool:
        """Unflag a reserved, open order and give its goods back; False when it was none: then nothing was changed."""
        when = ", DATAHORARESERVA = NULL" if self._stamps_reservation else ""
        if base.execute(_UNFLAG.format(when=when, open=self._open), (order,)) != 1:
            return False
        self.give_back(base, order, now)
        return True

    def give_back(self, base: Statements, order: str, now: datetime) -> None:
        """Lower the reserved amounts by the order's lines, after its flag was taken in the same transaction."""
        if self._options.reservation is Reservation.FLAG_AND_AMOUNT:
            lines, _ = self.lines(base, order)
            for (sku, place), quantity in by_row((line.sku, line.place, line.quantity) for line in lines):
                base.execute(_GIVE_BACK, (now, quantity, quantity, sku, *place))

    def cancel(self, base: Statements, order: str, reason: str, now: datetime) -> None:
        """Give back what an open order holds and mark it as cancelled; nothing for one that is sold or cancelled."""
        self.release(base, order, now)
        trio = {"MOTIVOCANCELAMENTO": reason, "CODUSERCANCELAMENTO": self._options.user_code or None}
        values = self._layout.fitted("ORCAMENTO", trio)
        columns = "".join(f", {column} = ?" for column in values)
        base.execute(_CANCEL.format(columns=columns, open=self._open), (*values.values(), order))

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
        flag = _FLAG.format(when=when, unreserved=_UNRESERVED, open=self._open)
        flagged = base.execute(flag, (*((now,) if when else ()), order))
        assert flagged == 1, "claimed in this transaction"
        rows = by_row((line.sku, *share) for line in lines for share in shares[line.key])
        if self._options.reservation is Reservation.FLAG:
            # The base's trigger has counted the lines, under their rows' locks: only look whether it was too much.
            return stock_rows.overdrawn(base, self._layout, self._options, [where for where, _ in rows])
        for (sku, place), quantity in rows:
            if base.execute(self._take, (quantity, now, sku, *place, quantity)) != 1:
                return (sku,)
        return ()
