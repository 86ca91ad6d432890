"""Rows of C-Plus's registers as choices, and what an older connector's settings say of them."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.cplus.base.text import yes
from connectors.cplus.survey.asking import Base
from engine.errors import Param
from engine.survey import Choice

VENDOR = "WCPLUS_CONFIGURACAO"
"""The table of the shop connector that is sold with C-Plus. Its TOKEN, USUARIO_API and SENHA_API are never read."""

ROWS_MAX = 500


def choices(
    base: Base,
    table: str,
    key: str,
    name: str,
    *,
    inactive: str = "",
    active: str = "",
    notes: Mapping[str, Mapping[str, Param | Decimal]] | None = None,
) -> list[Choice]:
    """The rows of a register by key; those that C-Plus itself no longer offers are left out.

    inactive, active: the column that says so, and which way. notes: by `code_of(key)`.
    """
    if not base.has(table, key):
        return []
    rows = base.rows(
        f"SELECT FIRST {ROWS_MAX} {key}, {base.or_null(table, name, inactive or 'NULL', active or 'NULL')}"
        f" FROM {table} ORDER BY 1"
    )
    said = notes or {}
    return [
        Choice(value(code), str(called or ""), said.get(code_of(code), {}))
        for code, called, off, on in rows
        if not yes(off) and (not active or on is None or yes(on))
    ]


def value(code: Any) -> Any:
    """A key as the settings hold it: companies are numbers, everything else is text."""
    return code if isinstance(code, int) else str(code).strip()


def code_of(code: Any) -> str:
    """A key by which rows are matched: older layouts hold a number where others hold digits with leading zeros."""
    text = str(code).strip()
    return text.lstrip("0") or text


def vendor(base: Base, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of the vendor connector's settings, one row for each of its shops; none where it is not there."""
    if not base.has(VENDOR, "CODWCPLUS"):
        return []
    return base.rows(f"SELECT {base.or_null(VENDOR, *columns)} FROM {VENDOR} ORDER BY CODWCPLUS")


def vendor_value(base: Base, column: str, among: Sequence[Choice]) -> list[Any]:
    """What the vendor connector uses, if it is one of the choices; as the default of a question."""
    return known((row[0] for row in vendor(base, column)), among)[:1]


def vendor_list(base: Base, table: str, column: str, among: Sequence[Choice]) -> list[Any]:
    """Likewise of a table of its own."""
    if not base.has(table, column):
        return []
    return known((row[0] for row in base.rows(f"SELECT DISTINCT {column} FROM {table} ORDER BY 1")), among)


def known(codes: Iterable[Any], among: Sequence[Choice]) -> list[Any]:
    """Those of the codes that are choices, as the choices write them."""
    by_code = {code_of(choice.value): choice.value for choice in among}
    return [by_code[code_of(code)] for code in codes if code is not None and code_of(code) in by_code]
