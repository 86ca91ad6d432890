"""New items that a channel was left to make by and by: each stands here until it is known what became of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.publishing import Facet, Made, Making
from engine.store import publications
from engine.store.instants import later, to_text
from engine.store.publications import Row

_AGAIN = (Facet.CONTENT, Facet.PRICE, Facet.STOCK)
"""What a creation writes: it may have come over what was sent meanwhile."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a channel is asked by, and the items not yet told of, by their places; `at` as text."""

    id: str
    at: str
    items: Mapping[int, str]


def keep(db: sqlite3.Connection, account: str, ticket: str, items: Sequence[str], now: datetime) -> None:
    """The channel has taken these, which are in flight."""
    db.executemany(
        "INSERT INTO handed_over (account, ticket, place, item, settles_at, at) SELECT account, ?, ?, item, settles_at,"
        " ? FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = '' AND"
        " settles_at IS NOT NULL",
        [(ticket, place, to_text(now), account, item) for place, item in enumerate(items)],
    )


def tickets(db: sqlite3.Connection, account: str) -> list[Ticket]:
    """What was handed over and is not told of yet, oldest first."""
    found: dict[str, Ticket] = {}
    rows = db.execute(
        "SELECT ticket, at, place, item FROM handed_over WHERE account = ? ORDER BY at, ticket, place", (account,)
    )
    items: dict[str, dict[int, str]] = {}
    for ticket, at, place, item in rows:
        items.setdefault(ticket, {})[place] = item
        found[ticket] = Ticket(ticket, at, items[ticket])
    return list(found.values())


def still_open(
    db: sqlite3.Connection, account: str, ticket: str, places: Sequence[int], now: datetime, settle_s: float
) -> None:
    """The channel goes on with this ticket: what is left of it may land as late from here on."""
    settles_at = later(now, settle_s)
    for place in places:
        where = (account, ticket, place)
        moved = db.execute(
            "UPDATE publication SET settles_at = ? WHERE account = ? AND facet = 'content' AND part = '' AND"
            " (item, settles_at) = (SELECT item, settles_at FROM handed_over WHERE account = ? AND ticket = ? AND"
            " place = ?)",
            (settles_at, account, *where),
        ).rowcount
        if moved:
            db.execute(
                "UPDATE handed_over SET settles_at = ? WHERE account = ? AND ticket = ? AND place = ?",
                (settles_at, *where),
            )


def settle(db: sqlite3.Connection, account: str, ticket: Ticket, made: Mapping[int, Made], now: datetime) -> int:
    """Store what became of items of a ticket; answers how many were confirmed.

    One that was sent otherwise meanwhile, because the channel took too long, is sent again where it was made after all.
    """
    confirmed = 0
    for place, outcome in made.items():
        item = ticket.items[place]
        row = _in_flight(db, account, ticket.id, place)
        if row is None:
            if outcome.state is Making.MADE:
                for facet in _AGAIN:
                    publications.send_again(db, account, facet, publications.parts(db, account, facet, item))
        elif outcome.state is Making.MADE:
            publications.confirm(db, account, Facet.CONTENT, [row], now)
            publications.keep_remote(db, account, Facet.CONTENT, row, outcome.remote_id)
            confirmed += 1
        elif outcome.state is Making.REFUSED:
            publications.fail(db, account, Facet.CONTENT, [(row, outcome.code, outcome.detail)], now)
        else:
            publications.give_back(db, account, Facet.CONTENT, [row])
    forget(db, account, ticket.id, list(made))
    return confirmed


def forget(db: sqlite3.Connection, account: str, ticket: str, places: Sequence[int]) -> None:
    """These are not asked for any more."""
    db.executemany(
        "DELETE FROM handed_over WHERE account = ? AND ticket = ? AND place = ?",
        [(account, ticket, place) for place in places],
    )


def _in_flight(db: sqlite3.Connection, account: str, ticket: str, place: int) -> Row | None:
    """The publication of an item, while this ticket is what was sent for it last."""
    row = db.execute(
        "SELECT p.item, p.part, p.wanted, p.wanted_version, p.confirmed, p.remote FROM handed_over h JOIN publication p"
        " ON p.account = h.account AND p.item = h.item AND p.facet = 'content' AND p.part = '' AND"
        " p.settles_at = h.settles_at WHERE h.account = ? AND h.ticket = ? AND h.place = ?",
        (account, ticket, place),
    ).fetchone()
    return None if row is None else Row(*row)
