"""Reserving an order's goods, giving them back, cancelling: each change shares its transaction with a compare-and-set.

Public evidence shows RESERVADOORCAMENTO and FLAGRESERVADO, but not who keeps them in step: see `settings.Reservation`.
An order that has become a sale is C-Plus's own and is never touched.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from connectors.cplus import states
from connectors.cplus.layout import Layout
from connectors.cplus.session import Session, Statements
from connectors.cplus.settings import Options, Reservation
from connectors.cplus.stock import service_orders
from engine.model import ErpOrderState, OrderCodes, WrittenOrder

SAVEPOINT = "INTEGRA_RESERVE"

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
_LEFT = """
SELECT COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0) - {service_orders}
FROM PRODUTOESTOQUE WHERE CODPROD = ? AND CODEMPRESA = ? AND CODSETORESTOQUE = ?
"""
_PLACE = "UPDATE ORCAMENTOPROD SET CODEMPRESAESTOQUE = ?, CODSETORESTOQUE = ? WHERE CODORCPROD = ?"
_FLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'Y'{when} WHERE CODORC = ? AND {unreserved} AND {open}"
_UNFLAG = "UPDATE ORCAMENTO SET FLAGRESERVADO = 'N'{when} WHERE CODORC = ? AND FLAGRESERVADO IN ('Y', 'S') AND {open}"
_UNRESERVED = "COALESCE(FLAGRESERVADO, 'N') NOT IN ('Y', 'S')"
_CANCEL = "UPDATE ORCAMENTO SET FLAGCANCELADO = 'Y'{columns} WHERE CODORC = ? AND {open}"


class Line(NamedTuple):
    """An open line of an order; `company` and `sector` are where its goods are, or will be looked for first."""

    key: str
    sku: str
    quantity: Decimal
    company: int
    sector: str


def reserve(session: Session, options: Options, key: str, now: datetime) -> WrittenOrder:
    """Reserve all open lines of an unreserved, open order, or none. `now` is local to the base."""
    reserving = Reserving(session.layout, options)
    reserved, short = False, tuple[str, ...]()
    if reserving.wanted:
        reserved, short = session.write(lambda base: reserving.reserve(base, key, now))
    stands = states.one(session, options, key)
    return WrittenOrder(OrderCodes(key, stands.number), reserved or stands.reserved, short)


def release(session: Session, options: Options, key: str, now: datetime) -> ErpOrderState:
    """Give back what a reserved, open order holds, nothing for any other; tells how it stands then."""
    reserving = Reserving(session.layout, options)
    session.write(lambda base: reserving.release(base, key, now))
    return states.one(session, options, key)


def cancel(session: Session, options: Options, key: str, reason: str, now: datetime) -> ErpOrderState:
    """Cancel an open order and give back its goods; tells how it stands then, sold ones included."""
    reserving = Reserving(session.layout, options)
    session.write(lambda base: reserving.cancel(base, key, reason, now))
    return states.one(session, options, key)


class Reserving:
    """The statements for one base, with its layout and its way of reserving."""

    def __init__(self, layout: Layout, options: Options) -> None:
        self._layout = layout
        self._options = options
        self._open = states.is_open(layout)
        self._take = _TAKE.format(service_orders=service_orders(layout))
        self._left = _LEFT.format(service_orders=service_orders(layout))
        self._stamps_reservation = layout.has("ORCAMENTO", "DATAHORARESERVA")

    @property
    def wanted(self) -> bool:
        """Whether orders are reserved at all in this base."""
        return self._options.reservation is not Reservation.NONE

    def lines(self, base: Statements, order: str) -> list[Line]:
        """The open lines of an order, by SKU: whoever takes goods takes them in the same sequence."""
        columns = self._layout.select("ORCAMENTOPROD", "p", ("FLAGITEMCANCELADO", "FLAGCANCELADO"))
        rows = base.rows(
            "SELECT p.CODORCPROD, p.CODPROD, p.QUANTIDADE, p.CODEMPRESAESTOQUE, p.CODSETORESTOQUE, "
            f"{columns} FROM ORCAMENTOPROD p WHERE p.CODORC = ?",
            (order,),
        )
        company, sector = self._options.places[0]
        found = [
            Line(key.strip(), sku.strip(), quantity, at or company, (place or sector).strip())
            for key, sku, quantity, at, place, *flags in rows
            if sku and quantity > 0 and not any((flag or "N").strip().upper() in ("Y", "S") for flag in flags)
        ]
        return sorted(found, key=lambda line: (line.sku, line.key))

    def reserve(self, base: Statements, order: str, now: datetime) -> tuple[bool, tuple[str, ...]]:
        """Flag the order and take the goods of all its open lines, or change nothing; tells the SKUs that are short.

        The last statements of a transaction, so that tills wait for their rows as shortly as can be. (False, ()) says
        that the order was not there to be reserved: already reserved, cancelled, sold, or gone.
        """
        base.savepoint(SAVEPOINT)
        when = ", DATAHORARESERVA = ?" if self._stamps_reservation else ""
        flag = _FLAG.format(when=when, unreserved=_UNRESERVED, open=self._open)
        if base.execute(flag, (*((now,) if when else ()), order)) != 1:
            base.return_to(SAVEPOINT)
            return False, ()
        lines = self.lines(base, order)
        short = tuple(dict.fromkeys(line.sku for line in lines if not self._goods_taken(base, line, now)))
        if short:
            base.return_to(SAVEPOINT)
            return False, short
        return True, ()

    def release(self, base: Statements, order: str, now: datetime) -> bool:
        """Unflag a reserved, open order and give its goods back; False when it was none: then nothing was changed."""
        when = ", DATAHORARESERVA = NULL" if self._stamps_reservation else ""
        if base.execute(_UNFLAG.format(when=when, open=self._open), (order,)) != 1:
            return False
        if self._options.reservation is Reservation.FLAG_AND_AMOUNT:
            for line in self.lines(base, order):
                place = (line.sku, line.company, line.sector)
                base.execute(_GIVE_BACK, (now, line.quantity, line.quantity, *place))
        return True

    def cancel(self, base: Statements, order: str, reason: str, now: datetime) -> None:
        """Give back what an open order holds and mark it as cancelled; nothing for one that is sold or cancelled."""
        self.release(base, order, now)
        trio = {"MOTIVOCANCELAMENTO": reason, "CODUSERCANCELAMENTO": self._options.user_code or None}
        values = self._layout.fitted("ORCAMENTO", trio)
        columns = "".join(f", {column} = ?" for column in values)
        base.execute(_CANCEL.format(columns=columns, open=self._open), (*values.values(), order))

    def short(self, base: Statements, order: str) -> tuple[str, ...]:
        """The SKUs of an unreserved order that no sector could serve now; a look without a promise."""
        needed = self.lines(base, order)
        return tuple(dict.fromkeys(line.sku for line in needed if not self._somewhere(base, line)))

    def _goods_taken(self, base: Statements, line: Line, now: datetime) -> bool:
        if self._options.reservation is Reservation.FLAG:
            # The base's trigger has counted the line already, under its row's lock: only look whether it was too much.
            left = self._remaining(base, line.sku, (line.company, line.sector))
            return left is not None and left >= 0
        for company, sector in self._options.places:
            amounts = (line.quantity, now, line.sku, company, sector, line.quantity)
            if base.execute(self._take, amounts) == 1:
                if (company, sector) != (line.company, line.sector):
                    base.execute(_PLACE, (company, sector, line.key))
                return True
        return False

    def _somewhere(self, base: Statements, line: Line) -> bool:
        amounts: Sequence[Decimal | None] = [self._remaining(base, line.sku, place) for place in self._options.places]
        return any(left is not None and left >= line.quantity for left in amounts)

    def _remaining(self, base: Statements, sku: str, place: tuple[int, str]) -> Decimal | None:
        row = base.row(self._left, (sku, *place))
        return None if row is None else Decimal(row[0])
