"""What a whole read of a table changes in its mirror, found out by SQLite and not row by row in Python.

Tens of thousands of rows come each cycle and a handful differ. Compared in Python they would be held twice, and every
sweep and release of so many objects stops the engine's loop; here a row is handed over once and forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A table that mirrors a whole read: its key columns and the columns that may change."""

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Keys of rows that came, that changed and that went."""

    came: Sequence[Key]
    changed: Sequence[Key]
    gone: Sequence[Key]

    def __len__(self) -> int:
        return len(self.came) + len(self.changed) + len(self.gone)

    @property
    def keys(self) -> Sequence[Key]:
        """All of them."""
        return (*self.came, *self.changed, *self.gone)


def mirror_rows(db: sqlite3.Connection, mirrored: Mirrored, rows: Iterable[tuple[object, ...]]) -> Difference:
    """Make these the rows of the table (key columns first, then values). Of rows with one key the last counts."""
    table, seen = mirrored.table, f"seen_{mirrored.table}"
    columns = (*mirrored.key, *mirrored.values)
    names, keys = ", ".join(columns), ", ".join(mirrored.key)
    db.execute(f"CREATE TEMP TABLE IF NOT EXISTS {seen} ({names}, PRIMARY KEY ({keys})) WITHOUT ROWID")
    db.execute(f"DELETE FROM {seen}")
    db.executemany(f"INSERT OR REPLACE INTO {seen} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
    same_key = " AND ".join(f"t.{column} = s.{column}" for column in mirrored.key)
    differs = " OR ".join(f"t.{column} IS NOT s.{column}" for column in mirrored.values) or "0"
    found = db.execute(
        f"SELECT {', '.join(f's.{column}' for column in columns)}, t.{mirrored.key[0]} IS NULL"
        f" FROM {seen} s LEFT JOIN {table} t ON {same_key} WHERE t.{mirrored.key[0]} IS NULL OR {differs}"
    ).fetchall()
    gone = db.execute(
        f"SELECT {', '.join(f't.{column}' for column in mirrored.key)} FROM {table} t"
        f" WHERE NOT EXISTS (SELECT 1 FROM {seen} s WHERE {same_key})"
    ).fetchall()
    db.execute(f"DELETE FROM {seen}")
    db.executemany(f"DELETE FROM {table} WHERE {' AND '.join(f'{c} = ?' for c in mirrored.key)}", gone)
    upsert = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))}) ON CONFLICT ({keys}) DO "
    sets = ", ".join(f"{column} = excluded.{column}" for column in mirrored.values)
    db.executemany(upsert + (f"UPDATE SET {sets}" if sets else "NOTHING"), [tuple(row)[:-1] for row in found])
    width = len(mirrored.key)
    return Difference(
        came=[tuple(row)[:width] for row in found if row[-1]],
        changed=[tuple(row)[:width] for row in found if not row[-1]],
        gone=[tuple(row) for row in gone],
    )
