"""What prices an account shall show, computed in the store from the mirror. Parts and values: `engine.price_parts`.

Set-based, since each cycle looks at every row of every account.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from engine.store import price_guards
from engine.store.allowances import NOTHING, Allowed
from engine.store.database import touch
from engine.store.instants import to_text


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """How an account sells: its tables, and what its channel takes besides the price of one piece."""

    base_table: str
    group_tables: Sequence[str]
    limits: price_guards.PriceLimits
    quantities: bool
    specials: bool
    today: date  # by the calendar of the shop


# A price that does not undercut the one it stands beside says nothing, and is none. Of several promotions the cheapest
# of those that run counts, else the first to come. (CROSS JOIN: from the few
# promotions to their items, not the other way round.)
_WISHES = """
WITH
sold (part, price_table) AS (
    SELECT '', :base_table UNION ALL SELECT value, value FROM json_each(:group_tables)),
said (item, part, value) AS MATERIALIZED (
    SELECT c.item, s.part, CAST(pr.cents AS TEXT)
      FROM publication c INDEXED BY publication_listed CROSS JOIN sold s
      JOIN price pr ON pr.sku = c.item AND pr.price_table = s.price_table
     WHERE c.account = :account AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL
    UNION ALL
    SELECT q.sku, s.part || '/qty:' || rtrim(rtrim(printf('%.4f', q.from_e4 / 10000.0), '0'), '.'),
           CAST(q.cents AS TEXT)
      FROM sold s JOIN quantity_price q ON q.price_table = s.price_table
      JOIN price pr ON pr.sku = q.sku AND pr.price_table = q.price_table AND q.cents < pr.cents
      JOIN publication c ON c.account = :account AND c.item = q.sku AND c.facet = 'content' AND c.part = ''
     WHERE :quantities AND c.wanted IS NOT NULL
    UNION ALL
    SELECT sku, '/special', value
      FROM (SELECT o.sku, o.cents || ' ' || iif(o.first_day = '', '-', o.first_day) || ' ' ||
                   iif(o.last_day = '', '-', o.last_day) AS value,
                   row_number() OVER (PARTITION BY o.sku ORDER BY
                       o.first_day > :today, iif(o.first_day > :today, o.first_day, ''), o.cents, o.last_day) AS place
              FROM promotion o
              CROSS JOIN price pr ON pr.sku = o.sku AND pr.price_table = :base_table AND o.cents < pr.cents
              CROSS JOIN publication c
                ON c.account = :account AND c.item = o.sku AND c.facet = 'content' AND c.part = ''
             WHERE :specials AND c.wanted IS NOT NULL AND (o.last_day = '' OR o.last_day >= :today))
     WHERE place = 1),
wish (item, part, value) AS MATERIALIZED (
    SELECT s.item, s.part, iif(r.item IS NULL, s.value, r.value)
      FROM said s LEFT JOIN reverted r
        ON r.account = :account AND r.facet = 'price' AND r.item = s.item AND r.part = s.part AND r.refused = s.value
    UNION ALL
    SELECT r.item, r.part, r.value FROM reverted r
     WHERE r.account = :account AND r.facet = 'price' AND r.refused IS NULL)
"""

# A former value that was sent back holds until the ERP says something else.
_RELEASE = f"""
{_WISHES}
DELETE FROM reverted WHERE account = :account AND facet = 'price' AND refused IS NOT (
    SELECT value FROM said WHERE said.item = reverted.item AND said.part = reverted.part)
"""

_WANT = f"""
{_WISHES}
INSERT INTO publication (account, item, facet, part, wanted, wanted_at)
SELECT :account, w.item, 'price', w.part, w.value, :now
  FROM wish w
  LEFT JOIN publication old
    ON old.account = :account AND old.item = w.item AND old.facet = 'price' AND old.part = w.part
 WHERE old.wanted IS NOT w.value
ON CONFLICT (account, item, facet, part) DO UPDATE SET
    wanted = excluded.wanted, wanted_version = wanted_version + 1, wanted_at = excluded.wanted_at,
    attempts = 0, next_at = NULL, error_code = NULL, error_detail = NULL, guard_passed = NULL, held_by = NULL
"""

# What the ERP no longer has is taken away; but a missing base price is no zero: the old one stays.
_TAKE_AWAY = f"""
{_WISHES}
UPDATE publication SET wanted = NULL, wanted_version = wanted_version + 1, wanted_at = :now, next_at = NULL,
    attempts = 0, error_code = NULL, error_detail = NULL, held_by = NULL, guard_passed = NULL
 WHERE account = :account AND facet = 'price' AND part <> '' AND wanted IS NOT NULL
   AND (item, part) NOT IN (SELECT item, part FROM wish)
"""


def want_prices(
    db: sqlite3.Connection, account: str, terms: PriceTerms, now: datetime, allowed: Allowed = NOTHING
) -> int:
    """Want the prices of an account; what the guards hold is not sent. Answers how many rows changed.

    allowed: what a person let them do ahead.
    """
    values = {
        "account": account,
        "base_table": terms.base_table,
        "group_tables": json.dumps([table for table in terms.group_tables if table != terms.base_table]),
        "quantities": terms.quantities,
        "specials": terms.specials,
        "today": terms.today.isoformat(),
        "now": to_text(now),
    }
    changed = 0
    db.execute(_RELEASE, values)
    for statement in (_WANT, _TAKE_AWAY):
        db.execute(statement, values)
        changed += int(db.execute("SELECT changes()").fetchone()[0])  # rowcount knows nothing of a WITH ...
    # A value that was confirmed only after the price was wanted (adoption) meets the guards too.
    price_guards.hold(db, account, terms.limits, allowed)
    if changed:
        touch(db, "publications")
    return changed


def above_base(db: sqlite3.Connection, account: str) -> dict[str, tuple[str, int, int]]:
    """Group table -> its name, how many of its prices of one piece are above the base price, and of how many."""
    rows = db.execute(
        "SELECT g.part, t.name, SUM(CAST(g.wanted AS INTEGER) > CAST(b.wanted AS INTEGER)), COUNT(*)"
        " FROM publication g JOIN price_table t ON t.key = g.part JOIN publication b ON b.account = g.account"
        " AND b.item = g.item AND b.facet = 'price' AND b.part = ''"
        " WHERE g.account = ? AND g.facet = 'price' AND g.wanted IS NOT NULL AND b.wanted IS NOT NULL GROUP BY g.part",
        (account,),
    )
    return {row[0]: (row[1], int(row[2]), int(row[3])) for row in rows}
