"""The embedded Firebird, asked with less ado: a run asks the same few hundred statements a million times.

The connector prepares each anew, as befits a base that others may upgrade meanwhile; here they are kept prepared. And
the driver makes an object of the outcome of every call; here only of a bad one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock
from weakref import WeakKeyDictionary

from firebird.driver import Connection, core
from firebird.driver.core import Statement, TransactionManager
from firebird.driver.interfaces import iVersioned


@contextmanager
def firebird_in_a_hurry() -> Iterator[None]:
    """Inside, a statement that is freed waits for whoever asks for the same text on its connection."""
    idle: WeakKeyDictionary[Connection, defaultdict[str, list[Statement]]] = WeakKeyDictionary()
    prepare, free, close = Connection._prepare, Statement.free, Connection._close_internals

    def take(connection: Connection, sql: str, transaction: TransactionManager) -> Statement:
        waiting = idle.setdefault(connection, defaultdict(list))[sql]
        if waiting:
            return waiting.pop()
        statement = prepare(connection, sql, transaction)
        statement.first_buffer = statement._in_buffer
        return statement

    def keep(statement: Statement) -> None:
        connection = None if statement._connection is None else statement._connection()
        if statement._istmt is None or connection is None or connection.is_closed():
            free(statement)
            return
        statement._in_buffer = statement.first_buffer  # one with absent texts may have left a shorter one
        waiting = idle.setdefault(connection, defaultdict(list))[statement.sql]
        if statement not in waiting:  # a connection that closes frees what waits too
            waiting.append(statement)

    def close_with_statements(connection: Connection) -> None:
        for statements in idle.pop(connection, {}).values():
            for statement in statements:
                free(statement)
        close(connection)

    check = iVersioned._check

    def check_quickly(interface: iVersioned) -> None:
        status = interface.status
        if status.vtable.getState(status):
            check(interface)

    with (
        mock.patch.object(iVersioned, "_check", check_quickly),
        mock.patch.object(core.Connection, "_prepare", take),
        mock.patch.object(core.Statement, "free", keep),
        mock.patch.object(core.Connection, "_close_internals", close_with_statements),
    ):
        yield
