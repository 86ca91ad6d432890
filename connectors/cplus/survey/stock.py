"""Stock: which companies and sectors hold how much, and whose pieces the shop may sell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, vendor_list, vendor_value
from engine.survey import ERP, Amounts, Choice, Finding, Mark, Question

_TOTALS = """
SELECT CODEMPRESA, CODSETORESTOQUE, COUNT(*), CAST(SUM(COALESCE(ESTATU, 0)) AS NUMERIC(18, 4)),
       CAST(SUM(COALESCE(RESERVADOORCAMENTO, 0)) AS NUMERIC(18, 4)), SUM(CASE WHEN ESTATU < 0 THEN 1 ELSE 0 END)
FROM PRODUTOESTOQUE GROUP BY 1, 2 ORDER BY 1, 2
"""


def scope(base: Base) -> Iterator[Finding | Question]:
    """Pieces by company and sector, and the questions about them."""
    rows = base.rows(_TOTALS)
    pieces: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for company, sector, _n, on_hand, _reserved, _negative in rows:
        pieces["company", code_of(company)] += on_hand or Decimal(0)
        pieces["sector", code_of(sector)] += on_hand or Decimal(0)
    evidence = [
        Amounts(f"{company}/{sector}: {n} / {{}} / {{}}", [_plain(on_hand), _plain(reserved)])
        for company, sector, n, on_hand, reserved, _negative in rows
    ]
    yield Finding("stock.scope", Mark.OK if rows else Mark.UNKNOWN, {"n": len(rows)}, evidence)
    negative = sum(int(row[5] or 0) for row in rows)
    if negative:
        yield Finding("stock.negative", Mark.UNKNOWN, {"n": negative})
    notes: dict[str, dict[str, dict[str, Any]]] = {"company": {}, "sector": {}}
    for (kind, code), total in pieces.items():
        notes[kind][code] = {"pieces": _plain(total)}
    companies = choices(base, "EMPRESA", "CODEMPRESA", "NOMEFANTASIA", inactive="INATIVA", notes=notes["company"])
    sectors = choices(
        base, "SETORESTOQUE", "CODSETORESTOQUE", "NOMESETORESTOQUE", active="FLAGATIVO", notes=notes["sector"]
    )
    served = vendor_list(base, "WCPLUS_EMPRESA", "CODEMPRESA", companies)
    orders_of = vendor_value(base, "CODEMPRESA", companies) or served[:1] or _only(companies)
    yield Question(ERP, "companies", companies, served or orders_of, several=True)
    added = vendor_list(base, "WCPLUS_ESTOQUE", "CODSETORESTOQUE", sectors)
    yield Question(ERP, "sectors", sectors, added or _only(sectors), several=True)
    yield Question(ERP, "order_company", companies, orders_of)


def minimum(base: Base) -> Iterator[Finding]:
    """Minimum stock (QTDEMIN), which is not held back from the shop: an account's buffer is."""
    if base.has("PRODUTOESTOQUE", "QTDEMIN"):
        (rows,) = base.row("SELECT COUNT(*) FROM PRODUTOESTOQUE WHERE QTDEMIN > 0")
        if rows:
            yield Finding("stock.minimum", Mark.UNKNOWN, {"n": rows}, settled_by=("buffer",))


def _only(found: list[Choice]) -> list[Any]:
    return [found[0].value] if len(found) == 1 else []


def _plain(quantity: Decimal) -> Decimal:
    return quantity.normalize() + 0


QUESTIONS = (scope, minimum)
