"""What became of orders: the sales made from them, what those took, what came back of it.

The lines of an order are linked to those of its sales by ORCAMENTOVENDA; where C-Plus left no link, a sale is found by
the shop's reference, which it carries over from the order. Staff may sell an order in pieces, put other goods into the
sale, or sell several orders at once; what left the house is what stands on the lines of the sales.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements, Value
from connectors.cplus.base.text import yes
from connectors.cplus.base.when import to_utc
from connectors.cplus.settings import Options

_SALES_OF_ORDERS = """
SELECT DISTINCT p.CODORC, l.CODMOVENDA
FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
LEFT JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD
WHERE p.CODORC IN ({})
"""
_CARRIED = """
SELECT m.{column}, m.CODMOVENDA FROM MOVENDA m WHERE m.DATA >= DATE '{since}' AND m.{column} IN ({{}})
"""
_SALES = """
SELECT m.CODMOVENDA, m.NUMPED, m.FLAGCANCELADA, m.DATA, m.CODEMPRESA, {columns} FROM MOVENDA m
WHERE m.CODMOVENDA IN ({{}})
"""
_LINES = """
SELECT l.CODMOVENDA, l.CODMOVPROD, l.CODPROD, l.QUANTIDADE, {columns} FROM MOVENDAPROD l WHERE l.CODMOVENDA IN ({{}})
"""
_LINKS = """
SELECT p.CODORC, p.CODORCPROD, l.CODMOVPROD, COALESCE(v.QUANTIDADEVENDA, p.QUANTIDADE)
FROM MOVENDAPROD l JOIN ORCAMENTOVENDA v ON v.CODMOVPROD = l.CODMOVPROD
JOIN ORCAMENTOPROD p ON p.CODORCPROD = v.CODORCPROD
WHERE l.CODMOVENDA IN ({}) ORDER BY p.CODORC, p.CODORCPROD
"""
_RETURNS = """
SELECT d.CODMOVPROD, d.QUANTIDADEDEVOLUCAO FROM MOVENDADEVOLUCAO d
JOIN MOVENDAPROD l ON l.CODMOVPROD = d.CODMOVPROD WHERE l.CODMOVENDA IN ({})
"""
_PACKED = "SELECT DISTINCT CODMOVENDA FROM CONFERENCIAPEDIDO WHERE FLAGCONFERIDO IN ('Y', 'S') AND CODMOVENDA IN ({})"

Quantities = dict[str, Decimal]


@dataclass(slots=True)
class Sale:
    """A sale made from an order. The fields of its fiscal document are filled in by `documents`."""

    code: str
    number: str
    cancelled: bool
    at: datetime | None
    company: int | None
    status: str = ""  # CODMOVENDASTATUS
    packed: bool = False
    nfe_key: str = ""
    nfe_number: str = ""
    nfe_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """What became of one order; its sales in the order of their keys.

    `linked`: line by line, and `taken` is what the standing sales took of each line of the order. `invoiced` is what
    stands on their lines by SKU, `returned` what came back of it.
    """

    sales: list[Sale] = field(default_factory=list)
    linked: bool = True
    taken: Quantities = field(default_factory=lambda: defaultdict(Decimal))
    invoiced: Quantities = field(default_factory=lambda: defaultdict(Decimal))
    returned: Quantities = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def standing(self) -> list[Sale]:
        """The sales that are not cancelled."""
        return [sale for sale in self.sales if not sale.cancelled]


@dataclass(frozen=True, slots=True)
class _Line:
    sale: str
    sku: str
    quantity: Decimal
    returned: Decimal


@dataclass(frozen=True, slots=True)
class _Share:
    """What a line of an order has of the line of a sale that it is linked to."""

    order: str
    order_line: str
    line: _Line
    quantity: Decimal
    returned: Decimal


class Ended(NamedTuple):
    """An order that C-Plus marked as invoiced: the shop's reference on it, and no sale of it is of before `since`."""

    order: str
    reference: str
    since: date


def of_orders(
    base: Statements,
    layout: Layout,
    options: Options,
    keys: Sequence[str],
    ended: Sequence[Ended],
    linked: Mapping[str, str],
) -> dict[str, Sold]:
    """What became of these orders; those without a sale are left out. Of a `linked` order its sale alone counts."""
    of_order: dict[str, set[str]] = defaultdict(set)  # an empty key: the sale was deleted
    for order, sale in base.rows_in(_SALES_OF_ORDERS, [key for key in keys if key not in linked]):
        of_order[trimmed(order)].add(trimmed(sale))
    by_line = set(of_order)
    for order, sale in linked.items():
        of_order[order].add(sale)
    for order, sale in _by_reference(base, layout, options, [one for one in ended if one.order not in of_order]):
        of_order[order].add(sale)
    wanted = sorted({sale for codes in of_order.values() for sale in codes} - {""})
    sales = _sales(base, layout, options, wanted)
    lines = _lines(base, layout, wanted)
    shares = _shares(base, wanted, lines)
    owners: dict[str, set[str]] = defaultdict(set)
    for share in shares:
        owners[share.line.sale].add(share.order)
    # A sale that is not there any more was undone like a cancelled one.
    gone = Sale("", "", cancelled=True, at=None, company=None)
    found: dict[str, Sold] = {}
    for order, codes in of_order.items():
        sold = found[order] = Sold([sales.get(code, gone) for code in sorted(codes)], order in by_line)
        standing = {sale.code for sale in sold.standing}
        whole = {code for code in standing if not sold.linked or owners[code] <= {order}}
        for line in lines.values():
            if line.sale in whole:
                sold.invoiced[line.sku] += line.quantity
                sold.returned[line.sku] += line.returned
    for share in shares:
        if share.order not in by_line or sales.get(share.line.sale, gone).cancelled:
            continue
        sold = found[share.order]
        sold.taken[share.order_line] += share.quantity
        if owners[share.line.sale] != {share.order}:  # several orders in one sale: to each what is linked to it
            sold.invoiced[share.line.sku] += share.quantity
            sold.returned[share.line.sku] += share.returned
    return found


def _shares(base: Statements, sales: Sequence[str], lines: Mapping[str, _Line]) -> list[_Share]:
    """What all lines of orders that are linked to these sales have of them; no piece twice.

    A sale's line may serve several, and staff may have made it smaller, so they are served in the order of their keys.
    """
    left = {key: line.quantity for key, line in lines.items()}
    came_back = {key: line.returned for key, line in lines.items()}
    found: list[_Share] = []
    for order, order_line, sale_line, wanted in base.rows_in(_LINKS, sales):
        key = trimmed(sale_line)
        if key not in lines:  # sold since the lines were read: the next look has it
            continue
        quantity = min(Decimal(wanted or 0), left[key])
        returned = min(quantity, came_back[key])
        left[key] -= quantity
        came_back[key] -= returned
        found.append(_Share(trimmed(order), trimmed(order_line), lines[key], quantity, returned))
    return found


def _by_reference(base: Statements, layout: Layout, options: Options, ended: Sequence[Ended]) -> list[tuple[str, str]]:
    """(order, sale) where the sale carries the order's reference: C-Plus copies it from the order when it invoices."""
    column = options.reference_column
    if not ended or not layout.has("MOVENDA", column):
        return []
    orders: dict[str, list[str]] = defaultdict(list)
    for one in ended:
        carried = layout.fit("MOVENDA", column, one.reference)
        if one.reference and str(carried) == one.reference:
            orders[one.reference].append(one.order)
    since = min(one.since for one in ended)
    values = [layout.fit("MOVENDA", column, reference) for reference in sorted(orders)]
    rows = base.rows_in(_CARRIED.format(column=column, since=since.isoformat()), values)
    return [(order, trimmed(sale)) for reference, sale in rows for order in orders[trimmed(reference)]]


def _sales(base: Statements, layout: Layout, options: Options, codes: Sequence[str]) -> dict[str, Sale]:
    columns = layout.select("MOVENDA", "m", ("HORA", "CODMOVENDASTATUS"))
    found = {
        trimmed(code): Sale(
            trimmed(code),
            trimmed(number),
            yes(cancelled),
            to_utc(_moment(day, hour), options.zone),
            company,
            status=trimmed(status),
        )
        for code, number, cancelled, day, company, hour, status in base.rows_in(_SALES.format(columns=columns), codes)
    }
    if layout.has("CONFERENCIAPEDIDO", "CODMOVENDA", "FLAGCONFERIDO"):
        for (code,) in base.rows_in(_PACKED, codes):
            found[trimmed(code)].packed = True
    return found


def _lines(base: Statements, layout: Layout, codes: Sequence[str]) -> dict[str, _Line]:
    """The lines of these sales. A return is booked by MOVENDADEVOLUCAO, some layouts count it on the line as well."""
    columns = layout.select("MOVENDAPROD", "l", ("QUANTIDADEDEVOLVIDA",))
    booked: Quantities = defaultdict(Decimal)
    if layout.has("MOVENDADEVOLUCAO", "CODMOVPROD", "QUANTIDADEDEVOLUCAO"):
        for line, quantity in base.rows_in(_RETURNS, codes):
            booked[trimmed(line)] += Decimal(quantity or 0)
    return {
        trimmed(key): _Line(
            trimmed(sale), trimmed(sku), Decimal(quantity), max(booked[trimmed(key)], Decimal(counted or 0))
        )
        for sale, key, sku, quantity, counted in base.rows_in(_LINES.format(columns=columns), codes)
    }


def _moment(day: date | None, hour: time | None) -> datetime | None:
    return None if day is None else datetime.combine(day, hour or time())


def trimmed(value: Value) -> str:
    """A key or text of the base without its padding; NULL is empty."""
    return "" if value is None else str(value).strip()
