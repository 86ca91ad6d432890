"""Payment terms and carriers: what the shop's methods become in C-Plus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.cplus.base.text import yes
from connectors.cplus.settings import ANY_OTHER
from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, known
from engine.survey import ERP, Finding, Mark, Proposal, Question


def terms(base: Base) -> Iterator[Finding | Question]:
    """Payment terms (FORMAPAG), those offered on-line first, and what the vendor's connector maps to them."""
    found = choices(base, "FORMAPAG", "CODFP", "DESCRICAO", active="FLAGATIVO")
    rows = base.rows("SELECT CODFP, FLAGLOJAVIRTUAL FROM FORMAPAG") if base.has("FORMAPAG", "FLAGLOJAVIRTUAL") else []
    online = {code_of(code) for code, flag in rows if yes(flag)}
    found.sort(key=lambda choice: code_of(choice.value) not in online)
    in_shop = sum(1 for choice in found if code_of(choice.value) in online)
    evidence = [f"{choice.value} {choice.name}" for choice in found[:in_shop]]
    mapped: dict[str, Any] = {}
    if base.has("WCPLUS_FORMAPAG", "CHAVEPAGAMENTO", "CODFP"):
        for method, code in base.rows("SELECT CHAVEPAGAMENTO, CODFP FROM WCPLUS_FORMAPAG ORDER BY 1"):
            if among := known([code], found):
                mapped[method] = among[0]
    proposals = (Proposal("payment_forms", mapped),) if mapped else ()
    yield Finding(
        "payments.terms",
        Mark.OK if mapped else Mark.UNKNOWN,
        {"n": len(found), "online": in_shop},
        evidence,
        proposals,
        settled_by=("payment_forms",),
    )
    if found:
        yield Question(ERP, f"payment_forms.{ANY_OTHER}", found, optional=True)


def kinds(base: Base) -> Iterator[Finding]:
    """Payment kinds (RECEBIMENTO)."""
    found = choices(base, "RECEBIMENTO", "CODREC", "RECEBIMENTO")
    yield Finding("payments.kinds", Mark.OK, {"n": len(found)}, [f"{c.value} {c.name}" for c in found[:12]])


def carriers(base: Base) -> Iterator[Finding | Question]:
    """Carriers (TRANSPORTADORA); an old base holds short keys among the nine-digit ones."""
    found = choices(base, "TRANSPORTADORA", "CODTRANS", "NOMETRANS", active="FLAGATIVO")
    names = [f"{c.value} {c.name}" for c in found[:12]]
    yield Finding("payments.carriers", Mark.UNKNOWN, {"n": len(found)}, names, settled_by=("carriers",))
    if found:
        yield Question(ERP, f"carriers.{ANY_OTHER}", found, optional=True)


QUESTIONS = (terms, kinds, carriers)
