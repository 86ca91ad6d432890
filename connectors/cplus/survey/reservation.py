"""Who counts RESERVADOORCAMENTO, over which orders, and whether a till heeds it: no public source says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from connectors.cplus.base.session import Value
from connectors.cplus.settings import Releasing, Reservation
from connectors.cplus.survey.asking import Base, TooSlow
from engine.survey import ERP, Amounts, Choice, Finding, Mark, Proposal, Question

OWN_PREFIX = "INTEGRA_"

SHOWN = 5
SETTLED_BY = ("reservation", "releases_at_invoicing")
_TRIGGER = 2  # RDB$DEPENDENT_TYPE; procedures are 5

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
SELECT FIRST 20000 p.CODPROD, COALESCE(p.CODEMPRESAESTOQUE, {company}), COALESCE(p.CODSETORESTOQUE, {sector}),
       p.QUANTIDADE, {billed}, {invoiced}, o.NUMCUPOM
FROM ORCAMENTO o JOIN ORCAMENTOPROD p ON p.CODORC = o.CODORC
WHERE o.FLAGRESERVADO IN ('Y', 'S') AND COALESCE(o.FLAGCANCELADO, 'N') NOT IN ('Y', 'S')
"""
_BELOW = """
SELECT COUNT(*) FROM PRODUTOESTOQUE WHERE RESERVADOORCAMENTO > 0 AND COALESCE(ESTATU, 0) < RESERVADOORCAMENTO
"""

Place = tuple[str, int, str]
"""Product, company, sector."""

Pieces = defaultdict[Place, Decimal]


def who_counts(base: Base) -> Iterator[Finding | Question]:
    """Who moves the reserved quantity, and over which orders; then the two decisions that hang on it."""
    found = [row for row in base.rows(_TOUCHING, ("RESERVADOORCAMENTO",)) if not row[0].startswith(OWN_PREFIX)]
    by_trigger = [f"{name} ({table})" for name, kind, table in found if kind == _TRIGGER]
    by_procedure = [str(name) for name, kind, _table in found if kind != _TRIGGER]
    if by_trigger:
        proposals = (Proposal("reservation", "flag"),)
        yield Finding("reservation.trigger", Mark.OK, {"n": len(by_trigger)}, by_trigger, proposals)
    elif by_procedure:
        yield Finding(
            "reservation.procedure", Mark.UNKNOWN, {"n": len(by_procedure)}, by_procedure, settled_by=SETTLED_BY
        )
    else:
        yield _no_trigger(base)
    try:
        counted = _counted(base)
    except TooSlow:
        counted = Finding("survey.too-slow", Mark.UNKNOWN, {"question": "reservation"})
    yield counted
    mode = "flag" if by_trigger else "flag+amount" if counted.mark is Mark.OK and not by_procedure else None
    releasing = [proposal.value for proposal in counted.proposals]
    yield Question(ERP, "reservation", _named(Reservation), [mode] if mode else [])
    yield Question(ERP, "releases_at_invoicing", _named(Releasing), releasing)


def _no_trigger(base: Base) -> Finding:
    """Nothing of the base moves it: C-Plus's own program does, or nobody."""
    counts = base.rows(_TRIGGERS)
    params = {"n": sum(count for _table, count in counts)}
    evidence = [f"{table}: {count}" for table, count in counts[:SHOWN]]
    return Finding("reservation.no-trigger", Mark.OK, params, evidence, (Proposal("reservation", "flag+amount"),))


def _counted(base: Base) -> Finding:
    """Whether the reserved quantities are those of the open reserved orders, or of the invoiced ones too."""
    held: Pieces = defaultdict(Decimal)
    for *place, quantity in base.rows(_RESERVED):
        held[_place(place)] += quantity
    still, gone = _reserved_lines(base)
    places = sorted({*held, *still, *gone})
    differing = [place for place in places if held[place] != still[place]]
    with_invoiced = [place for place in places if held[place] != still[place] + gone[place]]
    params = {"places": len(places), "equal": len(places) - len(differing)}
    evidence = [
        Amounts(f"{p[0]} {p[1]}/{p[2]}: {{}} / {{}}", [held[p].normalize() + 0, still[p].normalize() + 0])
        for p in differing[:SHOWN]
    ]
    if not any(held.values()) and not any(still.values()):
        # Orders that were invoiced keep their flag and may hold nothing: they show nothing.
        return Finding("reservation.none-open", Mark.UNKNOWN, params, settled_by=SETTLED_BY)
    if not any(held.values()):
        return Finding("reservation.nobody-counts", Mark.UNKNOWN, params, evidence)
    if not differing:
        # Where invoiced orders keep their flag and hold nothing, C-Plus gave back what it invoiced.
        releasing = (Proposal("releases_at_invoicing", "erp"),) if any(gone.values()) else ()
        return Finding("reservation.counts-open", Mark.OK, params, (), releasing)
    if not with_invoiced:
        releasing = (Proposal("releases_at_invoicing", "integra"),)
        return Finding("reservation.counts-invoiced", Mark.OK, params, evidence, releasing)
    return Finding("reservation.differs", Mark.UNKNOWN, params, evidence)


def heeded(base: Base) -> Iterator[Finding]:
    """Whether C-Plus keeps a till from selling what is reserved; and where our orders reserve nothing, that."""
    (below,) = base.row(_BELOW)
    (checks,) = base.row(_CHECKS)
    unreserved = base.options.reservation is Reservation.NONE
    till = "none-till" if unreserved else "till"
    mark = Mark.WRONG if unreserved else Mark.UNKNOWN
    if below:
        yield Finding(f"reservation.{till}-sells-reserved", mark, {"n": below})
    elif checks:
        yield Finding(f"reservation.{till}-checked", mark, {"n": checks})
    else:
        yield Finding(f"reservation.{till}-unknown", mark)


def _reserved_lines(base: Base) -> tuple[Pieces, Pieces]:
    """What reserved, not cancelled orders name that is still open, and what of them was invoiced."""
    sql = _LINES.format(
        company="o.CODEMPRESA" if base.has("ORCAMENTO", "CODEMPRESA") else "NULL",
        sector="o.CODSETORESTOQUE" if base.has("ORCAMENTO", "CODSETORESTOQUE") else "NULL",
        billed="p.QUANTIDADETOTALFATURADA" if base.has("ORCAMENTOPROD", "QUANTIDADETOTALFATURADA") else "0",
        invoiced="o.DATAFATURADO" if base.has("ORCAMENTO", "DATAFATURADO") else "o.NUMCUPOM",
    )
    still: Pieces = defaultdict(Decimal)
    gone: Pieces = defaultdict(Decimal)
    for *place, quantity, billed, invoiced_at, coupon in base.rows(sql):
        whole = invoiced_at is not None or coupon is not None
        out = quantity if whole else min(quantity, billed or Decimal(0))
        gone[_place(place)] += out
        still[_place(place)] += quantity - out
    return still, gone


def _place(values: list[Value]) -> Place:
    product, company, sector = values
    return str(product or "-"), int(company or 0), str(sector or "-")  # a line may name no place


def _named(options: type[StrEnum]) -> list[Choice]:
    return [Choice(option.value) for option in options]


QUESTIONS = (who_counts, heeded)
