"""Fiscal documents: on which record the NF-e hangs, and what its states look like here."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark

SALE = "MOVENDA"
AUTHORISED = "100"  # SEFAZ: "autorizado o uso da NF-e"
SHOWN = 8


def electronic(base: Base) -> Iterator[Finding]:
    """NFELETRONICA: the name of the record it belongs to, its letters and SEFAZ's codes."""
    if not base.has("NFELETRONICA", "NOMEENTIDADEORIGEM"):
        yield Finding("fiscal.no-nfe-table", Mark.UNKNOWN)
        return
    columns = base.or_null("NFELETRONICA", "NOMEENTIDADEORIGEM", "STATUSNFELETRONICA", "CODIGORETORNONFELETRONICA")
    rows = base.rows(f"SELECT {columns}, COUNT(*) FROM NFELETRONICA GROUP BY 1, 2, 3 ORDER BY 4 DESC")
    evidence = [f"{entity} {state or '-'} {code or '-'}: {n}" for entity, state, code, n in rows[:SHOWN]]
    of_sales = sum(n for entity, _state, code, n in rows if entity == SALE and code == AUTHORISED)
    if not rows:
        yield Finding("fiscal.no-nfe", Mark.UNKNOWN)
    elif of_sales:
        yield Finding("fiscal.nfe", Mark.OK, {"n": of_sales}, evidence)
    else:
        yield Finding("fiscal.nfe-strange", Mark.UNKNOWN, {}, evidence)


def documents(base: Base) -> Iterator[Finding]:
    """DOCUMENTO: the header that also carries the access key in newer layouts."""
    if not base.has("DOCUMENTO", "CODDOCUMENTO"):
        return
    entity = base.or_null("DOCUMENTO", "NOMEENTIDADEORIGEM")
    key = base.or_null("DOCUMENTO", "CHAVEACESSONFELETRONICA")
    rows = base.rows(f"SELECT {entity}, COUNT(*), COUNT({key}) FROM DOCUMENTO GROUP BY 1 ORDER BY 2 DESC")
    evidence = [f"{name or '-'}: {n} / {keyed}" for name, n, keyed in rows[:SHOWN]]
    yield Finding("fiscal.documents", Mark.OK, {"n": sum(row[1] for row in rows)}, evidence)


QUESTIONS = (electronic, documents)
