"""Items that somebody deleted in a shop: the ERP masters what is on sale, so they are made again; not many at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from engine.account import Account
from engine.store import publications, shop_items
from engine.store.problems import clear_problem, raise_problem

MANY_GONE = "shop-items-gone"
SUBJECT = "items:gone"
MANY_MIN_ROWS = 20
"""Below so many a percentage says nothing."""


async def settle_gone(account: Account, gone: Sequence[str], of: int) -> list[str]:
    """Ask once more for these, and forget what is confirmed of those that are gone for certain; answers them."""
    still = set(gone) - {remote.item for remote in await account.channel.read_items(gone)}
    percent = account.settings.guards.stock_to_zero_percent
    too_many = len(still) >= MANY_MIN_ROWS and len(still) * 100 > of * percent

    def settle(db: sqlite3.Connection) -> list[str]:
        if too_many:  # another shop, a right that was taken away, or a person who should know
            params = {"n": len(still), "of": of}
            raise_problem(db, account.id, MANY_GONE, SUBJECT, params, "", "problem", account.now())
            return []
        clear_problem(db, account.id, MANY_GONE, SUBJECT)
        publications.gone(db, account.id, sorted(still))
        shop_items.forget(db, account.id, still)
        return sorted(still)

    return await account.store.write(settle)
