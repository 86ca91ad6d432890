"""What was in a shop before us, as adoption matched it: its items and customers, and what is in C-Plus alone."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from console.safe_text import safe

# Where a row stands for people; `open` waits for one. A match of a product without the account's characteristic is told
# apart, because nothing is done to it until somebody flags it.
STANDING = """CASE WHEN s.item IS NULL AND s.settled_by IS NOT NULL THEN 'left-alone'
            WHEN s.item IS NULL THEN s.standing
            WHEN c.item IS NULL THEN 'not-flagged'
            WHEN s.settled_by IS NOT NULL THEN 'settled'
            ELSE 'sure' END"""
STANDING_FROM = """
  FROM shop_item s
  LEFT JOIN publication c
    ON c.account = s.account AND c.item = s.item AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL
"""
_ITEMS = f"""
SELECT s.remote_id, s.remote_sku, s.name, s.gtin, s.reason, s.adopted_at IS NOT NULL AS taken, {STANDING} AS standing,
       COALESCE(s.item, (SELECT group_concat(q.item, ' ') FROM shop_proposal q
                          WHERE q.account = s.account AND q.remote_id = s.remote_id), '') AS items
{STANDING_FROM} WHERE s.account = ? ORDER BY s.remote_sku, s.remote_id
"""
_ONLY_CPLUS = """
SELECT c.item FROM publication c
 WHERE c.account = ?1 AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL AND c.confirmed IS NULL
   AND NOT EXISTS (SELECT 1 FROM shop_item s WHERE s.account = ?1 AND s.item = c.item)
   AND NOT EXISTS (SELECT 1 FROM shop_proposal q WHERE q.account = ?1 AND q.item = c.item)
 ORDER BY c.item
"""
_CUSTOMERS = """
SELECT external_id, name, email, document, standing, reason, codes FROM shop_customer
 WHERE account = ? ORDER BY standing, name, external_id
"""
OPEN = ("doubtful", "double")


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    """One item or customer. `ours` names what it is or may be: keys, codes and names of C-Plus, in one order."""

    what: str  # item | customer
    standing: str
    reason: str
    shop_id: str
    shop_sku: str
    shop_name: str
    shop_number: str  # GTIN or document
    ours: tuple[str, ...]
    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    taken: bool = False

    @property
    def open(self) -> bool:
        """A person has to say whose it is."""
        return self.what == "item" and self.standing in OPEN


def adoption_rows(db: sqlite3.Connection, account: str) -> list[AdoptionRow]:
    """Everything that adoption found, open rows first."""
    known = {row["item"]: (row["code"], row["name"]) for row in db.execute("SELECT item, code, name FROM erp_key")}

    def told(items: list[str], place: int) -> tuple[str, ...]:
        return tuple(safe(known[item][place] if item in known else "") for item in items)

    rows = []
    for row in db.execute(_ITEMS, (account,)):
        items = row["items"].split()
        rows.append(
            AdoptionRow(
                what="item",
                standing=row["standing"],
                reason=row["reason"],
                shop_id=row["remote_id"],
                shop_sku=safe(row["remote_sku"]),
                shop_name=safe(row["name"]),
                shop_number=safe(row["gtin"]),
                ours=tuple(items),
                codes=told(items, 0),
                names=told(items, 1),
                taken=bool(row["taken"]),
            )
        )
    for row in db.execute(_ONLY_CPLUS, (account,)):
        items = [row["item"]]
        rows.append(
            AdoptionRow("item", "only-cplus", "nothing", "", "", "", "", tuple(items), told(items, 0), told(items, 1))
        )
    for row in db.execute(_CUSTOMERS, (account,)):
        rows.append(
            AdoptionRow(
                what="customer",
                standing=row["standing"],
                reason=row["reason"],
                shop_id=row["external_id"],
                shop_sku=safe(row["email"]),
                shop_name=safe(row["name"]),
                shop_number=safe(row["document"]),
                ours=tuple(json.loads(row["codes"])),
            )
        )
    return sorted(rows, key=lambda row: (not row.open, row.what != "item"))
