"""What an order takes of the stock, by its lines: what it is to take, and what it still holds.

What it holds is not stored line by line in C-Plus. It is what its open lines say, without the products that took
nothing when it was reserved (the caller knows; whether C-Plus keeps their stock may have been switched since), and less
what sales made since then took: C-Plus gave that back when it invoiced. That it does not reserve it anew when such a
sale is cancelled is an assumption; wrong, it leaves goods reserved, where the other one would sell them twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from decimal import Decimal

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from connectors.cplus.base.text import yes
from connectors.cplus.goods.composition import is_counted
from connectors.cplus.orders.sharing import Line
from connectors.cplus.settings import Options, Releasing
from engine.amounts import ZERO

_LINES = """
SELECT p.CODORCPROD, p.CODPROD, p.QUANTIDADE, p.CODEMPRESAESTOQUE, p.CODSETORESTOQUE, {product}, {flags}
FROM ORCAMENTOPROD p LEFT JOIN PRODUTO r ON r.CODPROD = p.CODPROD WHERE p.CODORC = ?
"""
_SOLD = """
SELECT p.CODORCPROD, COALESCE(v.QUANTIDADEVENDA, l.QUANTIDADE, p.QUANTIDADE), m.DATA, {order}, {sale}
FROM ORCAMENTO o JOIN ORCAMENTOPROD p ON p.CODORC = o.CODORC
JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
LEFT JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD LEFT JOIN MOVENDA m ON m.CODMOVENDA = l.CODMOVENDA
WHERE o.CODORC = ?
"""


def to_take(base: Statements, layout: Layout, options: Options, order: str) -> tuple[list[Line], tuple[str, ...]]:
    """The open lines of an order that take goods, by SKU, and the SKUs of those that take none."""
    lines: list[Line] = []
    uncontrolled: set[str] = set()
    for line, counted in _open_lines(base, layout, options, order):
        if counted:
            lines.append(line)
        else:
            uncontrolled.add(line.sku)
    return sorted(lines, key=lambda line: (line.sku, line.key)), tuple(sorted(uncontrolled))


def held(base: Statements, layout: Layout, options: Options, order: str, took_nothing: Collection[str]) -> list[Line]:
    """What a reserved order holds; its flag and DATAHORARESERVA must still be what the reservation left."""
    sold = _sold_since(base, layout, order) if options.releases_at_invoicing is Releasing.ERP else {}
    lines = (line for line, _ in _open_lines(base, layout, options, order) if line.sku not in took_nothing)
    left = [line._replace(quantity=line.quantity - sold.get(line.key, ZERO)) for line in lines]
    return [line for line in left if line.quantity > 0]


def _open_lines(base: Statements, layout: Layout, options: Options, order: str) -> Iterator[tuple[Line, bool]]:
    """The lines that staff have not cancelled, and whether C-Plus keeps the stock of their product today."""
    product = layout.select("PRODUTO", "r", ("FLAGSERVICO", "FLAGCONTROLAESTOQUE"))
    flags = layout.select("ORCAMENTOPROD", "p", ("FLAGITEMCANCELADO", "FLAGCANCELADO"))
    company, sector = options.places[0]
    rows = base.rows(_LINES.format(product=product, flags=flags), (order,))
    for key, sku, quantity, at, place, service, controlled, *cancelled in rows:
        if sku and quantity > 0 and not any(map(yes, cancelled)):
            line = Line(key.strip(), sku.strip(), quantity, (at or company, (place or sector).strip()))
            yield line, is_counted(controlled, service)


def _sold_since(base: Statements, layout: Layout, order: str) -> dict[str, Decimal]:
    """What sales took of each line since the order was reserved; those count too of which nobody knows when."""
    sql = _SOLD.format(
        order=layout.select("ORCAMENTO", "o", ("DATAHORARESERVA",)), sale=layout.select("MOVENDA", "m", ("HORA",))
    )
    found: dict[str, Decimal] = defaultdict(Decimal)
    for key, quantity, day, reserved_at, hour in base.rows(sql, (order,)):
        if reserved_at is None or day is None or _at_the_latest(day, hour) >= reserved_at:
            found[key.strip()] += quantity
    return dict(found)


def _at_the_latest(day: date, hour: time | None) -> datetime:
    return datetime.combine(day, hour or time.max)
