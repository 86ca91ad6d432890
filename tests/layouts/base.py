"""Sample bases in the layouts that C-Plus has in the field: the newest, an older one, patched ones.

The rows are the demo's, put into whatever columns a layout has, in the kind and width that it has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from connectors.cplus.base import firebird
from connectors.cplus.base.layout import REQUIRED
from connectors.sandbox.base import build
from connectors.sandbox.base.registers import Value

SEED, PRODUCTS, CUSTOMERS = 7, 24, 4

_HERE = Path(__file__).parent
_WRITTEN = {
    "newest": (Path(build.__file__).with_name("schema.sql"), _HERE / "newest.sql"),
    "legacy": (_HERE / "legacy.sql",),
}
_TABLE = re.compile(r"CREATE TABLE (\w+) \((.*?)\n\);", re.DOTALL)
_FURTHER = re.compile(r"ALTER TABLE (\w+)\n(.*?);", re.DOTALL)
_ADD = re.compile(r"ADD (\w+) (.+?)(?:,\s|$)")
_REFERENCE = re.compile(r"ALTER TABLE (\w+) ADD FOREIGN KEY \((\w+)\) REFERENCES (\w+) \((\w+)\);")
_WIDTH = re.compile(r"(?:VAR)?CHAR\((\d+)\)")
_NOTHING = {"CHAR": "", "VARCHAR": "", "BLOB": "", "DATE": date(2020, 1, 1), "INTEGER": 0, "SMALLINT": 0}


@dataclass(frozen=True)
class Reference:
    """A foreign key of one column."""

    table: str
    column: str
    target: str
    key: str


@dataclass(frozen=True)
class LayoutOnPaper:
    """The columns of each table with their types, its primary key, and the foreign keys."""

    columns: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, tuple[str, ...]]
    references: tuple[Reference, ...]

    def without(self, cut: slice, keep: frozenset[str]) -> LayoutOnPaper:
        """This part of each table's optional columns gone: nullable, no key, not required, not in `keep`."""
        left = {table: dict(columns) for table, columns in self.columns.items()}
        for table, columns in left.items():
            fixed = {*self.keys[table], *REQUIRED.get(table, ())}
            optional = [
                name
                for name, kind in columns.items()
                if "NOT NULL" not in kind and name not in fixed and f"{table}.{name}" not in keep
            ]
            for name in optional[cut]:
                del columns[name]
        return replace(self, columns=left)


@cache
def read(name: str) -> LayoutOnPaper:
    """The layout of this name: "newest" (the sample base's and what that lacks) or "legacy"."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in _WRITTEN[name])
    columns: dict[str, dict[str, str]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for table, body in _TABLE.findall(text):
        described, _, key = body.partition("PRIMARY KEY (")
        parts = [part.strip() for part in re.split(r",\s", described) if part.strip()]
        columns[table] = dict(part.split(" ", 1) for part in parts)
        keys[table] = tuple(re.findall(r"\w+", key))
    for table, further in _FURTHER.findall(text):
        columns[table] |= dict(_ADD.findall(further))
    return LayoutOnPaper(columns, keys, tuple(Reference(*found) for found in _REFERENCE.findall(text)))


def create(database: firebird.Database, layout: LayoutOnPaper, now: datetime, *, charset: str = "NONE") -> None:
    """Create a base of this layout and put the sample rows into it. `now` is local to the base.

    `charset` is its default when its tables are made, so that of all its columns.
    """
    connection = firebird.create(replace(database, charset="UTF8") if charset == "UTF8" else database)
    try:
        connection.begin(firebird.WRITE)
        connection.execute_immediate(f"ALTER DATABASE SET DEFAULT CHARACTER SET {charset}")
        connection.commit()
        connection.begin(firebird.WRITE)
        for statement in _tables(layout):
            connection.execute_immediate(statement)
        connection.commit()
        connection.begin(firebird.WRITE)
        with connection.cursor() as cursor:
            for table, rows in build.sample_rows(SEED, PRODUCTS, CUSTOMERS, now, with_photos=True).items():
                for row in rows if table in layout.columns else ():
                    fitted = fit(layout.columns[table], row)
                    marks = ", ".join("?" * len(fitted))
                    cursor.execute(f"INSERT INTO {table} ({', '.join(fitted)}) VALUES ({marks})", [*fitted.values()])
        connection.commit()
        connection.begin(firebird.WRITE)
        for statement in _references(layout):
            connection.execute_immediate(statement)
        connection.commit()
    finally:
        connection.close()


def fit(columns: Mapping[str, str], row: Mapping[str, Value]) -> dict[str, Value]:
    """A row as it would stand in these columns: keys in their older, shorter form; nothing where NULL may not be."""
    fitted: dict[str, Value] = {}
    for name, kind in columns.items():
        value = row.get(name)
        if value is None:
            if "NOT NULL" not in kind:
                continue
            value = _NOTHING[re.split(r"\W", kind)[0]]
        elif isinstance(value, str):
            if kind.startswith(("INTEGER", "SMALLINT")):
                value = int(value)
            elif found := _WIDTH.match(kind):
                width = int(found[1])
                value = value[-width:] if name.startswith("COD") else value[:width]
        fitted[name] = value
    return fitted


def _tables(layout: LayoutOnPaper) -> Iterator[str]:
    yield "CREATE SEQUENCE SEQ_CODORCPROD"
    for table, columns in layout.columns.items():
        parts = [f"{name} {kind}" for name, kind in columns.items()]
        if layout.keys[table]:
            parts.append(f"PRIMARY KEY ({', '.join(layout.keys[table])})")
        yield f"CREATE TABLE {table} ({', '.join(parts)})"


def _references(layout: LayoutOnPaper) -> Iterator[str]:
    for one in layout.references:
        if one.column in layout.columns[one.table]:
            yield f"ALTER TABLE {one.table} ADD FOREIGN KEY ({one.column}) REFERENCES {one.target} ({one.key})"
