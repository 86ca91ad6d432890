"""Price tables: which there are, how many products each prices, and which cannot be published as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.cplus.base.text import yes
from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, vendor_value
from engine.survey import ACCOUNT, ERP, Finding, Mark, Question


def tables(base: Base) -> Iterator[Finding | Question]:
    """The tables, and the questions which of them goes where."""
    rows = base.rows("SELECT CODPRECO, COUNT(*) FROM PRODUTOPRECO WHERE PRECO > 0 GROUP BY 1")
    priced = {code_of(code): int(n) for code, n in rows}
    formula = {
        code_of(code)
        for code, flag in base.rows(f"SELECT CODPRECO, {base.or_null('PRECO', 'FLAGUSAFORMULA')} FROM PRECO")  # noqa: S608
        if yes(flag)
    }
    notes: dict[str, dict[str, Any]] = {code: {"products": n} for code, n in priced.items()}
    found = choices(base, "PRECO", "CODPRECO", "NOMEPRECO", inactive="FLAGINATIVA", notes=notes)
    evidence = [f"{c.value} {c.name}: {priced.get(code_of(c.value), 0)}" for c in found]
    yield Finding("prices.tables", Mark.OK, {"n": len(found)}, evidence)
    by_formula = [f"{c.value} {c.name}" for c in found if code_of(c.value) in formula]
    if by_formula:
        settled_by = ("base_price_table",)
        yield Finding("prices.formula", Mark.UNKNOWN, {"n": len(by_formula)}, by_formula, settled_by=settled_by)
    plain = [c for c in found if code_of(c.value) not in formula]
    used = vendor_value(base, "CODPRECOMAG", plain) or vendor_value(base, "CODPRECO", plain)
    used = used or [c.value for c in plain[:1]]
    yield Question(ACCOUNT, "base_price_table", plain, used)
    if len(plain) > 1:
        yield Question(ACCOUNT, "group_price_tables", plain, several=True, optional=True)
    yield Question(ERP, "default_price_table", plain, used)


def currencies(base: Base) -> Iterator[Finding]:
    """Prices that name a currency of their own."""
    if base.has("PRODUTOPRECO", "CODMOEDA"):
        (foreign,) = base.row("SELECT COUNT(CODMOEDA) FROM PRODUTOPRECO")
        if foreign:
            yield Finding("prices.currency", Mark.UNKNOWN, {"n": foreign}, settled_by=("convert_currencies",))


QUESTIONS = (tables, currencies)
