"""Whether an order is sold, as SQL conditions on its row of ORCAMENTO.

A linked sale that stands decides. C-Plus's own marks (DATAFATURADO, NUMCUPOM) are believed where no sale is linked:
whether it takes them away with a sale that is cancelled is not known.
"""

from __future__ import annotations

from connectors.cplus.base.layout import Layout

NOT_CANCELLED = "COALESCE(FLAGCANCELADO, 'N') NOT IN ('Y', 'S')"

_LINKED = """EXISTS (
    SELECT 1 FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
    WHERE p.CODORC = ORCAMENTO.CODORC)"""
_A_SALE_STANDS = """EXISTS (
    SELECT 1 FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
    JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD JOIN MOVENDA m ON m.CODMOVENDA = l.CODMOVENDA
    WHERE p.CODORC = ORCAMENTO.CODORC AND COALESCE(m.FLAGCANCELADA, 'N') NOT IN ('Y', 'S'))"""


def is_sold(layout: Layout) -> str:
    """A sale of it stands, or it is marked and nothing says what became of the sale."""
    return f"({_A_SALE_STANDS} OR {_is_marked(layout)} AND NOT {_LINKED})"


def is_open(layout: Layout) -> str:
    """It may still be released or cancelled."""
    return f"{NOT_CANCELLED} AND NOT {is_sold(layout)}"


def is_to_reserve(layout: Layout) -> str:
    """It may still be reserved. One that C-Plus calls invoiced ties no goods up: it may not let it be sold again."""
    return f"{is_open(layout)} AND NOT {_is_marked(layout)}"


def _is_marked(layout: Layout) -> str:
    return f"(NUMCUPOM IS NOT NULL{' OR DATAFATURADO IS NOT NULL' if layout.has('ORCAMENTO', 'DATAFATURADO') else ''})"
