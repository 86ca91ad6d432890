"""All about one customer: how he is reached, his accounts in the shops, what both sides say, and his orders."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.reading.orders import OrderRow, order_rows
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe
from engine.erp_customer import ALIKE, DUPLICATES
from engine.store.accounts import ERP
from engine.store.customers import seen_as, subject_of

ORDERS_SHOWN = 8

_LINKS = """
SELECT l.account, l.external_id, l.channel_group, g.name AS group_name
  FROM customer_link l LEFT JOIN price_group g ON g.account = l.account AND g.external_id = l.channel_group
 WHERE l.customer_id = ? ORDER BY l.account, l.external_id
"""
_DISPUTED = """
SELECT l.customer_id, f.account, f.external_id, f.field, f.agreed, f.erp, f.channel
  FROM json_each(:ids) j CROSS JOIN customer_link l ON l.customer_id = j.value
  JOIN customer_field f ON f.account = l.account AND f.external_id = l.external_id
 WHERE f.conflict AND f.decided IS NULL ORDER BY l.customer_id, f.account, f.external_id, f.field
"""
_PHONE = """
SELECT phone FROM (
    SELECT 0 AS later, COALESCE(NULLIF(f.erp, ''), f.channel) AS phone FROM customer_link l JOIN customer_field f
        ON f.account = l.account AND f.external_id = l.external_id AND f.field = 'phone' WHERE l.customer_id = :id
    UNION ALL
    SELECT * FROM (SELECT 1, buyer_phone FROM sales_order WHERE customer_id = :id ORDER BY placed_at DESC LIMIT 1)
) WHERE phone <> '' ORDER BY later LIMIT 1
"""
_ORDERS = "SELECT id FROM sales_order WHERE customer_id = ? ORDER BY placed_at DESC, id DESC LIMIT ?"
_COUNT = "SELECT count(*) FROM sales_order WHERE customer_id = ?"
_BLOCKED_FOR = "SELECT block_reason FROM customer WHERE id = ?"
_TOLD = f"SELECT code, params FROM problem WHERE account = '{ERP}' AND code IN (?, ?) AND subject = ?"
_TABLES = "SELECT key, name FROM price_table WHERE active ORDER BY name, key"
_GROUPS = "SELECT account, price_table, name FROM price_group"


@dataclass(frozen=True, slots=True)
class ShopAccount:
    """His account in a shop. `group` "" = not known, or in doubt; a name where it carries a price table."""

    account: str
    external_id: SafeText
    group: SafeText


@dataclass(frozen=True, slots=True)
class Disputed:
    """A field that both sides changed: what was agreed last, C-Plus's and the shop's. `seen` goes with a decision."""

    account: str
    external_id: str
    field: str
    agreed: SafeText
    erp: SafeText
    channel: SafeText
    seen: str


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """`several`: the params of what is told of his doubles in C-Plus, by code."""

    phone: SafeText
    block_reason: SafeText
    shops: tuple[ShopAccount, ...]
    disputed: tuple[Disputed, ...]
    several: Mapping[str, Mapping[str, Any]]
    orders: tuple[OrderRow, ...]
    orders_in_all: int


@dataclass(frozen=True, slots=True)
class Table:
    """A price table in use. `groups`: by account, the customer group that carries it there."""

    key: str
    name: SafeText
    groups: Mapping[str, SafeText]


def customer_card(db: sqlite3.Connection, id: int) -> CustomerCard:
    """All about this one; without anything where he is gone."""
    phone = db.execute(_PHONE, {"id": id}).fetchone()
    reason = db.execute(_BLOCKED_FOR, [id]).fetchone()
    shown = [row["id"] for row in db.execute(_ORDERS, [id, ORDERS_SHOWN]).fetchall()]
    orders = order_rows(db, shown)
    told = db.execute(_TOLD, [DUPLICATES, ALIKE, subject_of(id)]).fetchall()
    return CustomerCard(
        phone=safe(phone["phone"] if phone else ""),
        block_reason=safe(reason["block_reason"] if reason else ""),
        shops=tuple(
            ShopAccount(row["account"], safe(row["external_id"]), safe(row["group_name"] or row["channel_group"] or ""))
            for row in db.execute(_LINKS, [id]).fetchall()
        ),
        disputed=tuple(disputed(db, [id])),
        several={row["code"]: params_of(row["params"]) for row in told},
        orders=tuple(orders[order] for order in shown if order in orders),
        orders_in_all=db.execute(_COUNT, [id]).fetchone()[0],
    )


def disputed(db: sqlite3.Connection, ids: Sequence[int]) -> list[Disputed]:
    """The fields of these customers that wait for a person."""
    return [
        Disputed(
            account=row["account"],
            external_id=row["external_id"],
            field=row["field"],
            agreed=safe(row["agreed"]),
            erp=safe(row["erp"]),
            channel=safe(row["channel"]),
            seen=seen_as(row),
        )
        for row in db.execute(_DISPUTED, {"ids": str(list(ids))}).fetchall()
    ]


def price_tables(db: sqlite3.Connection) -> list[Table]:
    """Those in use, with what carries them in the shops."""
    groups: dict[str, dict[str, SafeText]] = {}
    for row in db.execute(_GROUPS).fetchall():
        groups.setdefault(row["price_table"], {})[row["account"]] = safe(row["name"])
    return [Table(row["key"], safe(row["name"]), groups.get(row["key"], {})) for row in db.execute(_TABLES).fetchall()]
