"""The mirror of the ERP's prices: tables, prices of one piece and for quantities, promotions, and what was left out.

Writes touch only rows that changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from engine.errors import Param
from engine.model import LeftOut, PriceList, PriceTable
from engine.store.accounts import ERP
from engine.store.database import touch
from engine.store.mirror import mark_changed
from engine.store.problems import clear_problem, raise_problem

LEFT_OUT_SUBJECT = "prices:"


def store_price_tables(db: sqlite3.Connection, tables: Iterable[PriceTable]) -> None:
    """Take over the price tables; one that is gone is no longer active."""
    rows = [(table.key, table.name, int(table.active), int(table.computed)) for table in tables]
    known = {tuple(row) for row in db.execute("SELECT key, name, active, computed FROM price_table")}
    gone = {row[0] for row in known if row[2]} - {row[0] for row in rows}
    changed = [row for row in rows if row not in known]
    db.executemany(
        "INSERT INTO price_table (key, name, active, computed) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
        " name = excluded.name, active = excluded.active, computed = excluded.computed",
        changed,
    )
    db.executemany("UPDATE price_table SET active = 0 WHERE key = ?", [(key,) for key in gone])
    if changed or gone:
        touch(db, "catalogue", "price-list")


def store_prices(db: sqlite3.Connection, found: PriceList, now: datetime) -> int:
    """Take over all prices; answers how many changed. A product whose price appears or goes is listed anew."""
    before = {(row[0], row[1]): row[2] for row in db.execute("SELECT sku, price_table, cents FROM price")}
    listed = {(price.sku, price.table): price.cents for price in found.prices}
    gone = before.keys() - listed.keys()
    changed = [(sku, table, cents) for (sku, table), cents in listed.items() if before.get((sku, table)) != cents]
    db.executemany("DELETE FROM price WHERE sku = ? AND price_table = ?", gone)
    db.executemany(
        "INSERT INTO price (sku, price_table, cents) VALUES (?, ?, ?) ON CONFLICT (sku, price_table) DO UPDATE SET"
        " cents = excluded.cents",
        changed,
    )
    mark_changed(db, {sku for sku, _ in gone} | {sku for sku, table, _ in changed if (sku, table) not in before})
    others = _replace(
        db,
        "quantity_price (price_table, sku, from_e4, cents)",
        {(price.table, price.sku, price.from_e4, price.cents) for price in found.quantity_prices},
    ) + _replace(
        db,
        "promotion (sku, first_day, last_day, cents)",
        {(offer.sku, _day(offer.first), _day(offer.last), offer.cents) for offer in found.promotions},
    )
    if gone or changed or others:
        touch(db, "catalogue", "price-list")
    _tell_left_out(db, found.left_out, now)
    return len(gone) + len(changed) + others


def _replace(db: sqlite3.Connection, table: str, rows: set[tuple[str | int, ...]]) -> int:
    """Make these the rows of `table (columns)`; answers how many came or went."""
    name, _, columns = table.partition(" ")
    names = columns.strip("()").split(", ")
    before = {tuple(row) for row in db.execute(f"SELECT {', '.join(names)} FROM {name}")}
    where = " AND ".join(f"{column} = ?" for column in names)
    db.executemany(f"DELETE FROM {name} WHERE {where}", before - rows)
    db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})", rows - before)
    return len(before ^ rows)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _tell_left_out(db: sqlite3.Connection, left_out: Sequence[LeftOut], now: datetime) -> None:
    told = db.execute(
        "SELECT code, subject FROM problem WHERE account = ? AND subject LIKE ?", (ERP, f"{LEFT_OUT_SUBJECT}%")
    ).fetchall()
    for row in {tuple(row) for row in told} - {(one.code, LEFT_OUT_SUBJECT + one.about) for one in left_out}:
        clear_problem(db, ERP, row[0], row[1])
    for one in left_out:
        params: dict[str, Param] = {"about": one.about, "rows": one.rows, "sku": one.sku}
        raise_problem(db, ERP, one.code, LEFT_OUT_SUBJECT + one.about, params, "", "notice", now)
