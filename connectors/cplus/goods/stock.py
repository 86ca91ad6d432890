"""Reading stock, and the states of orders, from one short snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.invoicing import states
from connectors.cplus.settings import Options
from engine.model.erp import ErpSnapshot
from engine.model.goods import StockLevel

# The amounts are made whole numbers by the server: the driver would make a Decimal of each, at ten times the cost.
_STOCK = """
SELECT CODPROD, CODEMPRESA, CODSETORESTOQUE, CAST(COALESCE(ESTATU, 0) * 10000 AS BIGINT),
       CAST((COALESCE(RESERVADOORCAMENTO, 0) + {service_orders}) * 10000 AS BIGINT)
FROM PRODUTOESTOQUE WHERE CODEMPRESA IN ({companies}) AND CODSETORESTOQUE IN ({sectors})
"""


def service_orders(layout: Layout) -> str:
    """What service orders hold of a PRODUTOESTOQUE row."""
    return "COALESCE(RESERVADOOS, 0)" if layout.has("PRODUTOESTOQUE", "RESERVADOOS") else "0"


def snapshot(
    session: Session, options: Options, order_keys: Sequence[str], linked: Mapping[str, str], *, stock: bool
) -> ErpSnapshot:
    """Stock of all products in the configured companies and sectors, and how these orders stand, at one moment."""
    layout = session.layout
    with session.reading(snapshot=True) as base:
        orders = states.read(base, layout, options, order_keys, linked)
        levels = _levels(base, layout, options) if stock else ()
    return ErpSnapshot(levels, orders)


def _levels(base: Statements, layout: Layout, options: Options) -> tuple[StockLevel, ...]:
    sql = _STOCK.format(
        service_orders=service_orders(layout),
        companies=", ".join("?" * len(options.companies)),
        sectors=", ".join("?" * len(options.sectors)),
    )
    sectors: dict[str, str] = {}
    return tuple(
        StockLevel(sku.strip(), company, sectors.setdefault(sector, sector.strip()), on_hand, reserved)
        for sku, company, sector, on_hand, reserved in base.rows(sql, (*options.companies, *options.sectors))
    )
