"""What is to be fetched from the shelves for some orders: each product once, with the orders that want it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from console.safe_text import SafeText, safe

_PICKS = """
SELECT g.sku, p.code, COALESCE(p.name, l.name) AS name, COALESCE(json_extract(p.data, '$.shelf'), '') AS shelf,
       o.number, g.ordered_e4 - g.cancelled_e4 - l.shipped_e4 * g.in_one_e4 / 10000 AS quantity_e4
  FROM sales_order o
  JOIN order_line l ON l.order_id = o.id
  JOIN order_goods g ON g.order_id = l.order_id AND g.line = l.line
  LEFT JOIN product p ON p.sku = g.sku
 WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY o.placed_at, o.id, g.line
"""
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Pick:
    """A product to fetch; ten-thousandths. The shelf is empty where C-Plus names none; `orders`: (number, how many)."""

    shelf: SafeText
    sku: SafeText
    code: SafeText
    name: SafeText
    quantity_e4: int
    orders: tuple[tuple[SafeText, int], ...]


def picks(db: sqlite3.Connection, orders: Sequence[int]) -> list[Pick]:
    """All of it, shelf by shelf as one walks past them; what has no shelf last."""
    found: dict[str, list[sqlite3.Row]] = {}
    for row in db.execute(_PICKS, [json.dumps(list(orders))]).fetchall():
        if row["quantity_e4"] > 0:
            found.setdefault(row["sku"], []).append(row)
    return sorted(map(_pick, found.values()), key=lambda pick: (not pick.shelf, _walk(pick.shelf), pick.name))


def _pick(rows: Sequence[sqlite3.Row]) -> Pick:
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row["number"]] = wanted.get(row["number"], 0) + row["quantity_e4"]
    first = rows[0]
    return Pick(
        shelf=safe(first["shelf"]),
        sku=safe(first["sku"]),
        code=safe(first["code"] or ""),
        name=safe(first["name"]),
        quantity_e4=sum(wanted.values()),
        orders=tuple((safe(number), quantity) for number, quantity in wanted.items()),
    )


def _walk(shelf: str) -> list[tuple[int, str]]:
    """A-2 comes before A-10."""
    return [(int(part), "") if part.isdigit() else (-1, part.casefold()) for part in _DIGITS.split(shelf)]
