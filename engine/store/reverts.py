"""Former values that are sent back, and that hold against what the ERP says until it says something else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.publishing import Content, Facet
from engine.reverting import Reversal, field_of, field_reversals, with_field
from engine.store import content_guards, mirror, publications
from engine.store.database import touch
from engine.store.instants import to_text
from engine.store.price_guards import PRICE_DROP

FACETS = (Facet.PRICE, Facet.CONTENT)

# What was shown at the time is the first former value that ended since then; where none did and another value is on its
# way, it is what is confirmed.
_SINCE = """
WITH ended AS MATERIALIZED (
    SELECT id, account, item, part, value, min(until) AS until FROM former_value
     WHERE facet = :facet AND until >= :since AND (:account = '' OR account = :account)
       AND (:item = '' OR item = :item)
     GROUP BY account, item, part)
SELECT p.account, p.item, p.part, p.wanted, e.value AS back, e.until AS began
  FROM ended e JOIN publication p ON p.account = e.account AND p.item = e.item AND p.facet = :facet AND p.part = e.part
UNION ALL
SELECT p.account, p.item, p.part, p.wanted, p.confirmed, NULL FROM publication p
 WHERE p.todo AND p.facet = :facet AND p.wanted_at >= :since AND p.confirmed IS NOT NULL
   AND (:account = '' OR p.account = :account) AND (:item = '' OR p.item = :item)
   AND (p.account, p.item, p.part) NOT IN (SELECT account, item, part FROM ended)
 ORDER BY 1, 2, 3
"""


def reversals(db: sqlite3.Connection, facet: str, since: str, account: str = "", item: str = "") -> list[Reversal]:
    """What would be sent back to be as it was `since`, an instant as the store keeps them; "" = all.

    A base price that was not there before stays, and so does an item that was made since: neither can be taken back.
    """
    asked = {"facet": facet, "since": since, "account": account, "item": item}
    found: list[Reversal] = []
    for row in db.execute(_SINCE, asked).fetchall():
        told = (row["account"], row["item"])
        if facet == Facet.CONTENT:
            if row["wanted"] is not None and row["back"] is not None:
                found += field_reversals(*told, row["wanted"], row["back"], row["began"])
        elif row["wanted"] != row["back"] and not (row["part"] == "" and row["back"] is None):
            found.append(Reversal(*told, row["part"], row["wanted"], row["back"], row["began"]))
    return found


def send_back(db: sqlite3.Connection, facet: str, chosen: Sequence[Reversal], who: str, now: datetime) -> None:
    """Want these former values, and hold them against what the ERP says now."""
    db.executemany(
        "INSERT INTO reverted (account, item, facet, part, value, refused, who, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, facet, item, part) DO UPDATE SET value = excluded.value, who = excluded.who,"
        " at = excluded.at",  # sent back once more: what the ERP says is still the same
        [(one.account, one.item, facet, one.part, one.back, one.wanted, who, to_text(now)) for one in chosen],
    )
    if facet == Facet.CONTENT:
        for account, item in dict.fromkeys((one.account, one.item) for one in chosen):
            wanted = db.execute(
                "SELECT wanted FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = ''",
                (account, item),
            ).fetchone()[0]
            content = msgspec.json.decode(wanted, type=Content)
            for one in chosen:
                if (one.account, one.item) == (account, item) and one.back is not None:
                    content = with_field(content, one.part, one.back)
            encoded = msgspec.json.encode(content).decode()
            publications.want(db, account, Facet.CONTENT, [(item, "", encoded)], now)
            _pass(db, content_guards.MANY_TEXTS, account, item, Facet.CONTENT, "")
        return
    for one in chosen:
        publications.want(db, one.account, Facet.PRICE, [(one.item, one.part, one.back)], now)
        _pass(db, PRICE_DROP, one.account, one.item, Facet.PRICE, one.part)


def _pass(db: sqlite3.Connection, guard: str, *key: str) -> None:
    """A person has seen it: no guard asks once more."""
    db.execute(
        "UPDATE publication SET guard_passed = ? WHERE account = ? AND item = ? AND facet = ? AND part = ?",
        (guard, *key),
    )


def settled(db: sqlite3.Connection, account: str, item: str, content: Content) -> Content:
    """What the ERP says of an item, with the fields that were sent back while it says the same of them."""
    rows = db.execute(
        "SELECT part, value, refused FROM reverted WHERE account = ? AND facet = 'content' AND item = ?",
        (account, item),
    ).fetchall()
    for row in rows:
        if field_of(content, row["part"]) == row["refused"]:
            content = with_field(content, row["part"], row["value"])
        else:
            db.execute(
                "DELETE FROM reverted WHERE account = ? AND facet = 'content' AND item = ? AND part = ?",
                (account, item, row["part"]),
            )
    return content


def release(db: sqlite3.Connection, facet: str, account: str = "", item: str = "") -> int:
    """What the ERP says counts again; answers how many values."""
    rows = db.execute(
        "DELETE FROM reverted WHERE facet = ?1 AND (?2 = '' OR account = ?2) AND (?3 = '' OR item = ?3)"
        " RETURNING account, item",
        (facet, account, item),
    ).fetchall()
    if facet == Facet.CONTENT:
        items = json.dumps([[row["account"], row["item"]] for row in rows])
        cells = db.execute(
            "SELECT v.value FROM json_each(?) k JOIN publication p ON p.account = json_extract(k.value, '$[0]')"
            " AND p.item = json_extract(k.value, '$[1]') AND p.facet = 'content' AND p.part = '',"
            " json_each(p.wanted, '$.variants') v",
            (items,),
        ).fetchall()
        mirror.mark_changed(db, {row["item"] for row in rows} | {cell[0] for cell in cells})
    touch(db, "publications", "price-list")
    return len(rows)
