"""Adoption: what is already in a shop is matched and taken as it is, before anything is written there.

A new account observes: it reads, matches and plans. The verdict says what the first writes would do; a person approves.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from engine.account import Account
from engine.amounts import to_e4
from engine.price_parts import shown_prices
from engine.publishing import Content, Facet, RemoteItem, StockPush
from engine.store import accounts, listings, publications
from engine.store.database import touch
from engine.store.instants import to_text

READ_STOCK_ITEMS = 100


async def adopt_once(account: Account) -> None:
    """Read the whole shop once, match it with what we want to show, and keep the verdict for a person."""
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None or row["adopted_at"] is not None:
        return
    shop = await account.channel.identify()
    group_tables = {group: table for table, group in (await _known_groups(account)).items()}
    counts = {"matched": 0, "not_ours": 0}
    async for page in account.channel.items():
        levels: list[StockPush] = []
        for start in range(0, len(page), READ_STOCK_ITEMS):
            levels += await account.channel.read_stock([item.item for item in page[start : start + READ_STOCK_ITEMS]])
        now = account.now()
        matched = await account.store.write(
            lambda db, page=page, levels=levels, now=now: _adopt(db, account, page, levels, group_tables, now)  # type: ignore[misc]
        )
        counts["matched"] += matched
        counts["not_ours"] += len(page) - matched
    identity = f"{shop.name} ({shop.version})"
    await account.store.write(lambda db: _conclude(db, account, identity, counts))


async def _known_groups(account: Account) -> dict[str, str]:
    """Price table -> group id, by the name of the table, for groups that the shop has already."""
    if not account.channel.capabilities.price_groups or not account.settings.group_price_tables:
        return {}
    groups = {group.name.casefold(): group for group in await account.channel.price_groups()}
    tables = await account.store.read(lambda db: db.execute("SELECT key, name FROM price_table").fetchall())
    found = [
        (row["key"], groups[row["name"].casefold()].external_id, groups[row["name"].casefold()].name)
        for row in tables
        if row["key"] in account.settings.group_price_tables and row["name"].casefold() in groups
    ]
    await account.store.write(lambda db: accounts.set_price_groups(db, account.id, found))
    return {table: group for table, group, _ in found}


def _adopt(
    db: sqlite3.Connection,
    account: Account,
    page: Sequence[RemoteItem],
    levels: Sequence[StockPush],
    group_tables: dict[str, str],
    now: datetime,
) -> int:
    matched = 0
    stock = {level.item: level for level in levels}
    for remote in page:
        wanted = db.execute(
            "SELECT wanted, confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content'",
            (account.id, remote.item),
        ).fetchone()
        if wanted is None or wanted["confirmed"] is not None:
            continue  # not an item of ours, and never touched; or seen by a former try
        matched += 1
        listings.set_columns(db, account.id, remote.item, adopted=1)
        publications.adopt_found(db, account.id, Facet.CONTENT, remote.item, "", _encode(remote.content), now)
        for part, value in shown_prices(remote, group_tables).items():
            # A quantity or special price that the ERP has not is the merchant's own, and stays his.
            if "/" not in part or publications.is_wanted(db, account.id, remote.item, Facet.PRICE, part):
                publications.adopt_found(db, account.id, Facet.PRICE, remote.item, part, value, now)
        if remote.item in stock:
            level = stock[remote.item]
            publications.adopt_found(
                db, account.id, Facet.STOCK, remote.item, level.source, str(to_e4(level.quantity)), now
            )
        if remote.photo_count:
            # The shop's photos stay as found: ours count as shown until they change in the ERP.
            listings.set_columns(db, account.id, remote.item, shop_keeps=json.dumps(["photos"]))
    if matched:
        touch(db, "listed")
    return matched


def _conclude(db: sqlite3.Connection, account: Account, identity: str, counts: dict[str, int]) -> None:
    db.execute(
        "UPDATE account SET adopted_at = ?, identity = ?, verdict = ?, row_version = row_version + 1 WHERE id = ?",
        (to_text(account.now()), identity, json.dumps({**counts, **verdict(db, account.id)}), account.id),
    )
    touch(db, "accounts")


def verdict(db: sqlite3.Connection, account: str) -> dict[str, int]:
    """What the first writes would do: items made, texts changed, items taken off the storefront, prices changed."""
    made = changed = switched_off = 0
    for row in db.execute(
        "SELECT wanted, confirmed FROM publication WHERE account = ? AND facet = 'content' AND todo", (account,)
    ):
        content = msgspec.json.decode(row["wanted"], type=Content)
        if row["confirmed"] is None:
            made += 1
        elif not content.enabled and msgspec.json.decode(row["confirmed"], type=Content).enabled:
            switched_off += 1
        else:
            changed += 1
    prices = db.execute(
        "SELECT COUNT(*) FROM publication WHERE account = ? AND facet = 'price' AND todo AND confirmed IS NOT NULL",
        (account,),
    ).fetchone()[0]
    return {"to_create": made, "to_change": changed, "to_switch_off": switched_off, "prices_to_change": int(prices)}


def _encode(content: Content) -> str:
    return msgspec.json.encode(content).decode()
