"""Figures of coming into a shop of some years, and of reading it back: requests and writes, on one machine."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import connectors.magento
from connectors.cplus.base.firebird import Database
from connectors.sandbox.base.build import create_base
from connectors.sandbox.shop import Shop, create_app, serve
from engine.publishing import Content
from engine.reconcile.read_back import reconcile
from engine.runtime.commands import OWNER, Ask, Commands
from engine.runtime.supervisor import Supervisor
from engine.systime import system_surroundings
from tests.bench.shops import TOKEN
from tests.bench.world import bench_engine
from tests.contract.channel_account import channel_account, confirmed
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.bench, pytest.mark.firebird_server]

EXISTING = int(os.environ.get("INTEGRA_BENCH_EXISTING", "8000"))
READ_BACK = int(os.environ.get("INTEGRA_BENCH_READ_BACK", "50000"))
WRONG_SKU_EACH, WRONG_PRICE_EACH = 20, 100
REQUESTS_MAX = 600


@pytest.fixture(scope="module")
def base(firebird_server: FirebirdServer) -> Database:
    database = Database(
        host=firebird_server.host,
        port=firebird_server.port,
        path=firebird_server.create_path("adoption.fdb"),
        user="SYSDBA",
        password=firebird_server.password,
    )
    clock = system_surroundings().clock
    create_base(database, seed=3, products=EXISTING, customers=50, clock=clock, with_photos=False)
    return database


@pytest.fixture
def shop() -> Iterator[tuple[Shop, str]]:
    one = Shop(system_surroundings().clock.now)
    with serve(create_app(one, [TOKEN])) as url:
        yield one, url


@asynccontextmanager
async def engine_on(state: Path, base: Database, url: str) -> AsyncIterator[tuple[Supervisor, Commands]]:
    async with bench_engine(state, base, {"loja": url}) as (engine, store):
        supervisor = Supervisor(store, system_surroundings(), engine.tasks(), engine.settings.interval_s)
        engine.wake = supervisor.wake
        yield supervisor, Commands(store, engine.verbs(), supervisor.wake)


async def go_live(commands: Commands) -> None:
    now = system_surroundings().clock.now()
    await commands.ask(Ask(f"live-{now}", "go_live", {"account": "loja"}, "bench", OWNER, None, now))


def spoil(shop: Shop) -> tuple[int, int]:
    """What years leave behind: SKUs typed wrong (the GTIN tells), prices that are old. Answers how many of each."""
    with shop.lock:
        simple = [p for p in shop.catalogue.by_id.values() if not p.configurable and p.value("gtin")]
        renamed, dearer = simple[::WRONG_SKU_EACH], simple[1::WRONG_PRICE_EACH]
        for number, product in enumerate(renamed):
            shop.catalogue.correct_sku(product, f"antigo-{number}")
        for product in dearer:
            product.values["price"] = product.values["price"] + 1
    return len(renamed), len(dearer)


def written(shop: Shop) -> list[Any]:
    writes = [asked for asked in shop.requests if asked.method != "GET"]
    shop.requests.clear()
    return writes


async def test_a_shop_of_thousands_is_adopted_without_a_write_and_then_only_differences_are_written(
    tmp_path: Path, base: Database, shop: tuple[Shop, str], capsys: pytest.CaptureFixture[str]
) -> None:
    there, url = shop
    async with engine_on(tmp_path / "before", base, url) as (supervisor, commands):
        await supervisor.run_to_rest()
        await go_live(commands)
        await supervisor.run_to_rest(limit=10_000)
    wrong_skus, wrong_prices = spoil(there)
    there.requests.clear()

    async with engine_on(tmp_path / "after", base, url) as (supervisor, commands):
        began = time.perf_counter()
        await supervisor.run_to_rest()
        looked_s, reads = time.perf_counter() - began, len(there.requests)
        assert written(there) == []
        await go_live(commands)
        await supervisor.run_to_rest(limit=10_000)
        writes = written(there)
    total = len(there.catalogue.by_id)
    with capsys.disabled():
        print(
            f"\nadopting {total} products: {reads} reads in {looked_s:.0f} s, no write; {wrong_skus} with a wrong SKU"
        )
        print(f"  approved: {[(asked.route, asked.rows) for asked in writes]} ({wrong_prices} prices differ)")
    assert total <= EXISTING * 1.3, "nothing was made a second time"
    assert {asked.route for asked in writes} == {"V1/products/base-prices"}
    assert sum(asked.rows for asked in writes) == wrong_prices


async def test_reading_back_fifty_thousand_products_stays_within_its_requests(
    tmp_path: Path, shop: tuple[Shop, str], capsys: pytest.CaptureFixture[str]
) -> None:
    there, url = shop
    skus = [f"{number:09}" for number in range(1, READ_BACK + 1)]
    for sku in skus:
        there.catalogue.save({"sku": sku, "name": f"Produto {sku}", "attribute_set_id": 4, "price": 10})
        there.inventory.put(sku, "default", Decimal(5), 1)
    surroundings = system_surroundings()
    channel = connectors.magento.connector.open({"url": url}, {"token": TOKEN}.get, surroundings)
    async with channel_account(tmp_path, channel, surroundings.clock) as account:
        before = surroundings.clock.now() - timedelta(hours=1)
        items = [(sku, Content(kind="simple", name=f"Produto {sku}", enabled=True)) for sku in skus]
        await confirmed(account.store, items, Decimal(10), before, pieces=5)
        there.requests.clear()
        began = time.perf_counter()
        found = await reconcile(account)
        seconds, requests = time.perf_counter() - began, list(there.requests)
    await channel.close()
    with capsys.disabled():
        print(f"\nreading {READ_BACK} products back: {len(requests)} requests, {seconds:.0f} s")
    assert (found.drifted, found.gone, found.looked_at, found.unread) == ({}, [], READ_BACK, 0)
    assert [asked for asked in requests if asked.method != "GET"] == []
    assert len(requests) <= REQUESTS_MAX
