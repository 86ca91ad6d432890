"""What is odd about the ERP's stock of the goods that an account sells: shown as nothing, and here is why."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from engine.errors import Param
from engine.store.problems import clear_problem, raise_problem

NEGATIVE = "stock-negative"
NO_ROW = "stock-row-missing"
SUBJECT = "stock:"
NAMED_MAX = 10  # one notice, however many goods it is about

_GOODS = """
WITH listed AS (
    SELECT c.item FROM publication c INDEXED BY publication_listed
     WHERE c.account = :account AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL),
goods AS (
    SELECT p.sku FROM listed JOIN product p ON p.sku = listed.item
     WHERE p.counted AND NOT EXISTS (SELECT 1 FROM kit_part k WHERE k.kit = p.sku)
    UNION
    SELECT k.part FROM listed JOIN kit_part k ON k.kit = listed.item WHERE k.counted),
level AS (
    SELECT sku, MIN(on_hand_e4) AS least_e4 FROM stock_level
     WHERE (:companies = '[]' OR company IN (SELECT value FROM json_each(:companies)))
       AND (:sectors = '[]' OR sector IN (SELECT value FROM json_each(:sectors)))
     GROUP BY sku)
"""
_QUESTIONS = {
    NEGATIVE: _GOODS + "SELECT g.sku FROM goods g JOIN level l ON l.sku = g.sku WHERE l.least_e4 < 0 ORDER BY g.sku",
    NO_ROW: _GOODS + "SELECT g.sku FROM goods g LEFT JOIN level l ON l.sku = g.sku WHERE l.sku IS NULL ORDER BY g.sku",
}


def tell(db: sqlite3.Connection, account: str, companies: Sequence[int], sectors: Sequence[str], now: datetime) -> None:
    """Raise or clear a notice of each kind for an account; it counts its goods and names the first of them."""
    values = {"account": account, "companies": json.dumps(list(companies)), "sectors": json.dumps(list(sectors))}
    for code, question in _QUESTIONS.items():
        skus = [str(row[0]) for row in db.execute(question, values)]
        if skus:
            params: dict[str, Param] = {"n": len(skus), "skus": ", ".join(skus[:NAMED_MAX])}
            raise_problem(db, account, code, SUBJECT, params, "", "notice", now)
        else:
            clear_problem(db, account, code, SUBJECT)
