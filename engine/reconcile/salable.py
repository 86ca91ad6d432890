"""What a channel that counts its own orders would still sell, against what it should: what its sources hold less ours.

Its own ledger can go wrong where nobody sees it: an order whose reservation was never taken back, goods that left
another source, a module without reservations, an item that somebody marked as out of stock. A gap is looked at again
once the orders were pulled, since one that we do not know yet makes one too; then the stock is sent once more, which
sets the mark right; what is still there after that is told, and not sent again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.account import Account
from engine.amounts import from_e4, to_e4
from engine.errors import Param, RetryLater
from engine.publishing import Facet, Salable, StockPush
from engine.store import publications, salable_gaps
from engine.store.problems import clear_problem, raise_problem
from engine.store.salable_gaps import SEEN, SENT, TOLD, Gap

SELLS_MORE, SELLS_LESS, UNREAD = "salable-above", "salable-below", "salable-unread"
SUBJECT = "stock:salable"
ITEMS_PER_LOOK = 300
NAMED_MAX = 12

log = logging.getLogger("integra.reconcile")


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One answer of the channel, read after `as_of`, of the items that were asked for."""

    items: Sequence[str]
    levels: Sequence[StockPush]
    salable: Sequence[Salable]
    as_of: datetime

    def gaps(self, db: sqlite3.Connection, account: str) -> dict[str, Gap | None]:
        """Item -> how far its numbers are apart, None where they agree. What may have moved meanwhile is left out."""
        held = salable_gaps.held(db, account, self.items)
        moving = salable_gaps.moving(db, account, self.items, self.as_of)
        there: dict[str, int] = {}
        for level in self.levels:
            there[level.item] = there.get(level.item, 0) + to_e4(level.quantity)
        found: dict[str, Gap | None] = {}
        for item, quantity in self.salable:
            if item not in moving:
                shown, due = max(0, to_e4(quantity)), max(0, there.get(item, 0) - held.get(item, 0))
                found[item] = Gap(item, shown, due) if shown != due else None
        return found


async def read(account: Account, items: Sequence[str]) -> Sequence[Salable] | None:
    """What the channel would sell of these; None where it does not say, or not in time: the pass goes on without."""
    try:
        return await account.channel.read_salable(items, list(account.sources))
    except RetryLater as error:
        log.info("what the channel would sell was not read: %s", error, extra={"account": account.id})
        return None


def note(db: sqlite3.Connection, account: str, reckoned: Reckoned) -> None:
    """What a pass came upon is kept, to be looked at again."""
    gaps = reckoned.gaps(db, account)
    salable_gaps.forget(db, account, [item for item, gap in gaps.items() if gap is None])
    salable_gaps.forget(db, account, set(reckoned.items) - {item for item, _ in reckoned.salable})
    for gap in filter(None, gaps.values()):
        salable_gaps.note(db, account, gap, reckoned.as_of)


def tell(db: sqlite3.Connection, account: str, now: datetime) -> None:
    """Say which items the channel counts otherwise, and both numbers."""
    told = salable_gaps.told(db, account)
    for code, gaps in (
        (SELLS_MORE, [gap for gap in told if gap.shown_e4 > gap.due_e4]),
        (SELLS_LESS, [gap for gap in told if gap.shown_e4 < gap.due_e4]),
    ):
        if gaps:
            named = ", ".join(
                f"{gap.item} ({from_e4(gap.shown_e4):f} / {from_e4(gap.due_e4):f})" for gap in gaps[:NAMED_MAX]
            )
            params: dict[str, Param] = {"n": len(gaps), "items": named + (", ..." if len(gaps) > NAMED_MAX else "")}
            raise_problem(db, account, code, SUBJECT, params, "", "problem", now)
        else:
            clear_problem(db, account, code, SUBJECT)


def tell_unread(db: sqlite3.Connection, account: str, unread: int, now: datetime) -> None:
    """Say of how many items the channel did not tell what it would sell."""
    if unread:
        raise_problem(db, account, UNREAD, SUBJECT, {"n": unread}, "", "notice", now)
    else:
        clear_problem(db, account, UNREAD, SUBJECT)


async def look_again(account: Account) -> bool:
    """Judge the gaps whose time has come; True where the stock of some is to be sent again."""
    if not account.channel.capabilities.counts_own_orders or await account.held("orders") is not None:
        return False
    overlap_s = account.channel.capabilities.order_overlap_s
    items = await account.store.read(lambda db: salable_gaps.to_look_at(db, account.id, overlap_s, ITEMS_PER_LOOK))
    if not items:
        return False
    as_of = account.now()
    salable = await read(account, items)
    if salable is None:
        return False
    reckoned = Reckoned(items, await account.channel.read_stock(items, list(account.sources)), salable, as_of)
    return await account.store.write(lambda db: _settle(db, account.id, reckoned, account.now()))


def _settle(db: sqlite3.Connection, account: str, reckoned: Reckoned, now: datetime) -> bool:
    known = {
        gap: salable_gaps.standing(db, account, gap) for gap in reckoned.gaps(db, account).values() if gap is not None
    }
    note(db, account, reckoned)
    again = {gap.item for gap, standing in known.items() if standing == SEEN}
    for gap, standing in known.items():
        if standing in (SEEN, SENT):
            salable_gaps.advance(db, account, gap.item, SENT if standing == SEEN else TOLD, now)
    rows = [(level.item, level.source) for level in reckoned.levels if level.item in again]
    publications.send_again(db, account, Facet.STOCK, rows)
    tell(db, account, now)
    return bool(rows)
