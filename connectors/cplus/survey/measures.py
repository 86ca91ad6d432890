"""Weights and measures: the unit is nowhere said, so a sample's median has to be plausible in one."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from connectors.cplus.survey.asking import Base
from engine.survey import Amounts, Finding, Mark, Proposal

SAMPLE = 500

# option of measure_factors -> column, and (a median below this, the factor to kilograms or centimetres)
# A shop's goods weigh some grams to some tens of kilograms, and measure millimetres to metres.
_KILOGRAMS = ((Decimal(60), "1"), (None, "0.001"))
_CENTIMETRES = ((Decimal("1.5"), "100"), (Decimal(150), "1"), (None, "0.1"))
COLUMNS = (
    ("weight", "PESOBRUTO", _KILOGRAMS),
    ("height", "ALTURA", _CENTIMETRES),
    ("width", "LARGURA", _CENTIMETRES),
    ("length", "COMPRIMENTO", _CENTIMETRES),
)


def measures(base: Base) -> Iterator[Finding]:
    """The median of each column, and the factor that makes it plausible."""
    factors: dict[str, str] = {}
    evidence = []
    for name, column, limits in COLUMNS:
        if not base.has("PRODUTO", column):
            continue
        rows = base.rows(f"SELECT FIRST {SAMPLE} {column} FROM PRODUTO WHERE {column} > 0 ORDER BY CODPROD DESC")
        if rows:
            middle = median(Decimal(value) for (value,) in rows)
            factors[name] = next(factor for below, factor in limits if below is None or middle < below)
            evidence.append(Amounts(f"{column}: {{}} ({len(rows)})", [middle.normalize()]))
    if not factors:
        yield Finding("measures.none", Mark.UNKNOWN)
    elif set(factors.values()) == {"1"}:
        yield Finding("measures.plausible", Mark.OK, {}, evidence)
    else:
        proposal = Proposal("measure_factors", factors)
        settled_by = (proposal.option,)
        yield Finding("measures.other-unit", Mark.UNKNOWN, {}, evidence, (proposal,), settled_by=settled_by)


QUESTIONS = (measures,)
