"""The figures of the documentation, measured: 10,000 products, two accounts, a real Firebird, HTTP on loopback."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from connectors.cplus.base.firebird import Database
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import create_base
from connectors.sandbox.base.people import Till
from engine.runtime.commands import OWNER, Ask, Commands
from engine.runtime.supervisor import Supervisor
from engine.systime import system_surroundings
from tests.bench.world import bench_engine
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.bench, pytest.mark.firebird_server]

PRODUCTS = int(os.environ.get("INTEGRA_BENCH_PRODUCTS", "10000"))
SALES = 20
ACCOUNTS = ("norte", "sul")


class Shops:
    """The shops' process."""

    def __init__(self, count: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.shops", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.urls: list[str] = self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        with self._process:  # closes the pipes, which ends it, and waits
            pass


@pytest.fixture(scope="module")
def shops() -> Iterator[Shops]:
    opened = Shops(len(ACCOUNTS))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def base(firebird_server: FirebirdServer) -> Database:
    database = Database(
        host=firebird_server.host,
        port=firebird_server.port,
        path=firebird_server.create_path("bench.fdb"),
        user="SYSDBA",
        password=firebird_server.password,
    )
    create_base(database, seed=1, products=PRODUCTS, customers=50, clock=system_surroundings().clock, with_photos=False)
    return database


@asynccontextmanager
async def engine_on(
    state: Path, base: Database, shops: Shops, change_poll_s: float = 0
) -> AsyncIterator[tuple[Supervisor, Commands]]:
    urls = dict(zip(ACCOUNTS, shops.urls, strict=True))
    async with bench_engine(state, base, urls, change_poll_s) as (engine, store):
        supervisor = Supervisor(store, system_surroundings(), engine.tasks(), engine.settings.interval_s)
        engine.wake = supervisor.wake
        yield supervisor, Commands(store, engine.verbs(), supervisor.wake)


async def test_figures(tmp_path: Path, base: Database, shops: Shops, capsys: pytest.CaptureFixture[str]) -> None:
    clock = system_surroundings().clock
    lines = []
    async with engine_on(tmp_path, base, shops) as (supervisor, commands):
        await supervisor.run_to_rest()
        for name in ACCOUNTS:
            await commands.ask(Ask(f"live-{name}", "go_live", {"account": name}, "bench", OWNER, None, clock.now()))
        shops.ask("writes")
        began, used = time.perf_counter(), time.process_time()
        report = await supervisor.run_to_rest(limit=1_000)
        wall, cpu = time.perf_counter() - began, time.process_time() - used
        assert report.at_rest, report
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spent = f"{wall:.0f} s, {cpu:.0f} s of CPU, peak {peak_mb:.0f} MB"
        lines += [f"first publication of {PRODUCTS} products on 2 accounts: {spent}"]
        for name, writes in zip(ACCOUNTS, shops.ask("writes"), strict=True):
            lines += [
                f"  {name}: {route}: {requests} requests, {rows} rows" for route, (requests, rows) in writes.items()
            ]

        till, chance = Till(base, clock), random.Random(2)
        skus = [
            row["CODPROD"]
            for row in till.read("SELECT CODPROD FROM PRODUTOESTOQUE WHERE ESTATU > 5 AND CODSETORESTOQUE = ?", r.LOJA)
        ]
        await supervisor.run_to_rest()
        shops.ask("writes")
        sold = [sku for sku in chance.sample(skus, SALES) if till.sell(sku, Decimal(1)) is not None]
        used = time.process_time()
        await supervisor.run_to_rest()
        cpu = time.process_time() - used
        writes = shops.ask("writes")
        lines += [f"cycle after {len(sold)} counter sales: {cpu:.2f} s of CPU; written: {writes}"]

    async with engine_on(tmp_path, base, shops, change_poll_s=1) as (supervisor, _), anyio.create_task_group() as group:
        group.start_soon(supervisor.run)
        await anyio.sleep(15)
        delays = []
        for sku in chance.sample(skus, 10):
            before = shops.ask(f"salable {sku}")
            if till.sell(sku, Decimal(1)) is None:
                continue
            began = time.perf_counter()
            while shops.ask(f"salable {sku}") == before and time.perf_counter() - began < 30:  # noqa: ASYNC110
                await anyio.sleep(0.02)
            delays.append(time.perf_counter() - began)
        group.cancel_scope.cancel()
    middle, longest = sorted(delays)[len(delays) // 2], max(delays)
    lines += [
        f"counter sale to shop, change_poll_s = 1: {len(delays)} sales, median {middle:.2f} s, longest {longest:.2f} s"
    ]
    till.close()
    with capsys.disabled():
        print("\n" + "\n".join(lines))
