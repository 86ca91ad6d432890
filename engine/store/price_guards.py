"""What of an account's prices is held until a person looks: falls, and too many changes at once.

A person may have allowed falls ahead; what is covered by that passes for good, whenever it gets to the shop.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from engine.store.allowances import Allowed

PRICE_DROP = "price-drop"
MANY_PRICES = "many-prices"
MANY_PRICES_MIN_ITEMS = 20
"""Below so many products a percentage says nothing."""


@dataclass(frozen=True, slots=True)
class PriceLimits:
    """In per cent; more than that is held. `changing` is of the products that the account lists."""

    drop: int
    changing: int


# The price of a table's one piece is measured against the one shown before; any other price also against the price of
# one piece beside it, or the first promotion ever of a product could be any number.
_BEFORE = """
    MAX(COALESCE(CAST(confirmed AS INTEGER), 0),
        CASE WHEN instr(part, '/') = 0 THEN 0 ELSE COALESCE((
            SELECT CAST(COALESCE(one.confirmed, one.wanted) AS INTEGER) FROM publication one
             WHERE one.account = :account AND one.item = publication.item AND one.facet = 'price'
               AND one.part = substr(publication.part, 1, instr(publication.part, '/') - 1)), 0) END)
"""
_UNSEEN = f"todo AND guard_passed IS NULL AND (held_by IS NULL OR held_by IN ('{PRICE_DROP}', '{MANY_PRICES}'))"
_FALLS_WITHIN = f"wanted IS NOT NULL AND CAST(wanted AS INTEGER) * 100 >= (100 - {{percent}}) * {_BEFORE}"

# From the few products named to their rows.
_PASS_NAMED = f"""
UPDATE publication SET held_by = NULL, guard_passed = '{PRICE_DROP}'
  FROM (SELECT key AS sku, value AS percent FROM json_each(:named)) allowed
 WHERE account = :account AND item = allowed.sku AND facet = 'price' AND {_UNSEEN}
   AND {_FALLS_WITHIN.format(percent="allowed.percent")}
"""
_PASS_ALL = f"""
UPDATE publication INDEXED BY publication_todo SET held_by = NULL, guard_passed = '{PRICE_DROP}'
 WHERE account = :account AND facet = 'price' AND {_UNSEEN} AND {_FALLS_WITHIN.format(percent=":percent")}
"""
_HOLD_DROPS = f"""
UPDATE publication INDEXED BY publication_todo SET held_by = '{PRICE_DROP}'
 WHERE account = :account AND facet = 'price' AND {_UNSEEN} AND held_by IS NOT '{PRICE_DROP}'
   AND wanted IS NOT NULL AND NOT ({_FALLS_WITHIN.format(percent=":drop")})
"""

# Only what everybody pays is counted. Promotions are begun and ended for many products at once, and the first guard
# looks at each; a table that goes to a group, or leaves it, is let pass as a whole elsewhere.
_CHANGING = f"""
 WHERE account = :account AND facet = 'price' AND todo AND guard_passed IS NULL AND confirmed IS NOT NULL
   AND wanted IS NOT confirmed AND (part = '' OR instr(part, '/qty:') = 1)
   AND (held_by IS NULL OR held_by = '{MANY_PRICES}')
"""
_COUNT_CHANGING = f"SELECT COUNT(DISTINCT item) FROM publication INDEXED BY publication_todo {_CHANGING}"
_COUNT_LISTED = """
SELECT COUNT(*) FROM publication INDEXED BY publication_listed
 WHERE account = :account AND facet = 'content' AND part = '' AND wanted IS NOT NULL
"""
_HOLD_CHANGING = f"UPDATE publication INDEXED BY publication_todo SET held_by = '{MANY_PRICES}' {_CHANGING}"


def hold(db: sqlite3.Connection, account: str, limits: PriceLimits, allowed: Allowed) -> None:
    """Let pass what was allowed ahead, and hold what falls too far and what would change with too many others.

    What is held with too many others stays held when they are fewer: a person has to look, unless the ERP takes it
    back.
    """
    values = {"account": account, "drop": limits.drop}
    if allowed.named:
        db.execute(_PASS_NAMED, {"account": account, "named": json.dumps(allowed.named)})
    if allowed.all_percent is not None:
        db.execute(_PASS_ALL, {"account": account, "percent": allowed.all_percent})
    db.execute(_HOLD_DROPS, values)
    changing = int(db.execute(_COUNT_CHANGING, {"account": account}).fetchone()[0])
    if changing < MANY_PRICES_MIN_ITEMS:
        return
    listed = int(db.execute(_COUNT_LISTED, {"account": account}).fetchone()[0])
    if changing * 100 > listed * limits.changing:
        db.execute(_HOLD_CHANGING, {"account": account})
