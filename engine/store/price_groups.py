"""Price tables and the groups of a channel in the store: what is carried by which, and the changes asked for.

The rows of a group's prices follow the group: what a table leaves is taken away there, what another finds there is its
own former price. So no price is left behind, and none is taken away that another table has just set.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.publishing import PriceGroup
from engine.store.database import touch
from engine.store.instants import to_text

GUARD = "price-groups"
LEFT = "@"
"""Between a table and the group that it left; no key of the ERP has it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A price table that is published as the prices of a group. `asked_name`: as in the settings, "" = the table's."""

    table: str
    group: PriceGroup
    asked_name: str


@dataclass(frozen=True, slots=True)
class Change:
    """A table that shall be carried by the group of that name, None = by none any more."""

    table: str
    group_name: str | None
    approved: bool


def carried(db: sqlite3.Connection, account: str) -> dict[str, Carried]:
    """The tables that are published, by their key."""
    rows = db.execute(
        "SELECT price_table, external_id, name, asked_name FROM price_group WHERE account = ?", (account,)
    )
    found = [Carried(row[0], PriceGroup(row[1], row[2]), row[3]) for row in rows if LEFT not in row[0]]
    return {one.table: one for one in found}


def keep_asked_name(db: sqlite3.Connection, account: str, table: str, asked_name: str) -> None:
    """The settings name by now the group that carries the table already."""
    db.execute(
        "UPDATE price_group SET asked_name = ? WHERE account = ? AND price_table = ?", (asked_name, account, table)
    )


# --- changes ----------------------------------------------------------------------------------------------------------


def changes(db: sqlite3.Connection, account: str) -> list[Change]:
    """What the settings ask for and is not so yet."""
    rows = db.execute(
        "SELECT price_table, group_name, approved_by FROM price_group_change WHERE account = ? ORDER BY price_table",
        (account,),
    )
    return [Change(row[0], row[1], row[2] is not None) for row in rows]


def ask(
    db: sqlite3.Connection, account: str, wished: Mapping[str, str | None], approved_by: str | None, now: datetime
) -> None:
    """Make the changes asked for these (table -> group name); one that is asked for already keeps its approval."""
    known = {change.table: change.group_name for change in changes(db, account)}
    if known == wished:
        return
    for table in known.keys() - wished.keys():
        settled(db, account, table)
    db.executemany(
        "INSERT INTO price_group_change (account, price_table, group_name, asked_at, approved_by)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, price_table) DO UPDATE SET group_name = excluded.group_name,"
        " asked_at = excluded.asked_at, approved_by = excluded.approved_by WHERE group_name IS NOT excluded.group_name",
        [(account, table, name, to_text(now), approved_by) for table, name in wished.items()],
    )
    touch(db, "publications")


def planned(db: sqlite3.Connection, account: str) -> list[sqlite3.Row]:
    """What the changes that nobody has approved would write, as the plan shows it."""
    return db.execute(
        "SELECT account, item, 'price' AS facet, part, confirmed, wanted, ? AS held_by FROM price_group_plan"
        " WHERE account = ?",
        (GUARD, account),
    ).fetchall()


def approve(db: sqlite3.Connection, account: str, who: str) -> int:
    """A person has seen what the changes would write; answers how many prices that is."""
    rows = db.execute("SELECT COUNT(*) FROM price_group_plan WHERE account = ?", (account,)).fetchone()[0]
    db.execute(
        "UPDATE price_group_change SET approved_by = ? WHERE account = ? AND approved_by IS NULL", (who, account)
    )
    return int(rows)


def settled(db: sqlite3.Connection, account: str, table: str) -> None:
    """A change was carried out, or is no longer asked for."""
    db.execute("DELETE FROM price_group_change WHERE account = ? AND price_table = ?", (account, table))


def count_plan(db: sqlite3.Connection, account: str, table: str) -> tuple[int, int]:
    """Keep and answer how many prices a change that nobody has approved would set, and how many it would take away."""
    sets, takes_away = db.execute(
        "SELECT COUNT(wanted), COUNT(confirmed) FROM price_group_plan WHERE account = ? AND price_table = ?",
        (account, table),
    ).fetchone()
    counted = db.execute(
        "UPDATE price_group_change SET sets = ?1, takes_away = ?2 WHERE account = ?3 AND price_table = ?4"
        " AND (sets, takes_away) <> (?1, ?2)",
        (sets, takes_away, account, table),
    ).rowcount
    if counted:
        touch(db, "publications")
    return sets, takes_away


# --- carrying them out ------------------------------------------------------------------------------------------------


def leave(db: sqlite3.Connection, account: str, table: str) -> None:
    """The table's group carries it no more: the prices that stand there are to be taken away."""
    one = carried(db, account).get(table)
    if one is None:
        return
    left = f"{table}{LEFT}{one.group.external_id}"
    db.execute("UPDATE price_group SET price_table = ? WHERE account = ? AND price_table = ?", (left, account, table))
    _move(db, account, table, left)
    touch(db, "publications")


def carry(db: sqlite3.Connection, account: str, table: str, group: PriceGroup, asked_name: str) -> None:
    """The group carries the table from now on; what it shows of a table that left it is this one's former price."""
    left = [
        row[0]
        for row in db.execute(
            "SELECT price_table FROM price_group WHERE account = ? AND external_id = ? AND instr(price_table, ?)",
            (account, group.external_id, LEFT),
        )
    ]
    for former in left:
        _move(db, account, former, table)
        db.execute("DELETE FROM price_group WHERE account = ? AND price_table = ?", (account, former))
    db.execute(
        "INSERT INTO price_group (account, price_table, external_id, name, asked_name) VALUES (?, ?, ?, ?, ?)",
        (account, table, group.external_id, group.name, asked_name),
    )
    touch(db, "publications")


def _move(db: sqlite3.Connection, account: str, former: str, part: str) -> None:
    """Rows of prices under another part, wanted absent there until prices are wanted anew."""
    db.execute(
        "UPDATE OR REPLACE publication SET part = ?1 || substr(part, length(?2) + 1), wanted = NULL,"
        " wanted_version = wanted_version + 1, attempts = 0, next_at = NULL, error_code = NULL, error_detail = NULL,"
        " held_by = NULL, guard_passed = NULL"
        " WHERE account = ?3 AND facet = 'price' AND (part = ?2 OR part LIKE ?2 || '/%')",
        (part, former, account),
    )


def names_of_tables(db: sqlite3.Connection, tables: Iterable[str]) -> dict[str, str]:
    """Key -> name of the ERP's price tables among these that are in use."""
    wanted = set(tables)
    rows = db.execute("SELECT key, name FROM price_table WHERE active")
    return {row["key"]: row["name"] for row in rows if row["key"] in wanted}
