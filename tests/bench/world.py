"""The engine of the benchmarks: real store, real C-Plus connector, real HTTP to shops elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import connectors.cplus
import connectors.magento
from connectors.cplus.base.firebird import Database
from connectors.sandbox.base import registers as r
from engine.engine import Engine
from engine.ports import SalesChannel
from engine.runtime.collector import calm_collector
from engine.settings import AccountSettings, EngineSettings, GuardSettings, Settings
from engine.store.database import Store, open_store
from engine.systime import system_surroundings
from tests.bench.shops import TOKEN


@asynccontextmanager
async def bench_engine(
    state: Path, base: Database, shops: Mapping[str, str], change_poll_s: float = 0
) -> AsyncIterator[tuple[Engine, Store]]:
    """An engine with one account for each shop (name -> URL), its accounts still observing."""
    surroundings = system_surroundings()
    accounts = [
        AccountSettings(
            id=name, kind="magento", order_prefix=name[0].upper(), online_tag=r.VENDA_ONLINE, base_price_table=r.VAREJO,
            group_price_tables=[r.ATACADO, r.REVENDA], import_orders_since=date(2020, 1, 1),
            guards=GuardSettings(prices_changing_percent=100),  # all of them do, over and over
        )
        for name in shops
    ]  # fmt: skip
    settings = Settings(engine=EngineSettings(change_poll_s=change_poll_s), account=accounts)
    options = {
        "host": base.host, "port": base.port, "path": base.path, "sectors": [r.LOJA, r.DEPOSITO],
        "movement_type": r.SHOP_SALE, "payment_forms": {"*": r.AT_SIGHT},
    }  # fmt: skip
    secrets = {"password": base.password, "token": TOKEN}
    erp = connectors.cplus.connector.open(options, secrets.get, surroundings)
    channels: dict[str, SalesChannel] = {
        name: connectors.magento.connector.open({"url": url}, secrets.get, surroundings) for name, url in shops.items()
    }
    async with open_store(state / "integra.db") as store:
        engine = Engine(settings, store, erp, channels, surroundings)
        calm_collector()
        await engine.start()
        yield engine, store
    for channel in channels.values():
        await channel.close()
    await erp.close()
