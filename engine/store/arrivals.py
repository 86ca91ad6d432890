"""Goods on order in the store: what is expected of each product and when. Never counted as stock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from engine.amounts import E4_PER_UNIT
from engine.model.goods import Arrival
from engine.store.database import touch

KNOWN = "arrivals-known"

_COMING = "SELECT sku, expected_on, quantity_e4 FROM arrival WHERE expected_on >= ? ORDER BY sku, expected_on"
# Whatever is made of something that is on order; what the ERP does not count limits nothing.
_KITS = """
SELECT kit, part, quantity_e4 FROM kit_part
 WHERE counted AND kit IN (SELECT k.kit FROM kit_part k JOIN arrival a ON a.sku = k.part WHERE k.counted)
   AND kit NOT IN (SELECT kit FROM kit_fault)
 ORDER BY kit, part
"""
_FREE = """
SELECT j.value,
       COALESCE((SELECT SUM(s.on_hand_e4 - s.reserved_e4) FROM stock_level s WHERE s.sku = j.value
           AND (:companies = '[]' OR s.company IN (SELECT value FROM json_each(:companies)))
           AND (:sectors = '[]' OR s.sector IN (SELECT value FROM json_each(:sectors)))), 0)
     - COALESCE((SELECT SUM(MAX(0, l.ordered_e4 - l.cancelled_e4 - l.invoiced_e4)) FROM order_goods l
                  WHERE l.sku = j.value AND l.promised), 0)
  FROM json_each(:skus) j
"""
_BUFFERS = "SELECT item, buffer_e4 FROM listing WHERE account = ? AND buffer_e4 IS NOT NULL"


class _Goods(NamedTuple):
    """What one of an item takes of a SKU, in ten-thousandths: one of itself, or a part of a kit."""

    sku: str
    quantity_e4: int


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
    """Items of which the account can sell none now, and the day when what arrives outgrows what is promised already.

    A kit's day is that of its last part. Goods that were expected earlier and have not come are not counted on, nor
    those of which nobody says when.
    """
    coming: dict[str, list[tuple[str, int]]] = {}
    for sku, day, quantity_e4 in db.execute(_COMING, (today.isoformat(),)):
        coming.setdefault(sku, []).append((day, quantity_e4))
    made_of = {sku: [_Goods(sku, E4_PER_UNIT)] for sku in coming} | _kits(db)
    places = {"companies": json.dumps(list(companies)), "sectors": json.dumps(list(sectors))}
    taken = sorted({goods.sku for parts in made_of.values() for goods in parts})
    free_e4 = dict(db.execute(_FREE, {**places, "skus": json.dumps(taken)}).fetchall())
    buffers = dict(db.execute(_BUFFERS, (account,)).fetchall())
    days: dict[str, date] = {}
    for item, parts in made_of.items():
        day = _day(parts, free_e4, coming, buffers.get(item, buffer_e4))
        if day is not None:
            days[item] = date.fromisoformat(day)
    return days


def _kits(db: sqlite3.Connection) -> dict[str, list[_Goods]]:
    found: dict[str, list[_Goods]] = {}
    for kit, part, quantity_e4 in db.execute(_KITS):
        found.setdefault(kit, []).append(_Goods(part, quantity_e4))
    return found


def _day(
    parts: Sequence[_Goods],
    free_e4: Mapping[str, int],
    coming: Mapping[str, Sequence[tuple[str, int]]],
    buffer_e4: int,
) -> str | None:
    """The first day on which some can be sold; None where some can now, or on no day that is known."""

    def sellable_e4(until: str) -> int:
        """Of kits whole ones only; of anything else whatever there is of it."""
        amounts = []
        for sku, in_one_e4 in parts:
            there = free_e4[sku] + sum(quantity for day, quantity in coming.get(sku, ()) if day <= until)
            amounts.append(there if in_one_e4 == E4_PER_UNIT else there // in_one_e4 * E4_PER_UNIT)
        return min(amounts) - buffer_e4

    if sellable_e4("") > 0:
        return None
    days = sorted({day for goods in parts for day, _ in coming.get(goods.sku, ())})
    return next((day for day in days if sellable_e4(day) > 0), None)


def skus(db: sqlite3.Connection) -> set[str]:
    """Everything that is on order, and the kits that are made of it."""
    rows = db.execute("SELECT sku FROM arrival UNION SELECT k.kit FROM kit_part k JOIN arrival a ON a.sku = k.part")
    return {row[0] for row in rows}
