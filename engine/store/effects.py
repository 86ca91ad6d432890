"""Effects in the store: what must happen once, in decided order, one in flight per order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.store.instants import later, to_text


class Kind(StrEnum):
    """What an effect does."""

    ERP_ORDER = "erp-order"  # write the order, its customer and its reservation into the ERP
    ERP_RESERVE = "erp-reserve"  # reserve a short order's goods, which have arrived
    ERP_RELEASE = "erp-release"  # give back what is reserved: the goods are not there
    ERP_RELEASE_INVOICED = "erp-release-invoiced"  # give back what an invoiced order still has reserved
    ERP_CANCEL = "erp-cancel"  # cancel in the ERP and give the goods back
    ERP_DELIVERY = "erp-delivery"  # write there where it goes to, which a person corrected
    ERP_LINK = "erp-link"  # the same, since a sale typed again takes its place
    ACCEPT = "accept-payment"  # accept a payment in review
    DENY = "deny-payment"  # deny it, which cancels the order
    CAPTURE = "capture"
    CANCEL = "cancel"
    SHIP = "ship"
    REFUND = "refund"  # credit in the channel what came back in the ERP
    CREDIT_SHORT = "credit-short"  # credit there what is short of a paid order, and will not come
    TRACK = "track"  # see that the shipment carries its tracking code in the channel, and add it where it does not


AT_CHANNEL = frozenset(
    {Kind.ACCEPT, Kind.DENY, Kind.CAPTURE, Kind.CANCEL, Kind.SHIP, Kind.REFUND, Kind.CREDIT_SHORT, Kind.TRACK}
)
IN_ERP = frozenset(Kind) - AT_CHANNEL
ENDS_ORDER = frozenset({Kind.CANCEL, Kind.DENY})


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect to carry out, or (in flight before) to read back first."""

    id: int
    order_id: int
    kind: Kind
    part: str
    args: Mapping[str, Any]
    attempts: int
    in_flight: bool


def decide(
    db: sqlite3.Connection,
    order_id: int,
    kind: Kind,
    now: datetime,
    *,
    part: str = "",
    args: Mapping[str, Any] | None = None,
    not_before: str | None = None,
) -> bool:
    """Add an effect; False when it exists already (a withdrawn or refused one of a person's decision is revived)."""
    return (
        db.execute(
            "INSERT INTO effect (order_id, kind, part, args, decided_at, not_before) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (order_id, kind, part) DO UPDATE SET state = 'decided', args = excluded.args,"
            " decided_at = excluded.decided_at, not_before = excluded.not_before, attempts = 0, next_at = NULL,"
            " started_at = NULL, settles_at = NULL, ended_at = NULL, error_code = NULL, error_detail = NULL"
            " WHERE state IN ('withdrawn', 'refused')",
            (order_id, kind, part, json.dumps(args or {}), to_text(now), not_before),
        ).rowcount
        > 0
    )


def decide_again(db: sqlite3.Connection, order_id: int, kind: Kind, now: datetime) -> bool:
    """Decide anew what was withdrawn last; False where the last one of this kind was done, or there was none."""
    row = db.execute(
        "SELECT part FROM effect WHERE order_id = ? AND kind = ? ORDER BY id DESC LIMIT 1", (order_id, kind)
    ).fetchone()
    return row is not None and decide(db, order_id, kind, now, part=row["part"])


def next_part(db: sqlite3.Connection, order_id: int, kind: Kind) -> str:
    """The next shipment or credit of an order; one that was refused or taken back is decided again as it was."""
    row = db.execute(
        "SELECT COUNT(*) FROM effect WHERE order_id = ? AND kind = ? AND state = 'done'", (order_id, kind)
    ).fetchone()
    return str(row[0] + 1)


_NEXT = """
SELECT e.id, e.order_id, e.kind, e.part, e.args, e.attempts, e.state = 'in-flight' AS in_flight
  FROM effect e INDEXED BY effect_todo CROSS JOIN sales_order o ON o.id = e.order_id
 WHERE e.state IN ('decided', 'in-flight') AND o.account = :account
   AND (e.state = 'in-flight' AND e.settles_at <= :now
        OR e.state = 'decided' AND COALESCE(e.not_before, '') <= :now AND COALESCE(e.next_at, '') <= :now
           AND NOT EXISTS (SELECT 1 FROM effect f WHERE f.order_id = e.order_id AND f.id < e.id
                            AND +f.state IN ('decided', 'in-flight'))
           AND NOT EXISTS (SELECT 1 FROM effect f WHERE f.order_id = e.order_id AND f.state = 'in-flight')
           AND (e.kind NOT IN ('cancel', 'credit-short', 'deny-payment', 'refund', 'ship') OR NOT EXISTS (
                SELECT 1 FROM order_line l CROSS JOIN publication p ON p.account = :account AND p.item = l.sku
                 WHERE l.order_id = e.order_id AND p.facet = 'stock' AND p.settles_at > :now)))
   AND e.id NOT IN (SELECT value FROM json_each(:seen)) AND +e.kind NOT IN (SELECT value FROM json_each(:without))
 ORDER BY e.id LIMIT 1
"""


def next_one(
    db: sqlite3.Connection, account: str, seen: set[int], now: datetime, without: Collection[Kind] = ()
) -> Effect | None:
    """The next effect of an account that may be worked on, leaving out those already seen in this run and some kinds.

    What moves the channel's own stock (a cancel, a denied payment, a shipment, a credit) waits while a stock push of
    one of its SKUs is in flight: the two exclude each other.
    """
    left_out = {"seen": json.dumps(sorted(seen)), "without": json.dumps(sorted(without))}
    row = db.execute(_NEXT, {"account": account, "now": to_text(now), **left_out}).fetchone()
    if row is None:
        return None
    return Effect(
        row["id"],
        row["order_id"],
        Kind(row["kind"]),
        row["part"],
        json.loads(row["args"]),
        row["attempts"],
        bool(row["in_flight"]),
    )


_DUE = """
SELECT MIN(CASE e.state WHEN 'decided' THEN MAX(COALESCE(e.not_before, ''), COALESCE(e.next_at, ''))
           ELSE e.settles_at END) AS due
  FROM effect e INDEXED BY effect_todo CROSS JOIN sales_order o ON o.id = e.order_id
 WHERE e.state IN ('decided', 'in-flight') AND o.account = :account
   AND (e.settles_at > :now OR e.not_before > :now OR e.next_at > :now)
"""


def next_due(db: sqlite3.Connection, account: str, now: datetime) -> str | None:
    """When the first of an account's effects that wait for a moment may be worked on."""
    row = db.execute(_DUE, {"account": account, "now": to_text(now)}).fetchone()
    return None if row is None else row["due"]


def begin(db: sqlite3.Connection, effect: Effect, now: datetime, settle_s: float) -> None:
    """It is about to be done: its outcome counts as unknown until told."""
    db.execute(
        "UPDATE effect SET state = 'in-flight', started_at = ?, settles_at = ?, attempts = attempts + 1 WHERE id = ?",
        (to_text(now), later(now, settle_s), effect.id),
    )


def finish(db: sqlite3.Connection, effect: Effect, now: datetime) -> bool:
    """It happened; False where it was withdrawn meanwhile."""
    return (
        db.execute(
            "UPDATE effect SET state = 'done', ended_at = ?, settles_at = NULL, next_at = NULL, error_code = NULL,"
            " error_detail = NULL WHERE id = ? AND state = 'in-flight'",
            (to_text(now), effect.id),
        ).rowcount
        > 0
    )


def error_of(db: sqlite3.Connection, effect: Effect) -> str | None:
    """The code of what went wrong with it last."""
    row = db.execute("SELECT error_code FROM effect WHERE id = ?", (effect.id,)).fetchone()
    return None if row is None else row["error_code"]


def refuse(db: sqlite3.Connection, effect: Effect, code: str, detail: str, now: datetime) -> bool:
    """It will not happen: the other side said no. False where it was withdrawn meanwhile."""
    return (
        db.execute(
            "UPDATE effect SET state = 'refused', ended_at = ?, settles_at = NULL, error_code = ?, error_detail = ?"
            " WHERE id = ? AND state = 'in-flight'",
            (to_text(now), code, detail, effect.id),
        ).rowcount
        > 0
    )


def postpone(
    db: sqlite3.Connection, effect: Effect, wait_s: float, code: str | None, detail: str, now: datetime
) -> bool:
    """It certainly did not happen; it is tried again after the wait. False where it was withdrawn meanwhile."""
    return (
        db.execute(
            "UPDATE effect SET state = 'decided', settles_at = NULL, next_at = ?, error_code = ?, error_detail = ?"
            " WHERE id = ? AND state = 'in-flight'",
            (later(now, wait_s), code, detail, effect.id),
        ).rowcount
        > 0
    )


def settle_later(
    db: sqlite3.Connection, effect: Effect, settle_s: float, code: str, detail: str, now: datetime
) -> bool:
    """It may have happened: it is read back after the settle time. False where it was withdrawn meanwhile."""
    return (
        db.execute(
            "UPDATE effect SET settles_at = ?, error_code = ?, error_detail = ? WHERE id = ? AND state = 'in-flight'",
            (later(now, settle_s), code, detail, effect.id),
        ).rowcount
        > 0
    )


def withdraw(db: sqlite3.Connection, order_id: int, kind: Kind, now: datetime) -> bool:
    """Take back an effect that has not left; False when it has."""
    return (
        db.execute(
            "UPDATE effect SET state = 'withdrawn', ended_at = ? WHERE order_id = ? AND kind = ? AND state = 'decided'"
            " AND attempts = 0",
            (to_text(now), order_id, kind),
        ).rowcount
        > 0
    )


def withdraw_all_decided(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """The order dies: what has certainly not happened yet (written, reserved, captured, shipped) shall not happen."""
    db.execute(
        "UPDATE effect SET state = 'withdrawn', ended_at = ? WHERE order_id = ? AND state = 'decided' AND kind <> ?",
        (to_text(now), order_id, Kind.ERP_CANCEL),
    )


def withdraw_in_erp(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """What was to be done to the order where it stood in the ERP shall not be done: it stands there no more."""
    db.execute(
        "UPDATE effect SET state = 'withdrawn', ended_at = ?, settles_at = NULL WHERE order_id = ?"
        " AND state IN ('decided', 'in-flight') AND kind LIKE 'erp-%' AND kind <> ?",
        (to_text(now), order_id, Kind.ERP_ORDER),
    )


def codes_of(args: Mapping[str, Any]) -> tuple[str, ...]:
    """The tracking codes of a shipment by its effect's arguments: none where it leaves without one."""
    return tuple(code for code in (args["tracking"], *args.get("further", ())) if code)


def tracks_sent(db: sqlite3.Connection, order_id: int) -> set[str] | None:
    """The tracking codes that we told the channel of, or were about to; None where we told it of no parcel."""
    rows = db.execute(
        "SELECT args FROM effect WHERE order_id = ? AND kind = ? AND attempts > 0", (order_id, Kind.SHIP)
    ).fetchall()
    return {code for row in rows for code in codes_of(json.loads(row[0]))} if rows else None


def pending(db: sqlite3.Connection, order_id: int, kinds: Iterable[Kind]) -> bool:
    """Whether an effect of one of these kinds has been decided for the order and has not ended."""
    row = db.execute(
        "SELECT 1 FROM effect WHERE order_id = ? AND state IN ('decided', 'in-flight')"
        " AND kind IN (SELECT value FROM json_each(?)) LIMIT 1",
        (order_id, json.dumps(list(kinds))),
    )
    return row.fetchone() is not None


def in_grace(db: sqlite3.Connection, order_id: int, now: datetime) -> bool:
    """Whether a decision of the order can still be taken back."""
    row = db.execute(
        "SELECT 1 FROM effect WHERE order_id = ? AND state = 'decided' AND attempts = 0 AND not_before > ? LIMIT 1",
        (order_id, to_text(now)),
    )
    return row.fetchone() is not None


def hasten(db: sqlite3.Connection, order_id: int) -> None:
    """A person has dealt with what kept the order's effects waiting: they are tried again at once."""
    db.execute("UPDATE effect SET next_at = NULL WHERE order_id = ? AND state = 'decided'", (order_id,))


def end_grace(db: sqlite3.Connection, now: datetime) -> list[str]:
    """What could still be taken back leaves now; answers the numbers of its orders."""
    rows = db.execute(
        "UPDATE effect SET not_before = ?1 WHERE state = 'decided' AND attempts = 0 AND not_before > ?1"
        " RETURNING (SELECT number FROM sales_order WHERE id = order_id)",
        (to_text(now),),
    ).fetchall()
    return sorted(row[0] for row in rows)


def hasten_all(db: sqlite3.Connection) -> None:
    """A person asks that all be done which can be done: he may just have dealt with what kept an effect waiting."""
    db.execute("UPDATE effect SET next_at = NULL WHERE state = 'decided' AND next_at IS NOT NULL")


_BACKLOG = """
SELECT COUNT(*), MIN(e.decided_at)
  FROM effect e INDEXED BY effect_todo CROSS JOIN sales_order o ON o.id = e.order_id
 WHERE e.state IN ('decided', 'in-flight') AND o.account = :account AND COALESCE(e.not_before, '') <= :now
   AND NOT EXISTS (SELECT 1 FROM effect f WHERE f.order_id = e.order_id AND f.id <= e.id AND f.state = 'decided'
                    AND f.next_at > :now AND f.error_code = o.parked)
"""


def open_kinds(db: sqlite3.Connection, account: str) -> set[Kind]:
    """The kinds of effects of which an account has some still to be done."""
    rows = db.execute(
        "SELECT DISTINCT e.kind FROM effect e INDEXED BY effect_todo CROSS JOIN sales_order o ON o.id = e.order_id"
        " WHERE e.state IN ('decided', 'in-flight') AND o.account = ?",
        (account,),
    )
    return {Kind(kind) for (kind,) in rows}


def backlog(db: sqlite3.Connection, account: str, now: datetime) -> tuple[int, str | None]:
    """How many effects of an account wait to be done, and since when the oldest does.

    Left out: what may still be taken back; what the ERP refused, for which its order stands aside until a person has
    dealt with it; and what has to wait for such an effect of the same order.
    """
    row = db.execute(_BACKLOG, {"account": account, "now": to_text(now)}).fetchone()
    return row[0], row[1]
