"""Who counts RESERVADOORCAMENTO, over which orders, and whether a till heeds it: no public source says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark, Proposal

OWN_PREFIX = "INTEGRA_"

SHOWN = 5

# RDB$DEPENDENCIES knows what a trigger (2) or a procedure (5) touches also where its source was taken out.
_TOUCHING = """
SELECT DISTINCT d.RDB$DEPENDENT_NAME, d.RDB$DEPENDENT_TYPE, t.RDB$RELATION_NAME
FROM RDB$DEPENDENCIES d LEFT JOIN RDB$TRIGGERS t ON t.RDB$TRIGGER_NAME = d.RDB$DEPENDENT_NAME
WHERE d.RDB$DEPENDED_ON_NAME = 'PRODUTOESTOQUE' AND d.RDB$FIELD_NAME = ? AND d.RDB$DEPENDENT_TYPE IN (2, 5)
  AND COALESCE(t.RDB$TRIGGER_INACTIVE, 0) = 0 AND COALESCE(t.RDB$SYSTEM_FLAG, 0) = 0
"""
_TRIGGERS = """
SELECT TRIM(RDB$RELATION_NAME), COUNT(*) FROM RDB$TRIGGERS
WHERE COALESCE(RDB$SYSTEM_FLAG, 0) = 0 AND COALESCE(RDB$TRIGGER_INACTIVE, 0) = 0
  AND RDB$TRIGGER_NAME NOT STARTING WITH 'INTEGRA_' GROUP BY 1 ORDER BY 2 DESC
"""
_CHECKS = """
SELECT COUNT(*) FROM RDB$RELATION_CONSTRAINTS
WHERE RDB$RELATION_NAME = 'PRODUTOESTOQUE' AND RDB$CONSTRAINT_TYPE = 'CHECK'
"""
_RESERVED = """
SELECT CODPROD, CODEMPRESA, CODSETORESTOQUE, RESERVADOORCAMENTO FROM PRODUTOESTOQUE
WHERE RESERVADOORCAMENTO IS NOT NULL AND RESERVADOORCAMENTO <> 0
"""
_LINES = """
SELECT FIRST 20000 p.CODPROD, COALESCE(p.CODEMPRESAESTOQUE, o.CODEMPRESA),
       COALESCE(p.CODSETORESTOQUE, o.CODSETORESTOQUE), p.QUANTIDADE, {billed}, {invoiced}, o.NUMCUPOM
FROM ORCAMENTO o JOIN ORCAMENTOPROD p ON p.CODORC = o.CODORC
WHERE o.FLAGRESERVADO IN ('Y', 'S') AND COALESCE(o.FLAGCANCELADO, 'N') NOT IN ('Y', 'S')
"""
_BELOW = """
SELECT COUNT(*) FROM PRODUTOESTOQUE WHERE RESERVADOORCAMENTO > 0 AND COALESCE(ESTATU, 0) < RESERVADOORCAMENTO
"""

Place = tuple[str, int, str]


def triggers(base: Base) -> Iterator[Finding]:
    """Whether the base itself moves the reserved quantity: a trigger does, or nothing of the base does."""
    found = [row for row in base.rows(_TOUCHING, ("RESERVADOORCAMENTO",)) if not row[0].startswith(OWN_PREFIX)]
    by_trigger = [f"{name} ({table})" for name, kind, table in found if kind == 2]
    by_procedure = [str(name) for name, kind, _table in found if kind == 5]
    counted = base.rows(_TRIGGERS)
    evidence = [f"{table}: {count}" for table, count in counted[:SHOWN]]
    params = {"n": sum(count for _table, count in counted)}
    if by_trigger:
        proposal = Proposal("reservation", "flag")
        yield Finding("reservation.trigger", Mark.OK, {"n": len(by_trigger)}, by_trigger, (proposal,))
    elif by_procedure:
        yield Finding("reservation.procedure", Mark.UNKNOWN, {"n": len(by_procedure)}, by_procedure)
    else:
        yield Finding("reservation.no-trigger", Mark.OK, params, evidence, (Proposal("reservation", "flag+amount"),))


def counted(base: Base) -> Iterator[Finding]:
    """Whether the reserved quantities are those of the open reserved orders, or of the invoiced ones too."""
    held: Counter[Place] = Counter()
    for product, company, sector, quantity in base.rows(_RESERVED):
        held[(product, company, sector)] += quantity
    open_lines, invoiced_lines = _reserved_lines(base)
    invoiced_at_all = sum(invoiced_lines.values(), Decimal(0)) > 0
    as_open = _equal(held, open_lines)
    as_all = _equal(held, open_lines + invoiced_lines)
    params = {"rows": len(held), "orders": len(open_lines), "equal": as_open, "with_invoiced": as_all}
    differing = sorted({*held, *open_lines}, key=lambda place: (held[place] == open_lines[place], place))
    evidence = [
        f"{product.strip()} {company}/{sector}: {held[key]:f} / {open_lines[key]:f}"
        for key in differing[:SHOWN]
        if held[key] != open_lines[key]
        for product, company, sector in (key,)
    ]
    places = len({*held, *open_lines})
    if not places:
        yield Finding("reservation.none-open", Mark.UNKNOWN, params)
    elif not held:
        yield Finding("reservation.nobody-counts", Mark.WRONG, params, evidence)
    elif as_open == places:
        # Where invoiced orders keep their flag and hold nothing, C-Plus gave back what it invoiced.
        releasing = (Proposal("releases_at_invoicing", "erp"),) if invoiced_at_all else ()
        yield Finding("reservation.counts-open", Mark.OK, params, (), releasing)
    elif invoiced_at_all and as_all > as_open:
        proposal = Proposal("releases_at_invoicing", "integra")
        yield Finding("reservation.counts-invoiced", Mark.OK, params, evidence, (proposal,))
    else:
        yield Finding("reservation.differs", Mark.UNKNOWN, params, evidence)


def heeded(base: Base) -> Iterator[Finding]:
    """Whether C-Plus keeps a till from selling what is reserved."""
    (below,) = base.row(_BELOW)
    (checks,) = base.row(_CHECKS)
    if below:
        yield Finding("reservation.till-sells-reserved", Mark.WRONG, {"rows": below})
    elif checks:
        yield Finding("reservation.till-checked", Mark.UNKNOWN, {"n": checks})
    else:
        yield Finding("reservation.till-unknown", Mark.UNKNOWN)


def _reserved_lines(base: Base) -> tuple[Counter[Place], Counter[Place]]:
    """What reserved, not cancelled orders name that is still open, and what of them was invoiced."""
    sql = _LINES.format(
        billed="p.QUANTIDADETOTALFATURADA" if base.has("ORCAMENTOPROD", "QUANTIDADETOTALFATURADA") else "NULL",
        invoiced="o.DATAFATURADO" if base.has("ORCAMENTO", "DATAFATURADO") else "NULL",
    )
    still: Counter[Place] = Counter()
    gone: Counter[Place] = Counter()
    for product, company, sector, quantity, billed, invoiced_at, coupon in base.rows(sql):
        place = (product, company, sector)
        whole = invoiced_at is not None or coupon is not None
        out = quantity if whole else min(quantity, billed or Decimal(0))
        gone[place] += out
        if quantity > out:
            still[place] += quantity - out
    return still, gone


def _equal(left: Counter[Place], right: Counter[Place]) -> int:
    """In how many places both hold the same."""
    return sum(1 for place in {*left, *right} if left[place] == right[place])


QUESTIONS = (triggers, counted, heeded)
