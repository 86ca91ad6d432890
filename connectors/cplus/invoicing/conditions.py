"""What an order must be, as SQL conditions on its row of ORCAMENTO. Whether it is sold is told by `states`."""

from __future__ import annotations

from connectors.cplus.base.layout import Layout

NOT_CANCELLED = "COALESCE(FLAGCANCELADO, 'N') NOT IN ('Y', 'S')"

_A_SALE_STANDS = """EXISTS (
    SELECT 1 FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
    JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD JOIN MOVENDA m ON m.CODMOVENDA = l.CODMOVENDA
    WHERE p.CODORC = ORCAMENTO.CODORC AND COALESCE(m.FLAGCANCELADA, 'N') NOT IN ('Y', 'S'))"""


def is_to_reserve(layout: Layout) -> str:
    """It may still be reserved. One that C-Plus calls invoiced (DATAFATURADO, NUMCUPOM) ties no goods up, whatever
    became of its sale: C-Plus may not let it be sold again."""
    marked = f"NUMCUPOM IS NOT NULL{' OR DATAFATURADO IS NOT NULL' if layout.has('ORCAMENTO', 'DATAFATURADO') else ''}"
    return f"{NOT_CANCELLED} AND NOT {_A_SALE_STANDS} AND NOT ({marked})"
