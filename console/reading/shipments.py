"""What a scan at the packing desk means to the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from console.reading.orders import OrderRow, order_rows
from console.safe_text import safe
from console.shipping.desk import DeskOrder, Found
from engine.store import parcel_codes

NUMBER_DIGITS = 9
"""Of a Magento's order number: people and spreadsheets leave the zeros at its front away."""

NAMED = """
SELECT id FROM sales_order WHERE number IN (:text, :padded)
UNION SELECT id FROM sales_order WHERE reference = :text
UNION SELECT id FROM sales_order WHERE nfe_key = :text
UNION SELECT id FROM sales_order
WHERE :text GLOB '*[1-9]*' AND ltrim(erp_number, '0') = ltrim(:text, '0') AND erp_written_at IS NOT NULL
LIMIT 20
"""
_KNOWN_BY = """
SELECT o.reference, COALESCE(o.nfe_key, '') AS nfe_key,
       COALESCE(json_extract(i.payload, '$.delivery.postcode'), '') AS postcode
FROM sales_order o LEFT JOIN inbox i ON i.account = o.account AND i.external_id = o.external_id WHERE o.id = ?
"""
_TO_SHIP = "SELECT count(*) FROM sales_order WHERE queue = 'to-ship'"


def found_by(db: sqlite3.Connection, text: str) -> Found:
    """The orders that a scan names, by either number, by reference or NF-e key, and who has such a tracking code.

    `text` is as barcodes.scanned gives it.
    """
    padded = text.zfill(NUMBER_DIGITS) if text.isdecimal() else text
    ids = [row[0] for row in db.execute(NAMED, {"text": text, "padded": padded}).fetchall()]
    holder = parcel_codes.order_with(db, text)
    return Found(desk_orders(db, ids), safe(holder["number"]) if holder else "")


def desk_orders(db: sqlite3.Connection, ids: Sequence[int]) -> list[DeskOrder]:
    """These orders, with all that a scanner may read of them."""
    rows = order_rows(db, ids)
    return [_desk_order(db, id, rows) for id in ids if id in rows]


def _desk_order(db: sqlite3.Connection, id: int, rows: dict[int, OrderRow]) -> DeskOrder:
    known = db.execute(_KNOWN_BY, [id]).fetchone()
    postcode = "".join(char for char in str(known["postcode"]) if char.isdecimal())
    return DeskOrder(rows[id], known["reference"], known["nfe_key"], postcode)


def waiting_to_ship(db: sqlite3.Connection) -> int:
    """Invoiced orders whose parcels have not left."""
    return int(db.execute(_TO_SHIP).fetchone()[0])
