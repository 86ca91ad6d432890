"""What was sent back and holds against C-Plus, and the orders that were bought at a wrong price meanwhile."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.safe_text import SafeText, safe
from engine.publishing import Facet
from engine.reverting import Reversal

_BOUGHT = """
SELECT o.account, o.number, o.placed_at, o.buyer_name, o.buyer_phone, o.cancellation, l.sku, l.name, l.ordered_e4,
       l.unit_price_e4, json_extract(k.value, '$.wrong') AS wrong, json_extract(k.value, '$.right') AS right_cents
  FROM json_each(:spans) k
  CROSS JOIN order_line l ON l.sku = json_extract(k.value, '$.item')
  JOIN sales_order o ON o.id = l.order_id AND o.account = json_extract(k.value, '$.account')
 WHERE o.placed_at >= json_extract(k.value, '$.began')
 ORDER BY o.placed_at, o.id, l.line
"""
_HELD = """
SELECT r.account, r.item, r.facet, r.part, r.value, r.refused, r.who, r.at,
       COALESCE((SELECT f.sent_at FROM former_value f WHERE f.account = r.account AND f.item = r.item
                    AND f.facet = r.facet AND f.part = r.part AND f.value = r.refused ORDER BY f.id DESC LIMIT 1),
                (SELECT w.confirmed_at FROM publication w WHERE w.account = r.account AND w.item = r.item
                    AND w.facet = r.facet AND w.part = r.part AND w.confirmed = r.refused)) AS began,
       COALESCE(p.name, json_extract(t.wanted, '$.name'), '') AS name
  FROM reverted r LEFT JOIN product p ON p.sku = r.item
  LEFT JOIN publication t ON t.account = r.account AND t.item = r.item AND t.facet = 'content' AND t.part = ''
 WHERE (:facet = '' OR r.facet = :facet) AND (:account = '' OR r.account = :account)
   AND (:item = '' OR r.item = :item)
 ORDER BY r.account, r.facet, r.item, r.part
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of an order that was placed since the wrong base price was sent. `wrong`: paid is just that price.

    Where it is not, the buyer had another price: his group's, a quantity's, a rule of the shop.
    """

    account: SafeText
    number: SafeText
    placed_at: datetime | None
    buyer: SafeText
    phone: SafeText
    cancelled: bool
    item: SafeText
    name: SafeText
    ordered_e4: int
    paid_e4: int
    right_cents: int
    wrong: bool


def bought_meanwhile(db: sqlite3.Connection, reversals: Sequence[Reversal]) -> list[Bought]:
    """Those of the base prices among these, the oldest first. The shop's clock and ours are taken for the same."""
    spans = [
        {"account": one.account, "item": one.item, "began": one.began, "wrong": int(one.wanted), "right": int(one.back)}
        for one in reversals
        if one.part == "" and one.began is not None and one.wanted is not None and one.back is not None
    ]
    return [
        Bought(
            account=safe(row["account"]),
            number=safe(row["number"]),
            placed_at=instant(row["placed_at"]),
            buyer=safe(row["buyer_name"]),
            phone=safe(row["buyer_phone"]),
            cancelled=row["cancellation"] != "none",
            item=safe(row["sku"]),
            name=safe(row["name"]),
            ordered_e4=row["ordered_e4"],
            paid_e4=row["unit_price_e4"],
            right_cents=row["right_cents"],
            wrong=row["unit_price_e4"] == row["wrong"] * 100,
        )
        for row in db.execute(_BOUGHT, {"spans": json.dumps(spans)}).fetchall()
    ]


@dataclass(frozen=True, slots=True)
class SentBack:
    """A value that the shop shows (`value`) instead of what C-Plus says (`refused`), as the store has both.

    `bought`: of a base price, the lines that were bought at the refused one, those too that came in afterwards.
    """

    account: SafeText
    item: SafeText
    name: SafeText
    facet: str
    part: SafeText
    value: str | None
    refused: str | None
    who: SafeText
    at: datetime | None
    bought: tuple[Bought, ...]


def sent_back(db: sqlite3.Connection, facet: str = "", account: str = "", item: str = "") -> list[SentBack]:
    """All that holds against C-Plus."""
    asked = {"facet": facet, "account": account, "item": item}
    rows = db.execute(_HELD, asked).fetchall()
    wrong = [
        Reversal(row["account"], row["item"], row["part"], row["refused"], row["value"], row["began"])
        for row in rows
        if row["facet"] == Facet.PRICE
    ]
    bought = [line for line in bought_meanwhile(db, wrong) if line.wrong]
    return [
        SentBack(
            account=safe(row["account"]),
            item=safe(row["item"]),
            name=safe(row["name"]),
            facet=row["facet"],
            part=safe(row["part"]),
            value=row["value"],
            refused=row["refused"],
            who=safe(row["who"]),
            at=instant(row["at"]),
            bought=tuple(line for line in bought if _is_of(line, row)),
        )
        for row in rows
    ]


def _is_of(line: Bought, held: sqlite3.Row) -> bool:
    key = (Facet.PRICE, "", safe(held["account"]), safe(held["item"]))
    return (held["facet"], held["part"], line.account, line.item) == key
