"""Looking through a shop before the first write: what is there, whose it is, and who is registered.

Only the light side of each item is kept; matching runs in the store's thread, as fifty thousand items take a second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine import restored
from engine.account import Account
from engine.adoption.matching import FoundItem, OurItem, SkuKey, key_hits, match
from engine.adoption.open_orders import look_at_orders
from engine.adoption.people import look_at_customers
from engine.adoption.take import take_matched
from engine.adoption.verdict import conclude, refresh
from engine.listing import parent_item
from engine.model.goods import ProductKey
from engine.progress import Progress
from engine.publishing import RemoteItem
from engine.settings import AccountSettings
from engine.store import accounts, shop_items
from engine.store.progress import Stage


async def adopt_once(account: Account) -> None:
    """Look through the whole shop once, match it with what the ERP has, and keep the verdict for a person."""
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None:
        return
    if row["adopted_at"] is None:
        shop = await account.channel.identify()
        await _know_groups(account)
        hits = await _look_at_items(account)
        await look_at_customers(account)
        found = {f"skus_by_{key}": count for key, count in hits.items()} | await look_at_orders(account)
        await take_matched(account)
        identity = f"{shop.name} ({shop.version})"

        def keep(db: sqlite3.Connection) -> None:
            now = account.now()
            conclude(db, account.id, identity, found, now)
            restored.tell_lost(db, account.id, found.get("orders_in_erp", 0) + found.get("orders_dead", 0), now)

        await account.store.write(keep)
    elif await take_matched(account) and row["approved_at"] is None:  # settled since, or flagged since
        await account.store.write(lambda db: refresh(db, account.id, account.now()))


async def _look_at_items(account: Account) -> dict[SkuKey, int]:
    keys = await account.erp.product_keys()
    found: list[FoundItem] = []
    progress = Progress(account, "catalogue", Stage.ADOPTING)
    async for page in account.shop.items():
        found += map(light, page)
        await progress.add(len(page))
    settings = account.settings

    def keep(db: sqlite3.Connection) -> dict[SkuKey, int]:
        ours = our_items(settings, keys)
        shop_items.store_erp_keys(db, keys)
        shop_items.store_matches(db, account.id, match(ours, found, SkuKey(settings.sku_key)), account.now())
        return key_hits(ours, found)

    return await account.store.write(keep)


def our_items(settings: AccountSettings, keys: Sequence[ProductKey]) -> list[OurItem]:
    """The ERP's products as they are matched."""
    return [
        OurItem(
            item=key.sku,
            code=key.code,
            gtin=key.gtin,
            names=(key.name, key.web_name),
            parent=parent_item(settings, key.parent) if key.parent else None,
        )
        for key in keys
    ]


def light(remote: RemoteItem) -> FoundItem:
    """What an item is known by."""
    content = remote.content
    return FoundItem(remote.remote_id, remote.item, content.name, content.gtin, content.kind, content.variants)


async def _know_groups(account: Account) -> None:
    """Keep the groups that the shop has already, by the names that the settings or C-Plus give their tables."""
    if not account.channel.capabilities.price_groups or not account.settings.group_price_tables:
        return
    groups = {group.name.casefold(): group for group in await account.channel.price_groups()}
    tables = await account.store.read(lambda db: db.execute("SELECT key, name FROM price_table").fetchall())
    found = [
        (row["key"], group.external_id, group.name)
        for row in tables
        if row["key"] in account.settings.group_price_tables
        and (group := groups.get(account.settings.group_name(row["key"], row["name"]).casefold()))
    ]
    await account.store.write(lambda db: accounts.set_price_groups(db, account.id, found))
