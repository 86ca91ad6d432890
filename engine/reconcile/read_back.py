"""Reconciling: the channel is read back on the slow clock, and what it shows otherwise than confirmed is put right.

Read by our own items in large answers, so that the price is a few hundred requests whatever else the shop holds. What
Integra never confirmed there is not ours to judge.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from engine.account import Account
from engine.amounts import to_e4
from engine.price_parts import shown_prices
from engine.progress import Progress
from engine.publishing import Facet, RemoteItem, Salable, StockPush
from engine.reconcile import content, photos, salable
from engine.reconcile.gone import settle_gone
from engine.store import accounts, publications
from engine.store.instants import from_text, to_text
from engine.store.progress import Stage
from engine.store.reading_back import DUE, REACHED

ITEMS_PER_READ = 300

log = logging.getLogger("integra.reconcile")


@dataclass
class Found:
    """What one pass came upon: rows to send again by facet, and items that the channel does not have."""

    drifted: dict[Facet, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    looked_at: int = 0
    unread: int = 0  # items of which the channel did not say what it would sell


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer of the channel, read after `as_of`; `salable` is None where it counts no orders, or did not say."""

    shown: Sequence[RemoteItem]
    levels: Sequence[StockPush]
    salable: Sequence[Salable] | None
    asked: Sequence[str]
    as_of: datetime

    @property
    def reached(self) -> str:
        """The last item that was asked for."""
        return self.asked[-1]

    @property
    def items(self) -> list[str]:
        """Those that the channel has."""
        return [remote.item for remote in self.shown]


async def reconcile(account: Account) -> Found:
    """Compare all that is confirmed with what the channel shows, when due; a pass that was cut short goes on."""
    now, found = account.now(), Found()
    due, reached = await account.store.read(
        lambda db: (accounts.cursor(db, account.id, DUE), accounts.cursor(db, account.id, REACHED) or "")
    )
    following = to_text(now + timedelta(seconds=account.all_settings().engine.full_compare_s))
    if due is not None and from_text(due) > now:
        return found
    if due is not None:  # what was just adopted or published needs no look yet
        await _look(account, reached, found)
    await account.store.write(lambda db: _pass_ended(db, account, found, following))
    if found.drifted or found.gone:
        rows = {str(facet): rows for facet, rows in found.drifted.items()}
        log.warning(
            "the channel shows other values than were confirmed",
            extra={"account": account.id, "rows": rows, "gone": len(found.gone)},
        )
    return found


async def _look(account: Account, reached: str, found: Found) -> None:
    counts_orders = account.channel.capabilities.counts_own_orders
    left_after = reached
    progress = Progress(
        account, "reconcile", Stage.READING_BACK, lambda db: publications.confirmed_after(db, account.id, left_after)
    )
    while items := await _next_items(account, reached):
        as_of = account.now()
        shown = await account.channel.read_items(items)
        levels = await account.channel.read_stock(items, list(account.sources))
        would_sell = await salable.read(account, items) if counts_orders and levels else None
        if counts_orders and levels and would_sell is None:
            found.unread += len(items)
        seen = Seen(shown, levels, would_sell, items, as_of)
        reached = left_after = seen.reached
        for facet, rows in (await _kept(account, seen)).items():
            found.drifted[facet] = found.drifted.get(facet, 0) + rows
        there = {remote.item for remote in shown}
        found.gone += [item for item in items if item not in there]
        found.looked_at += len(items)
        await progress.add(len(items))
    if found.gone:
        found.gone = await settle_gone(account, found.gone, found.looked_at)


async def _next_items(account: Account, reached: str) -> list[str]:
    return await account.store.read(lambda db: publications.confirmed_items(db, account.id, reached, ITEMS_PER_READ))


async def _kept(account: Account, seen: Seen) -> dict[Facet, int]:
    def judge(db: sqlite3.Connection) -> dict[Facet, int]:
        row = accounts.get(db, account.id)
        approved = row is not None and row["approved_at"] is not None
        accounts.set_cursor(db, account.id, REACHED, seen.reached)
        return _judge(db, account.id, seen) if approved else _watch(db, account.id, seen)

    return await account.store.write(judge)


def _judge(db: sqlite3.Connection, account: str, seen: Seen) -> dict[Facet, int]:
    """What differs is to be sent again, or asked; answers how many rows of each facet are."""
    again: dict[Facet, int] = {}
    for facet, values in _values(db, account, seen).items():
        drifted = publications.drifted(db, account, facet, seen.items, values, seen.as_of)
        publications.send_again(db, account, facet, drifted)
        again[facet] = len(drifted)
    if seen.salable is not None:
        salable.note(db, account, salable.Reckoned(seen.asked, seen.levels, seen.salable, seen.as_of))
    again[Facet.CONTENT] = sum(content.judge(db, account, remote, seen.as_of) for remote in seen.shown)
    again[Facet.MEDIA] = sum(photos.judge(db, account, remote, seen.as_of) for remote in seen.shown)
    return {facet: rows for facet, rows in again.items() if rows}


def _watch(db: sqlite3.Connection, account: str, seen: Seen) -> dict[Facet, int]:
    """Nobody has approved a write yet: what the shop shows by now is what the first writes are measured against."""
    for facet, values in _values(db, account, seen).items():
        for item, part in publications.drifted(db, account, facet, seen.items, values, seen.as_of):
            publications.shown_otherwise(db, account, facet, item, part, values.get((item, part)), seen.as_of)
    for remote in seen.shown:
        content.take_as_shown(db, account, remote, seen.as_of)
    return {}


def _values(db: sqlite3.Connection, account: str, seen: Seen) -> dict[Facet, dict[tuple[str, str], str]]:
    tables = {group: table for table, group in accounts.price_groups(db, account).items()}
    prices = {
        (remote.item, part): value for remote in seen.shown for part, value in shown_prices(remote, tables).items()
    }
    stock = {(level.item, level.source): str(to_e4(level.quantity)) for level in seen.levels}
    return {Facet.PRICE: prices, Facet.STOCK: stock}


def _pass_ended(db: sqlite3.Connection, account: Account, found: Found, following: str) -> None:
    accounts.set_cursor(db, account.id, DUE, following)
    accounts.set_cursor(db, account.id, REACHED, "")
    salable.tell(db, account.id, account.now())
    salable.tell_unread(db, account.id, found.unread, account.now())
