"""What a channel would sell of an item against what it should, in the store: seen, its stock sent once more, told.

Quantities are integer ten-thousandths.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.store.instants import to_text

SEEN, SENT, TOLD = "seen", "sent", "told"


@dataclass(frozen=True, slots=True)
class Gap:
    """The channel would sell `shown_e4`, and `due_e4` is right."""

    item: str
    shown_e4: int
    due_e4: int


def held(db: sqlite3.Connection, account: str, items: Sequence[str]) -> dict[str, int]:
    """What open orders of the account hold of these items, by our ledger."""
    rows = db.execute(
        "SELECT l.sku, SUM(l.ordered_e4 - l.shipped_e4 - l.cancelled_e4) FROM order_line l JOIN sales_order o"
        " ON o.id = l.order_id WHERE o.account = ? AND l.sku IN (SELECT value FROM json_each(?)) GROUP BY l.sku",
        (account, json.dumps(list(items))),
    )
    return {sku: e4 for sku, e4 in rows if e4}


def moving(db: sqlite3.Connection, account: str, items: Sequence[str], as_of: datetime) -> set[str]:
    """Of these items those whose number may be another by now: the channel was read after `as_of`."""
    rows = db.execute(
        "SELECT item FROM publication WHERE account = :account AND facet = 'stock' AND (settles_at IS NOT NULL OR"
        " confirmed_at >= :as_of) AND item IN (SELECT value FROM json_each(:items)) UNION"
        " SELECT l.sku FROM effect e JOIN sales_order o ON o.id = e.order_id AND o.account = :account JOIN order_line l"
        " ON l.order_id = o.id WHERE e.state = 'in-flight' AND l.sku IN (SELECT value FROM json_each(:items))",
        {"account": account, "as_of": to_text(as_of), "items": json.dumps(list(items))},
    )
    return {row[0] for row in rows}


def note(db: sqlite3.Connection, account: str, gap: Gap, now: datetime) -> None:
    """Keep a gap as seen. One that was told stays told, with its new numbers; one seen with the same ones stays."""
    db.execute(
        "INSERT INTO salable_gap (account, item, shown_e4, due_e4, standing, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, item) DO UPDATE SET shown_e4 = excluded.shown_e4, due_e4 = excluded.due_e4,"
        " standing = CASE standing WHEN 'told' THEN 'told' ELSE 'seen' END, at = excluded.at"
        " WHERE shown_e4 <> excluded.shown_e4 OR due_e4 <> excluded.due_e4",
        (account, gap.item, gap.shown_e4, gap.due_e4, SEEN, to_text(now)),
    )


def standing(db: sqlite3.Connection, account: str, gap: Gap) -> str | None:
    """How far a gap with just these numbers has come; None for one that is new."""
    row = db.execute(
        "SELECT standing FROM salable_gap WHERE account = ? AND item = ? AND shown_e4 = ? AND due_e4 = ?",
        (account, gap.item, gap.shown_e4, gap.due_e4),
    ).fetchone()
    return None if row is None else str(row[0])


def advance(db: sqlite3.Connection, account: str, item: str, to: str, now: datetime) -> None:
    """It stands so from now."""
    db.execute(
        "UPDATE salable_gap SET standing = ?, at = ? WHERE account = ? AND item = ?", (to, to_text(now), account, item)
    )


def forget(db: sqlite3.Connection, account: str, items: Iterable[str]) -> None:
    """These numbers agree, or are not told any more."""
    db.executemany("DELETE FROM salable_gap WHERE account = ? AND item = ?", [(account, item) for item in items])


def to_look_at(db: sqlite3.Connection, account: str, overlap_s: float, limit: int) -> list[str]:
    """Items whose gap is to be looked at again: the orders were pulled since, and what was sent is confirmed.

    An order of which we do not know yet is the commonest cause of a gap; `overlap_s`: how late one may become visible.
    """
    rows = db.execute(
        "SELECT g.item FROM salable_gap g JOIN task t ON t.account = g.account AND t.name = 'orders'"
        " AND t.state NOT IN ('paused', 'observing') WHERE g.account = :account AND g.standing <> 'told'"
        " AND unixepoch(t.succeeded_at) >= unixepoch(g.at) + :overlap_s"
        " AND (g.standing = 'seen' OR NOT EXISTS (SELECT 1 FROM publication p WHERE p.account = g.account"
        " AND p.item = g.item AND p.facet = 'stock' AND p.todo)) ORDER BY g.at, g.item LIMIT :limit",
        {"account": account, "overlap_s": overlap_s, "limit": limit},
    )
    return [row[0] for row in rows]


def told(db: sqlite3.Connection, account: str) -> list[Gap]:
    """The gaps that people are told of."""
    rows = db.execute(
        "SELECT item, shown_e4, due_e4 FROM salable_gap WHERE account = ? AND standing = 'told' ORDER BY item",
        (account,),
    )
    return [Gap(*row) for row in rows]
