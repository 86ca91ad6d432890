"""Drift: prices and stock that a channel no longer shows as confirmed are sent again, without asking.

Looked for on the slower clock, by reading the channel back. What Integra never confirmed there is not ours to judge.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import timedelta

from engine.account import Account
from engine.amounts import to_e4
from engine.price_parts import shown_prices
from engine.publishing import Facet
from engine.store import accounts, publications
from engine.store.instants import from_text, to_text

ITEMS_PER_READ = 100

log = logging.getLogger("integra.drift")


async def check(account: Account, facet: Facet) -> int:
    """Compare what is confirmed of a facet (price or stock) with the channel, when due; answers the drifted rows."""
    name, now = f"drift-{facet}", account.now()
    due = await account.store.read(lambda db: accounts.cursor(db, account.id, name))
    following = to_text(now + timedelta(seconds=account.all_settings().engine.full_compare_s))
    if due is not None and from_text(due) > now:
        return 0
    drifted = 0
    if due is not None:  # what was just adopted or published needs no look yet
        items = await account.store.read(lambda db: publications.confirmed_items(db, account.id, facet))
        for start in range(0, len(items), ITEMS_PER_READ):
            chunk = items[start : start + ITEMS_PER_READ]
            shown = await (_stock(account, chunk) if facet is Facet.STOCK else _prices(account, chunk))
            drifted += await account.store.write(lambda db, shown=shown: _mark(db, account, facet, shown))  # type: ignore[misc]
    if drifted:
        log.warning(
            "the channel shows other values than were confirmed", extra={"account": account.id, "rows": drifted}
        )
    await account.store.write(lambda db: accounts.set_cursor(db, account.id, name, following))
    return drifted


async def _stock(account: Account, items: Sequence[str]) -> Mapping[tuple[str, str], str]:
    levels = await account.channel.read_stock(items)
    return {(level.item, level.source): str(to_e4(level.quantity)) for level in levels}


async def _prices(account: Account, items: Sequence[str]) -> Mapping[tuple[str, str], str]:
    groups = await account.store.read(lambda db: accounts.price_groups(db, account.id))
    tables = {group: table for table, group in groups.items()}
    shown: dict[tuple[str, str], str] = {}
    for remote in await account.channel.read_items(items):
        shown |= {(remote.item, part): value for part, value in shown_prices(remote, tables).items()}
    return shown


def _mark(db: sqlite3.Connection, account: Account, facet: Facet, shown: Mapping[tuple[str, str], str]) -> int:
    items = sorted({item for item, _ in shown})
    return publications.unconfirm_drifted(db, account.id, facet, items, shown)
