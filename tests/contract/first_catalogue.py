"""New products of an account that are wanted already, and the task that publishes them: without C-Plus."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, cast

import anyio
import msgspec

from engine.account import Account
from engine.pace import Load
from engine.ports import SalesChannel, Surroundings
from engine.publishing import Content, Facet
from engine.settings import AccountSettings, Settings
from engine.shop_names import ChannelByOurNames
from engine.store import accounts, publications
from engine.store.database import Store
from engine.tasks.catalogue import CatalogueTask
from tests.contract.sample_shop import Clock

LOJA = "loja"
TABLE = "000000001"


class Task(CatalogueTask):
    """The catalogue's, with nothing to look at."""

    async def _look(self) -> None:
        return None


def task_of(store: Store, channel: SalesChannel, surroundings: Surroundings) -> Task:
    """The task as it stands after a start."""
    settings = Settings(account=[
        AccountSettings(
            id=LOJA, kind="magento", order_prefix="L", online_tag="1", import_orders_since=Clock().now.date(),
            base_price_table=TABLE,
        )
    ])  # fmt: skip

    async def known() -> None:
        return None

    return Task(Account(
        id=LOJA, store=store, erp=cast(Any, None), channel=ChannelByOurNames(LOJA, channel, store), shop=channel,
        reads=cast(Any, None), surroundings=surroundings, all_settings=lambda: settings,
        wake=lambda _account, _task: None, know_base=known, load=Load(lambda: channel.capabilities),
        creating_customer=anyio.Lock(),
    ))  # fmt: skip


async def want(store: Store, surroundings: Surroundings, items: Sequence[str], name: str = "Camiseta") -> None:
    """These products with this name, in an account that is live."""

    def fill(db: sqlite3.Connection) -> None:
        accounts.ensure(db, LOJA, "magento", "Loja")
        db.execute("UPDATE account SET mode = 'live'")
        rows = [(i, "", msgspec.json.encode(Content("simple", f"{name} {i}", True)).decode()) for i in items]
        publications.want(db, LOJA, Facet.CONTENT, rows, surroundings.clock.now())
        db.executemany(
            "INSERT OR IGNORE INTO price (sku, price_table, cents) VALUES (?, ?, 1990)", [(i, TABLE) for i in items]
        )

    await store.write(fill)
