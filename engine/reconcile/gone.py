"""Items that a shop does not have any more under the SKU we know: given another one there, or deleted.

One that got another SKU is followed by its id. One that was deleted is made again, since the ERP masters what is on
sale; but not many at once, which more likely means that the account shows us another shop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.account import Account
from engine.adoption.look import light
from engine.adoption.matching import FoundItem
from engine.store import publications, shop_items
from engine.store.problems import clear_problem, raise_problem

MANY_GONE = "shop-items-gone"
SUBJECT = "items:gone"
MANY_MIN_ROWS = 20
"""Below so many a percentage says nothing."""


async def settle_gone(account: Account, gone: Sequence[str], of: int) -> list[str]:
    """Look for these by their ids, and forget what is confirmed of those that are gone for certain; answers them."""
    elsewhere = await _elsewhere(account, gone)
    still = sorted(set(gone) - elsewhere.keys() - {remote.item for remote in await account.channel.read_items(gone)})
    percent = account.settings.guards.leaving_percent
    too_many = len(still) >= MANY_MIN_ROWS and len(still) * 100 > of * percent

    def settle(db: sqlite3.Connection) -> list[str]:
        for item, found in elsewhere.items():
            shop_items.renamed(db, account.id, item, found, account.now())
        if too_many:
            params = {"n": len(still), "of": of}
            raise_problem(db, account.id, MANY_GONE, SUBJECT, params, "", "problem", account.now())
            return []
        clear_problem(db, account.id, MANY_GONE, SUBJECT)
        publications.gone(db, account.id, still)
        shop_items.forget(db, account.id, still)
        return still

    return await account.store.write(settle)


async def _elsewhere(account: Account, gone: Sequence[str]) -> dict[str, FoundItem]:
    """Our item -> what the shop has under its id."""
    ids = await account.store.read(lambda db: shop_items.ids_in_shop(db, account.id, gone))
    if not ids:
        return {}
    return {
        ids[remote.remote_id]: light(remote)
        async for page in account.shop.items()
        for remote in page
        if remote.remote_id in ids
    }
