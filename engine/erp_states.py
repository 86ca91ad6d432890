"""What a snapshot of the ERP means for our orders: invoiced, goods arrived, goods fallen away.

Runs in the transaction that stores the snapshot, so that stock and orders never tell two stories.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

from engine import erp_order, erp_reservation, lost_orders
from engine.model.erp import ErpOrderState
from engine.store import effects, erp_lines, mirror, orders
from engine.store.effects import Kind


def take_over(
    db: sqlite3.Connection, asked: Collection[str], states: Sequence[ErpOrderState], number: int, now: datetime
) -> int:
    """Bring our orders to what the ERP says of them, then let arrived goods serve; answers how many orders moved.

    asked: the keys of open orders that the snapshot was asked for; it began after they had been written.
    """
    moved = sum(erp_order.take_over_one(db, state, now) for state in states)
    moved += sum(lost_orders.deleted(db, key, now) for key in sorted({*asked} - {state.key for state in states}))
    moved += sum(erp_reservation.take_over(db, state, now) for state in states)
    moved += _fall_short(db, number, now)
    return moved + serve_short(db, number, now)


# --- goods fallen away ------------------------------------------------------------------------------------------------


def _fall_short(db: sqlite3.Connection, number: int, now: datetime) -> int:
    """Where the ERP has less on hand than is reserved, our newest orders give their reservation back."""
    missing = {
        row["sku"]: row["missing"]
        for row in db.execute(
            # A row lacks at most what is reserved of it: less than nothing on hand takes no reservation from another.
            "SELECT sku, SUM(MIN(reserved_e4, reserved_e4 - on_hand_e4)) AS missing FROM stock_level"
            " WHERE reserved_e4 > on_hand_e4 AND reserved_e4 > 0 GROUP BY sku"
        )
    }
    moved = 0
    for sku, lacking in missing.items():
        left = lacking
        for row in db.execute(
            "SELECT o.id, l.reserved_e4 FROM order_goods l JOIN sales_order o ON o.id = l.order_id WHERE l.sku = ? AND"
            " o.fulfilment = 'reserved' AND o.cancellation = 'none' AND l.reserved_e4 > 0 AND NOT l.promised"
            " AND NOT EXISTS (SELECT 1 FROM order_uncontrolled u WHERE u.order_id = o.id AND u.sku = l.sku)"
            " ORDER BY o.payment IN ('paid', 'capturing'), o.placed_at DESC, o.id DESC",
            (sku,),
        ).fetchall():
            if left <= 0:
                break
            moved += effects.decide(db, row["id"], Kind.ERP_RELEASE, now, part=str(number), args={"sku": sku})
            left -= row["reserved_e4"]
    return moved


# --- goods arrived ----------------------------------------------------------------------------------------------------


def serve_short(db: sqlite3.Connection, number: int, now: datetime) -> int:
    """Let the goods that are free serve waiting short orders: paid first, then oldest, whole orders only.

    Short lines are promised all the time, so no channel sees goods that a waiting order will take.
    """
    served = 0
    free: dict[str, int] = {}
    waiting_reservations = dict(
        db.execute(
            "SELECT sku, SUM(ordered_e4) FROM order_goods WHERE promised AND promised_until_snapshot IS NOT NULL"
            " GROUP BY sku"
        ).fetchall()
    )
    for row in orders.short_orders(db):
        wanted = erp_lines.to_reserve(db, row["id"])
        for sku in wanted:
            if sku not in free:
                free[sku] = mirror.free_e4(db, sku) - waiting_reservations.get(sku, 0)
        if not all(free[sku] >= quantity for sku, quantity in wanted.items()):
            continue
        for sku, quantity in wanted.items():
            free[sku] -= quantity
        if not _reserving(db, row["id"]):
            served += effects.decide(db, row["id"], Kind.ERP_RESERVE, now, part=str(number))
    return served


def _reserving(db: sqlite3.Connection, order_id: int) -> bool:
    row = db.execute(
        "SELECT 1 FROM effect WHERE order_id = ? AND kind = ? AND state IN ('decided', 'in-flight')",
        (order_id, Kind.ERP_RESERVE),
    )
    return row.fetchone() is not None
