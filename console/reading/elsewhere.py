"""Where a SKU is known that is no product sold from C-Plus: in its unmarked part, in a shop, or in orders."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from console.safe_text import SafeText, safe

ORDERS_MAX = 20

_IN_ERP = "SELECT name FROM erp_key WHERE item = ? COLLATE NOCASE"
_SHOPS = "SELECT account, remote_sku, name FROM shop_item WHERE remote_sku = ? ORDER BY account, remote_id"
# The index is of the SKU as the shop writes it.
_ORDERS = """
SELECT DISTINCT o.account, o.number, o.queue, COALESCE(o.alarm, o.parked, '') AS code, o.placed_at
FROM order_line l JOIN sales_order o ON o.id = l.order_id
WHERE l.sku IN (?, upper(?)) AND o.queue <> 'done' ORDER BY o.placed_at, o.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class ShopItem:
    """The item of a shop that has the SKU."""

    account: SafeText
    sku: SafeText
    name: SafeText


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order with the SKU in it that is not done; `code` is the alarm or what it is parked for, or ""."""

    account: SafeText
    number: SafeText
    queue: str
    code: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where it is known. `in_erp` is its name in C-Plus, None where C-Plus has no active product of that key."""

    sku: SafeText
    in_erp: SafeText | None
    shops: tuple[ShopItem, ...]
    orders: tuple[WaitingOrder, ...]


def elsewhere(db: sqlite3.Connection, sku: str) -> Elsewhere | None:
    """All of it, ORDERS_MAX orders at most; None where nobody knows it."""
    key = db.execute(_IN_ERP, [sku]).fetchone()
    found = Elsewhere(
        sku=safe(sku),
        in_erp=None if key is None else safe(key["name"]),
        shops=tuple(
            ShopItem(safe(row["account"]), safe(row["remote_sku"]), safe(row["name"]))
            for row in db.execute(_SHOPS, [sku]).fetchall()
        ),
        orders=tuple(
            WaitingOrder(safe(row["account"]), safe(row["number"]), row["queue"], row["code"])
            for row in db.execute(_ORDERS, [sku, sku, ORDERS_MAX]).fetchall()
        ),
    )
    return found if found.in_erp is not None or found.shops or found.orders else None
