"""Orders that wait for a decision and that nothing speaks against: their card is authorised, and no sign warns."""

from __future__ import annotations

import sqlite3
from collections import Counter

from console.reading.orders import OrderRow, order_rows
from console.reading.reader import fold

LOOKED_AT_MAX = 300
"""The oldest so many; what is approved at one key must be few enough to be read through."""

# What speaks for itself is asked here, what needs a comparison of texts or orders is told.
_QUIET = """
SELECT o.id, o.customer_id, o.buyer_name, json_extract(i.payload, '$.delivery_name') AS recipient,
       o.payment = 'authorized' AND o.cancellation = 'none' AND o.fulfilment = 'reserved' AND trim(o.note) = ''
       AND c.document IS NOT NULL AND NOT c.blocked AS quiet
  FROM sales_order o JOIN inbox i ON i.account = o.account AND i.external_id = o.external_id
  LEFT JOIN customer c ON c.id = o.customer_id
 WHERE o.queue = 'decide' ORDER BY o.placed_at, o.id LIMIT ?
"""


def clear_orders(db: sqlite3.Connection) -> tuple[OrderRow, ...]:
    """Undecided orders without a warning sign, oldest first.

    Warning signs are: goods that are not reserved, a buyer without a valid CPF or CNPJ, one whom C-Plus has blocked, a
    message of the buyer, another person who receives it, and a second undecided order of the same buyer.
    """
    found = db.execute(_QUIET, [LOOKED_AT_MAX]).fetchall()
    of_buyer = Counter(row["customer_id"] for row in found)
    ids = [
        row["id"]
        for row in found
        if row["quiet"] and of_buyer[row["customer_id"]] == 1 and fold(row["recipient"]) == fold(row["buyer_name"])
    ]
    rows = order_rows(db, ids)
    return tuple(rows[id] for id in ids if id in rows)
