"""The rows of PRODUTOESTOQUE of a few products: what is free in each place that serves orders, and rows that lack."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from firebird.driver.types import DatabaseError

from connectors.cplus.base.firebird import Kind, classify
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from connectors.cplus.goods.stock import service_orders
from connectors.cplus.orders.sharing import Place
from connectors.cplus.settings import Options
from engine.amounts import ZERO

_LEFT = """
SELECT CODPROD, CODEMPRESA, CODSETORESTOQUE,
       COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0) - {service_orders}
FROM PRODUTOESTOQUE WHERE CODPROD IN ({{}})
"""
_THERE = "SELECT CODPROD FROM PRODUTOESTOQUE WHERE CODPROD IN ({})"
_ADD = """
INSERT INTO PRODUTOESTOQUE (CODPROD, CODEMPRESA, CODSETORESTOQUE, ESTATU, RESERVADOORCAMENTO, LAST_CHANGE)
VALUES (?, ?, ?, 0, 0, ?)
"""


def free(base: Statements, layout: Layout, options: Options, skus: Sequence[str]) -> dict[tuple[str, Place], Decimal]:
    """What orders can take of these products by place, never below zero; places without a row are left out."""
    return {where: max(amount, ZERO) for where, amount in _left(base, layout, options, skus).items()}


def overdrawn(
    base: Statements, layout: Layout, options: Options, taken: Collection[tuple[str, Place]]
) -> tuple[str, ...]:
    """The products of which one of these places has less on hand than is reserved there."""
    left = _left(base, layout, options, sorted({sku for sku, _ in taken}))
    return tuple(dict.fromkeys(sku for sku, place in taken if left[sku, place] < 0))


def add_missing(base: Statements, options: Options, skus: Collection[str], now: datetime) -> None:
    """Give products without any row one in the first place that serves orders, with nothing on hand."""
    there = {str(sku).strip() for (sku,) in base.rows_in(_THERE, sorted(skus))}
    for sku in sorted(set(skus) - there):
        try:
            base.execute(_ADD, (sku, *options.places[0], now))
        except DatabaseError as error:
            if classify(error).kind is not Kind.UNIQUE:  # else somebody has just added it
                raise


def _left(base: Statements, layout: Layout, options: Options, skus: Sequence[str]) -> dict[tuple[str, Place], Decimal]:
    rows = base.rows_in(_LEFT.format(service_orders=service_orders(layout)), skus)
    found = {(sku.strip(), (int(company), sector.strip())): Decimal(left) for sku, company, sector, left in rows}
    return {where: left for where, left in found.items() if where[1] in options.places}
