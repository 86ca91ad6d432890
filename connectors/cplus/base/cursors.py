"""Opaque cursors: what a read brought along, so that the next one can tell cheaply whether anything changed.

A time stamp of C-Plus is set by each till's own clock and before its commit, so it is never trusted as "seen up to
here": the window reaches back, and what lies in it is compared by count and sum.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements, Value

OVERLAP = timedelta(minutes=15)
"""How far the clocks of two tills, and a stamp from its commit, may be apart."""

BEGINNING_BYTES = 2000
"""Of a picture, to tell it from another of the same length; the page that its length is read from holds them."""

_PRIME = 1_000_003


def hashed(key: str, value: str) -> str:
    """SQL text of a sum over rows that changes when a value moves, or goes from one key to another.

    HASH adds up the characters by their place, so two rows that swap a value leave its plain sum as it was: hence the
    product. (And a sum of whole hashes would overflow a BIGINT.)
    """
    factors = " * ".join(f"CAST(MOD(HASH({part}), {_PRIME}) + 7 AS BIGINT)" for part in (key, value))
    return f"CAST(COALESCE(SUM({factors}), 0) AS BIGINT)"


def write(**parts: Any) -> str:
    """A cursor of these parts."""
    return json.dumps(parts, sort_keys=True, separators=(",", ":"))


def read(cursor: str | None) -> dict[str, Any]:
    """The parts of a cursor; none of one that is not ours."""
    if cursor is None:
        return {}
    try:
        parts = json.loads(cursor)
    except ValueError:
        return {}
    return parts if isinstance(parts, dict) else {}


def checksum(base: Statements, sql: str, parameters: Sequence[Value] = ()) -> list[list[str]]:
    """The rows of an aggregate, fit to stand in a cursor."""
    return [[str(value).strip() for value in row] for row in base.rows(sql, parameters)]


def version(layout: Layout, table: str, alias: str) -> str:
    """SQL text that differs after a row was changed: the number of the transaction that wrote it, else all it holds.

    (RDB$RECORD_VERSION: Firebird 3. C-Plus's stamps count whole seconds, so that alone they hide a second change.)
    """
    if not layout.has_record_versions:
        held = (_compared(layout, table, alias, column) for column in layout.columns(table))
        return f"({' + '.join(f'{place} * {value}' for place, value in enumerate(held, start=1))})"
    stamp = f"COALESCE(CAST({alias}.LAST_CHANGE AS VARCHAR(24)), '')" if layout.has(table, "LAST_CHANGE") else "''"
    return f"{alias}.RDB$RECORD_VERSION || {stamp}"


def _compared(layout: Layout, table: str, alias: str, column: str) -> str:
    value = f"{alias}.{column}"
    if layout.is_binary(table, column):
        value = f"SUBSTRING({value} FROM 1 FOR {BEGINNING_BYTES})"
    return f"COALESCE(MOD(HASH({value}), {_PRIME}), 0)"


class Window:
    """The rows of a table stamped since a moment: their count and sum tell whether anything moved among them."""

    def __init__(self, table: str, key: str) -> None:
        self._table = table
        self._key = key
        self._last = f"SELECT MAX(LAST_CHANGE) FROM {table} WHERE LAST_CHANGE <= ?"

    def state(self, base: Statements, layout: Layout, since: datetime) -> list[list[str]]:
        """Count and sum of what lies in the window."""
        total = hashed(f"w.{self._key}", version(layout, self._table, "w"))
        return checksum(base, f"SELECT COUNT(*), {total} FROM {self._table} w WHERE w.LAST_CHANGE >= ?", (since,))

    def next(self, base: Statements, now: datetime) -> datetime:
        """Where the next window begins; `now` is local to the base. A till whose clock runs ahead does not move it."""
        row = base.row(self._last, (now,))
        last = row[0] if row is not None and isinstance(row[0], datetime) else now
        return min(last, now) - OVERLAP
