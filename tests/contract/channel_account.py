"""An account at work on a channel, with a real store and no ERP: for what asks nothing of one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import msgspec

from engine.account import Account
from engine.amounts import to_cents, to_e4
from engine.ports import Clock, SalesChannel, Surroundings
from engine.publishing import Content, Facet
from engine.settings import AccountSettings, EngineSettings, Settings
from engine.shop_names import ChannelByOurNames
from engine.store import accounts, publications
from engine.store.database import Store, open_store

LOJA = "loja"
LONG_AGO = "2026-01-01T00:00:00.000000Z"


@asynccontextmanager
async def channel_account(folder: Path, channel: SalesChannel, clock: Clock) -> AsyncIterator[Account]:
    """An account that is live and due to be read back. What else an account has is not there."""
    settings = Settings(
        engine=EngineSettings(full_compare_s=1),
        account=[
            AccountSettings(
                id=LOJA, kind="magento", order_prefix="L", online_tag="1", import_orders_since=date(2026, 1, 1)
            )
        ],
    )
    async with open_store(folder / "integra.db") as store:
        await store.write(_live)
        asked_for = {
            "id": LOJA,
            "store": store,
            "channel": ChannelByOurNames(LOJA, channel, store),
            "shop": channel,
            "surroundings": Surroundings(clock, cast(Any, None), cast(Any, None)),
            "all_settings": lambda: settings,
        }
        yield Account(**(dict.fromkeys((field.name for field in fields(Account)), cast(Any, None)) | asked_for))


def _live(db: Any) -> None:
    accounts.ensure(db, LOJA, "magento", "")
    accounts.set_cursor(db, LOJA, "reconcile-at", LONG_AGO)
    db.execute("UPDATE account SET approved_at = ?, mode = 'live'", (LONG_AGO,))


async def confirmed(
    store: Store, items: Iterable[tuple[str, Content]], price: Decimal, before: datetime, pieces: int | None = None
) -> None:
    """These items were published, each at this price, and so many pieces of each in the default source."""

    def publish(db: Any) -> None:
        for sku, content in items:
            text = msgspec.json.encode(content).decode()
            publications.adopt_found(db, LOJA, Facet.CONTENT, sku, "", text, before)
            publications.adopt_found(db, LOJA, Facet.PRICE, sku, "", str(to_cents(price)), before)
            if pieces is not None:
                publications.adopt_found(db, LOJA, Facet.STOCK, sku, "default", str(to_e4(Decimal(pieces))), before)

    await store.write(publish)


async def rows(store: Store, sql: str) -> list[Mapping[str, Any]]:
    """What the store says."""
    return await store.read(lambda db: [dict(row) for row in db.execute(sql)])
