"""Kits in the store: what each is made of in the ERP, and what an order's lines were made of when it came."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from engine.model.goods import Kits
from engine.store.database import touch
from engine.store.difference import Mirrored, mirror_rows

_PARTS = Mirrored("kit_part", ("kit", "part"), ("quantity_e4", "counted"))
_FAULTS = Mirrored("kit_fault", ("kit",), ("code", "skus"))


class Goods(NamedTuple):
    """What a line takes from the ERP's stock of one SKU, in ten-thousandths; `in_one_e4` is in one of the line."""

    line: int
    sku: str
    in_one_e4: int
    ordered_e4: int
    cancelled_e4: int


def store_kits(db: sqlite3.Connection, kits: Kits) -> set[str]:
    """Take over all kits; answers those that changed. What can be sold of them is computed anew."""
    changed = {
        str(key[0])
        for mirrored, rows in ((_PARTS, kits.parts), (_FAULTS, kits.faults))
        for key in mirror_rows(db, mirrored, rows).keys
    }
    if changed:
        touch(db, "catalogue")
    return changed


def fault(db: sqlite3.Connection, sku: str) -> tuple[str, str] | None:
    """Why the kit cannot be sold: a code, and the SKUs whose fault it is."""
    row = db.execute("SELECT code, skus FROM kit_fault WHERE kit = ?", (sku,)).fetchone()
    return None if row is None else (row["code"], row["skus"])


def freeze(db: sqlite3.Connection, order_id: int) -> None:
    """Keep what the kits of an order are made of today, for all its life; what was kept before stays."""
    db.execute(
        "INSERT INTO order_part (order_id, line, sku, quantity_e4)"
        " SELECT l.order_id, l.line, k.part, k.quantity_e4 FROM order_line l JOIN kit_part k ON k.kit = l.sku"
        " WHERE l.order_id = ?1 AND NOT EXISTS"
        " (SELECT 1 FROM order_part p WHERE p.order_id = l.order_id AND p.line = l.line)",
        (order_id,),
    )


def unreadable(db: sqlite3.Connection, order_id: int) -> sqlite3.Row | None:
    """A kit of the order whose parts could not be kept: its name, SKU, the fault's code and SKUs."""
    row: sqlite3.Row | None = db.execute(
        "SELECT l.name, l.sku, f.code, f.skus FROM order_line l JOIN kit_fault f ON f.kit = l.sku WHERE l.order_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM order_part p WHERE p.order_id = l.order_id AND p.line = l.line)"
        " ORDER BY l.line",
        (order_id,),
    ).fetchone()
    return row


def goods(db: sqlite3.Connection, order_id: int) -> list[Goods]:
    """What each line of an order takes from the ERP's stock, in the order of the lines."""
    rows = db.execute(
        "SELECT line, sku, in_one_e4, ordered_e4, cancelled_e4 FROM order_goods WHERE order_id = ? ORDER BY line, sku",
        (order_id,),
    )
    return [Goods(*row) for row in rows]


def parts_of(db: sqlite3.Connection, order_id: int) -> dict[int, list[tuple[str, int]]]:
    """What is in one of each line that is a kit: SKU and ten-thousandths, by line."""
    found: dict[int, list[tuple[str, int]]] = {}
    sql = "SELECT line, sku, quantity_e4 FROM order_part WHERE order_id = ? ORDER BY line, sku"
    for line, sku, quantity_e4 in db.execute(sql, (order_id,)):
        found.setdefault(line, []).append((sku, quantity_e4))
    return found


def cents_of_parts(db: sqlite3.Connection, order_id: int, price_table: str) -> dict[str, int]:
    """What one of each part of the order's kits costs in a price table; those without a price there are left out."""
    rows = db.execute(
        "SELECT DISTINCT o.sku, p.cents FROM order_part o JOIN price p ON p.sku = o.sku AND p.price_table = ?"
        " WHERE o.order_id = ?",
        (price_table, order_id),
    )
    return dict(rows.fetchall())
