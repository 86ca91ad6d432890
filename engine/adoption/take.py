"""Taking over what the shop shows of matched items: it counts as confirmed, so that only true differences are written.

Categories and photos of what was there before us are the shop's own from then on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from engine.account import Account
from engine.adoption.offers import is_merchants_own
from engine.amounts import to_e4
from engine.price_parts import shown_prices
from engine.publishing import Content, Facet, RemoteItem, StockPush
from engine.shown_content import as_shown
from engine.store import accounts, listings, mirror, publications, shop_items
from engine.store.database import touch

ITEMS_PER_READ = 300


async def take_matched(account: Account) -> int:
    """Take over each item that is matched or settled, wanted in the shop and not taken yet; forget what is gone.

    Answers how many were looked at.
    """
    done = 0
    while items := await account.store.read(lambda db: shop_items.to_take(db, account.id, ITEMS_PER_READ)):
        shown = await account.channel.read_items(list(items))
        levels = await account.channel.read_stock(list(items), list(account.sources))
        await account.store.write(
            lambda db, items=items, shown=shown, levels=levels: _take(  # type: ignore[misc]
                db, account.id, items, shown, levels, account.settings.base_price_table, account.now()
            )
        )
        done += len(items)
    return done


def _take(
    db: sqlite3.Connection,
    account: str,
    asked: Mapping[str, str],
    shown: Sequence[RemoteItem],
    levels: Sequence[StockPush],
    base_table: str,
    now: datetime,
) -> None:
    group_tables = {group: table for table, group in accounts.price_groups(db, account).items()}
    # While the shop was read a person may have said otherwise of a row; then what it shows is not this item's.
    items = [item for item, remote_id in asked.items() if shop_items.holder(db, account, item) == remote_id]
    stock: dict[str, list[StockPush]] = {}
    for level in levels:
        stock.setdefault(level.item, []).append(level)
    there = {remote.item: remote for remote in shown}
    for item in items:
        if item in there:
            _take_one(db, account, there[item], stock.get(item, ()), group_tables, base_table, now)
    shop_items.taken(db, account, [item for item in items if item in there], now)
    shop_items.forget(db, account, [item for item in items if item not in there])
    mirror.mark_changed(db, items)
    touch(db, "listed")


def _take_one(
    db: sqlite3.Connection,
    account: str,
    remote: RemoteItem,
    levels: Sequence[StockPush],
    group_tables: Mapping[str, str],
    base_table: str,
    now: datetime,
) -> None:
    item = remote.item
    row = db.execute(
        "SELECT wanted, confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = ''",
        (account, item),
    ).fetchone()
    if row["confirmed"] is not None:
        return  # made by us, and found again
    wanted = replace(msgspec.json.decode(row["wanted"], type=Content), categories=remote.content.categories)
    keeps = ["categories", *(["photos"] if remote.photos else [])]
    listings.set_columns(
        db, account, item, adopted=1, shop_keeps=json.dumps(keeps), categories=json.dumps(remote.content.categories)
    )
    publications.want(db, account, Facet.CONTENT, [(item, "", _encode(wanted))], now)
    publications.adopt_found(db, account, Facet.CONTENT, item, "", _encode(as_shown(wanted, remote.content)), now)
    for part, value in shown_prices(remote, group_tables).items():
        if not is_merchants_own(db, account, item, part, value, base_table):
            publications.adopt_found(db, account, Facet.PRICE, item, part, value, now)
    for level in levels:
        publications.adopt_found(db, account, Facet.STOCK, item, level.source, str(to_e4(level.quantity)), now)


def _encode(content: Content) -> str:
    return msgspec.json.encode(content).decode()
