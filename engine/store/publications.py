"""Publications in the store: what is wanted, what is on its way, what is confirmed.

A row is sent only while nothing of it is in flight; `confirmed` moves only to what was really sent. Values are texts:
JSON for content and media, `price_parts` for a price, integer ten-thousandths for stock; None = absent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.publishing import Facet
from engine.store.database import touch
from engine.store.instants import later, to_text
from engine.store.plan_numbers import said_as

# 0 = the channel shows what is confirmed, 1 = perhaps not: what is wanted is sent again, though it be the same. While
# something is in flight: 2 = that wish came after it had left, and its confirmation does not fulfil it; 3 = there was
# no such wish, but of the outcome nobody knows: what was confirmed may be wanted again by the time it has landed.
_SEND_AGAIN = "unconfirmed = CASE WHEN in_flight_version IS NULL THEN 1 ELSE 2 END"
_NOTHING_LANDED = "in_flight = NULL, in_flight_version = NULL, settles_at = NULL, unconfirmed = unconfirmed % 3"

BACKOFF_S = (30, 120, 600, 3600)  # after the first, second, ... refusal of the same value


@dataclass(frozen=True, slots=True)
class Row:
    """A publication that is to be sent."""

    item: str
    part: str
    wanted: str | None
    version: int
    confirmed: str | None
    remote: str | None
    confirmed_at: str | None = None
    wanted_at: str = ""


def want(
    db: sqlite3.Connection, account: str, facet: Facet, rows: Iterable[tuple[str, str, str | None]], now: datetime
) -> int:
    """Set what (item, part, value) shall show; answers how many rows changed. Absent stays absent without a row."""
    changed = 0
    for item, part, value in rows:
        if value is None:
            changed += db.execute(
                "UPDATE publication SET wanted = NULL, wanted_version = wanted_version + 1, wanted_at = ?,"
                " attempts = 0, next_at = NULL, error_code = NULL, error_detail = NULL, held_by = NULL,"
                " guard_passed = NULL"
                " WHERE account = ? AND item = ? AND facet = ? AND part = ? AND wanted IS NOT NULL",
                (to_text(now), account, item, facet, part),
            ).rowcount
            continue
        changed += db.execute(
            "INSERT INTO publication (account, item, facet, part, wanted, wanted_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (account, item, facet, part) DO UPDATE SET wanted = excluded.wanted,"
            " wanted_version = wanted_version + 1, wanted_at = excluded.wanted_at, attempts = 0, next_at = NULL,"
            " error_code = NULL, error_detail = NULL, held_by = NULL, guard_passed = NULL"
            " WHERE wanted IS NOT excluded.wanted",
            (account, item, facet, part, value, to_text(now)),
        ).rowcount
    if changed:
        touch(db, "publications", *(["listed"] if facet is Facet.CONTENT else []))
    return changed


# Sendable: to do, nothing in flight or what was has settled, not held, not waiting after a refusal.
_SENDABLE = (
    " todo AND held_by IS NULL AND (next_at IS NULL OR next_at <= :now) AND (settles_at IS NULL OR settles_at <= :now)"
)

# Price and stock of an item are sent once the item itself stands in the channel.
_EXISTS = (
    " AND EXISTS (SELECT 1 FROM publication c WHERE c.account = p.account AND c.item = p.item AND c.facet = 'content'"
    " AND c.part = '' AND c.confirmed IS NOT NULL)"
)

# Stock of a SKU and an effect that moves the channel's own counter of it exclude each other.
_NO_EFFECT = (
    " AND NOT EXISTS (SELECT 1 FROM order_line l JOIN effect e ON e.order_id = l.order_id AND e.state = 'in-flight'"
    " AND e.kind IN ('ship', 'cancel', 'credit-short', 'deny-payment', 'refund')"
    " JOIN sales_order o ON o.id = l.order_id WHERE"
    " l.sku = p.item AND o.account = p.account)"
)

# A grid is sent once all its variants stand in the channel.
_VARIANTS_EXIST = (
    " AND (json_extract(p.wanted, '$.kind') IS NOT 'grid' OR NOT EXISTS ("
    " SELECT 1 FROM json_each(p.wanted, '$.variants') v LEFT JOIN publication c ON c.account = p.account"
    " AND c.item = v.value AND c.facet = 'content' AND c.part = '' WHERE c.confirmed IS NULL))"
)

# What may be in the shop already is not made there: not while a person has to say whose it is, not before what is there
# was taken over, and not under a SKU that something else of the shop has.
_NOT_THERE = (
    " AND (p.confirmed IS NOT NULL OR NOT ("
    " EXISTS (SELECT 1 FROM shop_proposal q WHERE q.account = p.account AND q.item = p.item)"
    " OR EXISTS (SELECT 1 FROM shop_item s WHERE s.account = p.account AND s.item = p.item)"
    " OR EXISTS (SELECT 1 FROM shop_item s WHERE s.account = p.account AND s.remote_sku = p.item)))"
)

# Never sent yet, and made by itself: a channel that makes items by and by may be left with it.
_NEW = (
    " AND p.confirmed IS NULL AND p.attempts = 0 AND json_extract(p.wanted, '$.kind') <> 'grid'"
    " AND json_extract(p.wanted, '$.enabled')"
)

_FACET_RULES = {
    Facet.CONTENT: _VARIANTS_EXIST + _NOT_THERE,
    Facet.MEDIA: _EXISTS,
    Facet.PRICE: _EXISTS,
    Facet.STOCK: _EXISTS + _NO_EFFECT,
}


def sendable(
    db: sqlite3.Connection,
    account: str,
    facet: Facet,
    limit: int,
    now: datetime,
    wanted_since: datetime | None = None,
    *,
    new: bool | None = None,
) -> list[Row]:
    """What may be sent now, longest waiting first; with a time only what is wanted since then.

    new: only content that can be handed over, or only what cannot.
    """
    since = "" if wanted_since is None else " AND wanted_at > :since"
    if new is not None:
        since += _NEW if new else f" AND NOT (TRUE{_NEW})"
    rows = db.execute(
        "SELECT item, part, wanted, wanted_version, confirmed, remote, confirmed_at, wanted_at FROM publication p"
        f" WHERE account = :account AND facet = :facet{since} AND {_SENDABLE}{_FACET_RULES[facet]}"
        " ORDER BY wanted_at, item, part LIMIT :limit",
        {
            "account": account,
            "facet": facet,
            "now": to_text(now),
            "limit": limit,
            **({} if wanted_since is None else {"since": to_text(wanted_since)}),
        },
    )
    return [Row(*row) for row in rows]


# A thousand rows in one statement: row by row, SQLite would hand Python's lock to and fro with the calls under way.
_THESE = (
    "account = :account AND facet = :facet AND (item, part) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:rows))"
)


def _these(account: str, facet: Facet, rows: Sequence[Row]) -> dict[str, str]:
    return {"account": account, "facet": facet, "rows": json.dumps([(row.item, row.part) for row in rows])}


def begin(
    db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], now: datetime, settle_s: float
) -> None:
    """Note that these rows, as they stand, are about to be sent; the outcome counts as unknown until told."""
    db.execute(
        "UPDATE publication SET in_flight = wanted, in_flight_version = wanted_version, settles_at = :settles_at,"
        " attempts = attempts + 1, unconfirmed = CASE unconfirmed WHEN 0 THEN 3 ELSE 1 END"
        f" WHERE {_THESE}",
        {"settles_at": later(now, settle_s), **_these(account, facet, rows)},
    )


def still_sending(
    db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], now: datetime, settle_s: float
) -> None:
    """A call for these rows begins or ends only now: it may land as late from here on, whenever they were begun."""
    db.executemany(
        "UPDATE publication SET settles_at = ? WHERE account = ? AND item = ? AND facet = ? AND part = ? AND"
        " in_flight_version IS NOT NULL",
        [(later(now, settle_s), account, row.item, facet, row.part) for row in rows],
    )


def confirm(
    db: sqlite3.Connection,
    account: str,
    facet: Facet,
    rows: Sequence[Row],
    now: datetime,
) -> None:
    """The channel shows what was sent. The value it showed before is kept for undo and for "why"."""
    at_these = {"at": to_text(now), **_these(account, facet, rows)}
    db.execute(
        "INSERT INTO former_value (account, item, facet, part, value, sent_at, until) SELECT account, item, facet,"
        " part, confirmed, confirmed_at, :at FROM publication"
        f" WHERE {_THESE} AND confirmed_at IS NOT NULL AND confirmed IS NOT in_flight",
        at_these,
    )
    db.execute(
        "UPDATE publication SET confirmed = in_flight, confirmed_at = :at, unconfirmed = (unconfirmed = 2),"
        " in_flight = NULL, in_flight_version = NULL, settles_at = NULL, attempts = 0, next_at = NULL,"
        f" error_code = NULL, error_detail = NULL WHERE {_THESE} AND in_flight_version IS NOT NULL",
        at_these,
    )
    touch(db, "publications")


def keep_remote(db: sqlite3.Connection, account: str, facet: Facet, row: Row, remote: str) -> None:
    """Keep the channel's ids of a row, as its push answered them: of the item, or of its photos."""
    db.execute(
        "UPDATE publication SET remote = ? WHERE account = ? AND item = ? AND facet = ? AND part = ?",
        (remote, account, row.item, facet, row.part),
    )


def fail(
    db: sqlite3.Connection,
    account: str,
    facet: Facet,
    failures: Sequence[tuple[Row, str, str]],
    now: datetime,
) -> None:
    """The channel refused these rows (row, code, detail): they wait, longer each time, until the value changes."""
    for row, code, detail in failures:
        attempts = db.execute(
            "SELECT attempts FROM publication WHERE account = ? AND item = ? AND facet = ? AND part = ?",
            (account, row.item, facet, row.part),
        ).fetchone()[0]
        wait_s = BACKOFF_S[min(max(attempts, 1), len(BACKOFF_S)) - 1]
        db.execute(
            f"UPDATE publication SET {_NOTHING_LANDED}, next_at = ?,"
            " error_code = ?, error_detail = ? WHERE account = ? AND item = ? AND facet = ? AND part = ?",
            (later(now, wait_s), code, detail, account, row.item, facet, row.part),
        )
    touch(db, "publications")


def give_back(db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row]) -> None:
    """Nothing of these rows reached the channel: they may be sent again at once."""
    db.executemany(
        f"UPDATE publication SET {_NOTHING_LANDED} WHERE account = ? AND item = ? AND facet = ? AND part = ?",
        [(account, r.item, facet, r.part) for r in rows],
    )


def unconfirm_stock(db: sqlite3.Connection, account: str, skus: Iterable[str]) -> None:
    """The channel may have moved its own counter of these SKUs: what it shows is to be sent again."""
    db.executemany(
        f"UPDATE publication SET {_SEND_AGAIN} WHERE account = ? AND item = ? AND facet = 'stock' AND"
        " confirmed IS NOT NULL",
        [(account, sku) for sku in set(skus)],
    )


def confirmed_items(db: sqlite3.Connection, account: str, after: str, limit: int) -> list[str]:
    """Items that stand in the channel, in order, from behind `after`."""
    rows = db.execute(
        "SELECT item FROM publication WHERE account = ? AND facet = 'content' AND part = '' AND confirmed IS NOT NULL"
        " AND item > ? ORDER BY item LIMIT ?",
        (account, after, limit),
    )
    return [row[0] for row in rows]


def confirmed_after(db: sqlite3.Connection, account: str, after: str) -> int:
    """How many items from behind `after` stand in the channel."""
    row = db.execute(
        "SELECT count(*) FROM publication INDEXED BY publication_listed WHERE account = ? AND facet = 'content'"
        " AND part = '' AND wanted IS NOT NULL AND confirmed IS NOT NULL AND item > ?",
        (account, after),
    ).fetchone()
    return int(row[0])


def todo(db: sqlite3.Connection, account: str, facet: Facet) -> int:
    """How much of a facet is not sent yet and waits for nobody, whether or not its turn has come."""
    row = db.execute(
        "SELECT count(*) FROM publication INDEXED BY publication_todo WHERE account = ? AND facet = ? AND todo"
        " AND held_by IS NULL AND error_code IS NULL",
        (account, facet),
    ).fetchone()
    return int(row[0])


def drifted(
    db: sqlite3.Connection,
    account: str,
    facet: Facet,
    items: Sequence[str],
    shown: Mapping[tuple[str, str], str],
    as_of: datetime,
) -> list[tuple[str, str]]:
    """(item, part) of what the channel shows otherwise than confirmed. `as_of`: the channel was read after that.

    What is on its way, or was confirmed while the channel was read, is not judged.
    """
    rows = db.execute(
        "SELECT item, part, confirmed FROM publication WHERE account = ? AND facet = ? AND confirmed IS NOT NULL AND"
        " settles_at IS NULL AND confirmed_at < ? AND item IN (SELECT value FROM json_each(?))",
        (account, facet, to_text(as_of), json.dumps(list(items))),
    )
    return [(row["item"], row["part"]) for row in rows if shown.get((row["item"], row["part"])) != row["confirmed"]]


def send_again(db: sqlite3.Connection, account: str, facet: Facet, rows: Iterable[tuple[str, str]]) -> None:
    """What the channel shows of these (item, part) is not what was confirmed: what is wanted is sent anew."""
    db.executemany(
        f"UPDATE publication SET {_SEND_AGAIN} WHERE account = ? AND item = ? AND facet = ? AND part = ?",
        [(account, item, facet, part) for item, part in rows],
    )


def parts(db: sqlite3.Connection, account: str, facet: Facet, item: str) -> list[tuple[str, str]]:
    """(item, part) of all that the channel was confirmed to show of an item."""
    rows = db.execute(
        "SELECT item, part FROM publication WHERE account = ? AND item = ? AND facet = ? AND confirmed IS NOT NULL",
        (account, item, facet),
    )
    return [(row["item"], row["part"]) for row in rows]


def shown_otherwise(
    db: sqlite3.Connection, account: str, facet: Facet, item: str, part: str, value: str | None, now: datetime
) -> None:
    """The channel shows this by now, and nobody of ours has sent it."""
    db.execute(
        "UPDATE publication SET confirmed = ?, confirmed_at = ? WHERE account = ? AND item = ? AND facet = ? AND"
        " part = ?",
        (value, to_text(now), account, item, facet, part),
    )
    touch(db, "publications")


def gone(db: sqlite3.Connection, account: str, items: Sequence[str]) -> None:
    """Somebody deleted these items in the channel: made anew where on sale, else forgotten. Not those in flight."""
    for item in items:
        on_its_way = db.execute(
            "SELECT 1 FROM publication WHERE account = ? AND item = ? AND settles_at IS NOT NULL", (account, item)
        ).fetchone()
        if on_its_way:
            continue
        db.execute(
            "DELETE FROM publication WHERE account = ?1 AND item = ?2 AND EXISTS (SELECT 1 FROM publication c WHERE"
            " c.account = ?1 AND c.item = ?2 AND c.facet = 'content' AND c.part = '' AND NOT"
            " json_extract(c.wanted, '$.enabled'))",
            (account, item),
        )
        db.execute(
            "UPDATE publication SET confirmed = NULL, confirmed_at = NULL, unconfirmed = 0, remote = NULL"
            " WHERE account = ? AND item = ?",
            (account, item),
        )
    touch(db, "publications", "listed")


def is_wanted(db: sqlite3.Connection, account: str, item: str, facet: Facet, part: str) -> bool:
    """Whether this shall show anything."""
    row = db.execute(
        "SELECT 1 FROM publication WHERE account = ? AND item = ? AND facet = ? AND part = ? AND wanted IS NOT NULL",
        (account, item, facet, part),
    )
    return row.fetchone() is not None


def adopt_found(
    db: sqlite3.Connection, account: str, facet: Facet, item: str, part: str, value: str, now: datetime
) -> None:
    """Take what the channel shows as confirmed, without having sent it; what is wanted stays."""
    at = to_text(now)
    db.execute(
        "INSERT INTO publication (account, item, facet, part, wanted, wanted_at, confirmed, confirmed_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, item, facet, part) DO UPDATE SET"
        " confirmed = excluded.confirmed, confirmed_at = excluded.confirmed_at, unconfirmed = 0",
        (account, item, facet, part, value, at, value, at),
    )


def let_pass(db: sqlite3.Connection, account: str, guard: str, item: str, part: str, value: str | None) -> bool:
    """A person lets this value, as `said_as` names it, pass the guard that holds it; False where it holds another."""
    rows = db.execute(
        "SELECT facet, wanted FROM publication WHERE account = ? AND item = ? AND part = ? AND held_by = ?",
        (account, item, part, guard),
    ).fetchall()
    facets = [row["facet"] for row in rows if said_as(row["wanted"]) == value]
    db.executemany(
        "UPDATE publication SET held_by = NULL, guard_passed = held_by WHERE account = ? AND item = ? AND facet = ?"
        " AND part = ?",
        [(account, item, facet, part) for facet in facets],
    )
    return bool(facets)


def let_all_pass(db: sqlite3.Connection, account: str, guard: str) -> None:
    """A person has seen how much a guard holds, and lets all of it pass."""
    db.execute(
        "UPDATE publication SET held_by = NULL, guard_passed = held_by WHERE account = ? AND held_by = ? AND todo",
        (account, guard),
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a facet of an account has still to send."""

    todo: int
    oldest_at: str | None
    held: int
    refused: int


def backlog(db: sqlite3.Connection, account: str, facet: Facet) -> Backlog:
    """How much of a facet waits, since when, and how much of it needs a person."""
    row = db.execute(
        "SELECT COUNT(*), MIN(wanted_at), SUM(held_by IS NOT NULL), SUM(error_code IS NOT NULL)"
        " FROM publication p INDEXED BY publication_todo WHERE account = ? AND facet = ? AND todo"
        f"{_FACET_RULES[facet].replace(_NO_EFFECT, '')}",
        (account, facet),
    ).fetchone()
    return Backlog(row[0], row[1], row[2] or 0, row[3] or 0)
