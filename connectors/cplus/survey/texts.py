"""The texts of products: which columns hold some, and whether it is plain, HTML or RTF."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark, Proposal

COLUMNS = ("DESCRICAOWEB", "OBSSITE", "APLICACAO")
SAMPLE = 200
BEGINNING = 300

_TAG = re.compile(r"</?(p|br|div|span|b|strong|ul|li|table|font|h\d)\b", re.IGNORECASE)


def kind(text: str) -> str:
    """What the beginning of a text shows it to be: RTF, HTML, or neither."""
    if text.lstrip().startswith("{\\rtf"):
        return "RTF"
    return "HTML" if _TAG.search(text) else ""


def texts(base: Base) -> Iterator[Finding]:
    """A sample of each column; the description is taken from the first one that has text."""
    filled: dict[str, Counter[str]] = {}
    for column in COLUMNS:
        if not base.has("PRODUTO", column):
            continue
        rows = base.rows(
            f"SELECT FIRST {SAMPLE} CAST(SUBSTRING({column} FROM 1 FOR {BEGINNING}) AS VARCHAR({BEGINNING}))"
            f" FROM PRODUTO WHERE {column} IS NOT NULL ORDER BY CODPROD DESC"
        )
        kinds = Counter(kind(text) for (text,) in rows if text and text.strip())
        if kinds:
            filled[column] = kinds
    evidence = [f"{c}: {kinds.total()} / {kinds['HTML']} / {kinds['RTF']}" for c, kinds in filled.items()]
    if not filled:
        yield Finding("texts.none", Mark.UNKNOWN)
        return
    rich = any("RTF" in kinds for kinds in filled.values())
    proposal = Proposal("description_columns", list(filled))
    yield Finding(
        "texts.rtf" if rich else "texts.found", Mark.OK, {"column": next(iter(filled))}, evidence, (proposal,)
    )


QUESTIONS = (texts,)
