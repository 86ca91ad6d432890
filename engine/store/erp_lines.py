"""The lines of an order as the ERP has them: held, invoiced, given back; and what of them may be shipped."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from engine.invoiced import Wanted, allot
from engine.store import kits, orders
from engine.store.instants import to_text


def lines_invoiced(
    db: sqlite3.Connection, order_id: int, by_sku: Mapping[str, int], *, rest_reserved: bool | None = None
) -> bool:
    """The ERP invoiced these quantities, in ten-thousandths; True when that is news.

    rest_reserved: whether the ERP says of what is left to invoice that it is reserved; what is not, or cannot be by
    what the ERP has reserved of these goods in all, stays promised. None: nothing is left.
    """
    ordered = orders.lines(db, order_id)
    allotted = allot(_wanted(db, order_id), by_sku)
    moved = any(allotted.lines[line["line"]] != line["invoiced_e4"] for line in ordered)
    db.executemany(
        "UPDATE order_line SET invoiced_e4 = ? WHERE order_id = ? AND line = ?",
        [(invoiced, order_id, line) for line, invoiced in allotted.lines.items()],
    )
    db.executemany(
        "UPDATE order_part SET invoiced_e4 = ? WHERE order_id = ? AND line = ? AND sku = ?",
        [(quantity, order_id, line, sku) for (line, sku), quantity in allotted.goods.items()],
    )
    is_left = rest_reserved is not None
    is_reserved = bool(rest_reserved) and _may_be_reserved(db, order_id)
    db.execute(
        "UPDATE order_line SET promised_until_snapshot = NULL,"
        " reserved_e4 = CASE WHEN ?2 AND ?3 THEN MAX(0, ordered_e4 - cancelled_e4 - invoiced_e4) ELSE 0 END,"
        " promised = ?2 AND NOT ?3 AND ordered_e4 - cancelled_e4 > invoiced_e4 WHERE order_id = ?1",
        (order_id, is_left, is_reserved),
    )
    return _set_extra(db, order_id, allotted.extra) or moved


def _may_be_reserved(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether the ERP has as much reserved, for whomever, as is left to invoice of the order."""
    row = db.execute(
        "SELECT 1 FROM (SELECT sku, SUM(MAX(0, ordered_e4 - cancelled_e4 - invoiced_e4)) AS left_e4 FROM order_goods"
        " WHERE order_id = ?1 AND sku NOT IN (SELECT sku FROM order_uncontrolled WHERE order_id = ?1) GROUP BY sku) g"
        " WHERE left_e4 > COALESCE((SELECT SUM(reserved_e4) FROM stock_level s WHERE s.sku = g.sku), 0)",
        (order_id,),
    )
    return row.fetchone() is None


def _wanted(db: sqlite3.Connection, order_id: int) -> list[Wanted]:
    found = kits.goods(db, order_id)
    return [Wanted(goods.line, goods.sku, goods.ordered_e4, goods.in_one_e4) for goods in found]


def _set_extra(db: sqlite3.Connection, order_id: int, extra: Mapping[str, int]) -> bool:
    known = dict(db.execute("SELECT sku, quantity_e4 FROM invoiced_extra WHERE order_id = ?", (order_id,)).fetchall())
    if known == extra:
        return False
    db.execute("DELETE FROM invoiced_extra WHERE order_id = ?", (order_id,))
    db.executemany(
        "INSERT INTO invoiced_extra (order_id, sku, quantity_e4) VALUES (?, ?, ?)",
        [(order_id, sku, quantity) for sku, quantity in extra.items()],
    )
    return True


def lines_held(db: sqlite3.Connection, order_id: int, by_sku: Mapping[str, int]) -> bool:
    """The ERP's order holds these quantities now; True when it held others when it was looked at last, or written."""
    return _keep(db, order_id, "erp_holds_e4", allot(_wanted(db, order_id), by_sku).lines)


def lines_returned_in_erp(db: sqlite3.Connection, order_id: int, by_sku: Mapping[str, int]) -> bool:
    """So much was given back in the ERP by now, one part of a kit as the kit; True when that is news."""
    return _keep(db, order_id, "erp_returned_e4", allot(_wanted(db, order_id), by_sku).begun)


def _keep(db: sqlite3.Connection, order_id: int, column: str, found: Mapping[int, int]) -> bool:
    known = orders.lines(db, order_id)
    db.executemany(
        f"UPDATE order_line SET {column} = ? WHERE order_id = ? AND line = ?",
        [(quantity, order_id, line) for line, quantity in found.items()],
    )
    before = ((line["line"], line["ordered_e4"] if line[column] is None else line[column]) for line in known)
    return any(found[line] != quantity for line, quantity in before)


# --- questions --------------------------------------------------------------------------------------------------------


def to_ship(db: sqlite3.Connection, order_id: int) -> dict[str, int]:
    """How much of each line, by the channel's id, shall have been shipped once all that is invoiced has left."""
    rows = db.execute(
        "SELECT external_id, MIN(invoiced_e4, ordered_e4 - cancelled_e4) FROM order_line"
        " WHERE order_id = ? AND MIN(invoiced_e4, ordered_e4 - cancelled_e4) > shipped_e4 ORDER BY line",
        (order_id,),
    )
    return dict(rows.fetchall())


def all_invoiced_shipped(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether something of the order has been shipped and nothing that is invoiced is left to ship."""
    (shipped,) = db.execute("SELECT SUM(shipped_e4) FROM order_line WHERE order_id = ?", (order_id,)).fetchone()
    return shipped > 0 and not to_ship(db, order_id)


def invoice_differs(db: sqlite3.Connection, order_id: int, *, complete: bool) -> bool:
    """Whether what is invoiced is not what was ordered: something else, or with nothing left to invoice, less."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM invoiced_extra WHERE order_id = ?1) OR (?2 AND EXISTS (SELECT 1 FROM order_line"
        " WHERE order_id = ?1 AND invoiced_e4 < ordered_e4 - cancelled_e4))",
        (order_id, complete),
    )
    return bool(row.fetchone()[0])


def returns_unknown_to_channel(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether more of a line was given back in the ERP than in the channel."""
    row = db.execute(
        "SELECT 1 FROM order_line WHERE order_id = ? AND erp_returned_e4 > returned_e4 + cancelled_e4", (order_id,)
    )
    return row.fetchone() is not None


def credited_and_out(db: sqlite3.Connection, order_id: int) -> dict[str, int]:
    """What left, was credited in the channel and has not come back in the ERP, by name, in ten-thousandths."""
    rows = db.execute(
        "SELECT name, SUM(returned_e4 - erp_returned_e4) FROM order_line WHERE order_id = ?"
        " AND returned_e4 > erp_returned_e4 GROUP BY name ORDER BY MIN(line)",
        (order_id,),
    )
    return dict(rows.fetchall())


def to_refund(db: sqlite3.Connection, order_id: int) -> dict[str, int]:
    """Of each line, by the channel's id, what came back in the ERP and is not credited there, in ten-thousandths."""
    rows = db.execute(
        "SELECT external_id, erp_returned_e4 - returned_e4 - cancelled_e4 FROM order_line WHERE order_id = ?"
        " AND erp_returned_e4 > returned_e4 + cancelled_e4 ORDER BY line",
        (order_id,),
    )
    return dict(rows.fetchall())


def all_came_back(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether the ERP has everything back that the channel did not cancel."""
    row = db.execute(
        "SELECT 1 FROM order_line WHERE order_id = ? AND erp_returned_e4 < ordered_e4 - cancelled_e4", (order_id,)
    )
    return row.fetchone() is None


class Unwanted(NamedTuple):
    """Goods of a line that the shop cancelled and the ERP has: sold, or still to be; in ten-thousandths."""

    name: str
    quantity_e4: int
    sold: bool


def unwanted(db: sqlite3.Connection, order_id: int) -> list[Unwanted]:
    """What the shop cancelled of the order's lines and the ERP still holds for it, or sold and did not take back."""
    rows = db.execute(
        "SELECT name, COALESCE(erp_holds_e4, ordered_e4) - MAX(invoiced_e4, ordered_e4 - cancelled_e4),"
        " invoiced_e4 - erp_returned_e4 - (ordered_e4 - cancelled_e4)"
        " FROM order_line WHERE order_id = ? AND cancelled_e4 > 0 ORDER BY line",
        (order_id,),
    ).fetchall()
    both = [(Unwanted(name, held, sold=False), Unwanted(name, sold, sold=True)) for name, held, sold in rows]
    return [one for pair in both for one in pair if one.quantity_e4 > 0]


def left_to_invoice(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether the shop still wants something of the order that is not invoiced."""
    row = db.execute(
        "SELECT 1 FROM order_line WHERE order_id = ? AND invoiced_e4 < ordered_e4 - cancelled_e4", (order_id,)
    )
    return row.fetchone() is not None


def to_reserve(db: sqlite3.Connection, order_id: int) -> dict[str, int]:
    """What the ERP would take of each SKU to reserve the order as it stands there: all but what staff struck out."""
    rows = db.execute(
        "SELECT g.sku, SUM(g.in_one_e4 * COALESCE(l.erp_holds_e4, l.ordered_e4) / 10000) FROM order_goods g"
        " JOIN order_line l USING (order_id, line) WHERE g.order_id = ?1"
        " AND g.sku NOT IN (SELECT sku FROM order_uncontrolled WHERE order_id = ?1) GROUP BY g.sku",
        (order_id,),
    )
    return dict(rows.fetchall())


def linked_sales(db: sqlite3.Connection) -> dict[str, str]:
    """The sale that a person said is an order's invoice, by the ERP's key of the order."""
    rows = db.execute("SELECT erp_key, linked_sale FROM sales_order WHERE linked_sale IS NOT NULL")
    return dict(rows.fetchall())


def closed_erp_keys(db: sqlite3.Connection, since: datetime) -> list[str]:
    """ERP keys of orders that ended since: goods may come back, and a document may be cancelled late."""
    rows = db.execute(
        "SELECT erp_key FROM sales_order INDEXED BY sales_order_closed"
        " WHERE queue = 'done' AND erp_written_at IS NOT NULL AND channel_at >= ?",
        (to_text(since),),
    )
    return [row[0] for row in rows]
