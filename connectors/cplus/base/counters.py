"""New keys from C-Plus's counters (table CODIGO), as C-Plus itself takes them.

A counter holds the next free number (or the last one given, by `settings.counters`); some programs leave it behind, so
that a key it gives may be taken already. The numbers are taken in short transactions of their own, since C-Plus's tills
wait on the same row. Where a base has no counter for a column, a generator named in the settings gives the numbers,
else the highest key does.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.settings import Counting, Options
from engine.errors import NeedsPerson, RetryLater

STEPS_MAX = 50
"""Taken keys that are passed one by one; beyond, the counter jumps past the highest key."""

BLOCK_TRIES_MAX = 20

_TAKE_NEXT = """
UPDATE CODIGO SET ULTIMOCODIGO = COALESCE(ULTIMOCODIGO, 1) + 1 WHERE NOMETABELA = ? AND NOMECAMPO = ?
RETURNING COALESCE(OLD.ULTIMOCODIGO, 1)
"""
_TAKE_AFTER_LAST = """
UPDATE CODIGO SET ULTIMOCODIGO = COALESCE(ULTIMOCODIGO, 0) + 1 WHERE NOMETABELA = ? AND NOMECAMPO = ?
RETURNING NEW.ULTIMOCODIGO
"""
_LOOK = "SELECT ULTIMOCODIGO FROM CODIGO WHERE NOMETABELA = ? AND NOMECAMPO = ?"
_SET = "UPDATE CODIGO SET ULTIMOCODIGO = ? WHERE NOMETABELA = ? AND NOMECAMPO = ?"


def padded(number: int, width: int) -> str:
    """A key as C-Plus writes it. Raises NeedsPerson("erp-keys-exhausted")."""
    key = f"{number:0{width}d}"
    if len(key) > width:
        raise NeedsPerson("erp-keys-exhausted", f"{number} has more than {width} digits")
    return key


def take_key(session: Session, options: Options, table: str, column: str) -> str:
    """A key that no row has, and move the counter past those that were taken.

    Raises RetryLater("erp-busy") when a till holds the counter longer than the lock timeout.
    """
    layout = session.layout
    width = key_width(layout, table, column)

    def work(base: Statements) -> int:
        counted = _counted(base, options, table, column)
        number = _uncounted(base, layout, options, table, column) if counted is None else counted
        for _ in range(STEPS_MAX):
            if not _exists(base, layout, table, column, padded(number, width)):
                break
            number += 1
        else:
            number = max(number, _highest(base, layout, table, column) + 1)
        if counted is not None and number != counted:
            held = number if options.counting(table, column) is Counting.LAST else number + 1
            base.execute(_SET, (held, table, column))
        return number

    return padded(session.write(work, harmless=True), width)


def take_number(session: Session, options: Options, table: str, column: str, digits: int) -> str:
    """The next of a number that people see, at least so many digits long; it is no key, so it need not be free."""
    layout = session.layout

    def work(base: Statements) -> int:
        counted = _counted(base, options, table, column)
        return _uncounted(base, layout, options, table, column) if counted is None else counted

    return f"{session.write(work, harmless=True):0{digits}d}"


def take_line_keys(base: Statements, layout: Layout, options: Options, count: int) -> list[str]:
    """Keys for the lines of an order, from their generator where the base has it (generators know no transaction)."""
    width = key_width(layout, "ORCAMENTOPROD", "CODORCPROD")
    generator = options.generator("ORCAMENTOPROD", "CODORCPROD")
    keys: list[str] = []
    if generator not in layout.generators:
        highest = _highest(base, layout, "ORCAMENTOPROD", "CODORCPROD")
        return [padded(highest + step, width) for step in range(1, count + 1)]
    for _ in range(BLOCK_TRIES_MAX):
        missing = count - len(keys)
        last = _generated(base, generator, missing)
        block = [padded(last - missing + step, width) for step in range(1, missing + 1)]
        found = base.rows_in("SELECT CODORCPROD FROM ORCAMENTOPROD WHERE CODORCPROD IN ({})", block)
        taken = {str(key).strip() for (key,) in found}
        keys += [key for key in block if key not in taken]
        if len(keys) == count:
            return keys
    raise RetryLater("erp-keys-taken", f"{generator} lags behind the keys of ORCAMENTOPROD")


def last_key(base: Statements, layout: Layout, options: Options, table: str, column: str) -> str:
    """The last key that the base has given out, whether or not its row still stands; "" before the first one."""
    highest = _highest(base, layout, table, column)
    counter = base.row(_LOOK, (table, column))
    generator = options.generator(table, column)
    if counter is not None and counter[0] is not None:
        given = int(counter[0]) - (options.counting(table, column) is not Counting.LAST)
    elif generator in layout.generators:
        given = _generated(base, generator, 0)
    else:
        given = 0
    last = max(highest, given)
    return padded(last, key_width(layout, table, column)) if last > 0 else ""


def key_width(layout: Layout, table: str, column: str) -> int:
    """Digits of a key: the width of its column, 9 where it is a number."""
    return 9 if layout.is_integer(table, column) else min(layout.width(table, column), 9)


def _counted(base: Statements, options: Options, table: str, column: str) -> int | None:
    take = _TAKE_AFTER_LAST if options.counting(table, column) is Counting.LAST else _TAKE_NEXT
    row = base.row(take, (table, column))
    return None if row is None or row[0] is None else int(row[0])


def _uncounted(base: Statements, layout: Layout, options: Options, table: str, column: str) -> int:
    """A number for a column without a counter: two who ask at once may be given the same highest one."""
    generator = options.generator(table, column)
    if generator in layout.generators:
        return _generated(base, generator, 1)
    return _highest(base, layout, table, column) + 1


def _generated(base: Statements, generator: str, count: int) -> int:
    row = base.row(f"SELECT GEN_ID({generator}, {count}) FROM RDB$DATABASE")
    assert row is not None
    return int(row[0])


def _exists(base: Statements, layout: Layout, table: str, column: str, key: str) -> bool:
    return base.row(f"SELECT 1 FROM {table} WHERE {column} = ?", (layout.fit(table, column, key),)) is not None


def _highest(base: Statements, layout: Layout, table: str, column: str) -> int:
    if layout.is_integer(table, column):
        row = base.row(f"SELECT MAX({column}) FROM {table}")
    else:  # shorter keys of older programs stand among them, and would win a comparison of text
        full = f"[0-9]{{{layout.width(table, column)}}}"
        row = base.row(f"SELECT MAX({column}) FROM {table} WHERE {column} SIMILAR TO '{full}'")
    return int(row[0]) if row is not None and row[0] is not None else 0
