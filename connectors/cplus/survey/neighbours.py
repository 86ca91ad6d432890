"""Other programs on the same base: two connectors that both write would undo each other's work."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from connectors.cplus.survey.asking import Base
from connectors.cplus.survey.registers import VENDOR
from engine.survey import Finding, Mark

ALIVE_DAYS = 7

# Who fills these, and what their numbers mean, is not known: Integra never writes them.
_QUEUES = ("WCPLUS", "FILAINTEGRACAO", "REGISTROATUALIZAR", "REGISTROEXCLUIR")


def another_connector(base: Base) -> Iterator[Finding]:
    """Whether the shop connector sold with C-Plus worked here lately, by its own stamp and its commands."""
    if not base.has(VENDOR, "CODWCPLUS"):
        yield Finding("neighbours.no-vendor-tables", Mark.OK)
        return
    (shops,) = base.row(f"SELECT COUNT(*) FROM {VENDOR}")
    stamps = []
    if base.has(VENDOR, "LASTUPDATE"):
        stamps += base.rows(f"SELECT MAX(LASTUPDATE) FROM {VENDOR}")
    if base.has("WCPLUS", "EXECUCAO"):
        stamps += base.rows("SELECT MAX(EXECUCAO) FROM WCPLUS")
    last = max((stamp for (stamp,) in stamps if stamp is not None), default=None)
    params = {"shops": shops, "last": last.strftime("%d/%m/%Y %H:%M") if last is not None else "-"}
    if last is not None and last > base.now - timedelta(days=ALIVE_DAYS):
        yield Finding("neighbours.alive", Mark.WRONG, params)
    else:
        yield Finding("neighbours.silent", Mark.OK, params)


def queues(base: Base) -> Iterator[Finding]:
    """Rows that wait in the vendor's own queues."""
    there = [table for table in _QUEUES if base.has(table)]
    evidence = [f"{table}: {base.row(f'SELECT COUNT(*) FROM {table}')[0]}" for table in there]
    if evidence:
        yield Finding("neighbours.queues", Mark.OK, {}, evidence)


QUESTIONS = (another_connector, queues)
