"""Goods on order in the store: what is expected of each product and when. Never counted as stock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date

from engine.model.goods import Arrival
from engine.store.database import touch

KNOWN = "arrivals-known"

_OUTLOOK = """
SELECT a.sku, a.expected_on, a.quantity_e4,
       COALESCE((SELECT SUM(s.on_hand_e4 - s.reserved_e4) FROM stock_level s WHERE s.sku = a.sku
           AND (:companies = '[]' OR s.company IN (SELECT value FROM json_each(:companies)))
           AND (:sectors = '[]' OR s.sector IN (SELECT value FROM json_each(:sectors)))), 0)
     - COALESCE((SELECT SUM(l.ordered_e4 - l.cancelled_e4) FROM order_goods l WHERE l.sku = a.sku AND l.promised), 0)
     - COALESCE((SELECT li.buffer_e4 FROM listing li WHERE li.account = :account AND li.item = a.sku), :buffer_e4)
       AS available_e4
  FROM arrival a
 WHERE a.expected_on >= :today
 ORDER BY a.sku, a.expected_on
"""


def store_arrivals(db: sqlite3.Connection, found: Sequence[Arrival] | None) -> set[str]:
    """Take over all that is on order (None: the ERP does not say); answers the SKUs of which something changed."""
    db.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (KNOWN, str(int(found is not None))),
    )
    before = {tuple(row) for row in db.execute("SELECT sku, expected_on, quantity_e4 FROM arrival")}
    now = {(row.sku, row.expected_on.isoformat() if row.expected_on else "", row.quantity_e4) for row in found or ()}
    db.executemany("DELETE FROM arrival WHERE sku = ? AND expected_on = ? AND quantity_e4 = ?", before - now)
    db.executemany("INSERT INTO arrival (sku, expected_on, quantity_e4) VALUES (?, ?, ?)", now - before)
    changed = {row[0] for row in before ^ now}
    if changed:
        touch(db, "arrivals")
    return changed


def outlook(
    db: sqlite3.Connection,
    account: str,
    *,
    companies: Sequence[int],
    sectors: Sequence[str],
    buffer_e4: int,
    today: date,
) -> dict[str, date]:
    """SKUs of which the account can sell none now, and the day when what arrives outgrows what is promised already.

    Goods that were expected earlier and have not come are not counted on, nor those of which nobody says when.
    """
    values = {
        "account": account,
        "companies": json.dumps(list(companies)),
        "sectors": json.dumps(list(sectors)),
        "buffer_e4": buffer_e4,
        "today": today.isoformat(),
    }
    days: dict[str, date] = {}
    coming: dict[str, int] = {}
    for row in db.execute(_OUTLOOK, values):
        sku, available_e4 = row["sku"], row["available_e4"]
        coming[sku] = coming.get(sku, 0) + row["quantity_e4"]
        if available_e4 <= 0 < available_e4 + coming[sku]:
            days.setdefault(sku, date.fromisoformat(row["expected_on"]))
    return days


def skus(db: sqlite3.Connection) -> set[str]:
    """Everything that is on order."""
    return {row[0] for row in db.execute("SELECT DISTINCT sku FROM arrival")}
