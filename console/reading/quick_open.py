"""What a few typed words lead to: orders and customers, a kind's own word before them or not ("pedido 123")."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.language import N_, _
from console.reading import search
from console.reading.reader import fold
from console.safe_text import SafeText, safe

FOUND_MAX = 5
"""Of each kind: whoever sees more goes on typing."""
CHARS_MIN = 2

_ORDERS = f"""
SELECT id, number, buyer_name FROM sales_order WHERE id IN ({search.ORDERS})
 ORDER BY placed_at DESC, id DESC LIMIT :most
"""
_CUSTOMERS = f"""
SELECT name, COALESCE(document, email) AS known_as FROM customer WHERE id IN ({search.CUSTOMERS})
 ORDER BY name, id LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Found:
    """`kind` is one of KINDS; `key`: of an order its id, of a customer what his orders are found by."""

    kind: str
    key: str
    name: SafeText
    more: SafeText


KINDS: Mapping[str, str] = {"order": N_("order"), "customer": N_("customer")}


def quick_open(db: sqlite3.Connection, typed: str) -> list[Found]:
    """Orders, newest first, then customers, that have each word; of one kind where the first word names it."""
    first, *rest = typed.split() or [""]
    named = [kind for kind, word in KINDS.items() if rest and fold(first) in (kind, fold(_(word)))]
    text = " ".join(rest) if named else typed.strip()
    if len(text) < CHARS_MIN:
        return []
    values = {"words": search.pattern(text), "most": FOUND_MAX}
    return [found for kind in named or KINDS for found in _LOOK[kind](db, values)]


def _orders(db: sqlite3.Connection, values: Mapping[str, object]) -> list[Found]:
    rows = db.execute(_ORDERS, values).fetchall()
    return [Found("order", str(row["id"]), safe(row["number"]), safe(row["buyer_name"])) for row in rows]


def _customers(db: sqlite3.Connection, values: Mapping[str, object]) -> list[Found]:
    rows = db.execute(_CUSTOMERS, values).fetchall()
    return [Found("customer", row["known_as"], safe(row["name"]), safe(row["known_as"])) for row in rows]


_LOOK: Mapping[str, Callable[[sqlite3.Connection, Mapping[str, object]], list[Found]]] = {
    "order": _orders,
    "customer": _customers,
}
