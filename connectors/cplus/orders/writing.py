"""Writing an order: header, lines and reservation in one transaction, under a key taken before.

Every retry inserts the header under the same CODORC as the first statement of its transaction, so that the base's own
primary key keeps two tries from both standing, whatever became of the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from firebird.driver.types import DatabaseError

from connectors.cplus.base.counters import key_width, take_key, take_line_keys, take_number
from connectors.cplus.base.firebird import Kind, classify
from connectors.cplus.base.session import Session, Statements, Value
from connectors.cplus.invoicing import states
from connectors.cplus.orders import planned_payment, rows
from connectors.cplus.orders.reference_index import ReferenceIndex
from connectors.cplus.orders.reserve import Reserved, Reserving, written
from connectors.cplus.settings import Options
from engine.errors import CodeTaken, RetryLater, StillOpen
from engine.model.erp import ErpOrder, ErpOrderState, OrderCodes, WrittenOrder

_KEY_HIT = re.compile(r'key value is \("([^"]+)"')


def take_codes(session: Session, options: Options) -> OrderCodes:
    """A free CODORC, and the number people see where the base has one of its own."""
    layout = session.layout
    key = take_key(session, options, "ORCAMENTO", "CODORC")
    if not layout.has("ORCAMENTO", "NUMEROORCAMENTO"):
        return OrderCodes(key, key)
    digits = key_width(layout, "ORCAMENTO", "NUMEROORCAMENTO")
    return OrderCodes(key, take_number(session, options, "ORCAMENTO", "NUMEROORCAMENTO", digits))


def write(
    session: Session,
    options: Options,
    codes: OrderCodes,
    order: ErpOrder,
    now: datetime,
) -> WrittenOrder:
    """Insert and reserve; see `engine.ports.Erp.write_order`. `now` is local to the base."""
    layout = session.layout
    rows.check_totals(order)
    found = rows.registers(session, options, order)
    header = rows.header(layout, options, codes, order, found, now)
    lines = [
        rows.line_row(options, codes, order, number, line, found, now)
        for number, line in enumerate(order.lines, start=1)
    ]
    payment = planned_payment.row(session, options, codes, order)
    reserving = Reserving(layout, options)

    def work(base: Statements) -> Reserved:
        try:
            base.execute(*layout.insert("ORCAMENTO", header))
        except DatabaseError as error:
            if classify(error).kind in (Kind.UNIQUE, Kind.LOCK_TIMEOUT, Kind.CONFLICT):
                raise _KeyMet(error) from error
            raise
        _insert_beside(session, base, options, lines, payment)
        return reserving.reserve(base, codes.key, now) if reserving.wanted else Reserved()

    try:
        outcome = session.write(work)
    except _KeyMet as met:
        return _standing(session, options, codes, header[options.reference_column], met)
    return written(codes, str(header[options.reference_column]), outcome)


def find(session: Session, options: Options, index: ReferenceIndex, reference: str) -> tuple[ErpOrderState, ...]:
    """Orders that carry the reference. Raises Refused for one that the column cannot hold; see `reference.held`."""
    with session.reading() as base:
        return states.read(base, session.layout, options, index.keys(session, base, reference))


class _KeyMet(Exception):
    """The header's key is there already, or in a transaction that has not ended; `column` is whose key, when known."""

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(str(error))
        hit = _KEY_HIT.search(str(error))
        self.column = hit[1] if hit else "CODORC"


def _standing(session: Session, options: Options, codes: OrderCodes, reference: Value, met: _KeyMet) -> WrittenOrder:
    """Whose is the order under the key that was to be ours?"""
    layout = session.layout
    with session.reading() as base:
        found = states.read(base, layout, options, [codes.key])
        if not found:
            if met.column != "CODORC":
                raise CodeTaken("erp-code-taken", f"{met.column} of another order")
            raise StillOpen("erp-order-open", codes.key)
        there = found[0]
        if there.reference != str(reference):
            raise CodeTaken("erp-code-taken", codes.key)
        outcome = Reserving(layout, options).as_it_stands(base, there)
    return written(OrderCodes(there.key, there.number), there.reference, outcome)


def _insert_beside(
    session: Session,
    base: Statements,
    options: Options,
    lines: Sequence[Mapping[str, Value]],
    payment: Mapping[str, Value] | None,
) -> None:
    """The lines and the planned payment of a header that stands. Raises RetryLater("erp-keys-taken")."""
    layout = session.layout
    keys = take_line_keys(base, layout, options, len(lines))
    try:
        rows = [{"CODORCPROD": key, **row} for key, row in zip(keys, lines, strict=True)]
        base.execute_all(*layout.insert_all("ORCAMENTOPROD", rows))
        if payment is not None:
            base.execute(*layout.insert(planned_payment.TABLE, payment))
    except DatabaseError as error:
        if classify(error).kind is Kind.UNIQUE:  # another program counts without a counter, as we do then
            raise RetryLater("erp-keys-taken", str(error)) from error
        raise
