"""Orders as this base keeps them: states, who takes them, under which movement, and where a shop's number stands."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from connectors.cplus.base.session import Value
from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, vendor_value
from engine.model.erp import ErpStatus
from engine.survey import ERP, Choice, Finding, Mark, Proposal, Question

OPEN_LETTER = "O"
PRESET_REFERENCE, SHOP_NUMBER = "NUMPEDCLIENTE", "NUMPEDLOJAVIRTUAL"
# In the order in which they are thought fit: text of its own, text that has another use, a number only.
REFERENCES = (PRESET_REFERENCE, "ENTREGAREFERENCIA", SHOP_NUMBER, "ENTREGATELEFONE")
SHOWN = 12
ASKED_MAX = 15
"""Statuses whose meaning is asked for; who has more writes the rest into the settings."""
SAMPLE = 300
# What other programs were seen writing, and Integra writes too.
UNEXPLAINED = {"FLAGESTOQUELIBERADO": "Y", "FLAGPREVENDA": "N", "FLAGPALM": "0", "CAMPOVALOR1": "100"}

_LETTERS = """
SELECT {letter}, COUNT(*), {invoiced}, SUM(CASE WHEN FLAGCANCELADO IN ('Y', 'S') THEN 1 ELSE 0 END)
FROM ORCAMENTO GROUP BY 1 ORDER BY 2 DESC
"""


def letters(base: Base) -> Iterator[Finding]:
    """FLAGSTATUS, of which only O (open) was ever seen explained."""
    invoiced = "COUNT(DATAFATURADO)" if base.has("ORCAMENTO", "DATAFATURADO") else "COUNT(NUMCUPOM)"
    rows = base.rows(_LETTERS.format(letter=base.or_null("ORCAMENTO", "FLAGSTATUS"), invoiced=invoiced))
    evidence = [f"{letter or '-'}: {n} / {sold} / {gone}" for letter, n, sold, gone in rows[:SHOWN]]
    used = {letter for letter, *_ in rows}
    if not rows:
        yield Finding("orders.none", Mark.UNKNOWN)
    elif OPEN_LETTER in used:
        yield Finding("orders.letters", Mark.OK, {"letters": ", ".join(sorted(str(x or "-") for x in used))}, evidence)
    else:
        yield Finding("orders.letters-strange", Mark.UNKNOWN, {}, evidence)


def statuses(base: Base) -> Iterator[Finding | Question]:
    """The store's own names for an order's status, and for a sale's."""
    found = choices(base, "ORCAMENTOSTATUS", "CODORCAMENTOSTATUS", "NOMEORCAMENTOSTATUS")
    sales = choices(base, "MOVENDASTATUS", "CODMOVENDASTATUS", "NOMEMOVENDASTATUS")
    mark = Mark.UNKNOWN if found else Mark.OK
    yield Finding("orders.statuses", mark, {"n": len(found)}, _lines(found), settled_by=("status_map",))
    if sales:
        settled_by = ("sale_status_map",)
        yield Finding("orders.sale-statuses", Mark.UNKNOWN, {"n": len(sales)}, _lines(sales), settled_by=settled_by)
    first = [found[0].value] if found else []
    if found:
        yield Question(ERP, "order_status", found, first, optional=True)
    meanings = [Choice(meaning.value) for meaning in ErpStatus]
    for option, named in (("status_map", found), ("sale_status_map", sales)):
        for status in named[:ASKED_MAX]:
            yield Question(ERP, f"{option}.{status.value}", meanings, optional=True, subject=status.name)


def reference(base: Base) -> Iterator[Finding]:
    """Columns in which a shop's order number may stand, and how many orders have something there."""
    there = [column for column in REFERENCES if base.has("ORCAMENTO", column)]
    if not there:
        yield Finding("orders.no-reference", Mark.WRONG)
        return
    counts = dict(zip(there, base.row(f"SELECT {', '.join(f'COUNT({c})' for c in there)} FROM ORCAMENTO"), strict=True))
    evidence = [f"{column} ({_kind(base, column)}): {counts[column]}" for column in there]
    chosen = there[0]
    proposals = [] if chosen == PRESET_REFERENCE else [Proposal("reference_column", chosen)]
    # Only this one has no other use: the rest hold telephones, landmarks, or the customer's own order number.
    former = [column for column in (SHOP_NUMBER,) if column != chosen and counts.get(column)]
    if former:
        proposals.append(Proposal("former_reference_columns", former))
    yield Finding("orders.reference", Mark.OK, {"column": chosen}, evidence, proposals)


def movements(base: Base) -> Iterator[Finding | Question]:
    """Movement types of sales, with the CFOP that each gives."""
    columns = base.or_null("TIPOMOVIMENTO", "CODTIPOMOVIMENTO", "CODCFOPDENTROUF", "CODCFOPFORAUF")
    rows = base.rows(f"SELECT {columns} FROM TIPOMOVIMENTO")
    notes = {code_of(code): {"cfop": f"{inside or '-'}/{outside or '-'}"} for code, inside, outside in rows}
    found = choices(base, "TIPOMOVIMENTO", "CODTIPOMOVIMENTO", "NOMETIPOMOVIMENTO", inactive="FLAGINATIVO", notes=notes)
    sales = [choice for choice in found if str(choice.notes.get("cfop", "")).startswith("5")] or found
    evidence = [f"{choice.value} {choice.name} ({choice.notes.get('cfop')})" for choice in sales[:SHOWN]]
    yield Finding("orders.movements", Mark.UNKNOWN, {"n": len(sales)}, evidence, settled_by=("movement_type",))
    yield Question(ERP, "movement_type", sales, vendor_value(base, "CODTIPOMOVIMENTO", sales))


def people(base: Base) -> Iterator[Question]:
    """Seller and user of the shop's orders."""
    sellers = choices(base, "VENDEDOR", "CODVENDED", "NOMEVENDED", inactive="INATIVO")
    users = choices(base, "USUARIO", "CODUSER", "LOGIN", active="FLAGATIVO")
    if sellers:
        yield Question(ERP, "seller", sellers, vendor_value(base, "CODVENDED", sellers), optional=True)
    if users:
        yield Question(ERP, "user_code", users, optional=True)


def flags(base: Base) -> Iterator[Finding]:
    """Columns whose effect nobody has explained: what C-Plus's own newest orders hold, beside what Integra writes."""
    evidence = []
    strange = []
    for column, written in UNEXPLAINED.items():
        if not base.has("ORCAMENTO", column):
            continue
        rows = base.rows(f"SELECT FIRST {SAMPLE} {column} FROM ORCAMENTO ORDER BY CODORC DESC")
        used = Counter(_plain(value) for (value,) in rows)
        if used:
            evidence.append(f"{column}: {', '.join(f'{value} ({n})' for value, n in used.most_common(3))} / {written}")
            if written not in used:
                strange.append(column)
    if strange:
        yield Finding("orders.flags-differ", Mark.UNKNOWN, {"columns": ", ".join(strange)}, evidence)
    elif evidence:
        yield Finding("orders.flags", Mark.OK, {}, evidence)


def taxes(_base: Base) -> Iterator[Finding]:
    """Whether C-Plus computes the taxes of an order at invoicing: only one order, invoiced, shows it."""
    yield Finding("orders.taxes", Mark.UNKNOWN)


def _plain(value: Value) -> str:
    if value is None:
        return "-"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _kind(base: Base, column: str) -> str:
    known = base.column("ORCAMENTO", column)
    assert known is not None
    return f"VARCHAR({known.width})" if known.is_text else "INTEGER"


def _lines(found: list[Choice]) -> list[str]:
    return [f"{choice.value} {choice.name}" for choice in found[:SHOWN]]


QUESTIONS = (letters, statuses, reference, movements, people, flags, taxes)
