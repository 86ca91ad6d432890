"""Which parcel a tracking code stands on. A decision that was taken back or refused frees its codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

OURS = """
SELECT o.id, o.number, o.account FROM parcel_code c
CROSS JOIN effect e ON e.order_id = c.order_id AND e.kind = 'ship' AND e.part = c.part
CROSS JOIN sales_order o ON o.id = c.order_id
WHERE c.code = ? AND e.state IN ('decided', 'in-flight', 'done') LIMIT 1
"""
# Given in the shop's own admin: the order alone tells.
OTHERS = """
SELECT id, number, account FROM sales_order
WHERE tracking = ? AND fulfilment IN ('part-shipping', 'part-shipped', 'shipping', 'shipped') LIMIT 1
"""


def keep(db: sqlite3.Connection, order_id: int, part: str, codes: Iterable[str]) -> None:
    """These are the codes of this shipment of the order, instead of those it had."""
    db.execute("DELETE FROM parcel_code WHERE order_id = ? AND part = ?", (order_id, part))
    db.executemany(
        "INSERT INTO parcel_code (code, order_id, part) VALUES (?, ?, ?)", [(code, order_id, part) for code in codes]
    )


def order_with(db: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    """The order (id, number, account) that a parcel with this code belongs to, None of a code that is free."""
    row: sqlite3.Row | None = db.execute(OURS, (code,)).fetchone() or db.execute(OTHERS, (code,)).fetchone()
    return row
