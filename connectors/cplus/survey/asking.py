"""A base to be asked: which columns it has, and statements that are each limited in time.

The layout that the rest of the connector relies on is not used here: a base that it refuses is to be looked at too.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from firebird.driver.types import CancelType, DatabaseError

from connectors.cplus.base.rights import allows
from connectors.cplus.base.session import Row, Session, Value
from connectors.cplus.settings import Options

STATEMENT_S_MAX = 4.0
SURVEY_S_MAX = 20.0

NOTHING = "CAST(NULL AS VARCHAR(1))"
"""A column that is not there: a bare NULL has no type, and cannot be grouped by or counted."""

_CANCELLED = 335544794
_INTEGERS = frozenset({7, 8, 16})
_TEXTS = frozenset({14, 37})
_BLOB, _TEXT_BLOB = 261, 1

_COLUMNS = """
SELECT TRIM(r.RDB$RELATION_NAME), TRIM(r.RDB$FIELD_NAME), f.RDB$FIELD_TYPE, f.RDB$FIELD_SUB_TYPE,
       COALESCE(f.RDB$CHARACTER_LENGTH, f.RDB$FIELD_LENGTH), f.RDB$FIELD_SCALE, TRIM(s.RDB$CHARACTER_SET_NAME)
FROM RDB$RELATION_FIELDS r JOIN RDB$FIELDS f ON f.RDB$FIELD_NAME = r.RDB$FIELD_SOURCE
LEFT JOIN RDB$CHARACTER_SETS s ON s.RDB$CHARACTER_SET_ID = f.RDB$CHARACTER_SET_ID
JOIN RDB$RELATIONS t ON t.RDB$RELATION_NAME = r.RDB$RELATION_NAME
WHERE COALESCE(t.RDB$SYSTEM_FLAG, 0) = 0
"""


class TooSlow(Exception):
    """The base did not answer within the time that a survey takes for itself."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column takes: text of `width` characters in `charset`, a whole number, or something else."""

    is_text: bool
    is_integer: bool
    width: int
    charset: str


class Base:
    """A base and the shop's present time there; `options` are those that are settled already."""

    def __init__(self, session: Session, options: Options, now: datetime) -> None:
        self.session = session
        self.options = options
        self.now = now
        self.engine = float(session.connection.info.engine_version)
        self._until = time.monotonic() + SURVEY_S_MAX
        tables: dict[str, dict[str, Column]] = {}
        for table, name, kind, sub_type, width, scale, charset in self.rows(_COLUMNS):
            blob = kind == _BLOB and sub_type == _TEXT_BLOB
            tables.setdefault(table, {})[name] = Column(
                is_text=kind in _TEXTS or blob,
                is_integer=kind in _INTEGERS and not scale,
                width=int(width or 0),
                charset=charset or "",
            )
        self.tables: Mapping[str, Mapping[str, Column]] = tables

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table exists with all these columns."""
        known = self.tables.get(table)
        return known is not None and all(column in known for column in columns)

    def column(self, table: str, column: str) -> Column | None:
        """What the column takes, None where there is none."""
        return self.tables.get(table, {}).get(column)

    def or_null(self, table: str, *columns: str) -> str:
        """A select list of these columns, NULL for those that do not exist."""
        known = self.tables.get(table, {})
        return ", ".join(column if column in known else NOTHING for column in columns)

    def rows(self, sql: str, parameters: Sequence[Value] = ()) -> list[Row]:
        """All rows of a query, text without its padding. Raises TooSlow, DatabaseError."""
        with self._limited(), self.session.reading() as base:
            found = base.rows(sql, parameters)
        return [tuple(value.rstrip() if isinstance(value, str) else value for value in row) for row in found]

    def row(self, sql: str, parameters: Sequence[Value] = ()) -> Row:
        """The one row of a query that always has one, of counts and the like."""
        (found,) = self.rows(sql, parameters)
        return found

    def would_be_allowed(self, sql: str) -> bool:
        """Whether this user has the right to run the statement: the server judges it, and it is never run."""
        with self._limited(), self.session.reading() as base:
            return allows(base, sql)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Have the statement inside cancelled when it takes too long."""
        left = min(STATEMENT_S_MAX, self._until - time.monotonic())
        if left <= 0:
            raise TooSlow
        under_way = threading.Lock()
        over = False

        def cancel() -> None:
            with under_way:
                if not over:
                    with contextlib.suppress(DatabaseError):
                        self.session.connection._att.cancel_operation(CancelType.RAISE)

        alarm = threading.Timer(left, cancel)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except DatabaseError as error:
            if _CANCELLED in error.gds_codes:
                raise TooSlow from error
            raise
        finally:
            with under_way:
                over = True
            alarm.cancel()
