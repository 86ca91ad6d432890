"""The table CODIGO: whether a counter holds the next code or the last one, and what stands in for a missing counter."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark, Proposal

# Those that Integra takes codes from; C-Plus raises them too.
TAKEN = (
    ("ORCAMENTO", "CODORC"),
    ("ORCAMENTO", "NUMEROORCAMENTO"),
    ("CLIENTE", "CODCLI"),
    ("CLIENTECARACTERISTICA", "CODCLIENTECARACTERISTICA"),
)
LINE_GENERATOR = "SEQ_CODORCPROD"


def styles(base: Base) -> Iterator[Finding]:
    """Each counter against the highest key in use."""
    kept = {
        (table, column): counter
        for table, column, counter in base.rows("SELECT NOMETABELA, NOMECAMPO, ULTIMOCODIGO FROM CODIGO")
    }
    evidence: dict[str, list[str]] = {"next": [], "last": [], "ahead": [], "behind": []}
    missing = []
    last = []
    for table, column in TAKEN:
        if not base.has(table, column):
            continue
        counter = kept.get((table, column))
        if counter is None:
            missing.append(f"{table}.{column}")
            continue
        highest = _highest(base, table, column)
        style = _style(counter, highest)
        evidence[style].append(f"{table}.{column}: {counter} / {highest}")
        if style == "last":
            last.append(f"{table}.{column}")
    for style, lines in evidence.items():
        if lines:
            mark = Mark.WRONG if style == "behind" else Mark.OK
            proposals = (Proposal("counters", dict.fromkeys(last, "last")),) if style == "last" else ()
            yield Finding(f"counters.{style}", mark, {"n": len(lines)}, lines, proposals)
    if missing:
        yield Finding("counters.missing", Mark.UNKNOWN, {"n": len(missing)}, missing)


def generators(base: Base) -> Iterator[Finding]:
    """The generators of the base; one gives the keys of order lines."""
    rows = base.rows("SELECT RDB$GENERATOR_NAME FROM RDB$GENERATORS WHERE COALESCE(RDB$SYSTEM_FLAG, 0) = 0 ORDER BY 1")
    names = [str(name) for (name,) in rows]
    there = LINE_GENERATOR in names
    yield Finding(
        "counters.line-generator" if there else "counters.no-line-generator",
        Mark.OK if there else Mark.UNKNOWN,
        {"generator": LINE_GENERATOR},
    )


def _highest(base: Base, table: str, column: str) -> int:
    """The highest key in use, of those that fill the column with digits: short keys of older versions say nothing."""
    known = base.column(table, column)
    if known is not None and known.is_integer:
        (highest,) = base.row(f"SELECT MAX({column}) FROM {table}")
    else:
        width = known.width if known is not None else 9
        (highest,) = base.row(f"SELECT MAX({column}) FROM {table} WHERE {column} SIMILAR TO '[0-9]{{{width}}}'")
    return int(highest or 0)


def _style(counter: int, highest: int) -> str:
    if counter == highest + 1:
        return "next"
    if counter == highest:
        return "last"
    return "ahead" if counter > highest else "behind"


QUESTIONS = (styles, generators)
