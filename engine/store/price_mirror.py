"""The mirror of the ERP's prices: tables, prices of one piece and for quantities, promotions, and what was left out.

Writes touch only rows that changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from engine.amounts import from_cents
from engine.errors import Param
from engine.model.goods import LeftOut, PriceList, PriceTable
from engine.store.accounts import ERP
from engine.store.database import touch
from engine.store.difference import Mirrored, mirror_rows
from engine.store.mirror import mark_changed
from engine.store.problems import clear_problem, raise_problem

LEFT_OUT_SUBJECT = "prices:"

_PRICE = Mirrored("price", ("sku", "price_table"), ("cents",))
_QUANTITY_PRICE = Mirrored("quantity_price", ("price_table", "sku", "from_e4"), ("cents",))
_PROMOTION = Mirrored("promotion", ("sku", "first_day", "last_day", "cents"), ())


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
    listed = mirror_rows(db, _PRICE, found.prices)
    mark_changed(db, {str(sku) for sku, _ in (*listed.came, *listed.gone)})
    quantities = mirror_rows(
        db, _QUANTITY_PRICE, ((price.table, price.sku, price.from_e4, price.cents) for price in found.quantity_prices)
    )
    promotions = mirror_rows(
        db, _PROMOTION, ((offer.sku, _day(offer.first), _day(offer.last), offer.cents) for offer in found.promotions)
    )
    changed = len(listed) + len(quantities) + len(promotions)
    if changed:
        touch(db, "catalogue", "price-list")
    _tell_left_out(db, found.left_out, now)
    return changed


def promotions_of(db: sqlite3.Connection, sku: str) -> list[tuple[Decimal, date | None, date | None]]:
    """(amount, first day, last day) of a product's promotions, over or to come."""
    rows = db.execute("SELECT cents, first_day, last_day FROM promotion WHERE sku = ?", (sku,))
    return [(from_cents(cents), _date(first), _date(last)) for cents, first, last in rows]


def quantity_cents(db: sqlite3.Connection, sku: str, table: str, from_e4: int) -> int | None:
    """The price of each piece for who buys so many; None where the table has none for it."""
    row = db.execute(
        "SELECT cents FROM quantity_price WHERE price_table = ? AND sku = ? AND from_e4 = ?", (table, sku, from_e4)
    ).fetchone()
    return None if row is None else int(row[0])


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


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
