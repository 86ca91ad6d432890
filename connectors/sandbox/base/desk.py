"""A workplace in the sample store: one connection to the base, short transactions, codes from C-Plus's counters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from firebird.driver import Connection, Cursor, DatabaseError

from connectors.cplus.base import firebird
from connectors.sandbox.base.build import Clock, local
from connectors.sandbox.base.registers import key

TRIES_MAX = 8
LOCK_TIMEOUT_S = 5

Record = dict[str, Any]
Result = TypeVar("Result")

_AGAIN = frozenset({firebird.Kind.CONFLICT, firebird.Kind.LOCK_TIMEOUT})


class Desk:
    """Who works here acts as C-Plus's program would. Belongs to one thread at a time; connects when first used.

    Every call raises firebird.driver.DatabaseError for what a person would see as an error of the program; after a
    lost connection the next call connects anew.
    """

    def __init__(self, database: firebird.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the desk: let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def read(self, sql: str, *values: object) -> list[Record]:
        """All rows of a query in a transaction of its own that waits for nobody."""
        return self._transact(lambda cursor: fetch(cursor, sql, *values), firebird.READ_ONLY_COMMITTED)

    def write(self, work: Callable[[Cursor], Result]) -> Result:
        """Run `work` in one transaction, again from its beginning when another transaction was in the way."""
        return self._transact(work, firebird.writing(LOCK_TIMEOUT_S))

    def take_number(self, table: str, column: str) -> int:
        """The next free number of a counter, in a transaction of its own: a number that is not used leaves a gap."""
        sql = (
            "UPDATE CODIGO SET ULTIMOCODIGO = ULTIMOCODIGO + 1 WHERE NOMETABELA = ? AND NOMECAMPO = ? "
            "RETURNING OLD.ULTIMOCODIGO AS TAKEN"
        )
        return int(self.write(lambda cursor: fetch(cursor, sql, table, column)[0]["TAKEN"]))

    def take_key(self, table: str, column: str) -> str:
        """The same as a key of nine digits."""
        return key(self.take_number(table, column))

    def _transact(self, work: Callable[[Cursor], Result], tpb: bytes) -> Result:
        for remaining in range(TRIES_MAX - 1, -1, -1):
            try:
                return self._try(work, tpb)
            except DatabaseError as error:
                if firebird.classify(error).kind not in _AGAIN or not remaining:
                    raise
        raise AssertionError("the last try returns or raises")

    def _try(self, work: Callable[[Cursor], Result], tpb: bytes) -> Result:
        if self._connection is None:
            self._connection = firebird.connect(self._database)
        connection = self._connection
        try:
            connection.begin(tpb)
            with connection.cursor() as cursor:
                result = work(cursor)
            connection.commit()
        except BaseException as error:
            if firebird.classify(error).kind is firebird.Kind.CONNECTION_LOST:
                # Closing what is lost can only say so once more.
                with suppress(DatabaseError):
                    self.close()
            elif connection.is_active():
                connection.rollback()
            raise
        return result

    def now(self) -> datetime:
        """What the clock on the wall says, as C-Plus stamps it."""
        return local(self._clock)


def fetch(cursor: Cursor, sql: str, *values: object) -> list[Record]:
    """All rows by column name. CHAR columns come padded from the base: trailing blanks are no part of a value."""
    cursor.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [
        {name: value.rstrip() if isinstance(value, str) else value for name, value in zip(names, row, strict=True)}
        for row in cursor.fetchall()
    ]


def change(cursor: Cursor, sql: str, *values: object) -> int:
    """Execute a change and say how many rows it met."""
    cursor.execute(sql, values)
    return int(cursor.affected_rows)


def insert(cursor: Cursor, table: str, row: Mapping[str, object]) -> None:
    """Insert one row; table and columns are words of our own."""
    places = ", ".join("?" * len(row))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", tuple(row.values()))  # noqa: S608


def copied(record: Record, columns: Sequence[str]) -> Record:
    """These columns of a record, as C-Plus carries an order's columns over to the sale."""
    return {column: record[column] for column in columns}
