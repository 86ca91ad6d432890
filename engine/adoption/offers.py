"""Prices for a quantity or a time that an adopted item shows: the ERP's own, or the merchant's, which stay his."""

from __future__ import annotations

import sqlite3
from decimal import Decimal

from engine.amounts import to_e4
from engine.price_parts import QUANTITY, SPECIAL, special_value, table_of
from engine.publishing import Facet, Period
from engine.store import publications
from engine.store.price_mirror import promotions_of, quantity_cents


def is_merchants_own(db: sqlite3.Connection, account: str, item: str, part: str, value: str, base_table: str) -> bool:
    """Whether the ERP has no such price: neither wanted already, nor exactly this one in its mirror."""
    if "/" not in part or publications.is_wanted(db, account, item, Facet.PRICE, part):
        return False
    if part == SPECIAL:
        return value not in {
            special_value(amount, Period(first, last)) for amount, first, last in promotions_of(db, item)
        }
    quantity = part.partition(QUANTITY)[2]
    cents = quantity_cents(db, item, table_of(part) or base_table, to_e4(Decimal(quantity)))
    return str(cents) != value
