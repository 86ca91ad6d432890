"""One connection in the hands of one thread: whole transactions, and what is known of them when it breaks."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from firebird.driver import Connection, Cursor, TransactionManager
from firebird.driver.types import CancelType, DatabaseError, DefaultAction

from connectors.cplus.base.firebird import READ_ONLY_COMMITTED, SNAPSHOT_READ_ONLY, Kind, classify, writing
from engine.errors import ErpAway, IntegraError, Misconfigured, Refused, RetryLater

if TYPE_CHECKING:
    from connectors.cplus.base.layout import Layout

T = TypeVar("T")

Value = Any
"""What a column takes or gives: str, int, Decimal, date, time, datetime, bytes or None."""

Row = tuple[Value, ...]

IN_MAX = 500
"""Values in one IN list; Firebird takes 1,500."""

CONFLICT_TRIES_MAX = 5
CONFLICT_S_MAX = 0.8
CONFLICT_PAUSE_S = (0.01, 0.15)

# The server answers and the file is not there, is no database, or is one of another version of Firebird.
_NO_SUCH_BASE = frozenset({335544734, 335544323, 335544379})
# All that a server says of a path that it cannot even look for, such as C:\... on Linux.
_NO_SUCH_PATH = frozenset({335544375})
# Column, table, procedure unknown.
_NOT_THIS_LAYOUT = frozenset({335544578, 335544580, 335544581})


class Fate:
    """How far a piece of work came, shared by the thread that does it and the loop that waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._abandoned = False
        self._unsure = False

    @property
    def unsure(self) -> bool:
        """A commit of this work has been sent: whatever breaks from now on, something may have changed."""
        with self._lock:
            return self._unsure

    def commit(self) -> None:
        """Before a commit leaves. Raises RetryLater when nobody waits for it any more."""
        with self._lock:
            if self._abandoned:
                raise RetryLater("erp-slow")
            self._unsure = True

    def abandon(self) -> bool:
        """Nobody waits any more: no commit leaves from now on. Tells whether one has left already."""
        with self._lock:
            self._abandoned = True
            return self._unsure


class BeginCount:
    """How many transactions the connections of one ERP began; what lies beyond it, others did."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried = 0
        self._begun = 0

    def begin(self, start: Callable[[], None]) -> None:
        """Start a transaction and count it."""
        with self._lock:
            self._tried += 1
        try:
            start()
        except BaseException:
            # The server may have counted one that we did not: it then looks like a stranger's, never the reverse.
            with self._lock:
                self._tried -= 1
            raise
        with self._lock:
            self._begun += 1

    def add(self, begun: int) -> None:
        """Count what the server began at our asking."""
        with self._lock:
            self._tried += begun
            self._begun += begun

    @property
    def settled(self) -> int | None:
        """The count; None while a start is under way."""
        with self._lock:
            return self._begun if self._tried == self._begun else None


class Statements:
    """The statements of one open transaction."""

    def __init__(self, transaction: TransactionManager) -> None:
        self._transaction = transaction

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query."""
        with self._executed(sql, parameters) as cursor:
            return list(cursor.fetchall())

    def row(self, sql: str, parameters: Sequence[Value] = ()) -> Row | None:
        """The first row of a query, None when there is none; also of a statement with RETURNING."""
        with self._executed(sql, parameters) as cursor:
            found: Row | None = cursor.fetchone()
            return found

    def rows_in(self, sql: str, values: Sequence[Value]) -> list[Row]:
        """All rows of a query with one IN list, written {} in the text, however long the list is."""
        found: list[Row] = []
        for start in range(0, len(values), IN_MAX):
            chunk = values[start : start + IN_MAX]
            found += self.rows(sql.replace("{}", ", ".join("?" * len(chunk))), chunk)
        return found

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> int:
        """Run a statement; tells how many rows it touched."""
        with self._executed(sql, parameters) as cursor:
            return int(cursor.affected_rows)

    def execute_all(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """Run a statement once for each of the rows; the server reads it but once."""
        with self._cursor() as cursor:
            prepared = cursor.prepare(sql)
            try:
                for parameters in rows:
                    cursor.execute(prepared, parameters)
            finally:
                prepared.free()

    def prepare(self, sql: str) -> None:
        """Have the server judge a statement, its names and the user's rights, without running it."""
        with self._cursor() as cursor:
            cursor.prepare(sql).free()

    def savepoint(self, name: str) -> None:
        """A point to return to."""
        self._transaction.savepoint(name)

    def return_to(self, name: str) -> None:
        """Undo everything since that savepoint; the transaction goes on."""
        self._transaction.rollback(savepoint=name)

    @property
    def number(self) -> int:
        """The number of this transaction."""
        return int(self._transaction.info.id)

    @contextmanager
    def _executed(self, sql: str, parameters: Sequence[Value]) -> Iterator[Cursor]:
        with self._cursor() as cursor:
            cursor.stream_blob_threshold = -1  # every blob is wanted whole
            cursor.execute(sql, parameters or None)
            yield cursor

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        cursor = self._transaction.cursor()
        try:
            yield cursor
        finally:
            _let_go(cursor)


class Session:
    """A connection with its transactions. `layout` is what the base looks like, read when it was opened.

    `fate` is set by the actor for each piece of work.
    """

    layout: Layout
    holds_claim: bool = False  # to be the one engine that writes (`claims`)
    incarnation: str = ""  # of the base, as the first look at the connection found it
    customer_digits: int | None = None  # of CLIENTE.CODIGO as this base's users write it, once that was looked up

    def __init__(self, connection: Connection, begins: BeginCount, lock_timeout_s: int, chance: random.Random) -> None:
        self.connection = connection
        self._chance = chance
        self.fate = Fate()
        self._begins = begins
        self._write_block = writing(lock_timeout_s)
        self._ending = threading.Lock()
        self._ended = False

    @contextmanager
    def reading(self, *, snapshot: bool = False) -> Iterator[Statements]:
        """A read-only transaction that waits for nobody; `snapshot` shows one moment of the whole base."""
        with self._transaction(SNAPSHOT_READ_ONLY if snapshot else READ_ONLY_COMMITTED) as transaction:
            yield Statements(transaction)
            transaction.commit()

    def write(self, work: Callable[[Statements], T], *, harmless: bool = False) -> T:
        """Do `work` in a writing transaction and commit it; nothing stays of one that raises.

        All of it is done again, a few times within a second, when another transaction came first (SQLSTATE 40001). A
        wait that reached the lock timeout is reported as the same conflict; it has used up the second. From its commit
        on nobody can be sure of the work's fate, unless it is `harmless` to repeat, as that of a counter.
        """
        began = time.monotonic()
        for _ in range(CONFLICT_TRIES_MAX - 1):
            try:
                return self._write_once(work, harmless)
            except DatabaseError as error:
                if classify(error).kind is not Kind.CONFLICT or time.monotonic() - began > CONFLICT_S_MAX:
                    raise
                time.sleep(self._chance.uniform(*CONFLICT_PAUSE_S))
        return self._write_once(work, harmless)

    def _write_once(self, work: Callable[[Statements], T], harmless: bool) -> T:
        with self._transaction(self._write_block) as transaction:
            result = work(Statements(transaction))
            if not harmless:
                self.fate.commit()
            transaction.commit()
        return result

    @contextmanager
    def _transaction(self, block: bytes) -> Iterator[TransactionManager]:
        transaction = self.connection.transaction_manager(block, DefaultAction.ROLLBACK)
        try:
            self._begins.begin(transaction.begin)
            yield transaction
        except BaseException:
            with contextlib.suppress(DatabaseError):
                if transaction.is_active():
                    transaction.rollback()
            raise
        finally:
            with contextlib.suppress(DatabaseError):
                transaction.close()

    def close(self) -> None:
        """Let go of the connection; a broken one too."""
        with self._ending:
            self._ended = True
        with contextlib.suppress(DatabaseError):
            self.connection.close()

    def abort(self) -> None:
        """From another thread: break the connection at once, so that the call that hangs in it fails."""
        with self._ending, contextlib.suppress(DatabaseError):
            if not self._ended:
                self.connection._att.cancel_operation(CancelType.ABORT)


def _let_go(cursor: Cursor) -> None:
    """Close a cursor; where its connection is gone, here and now too, not whenever it is collected, in any thread."""
    try:
        cursor.close()
    except DatabaseError:
        statement = cursor._stmt
        cursor._result = None
        cursor._stmt = None
        if statement is not None:
            with contextlib.suppress(DatabaseError):
                statement.free()
            statement._istmt = None


def is_lost(error: BaseException) -> bool:
    """Whether the connection is of no more use."""
    if isinstance(error, IntegraError):
        return False
    if not isinstance(error, DatabaseError):
        return True
    return classify(error).kind in (Kind.CONNECTION_LOST, Kind.UNAVAILABLE, Kind.DISK)


def is_other_layout(error: BaseException) -> bool:
    """Whether the base lacks a table or column that it had when its layout was read."""
    return isinstance(error, DatabaseError) and bool(_NOT_THIS_LAYOUT & set(error.gds_codes))


def meaning(error: DatabaseError) -> IntegraError:
    """A database error as a caller of the port can act on it; whatever was begun is rolled back."""
    trouble = classify(error)
    codes = frozenset(error.gds_codes)
    text = str(error).replace("\n", " ")
    if codes & _NO_SUCH_BASE or codes == _NO_SUCH_PATH:
        return Misconfigured("erp-path-wrong", text)
    if is_other_layout(error):
        return Misconfigured("erp-layout-unknown", text, missing=text)
    match trouble.kind:
        case Kind.CONFLICT | Kind.LOCK_TIMEOUT:
            return RetryLater("erp-busy", text)
        case Kind.CONNECTION_LOST:
            return ErpAway("erp-connection-lost", text)
        case Kind.DISK:
            return RetryLater("erp-disk", text)
        case Kind.UNAVAILABLE:
            return ErpAway("erp-unreachable", text)
        case Kind.LOGIN_REFUSED:
            return Misconfigured("erp-login-refused", text)
        case Kind.FORBIDDEN:
            return Misconfigured("erp-forbidden", text)
        case Kind.REFERENCE:
            return Refused("erp-reference-missing", text, table=trouble.table, constraint=trouble.constraint)
        case Kind.UNIQUE:
            return Refused("erp-key-exists", text, table=trouble.table, constraint=trouble.constraint)
    return Refused("erp-refused", text)
