"""Price changes that a person allowed ahead: of which products, how far they may fall, from when until when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from engine.store.database import touch
from engine.store.instants import to_text


@dataclass(frozen=True, slots=True)
class Allowance:
    """By how many per cent the prices of `items` (none named = all of the account) may fall between two instants."""

    account: str
    items: tuple[str, ...]
    fall_percent: int
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """What holds now: per cent by SKU, and for every product; None = nothing is allowed of every product."""

    named: Mapping[str, int] = field(default_factory=dict)
    all_percent: int | None = None


NOTHING = Allowed()


def add(db: sqlite3.Connection, allowance: Allowance, who: str, now: datetime) -> int:
    """Keep it; answers its number."""
    row = db.execute(
        "INSERT INTO price_allowance (account, items, fall_percent, from_at, until_at, who, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            allowance.account,
            json.dumps(allowance.items),
            allowance.fall_percent,
            to_text(allowance.from_at),
            to_text(allowance.until_at),
            who,
            to_text(now),
        ),
    ).fetchone()
    touch(db, "price-list", "publications")
    return int(row[0])


def withdraw(db: sqlite3.Connection, allowance: int) -> sqlite3.Row | None:
    """It allows nothing any more; what it has let pass has passed. Answers what it was, None where there is none."""
    row: sqlite3.Row | None = db.execute(
        "DELETE FROM price_allowance WHERE id = ? RETURNING account, items, fall_percent, from_at, until_at",
        (allowance,),
    ).fetchone()
    if row is not None:
        touch(db, "price-list", "publications")
    return row


def allowed(db: sqlite3.Connection, account: str, now: datetime) -> Allowed:
    """What an account's prices may do now; of several for one product the widest counts."""
    rows: Sequence[sqlite3.Row] = db.execute(
        "SELECT items, fall_percent FROM price_allowance WHERE account = ?1 AND from_at <= ?2 AND ?2 < until_at",
        (account, to_text(now)),
    ).fetchall()
    named: dict[str, int] = {}
    every: int | None = None
    for row in rows:
        items, percent = json.loads(row["items"]), int(row["fall_percent"])
        if not items:
            every = percent if every is None else max(every, percent)
        for item in items:
            named[item] = max(percent, named.get(item, 0))
    return Allowed(named, every) if rows else NOTHING
