"""What the Firebird user may do: the server judges a statement, and it is never run.

Nothing else tells it for all servers: rights come by user, PUBLIC, roles and, since 4.0, roles that hold other roles.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's

from __future__ import annotations

from collections.abc import Mapping

from firebird.driver.types import DatabaseError

from connectors.cplus.base.firebird import Kind, classify
from connectors.cplus.base.session import Statements


def allows(base: Statements, sql: str) -> bool:
    """Whether this user has the right to run the statement."""
    try:
        base.prepare(sql)
    except DatabaseError as error:
        if classify(error).kind is Kind.FORBIDDEN:
            return False
        raise
    return True


def unreadable(base: Statements, tables: Mapping[str, str]) -> frozenset[str]:
    """Those of the tables that this user may not read, by a column of each: the server judges columns, not tables."""
    reads = {table: f"SELECT {column} FROM {table}" for table, column in tables.items()}
    every = " AND ".join(f"NOT EXISTS ({sql})" for sql in reads.values())
    if not reads or allows(base, f"SELECT 1 FROM RDB$DATABASE WHERE {every}"):  # one question, as a rule
        return frozenset()
    return frozenset(table for table, sql in reads.items() if not allows(base, sql))
