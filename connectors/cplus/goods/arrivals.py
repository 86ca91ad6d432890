"""Goods on order from suppliers (PEDIDO, PEDIDOITEM): what was ordered less what has come, and when it is expected.

Which letters of PEDIDO.STATUS mean an open order is not known, hence the option; none named = whatever has not all been
received. An older layout does not keep what was received: then nothing is known of what is still to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from connectors.cplus.base.session import Session, Value
from connectors.cplus.settings import Options
from engine.model.goods import Arrival

FORGOTTEN = timedelta(days=365)
"""Stores leave orders open that will never be delivered; one this old is no news of goods to come."""

_OPEN = """
SELECT i.CODPROD, {expected},
       CAST(SUM(CAST((i.QUANTIDADE - COALESCE(i.QUANTIDADERECEBIDA, 0)) * 10000 AS BIGINT)) AS BIGINT)
FROM PEDIDO p JOIN PEDIDOITEM i ON i.CODPED = p.CODPED
WHERE p.CODEMPRESA IN ({companies}) AND (p.DATA IS NULL OR p.DATA >= ?){status}
  AND i.QUANTIDADE > COALESCE(i.QUANTIDADERECEBIDA, 0)
GROUP BY 1, 2
"""
_REQUIRED = {
    "PEDIDO": ("CODPED", "CODEMPRESA", "DATA", "STATUS"),
    "PEDIDOITEM": ("CODPED", "CODPROD", "QUANTIDADE", "QUANTIDADERECEBIDA"),
}


def read(session: Session, options: Options, today: date) -> Sequence[Arrival] | None:
    """What is on order for our companies, by product and day; None where the layout does not tell. Reads all orders."""
    layout = session.layout
    if not all(layout.has(table, *columns) for table, columns in _REQUIRED.items()):
        return None
    letters = options.purchase_open_status
    sql = _OPEN.format(
        expected="p.PREVISAO" if layout.has("PEDIDO", "PREVISAO") else "CAST(NULL AS DATE)",
        companies=", ".join("?" * len(options.companies)),
        status=f" AND p.STATUS IN ({', '.join('?' * len(letters))})" if letters else "",
    )
    with session.reading() as base:
        rows = base.rows(sql, (*options.companies, today - FORGOTTEN, *letters))
    found: dict[tuple[str, date | None], int] = defaultdict(int)
    for sku, expected, quantity_e4 in rows:
        found[sku.strip(), _day(expected)] += quantity_e4
    return [Arrival(sku, expected, quantity_e4) for (sku, expected), quantity_e4 in found.items()]


def _day(value: Value) -> date | None:
    """A day, whether the column keeps a time with it or is, in a layout nobody has seen, something else."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
