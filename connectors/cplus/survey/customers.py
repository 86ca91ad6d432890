"""Customers: the tag of those from the shop, and what new ones are given."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, vendor_value
from engine.survey import ERP, Finding, Mark, Question


def tags(base: Base) -> Iterator[Finding | Question]:
    """Characteristics of customers with how many carry each."""
    rows = base.rows("SELECT CODCARACTERISTICAPESSOA, COUNT(*) FROM CLIENTECARACTERISTICA GROUP BY 1")
    tagged = {code_of(code): int(n) for code, n in rows}
    notes: dict[str, dict[str, Any]] = {code: {"customers": n} for code, n in tagged.items()}
    found = choices(base, "CARACTERISTICAPESSOA", "CODCARACTERISTICAPESSOA", "NOMECARACTERISTICAPESSOA", notes=notes)
    evidence = [f"{c.value} {c.name}: {tagged.get(code_of(c.value), 0)}" for c in found[:12]]
    used = vendor_value(base, "CODCARACTERISTICAPESSOA", found)
    mark = Mark.OK if used else Mark.UNKNOWN
    yield Finding("customers.tags", mark, {"n": len(found)}, evidence, settled_by=("customer_tag",))
    if found:
        yield Question(ERP, "customer_tag", found, used, optional=True)


def defaults(base: Base) -> Iterator[Finding | Question]:
    """What customers have that a new one could be given too: the most usual value of each."""
    columns = ("CODPRECO", "CODTIPOMOVIMENTO", "CODFP", "CODPC", "FLAGFRETE")
    evidence = []
    usual: dict[str, Any] = {}
    for column in columns:
        if base.has("CLIENTE", column):
            rows = base.rows(
                f"SELECT FIRST 1 {column}, COUNT(*) FROM CLIENTE WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
            )
            evidence += [f"{column} {value}: {n}" for value, n in rows]
            if rows:
                usual[column] = rows[0][0]
    (total,) = base.row("SELECT COUNT(*) FROM CLIENTE")
    yield Finding("customers.defaults", Mark.OK, {"n": total}, evidence)
    plans = choices(base, "PLANOCONTA", "CODPC", "DESCRICAO")
    if plans and base.has("CLIENTE", "CODPC"):
        used = [c.value for c in plans if code_of(c.value) == code_of(usual.get("CODPC", ""))]
        yield Question(ERP, "account_plan", plans, used, optional=True)


QUESTIONS = (tags, defaults)
