"""What stock an account shall show, computed in the store from the mirror and the orders.

Set-based, since each cycle looks at every row of every account: ten thousand SKUs take some tens of milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.settings import SourceSettings
from engine.store.database import touch
from engine.store.instants import to_text

MANY_TO_ZERO = "many-to-zero"
MANY_TO_ZERO_MIN_ROWS = 20  # below so many rows a percentage says nothing


# available = on hand - reserved - promised; publishable = max(0, available - buffer); sent = publishable + held.
# Of a kit so many are available as its scarcest part suffices for; its buffer counts kits, those of its parts do not
# bear on it. Goods that the ERP does not count are available in a number that the store has set; of things sold by the
# piece a fraction on hand is none.
#
# Of several sources each shows what lies in its companies and sectors, but all of them together no more than is
# publishable: what was promised, and the buffer, are taken from the source that ships, and from the others only where
# that one has too little. It also shows what comes from no one place (kits, what the ERP does not count), and all that
# is held, since orders are shipped from it: it always has what an order in the channel asks of it.
#
# A shop that may be cut off, or was, shows less where little is left. Of one that was and comes back only what has to
# be sent anyway does: sending the rest twice would keep it from what is urgent.
#
# Held lines are those that the channel has subtracted itself and has not yet shipped or cancelled, by our ledger. They
# are counted by the SKU that the channel sold, not by the goods: a channel that shows a kit and its parts side by side
# counts an open order of the kit down from the kit alone. So the kit gets what it holds added back, and what remains
# for sale there is what is publishable; the parts have nothing added back, because nothing was subtracted from them,
# and show the sale of the kit through what is promised of them, then reserved. Adding the kit's pieces to its parts as
# well would sell them twice. The other way round an order of a part lowers its kits through the part's available.
_ITEMS = """
WITH
source AS MATERIALIZED (
    SELECT key AS place, json_extract(value, '$.name') AS name, value AS own,
           json_extract(value, '$.name') = :ships_from AS ships FROM json_each(:sources)),
shelf AS MATERIALIZED (
    SELECT s.company, s.sector, (SELECT name FROM source
             WHERE (json_array_length(own, '$.companies') = 0
                    OR s.company IN (SELECT value FROM json_each(own, '$.companies')))
               AND (json_array_length(own, '$.sectors') = 0
                    OR s.sector IN (SELECT value FROM json_each(own, '$.sectors')))
             ORDER BY place LIMIT 1) AS source
      FROM (SELECT DISTINCT company, sector FROM stock_level) s),
free_at AS MATERIALIZED (
    SELECT l.sku, shelf.source, SUM(l.on_hand_e4 - l.reserved_e4) AS e4
      FROM stock_level l JOIN shelf ON shelf.company = l.company AND shelf.sector = l.sector
     WHERE shelf.source IS NOT NULL GROUP BY l.sku, shelf.source),
free AS (SELECT sku, SUM(e4) AS e4 FROM free_at GROUP BY sku),
promised AS (
    SELECT sku, SUM(MAX(0, ordered_e4 - cancelled_e4 - invoiced_e4)) AS e4
      FROM order_goods WHERE promised GROUP BY sku),
kit AS (
    SELECT k.kit, 10000 * MIN(MAX(0, COALESCE(free.e4, 0) - COALESCE(promised.e4, 0)) / k.quantity_e4) AS e4
      FROM kit_part k LEFT JOIN free ON free.sku = k.part LEFT JOIN promised ON promised.sku = k.part
     WHERE k.counted GROUP BY k.kit),
held AS (
    SELECT l.sku, SUM(l.ordered_e4 - l.shipped_e4 - l.cancelled_e4) AS e4
      FROM order_line l JOIN sales_order o ON o.id = l.order_id
     WHERE o.account = :account AND l.shipped_e4 + l.cancelled_e4 < l.ordered_e4
     GROUP BY l.sku),
plain AS MATERIALIZED (
        SELECT c.item, p.step_e4, p.counted,
               MAX(0, CASE WHEN kit_fault.kit IS NOT NULL THEN 0
                           WHEN NOT p.counted THEN :uncounted_e4
                           ELSE (COALESCE(kit.e4, COALESCE(free.e4, 0) - COALESCE(promised.e4, 0))
                                 - COALESCE(li.buffer_e4, :buffer_e4)) / p.step_e4 * p.step_e4
                      END) AS plain_e4,
               CASE WHEN :counts_own THEN COALESCE(held.e4, 0) ELSE 0 END AS held_e4
          FROM publication c INDEXED BY publication_listed
          JOIN (SELECT sku, counted, CASE WHEN whole THEN 10000 ELSE 1 END AS step_e4 FROM product) p ON p.sku = c.item
          LEFT JOIN kit ON kit.kit = c.item
          LEFT JOIN kit_fault ON kit_fault.kit = c.item
          LEFT JOIN free ON free.sku = c.item
          LEFT JOIN promised ON promised.sku = c.item
          LEFT JOIN held ON held.sku = c.item
          LEFT JOIN listing li ON li.account = :account AND li.item = c.item
         WHERE c.account = :account AND c.facet = 'content' AND c.part = '' AND c.wanted IS NOT NULL),
item AS MATERIALIZED (
    SELECT item, step_e4, held_e4, plain_e4,
           CASE WHEN :defence_e4 = 0 OR NOT counted OR plain_e4 > :few_e4
                  OR (NOT :defends_all AND plain_e4 + held_e4 IS (
                      SELECT CASE WHEN MAX(s.unconfirmed) = 0 THEN SUM(CAST(s.confirmed AS INTEGER)) END
                        FROM publication s
                       WHERE s.account = :account AND s.item = plain.item AND s.facet = 'stock')) THEN plain_e4
                ELSE MAX(0, plain_e4 - :defence_e4) / step_e4 * step_e4 END AS publishable_e4
      FROM plain)
"""

_STOCK = f"""
{_ITEMS},
there AS (
    SELECT i.item, i.publishable_e4, i.held_e4, s.name, s.place, s.ships,
           CASE WHEN s.ships THEN 0 ELSE MAX(0, COALESCE(f.e4, 0)) / i.step_e4 * i.step_e4 END AS e4
      FROM item i CROSS JOIN source s LEFT JOIN free_at f ON f.sku = i.item AND f.source = s.name),
shared AS (
    SELECT *, publishable_e4 - COALESCE(SUM(e4) OVER (PARTITION BY item ORDER BY ships, place
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS left_e4 FROM there)
INSERT INTO publication (account, item, facet, part, wanted, wanted_at)
SELECT :account, n.item, 'stock', n.part, n.wanted, :now
  FROM (SELECT item, name AS part,
               CAST(CASE WHEN ships THEN MAX(0, left_e4) + held_e4 ELSE MAX(0, MIN(e4, left_e4)) END AS TEXT) AS wanted
          FROM shared) n
  LEFT JOIN publication old
    ON old.account = :account AND old.item = n.item AND old.facet = 'stock' AND old.part = n.part
 WHERE old.wanted IS NOT n.wanted
ON CONFLICT (account, item, facet, part) DO UPDATE SET
    wanted = excluded.wanted, wanted_version = wanted_version + 1, wanted_at = excluded.wanted_at,
    attempts = 0, next_at = NULL, error_code = NULL, error_detail = NULL, held_by = NULL, guard_passed = NULL
"""

_FORSAKEN = """
UPDATE publication SET wanted = '0', wanted_version = wanted_version + 1, wanted_at = :now, attempts = 0,
    next_at = NULL, error_code = NULL, error_detail = NULL, held_by = NULL, guard_passed = NULL
 WHERE account = :account AND facet = 'stock' AND wanted <> '0'
   AND part NOT IN (SELECT json_extract(value, '$.name') FROM json_each(:sources))
"""

# What shows nothing only because the shop is defended is no fall: the guard is there for what C-Plus says.
_DEFENDED_TO_ZERO = f"{_ITEMS} SELECT item FROM item WHERE plain_e4 > 0 AND publishable_e4 = 0"
_FALLING_TO_ZERO = (
    "account = :account AND facet = 'stock' AND wanted = '0' AND CAST(confirmed AS INTEGER) > 0"
    " AND item NOT IN (SELECT value FROM json_each(:defended))"
)


@dataclass(frozen=True, slots=True)
class Defended:
    """So much less is shown where no more than `few_e4` are left: of every item, or of what is to be sent anyway."""

    buffer_e4: int
    few_e4: int
    every_item: bool


UNDEFENDED = Defended(0, 0, every_item=False)


def want_stock(
    db: sqlite3.Connection,
    account: str,
    *,
    sources: Mapping[str, SourceSettings],
    ships_from: str,
    buffer_e4: int,
    uncounted_e4: int,
    counts_own: bool,
    to_zero_percent: int,
    now: datetime,
    defended: Defended = UNDEFENDED,
) -> int:
    """Want the stock of all items of an account in these sources; a source that is named no more shows nothing.

    `uncounted_e4` is shown of products whose stock the ERP does not keep.

    When more than `to_zero_percent` of the items would fall to zero at once, those rows are held until a person looks.
    """
    values = {
        "account": account,
        "sources": json.dumps(
            [
                {"name": name, "companies": source.companies, "sectors": source.sectors}
                for name, source in sources.items()
            ]
        ),
        "ships_from": ships_from,
        "buffer_e4": buffer_e4,
        "uncounted_e4": uncounted_e4,
        "counts_own": counts_own,
        "now": to_text(now),
        "defence_e4": defended.buffer_e4,
        "few_e4": defended.few_e4,
        "defends_all": defended.every_item,
        "defended": "[]",
    }
    if defended.buffer_e4:
        values["defended"] = json.dumps([row[0] for row in db.execute(_DEFENDED_TO_ZERO, values)])
    db.execute(_STOCK, values)
    changed = int(db.execute("SELECT changes()").fetchone()[0])  # rowcount knows nothing of a WITH ... INSERT
    changed += db.execute(_FORSAKEN, values).rowcount
    falling = db.execute(f"SELECT COUNT(*) FROM publication WHERE {_FALLING_TO_ZERO}", values).fetchone()[0]
    total = db.execute("SELECT COUNT(*) FROM publication WHERE account = ? AND facet = 'stock'", (account,)).fetchone()[
        0
    ]
    too_many = total >= MANY_TO_ZERO_MIN_ROWS and falling * 100 > total * to_zero_percent
    if too_many:
        db.execute(
            f"UPDATE publication SET held_by = '{MANY_TO_ZERO}'"
            f" WHERE {_FALLING_TO_ZERO} AND held_by IS NULL AND guard_passed IS NULL",
            values,
        )
    else:
        db.execute(
            "UPDATE publication SET held_by = NULL WHERE account = ? AND facet = 'stock' AND held_by = ?",
            (account, MANY_TO_ZERO),
        )
    if changed:
        touch(db, "publications")
    return changed
