"""Products: which are sold on-line, how they are sorted, numbered, and put together from others."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.cplus.base.text import gtin
from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import choices, code_of, vendor_value
from engine.survey import ACCOUNT, Finding, Mark, Proposal, Question

SAMPLE = 1_000
SHOWN = 12
GTIN_SHARE_MIN = 0.5

_TAGGED = """
SELECT c.CODCARACTERISTICA, COUNT(*) FROM PRODUTOCARACTERISTICA c JOIN PRODUTO p ON p.CODPROD = c.CODPROD
WHERE p.FLAGINATIVO NOT IN ('Y', 'S') GROUP BY 1
"""
_KIT_SIDES = """
SELECT COUNT(*), SUM(CASE WHEN k.FLAGCOMPOSTO IN ('Y', 'S') THEN 1 ELSE 0 END),
       SUM(CASE WHEN r.FLAGCOMPOSTO IN ('Y', 'S') THEN 1 ELSE 0 END)
FROM COMPOSICAO c LEFT JOIN PRODUTO k ON k.CODPROD = c.CODPROD LEFT JOIN PRODUTO r ON r.CODPROD = c.REFERCODPROD
"""
_STAMPED = """
SELECT DISTINCT RDB$RELATION_NAME FROM RDB$TRIGGERS
WHERE RDB$TRIGGER_SOURCE CONTAINING 'LAST_CHANGE' AND COALESCE(RDB$TRIGGER_INACTIVE, 0) = 0
  AND COALESCE(RDB$SYSTEM_FLAG, 0) = 0 AND RDB$RELATION_NAME IS NOT NULL
"""


def online(base: Base) -> Iterator[Finding | Question]:
    """Characteristics of products with how many active ones carry each: one of them means "venda on-line"."""
    tagged = {code_of(code): int(n) for code, n in base.rows(_TAGGED)}
    notes: dict[str, dict[str, Any]] = {code: {"products": n} for code, n in tagged.items()}
    found = choices(base, "CARACTERISTICA", "CODCARACTERISTICA", "NOMECARACTERISTICA", notes=notes)
    found.sort(key=lambda choice: -tagged.get(code_of(choice.value), 0))
    evidence = [f"{c.value} {c.name}: {tagged.get(code_of(c.value), 0)}" for c in found[:SHOWN]]
    used = vendor_value(base, "CODCARACTERISTICA", found)
    mark = Mark.OK if used else Mark.UNKNOWN
    yield Finding("goods.tags", mark, {"n": len(found)}, evidence, settled_by=("online_tag",))
    yield Question(ACCOUNT, "online_tag", found, used)


def products(base: Base) -> Iterator[Finding]:
    """How many there are, and which number style their flags have."""
    rows = base.rows("SELECT FLAGINATIVO, COUNT(*) FROM PRODUTO GROUP BY 1")
    counts = {str(flag or "-"): int(n) for flag, n in rows}
    active = sum(n for flag, n in counts.items() if flag not in ("Y", "S"))
    evidence = [f"FLAGINATIVO {flag}: {n}" for flag, n in sorted(counts.items())]
    yield Finding("goods.products", Mark.OK if active else Mark.WRONG, {"active": active}, evidence)


def sections(base: Base) -> Iterator[Finding]:
    """Categories (SECAO): a tree by the dots of CLASSIFICACAO, and products in none."""
    if not base.has("SECAO", "CODSEC"):
        return
    (sections_n,) = base.row("SELECT COUNT(*) FROM SECAO")
    deep = 0
    if base.has("SECAO", "CLASSIFICACAO"):
        (deep,) = base.row("SELECT COUNT(*) FROM SECAO WHERE CLASSIFICACAO CONTAINING '.'")
    section = base.or_null("PRODUTO", "CODSEC")
    (without,) = base.row(f"SELECT COUNT(*) FROM PRODUTO WHERE {section} IS NULL AND FLAGINATIVO NOT IN ('Y', 'S')")
    evidence = []
    if base.has("SECAO", "TIPO"):
        letters = base.rows("SELECT TIPO, COUNT(*) FROM SECAO GROUP BY 1 ORDER BY 2 DESC")
        evidence = [f"TIPO {letter or '-'}: {n}" for letter, n in letters]
    params = {"n": sections_n, "deep": deep, "without": without}
    yield Finding("goods.sections", Mark.OK if sections_n else Mark.UNKNOWN, params, evidence)


def axes(base: Base) -> Iterator[Finding]:
    """The axes of grids: which is colour and which is size."""
    if not base.has("PRODUTO", "CODPRODGRADE"):
        return
    (cells,) = base.row("SELECT COUNT(CODPRODGRADE) FROM PRODUTO")
    found = choices(base, "ITEMGRADE", "CODITEMGRADE", "DESCRICAO")
    yield Finding("goods.grids", Mark.OK, {"cells": cells}, [f"{c.value} {c.name}" for c in found[:SHOWN]])


def codes(base: Base) -> Iterator[Finding]:
    """The product's own code, and the share of valid bar codes in each place where they may stand."""
    total, distinct = base.row("SELECT COUNT(CODIGO), COUNT(DISTINCT CODIGO) FROM PRODUTO")
    yield Finding("goods.sku", Mark.OK, {"repeated": int(total) - int(distinct)})
    shares: list[tuple[int, int, str, str]] = []  # valid, looked at, where, kind
    for column in ("CODIGO", "CODIGOINTERNO"):
        if base.has("PRODUTO", column):
            rows = base.rows(f"SELECT FIRST {SAMPLE} {column} FROM PRODUTO WHERE {column} <> '' ORDER BY CODPROD DESC")
            shares.append((*_valid(rows), f"PRODUTO.{column}", ""))
    for choice in choices(base, "TIPOCODIGO", "CODTIPOCODIGO", "NOMETIPOCODIGO"):
        rows = base.rows(f"SELECT FIRST {SAMPLE} CODIGO FROM PRODUTOCODIGO WHERE CODTIPOCODIGO = ?", (choice.value,))
        shares.append((*_valid(rows), f"PRODUTOCODIGO {choice.value} {choice.name}", choice.value))
    evidence = [f"{where}: {valid} / {looked_at}" for valid, looked_at, where, _kind in shares if looked_at]
    kinds = [share for share in shares if share[3] and share[1] and share[0] / share[1] >= GTIN_SHARE_MIN]
    if kinds:
        _valid_n, _n, _where, kind = max(kinds)
        yield Finding("goods.ean", Mark.OK, {"kind": kind}, evidence, (Proposal("ean_kind", kind),))
    else:
        yield Finding("goods.no-ean", Mark.UNKNOWN, {}, evidence, settled_by=("ean_kind",))


def kits(base: Base) -> Iterator[Finding]:
    """COMPOSICAO: on which side the products stand that are marked as put together."""
    if not base.has("COMPOSICAO", "CODPROD", "REFERCODPROD") or not base.has("PRODUTO", "FLAGCOMPOSTO"):
        yield Finding("goods.no-kits", Mark.OK)
        return
    rows, left, right = (int(n or 0) for n in base.row(_KIT_SIDES))
    evidence = [f"CODPROD: {left}", f"REFERCODPROD: {right}"]
    if not rows:
        yield Finding("goods.no-kits", Mark.OK)
    elif left == right:
        yield Finding("goods.kit-side-unknown", Mark.UNKNOWN, {"n": rows}, evidence, settled_by=("kit_side",))
    else:
        side = "CODPROD" if left > right else "REFERCODPROD"
        yield Finding("goods.kit-side", Mark.OK, {"n": rows, "side": side}, evidence, (Proposal("kit_side", side),))


def stamps(base: Base) -> Iterator[Finding]:
    """Whether triggers of the base stamp LAST_CHANGE; whoever writes stamps it otherwise."""
    tables = [str(table) for (table,) in base.rows(_STAMPED)]
    yield Finding("goods.stamped-by-trigger" if tables else "goods.stamped-by-writer", Mark.OK, {}, tables)


def _valid(rows: list[tuple[Any, ...]]) -> tuple[int, int]:
    return sum(1 for (code,) in rows if gtin(str(code))), len(rows)


QUESTIONS = (online, products, sections, axes, codes, kits, stamps)
