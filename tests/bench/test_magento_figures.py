"""What a push of stock and prices costs on a shop that takes the time a real one takes, beside a bare loop of calls."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import anyio
import httpx
import pytest

from connectors.cplus.base.firebird import Database
from connectors.sandbox.base import registers as r
from connectors.sandbox.base.people import Staff, Till
from engine.publishing import Facet
from engine.runtime.commands import OWNER, Ask, Commands
from engine.runtime.supervisor import Supervisor, Task
from engine.store import publications
from engine.store.database import Store
from engine.systime import system_surroundings
from tests.bench.shops import TOKEN
from tests.bench.test_figures import Shops, base, shops
from tests.bench.world import bench_engine

__all__ = ["base", "shops"]

pytestmark = [pytest.mark.anyio, pytest.mark.bench, pytest.mark.firebird_server]

NAME = "norte"
SIZES = (50, 100, 200, 500, 1000)
LOOPED_ROWS = 2_000
ONE_BY_ONE_ROWS = 40
REPEATS = 3
LEFT_AT_LEAST = 1_000


async def rate(url: str, path: str, name: str, rows: Sequence[dict[str, Any]], size: int) -> float:
    """Rows a second of a bare loop with batches of this size."""
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as client:
        began = time.perf_counter()
        for start in range(0, len(rows), size):
            answer = await client.post(f"{url}/rest/V1/{path}", json={name: rows[start : start + size]})
            assert answer.json() == []
        return len(rows) / (time.perf_counter() - began)


async def bare_loop(url: str, path: str, name: str, rows: Sequence[dict[str, Any]]) -> tuple[float, int, float]:
    """Rows a second with the best batch size, that size, and rows a second one by one."""
    rates = {size: await rate(url, path, name, rows[:LOOPED_ROWS], size) for size in SIZES}
    best = max(rates, key=rates.__getitem__)
    return rates[best], best, await rate(url, path, name, rows[:ONE_BY_ONE_ROWS], 1)


async def run(tasks: Sequence[Task], name: str) -> float:
    """Seconds that one cycle of a task takes."""
    (task,) = [task for task in tasks if (task.account, task.name) == (NAME, name)]
    began = time.perf_counter()
    await task.run()
    return time.perf_counter() - began


async def read_and_sent(tasks: Sequence[Task], commands: Commands, name: str) -> tuple[float, float]:
    """Seconds until all that changed in C-Plus is wanted, and from then until it is confirmed."""
    now = system_surroundings().clock.now
    took: list[float] = []
    for verb in ("pause", "resume"):
        args = {"account": NAME, "direction": name}
        asked_at = now()
        answer = await commands.ask(Ask(f"{verb}-{name}-{asked_at}", verb, args, "bench", OWNER, None, asked_at))
        assert answer["ok"], answer
        took.append(await run(tasks, name))
    return took[0], took[1]


def written(shops: Shops, route: str) -> int:
    rows = shops.ask("writes")[0].get(route, [0, 0])[1]
    assert isinstance(rows, int)
    return rows


async def test_figures_of_a_push(tmp_path: Path, base: Database, shops: Shops) -> None:
    clock = system_surroundings().clock
    url = shops.urls[0]
    staff, till = Staff(base, clock), Till(base, clock)
    async with bench_engine(tmp_path, base, {NAME: url}) as (engine, store):
        tasks = engine.tasks()  # as in a running engine: they know what they have looked at
        supervisor = Supervisor(store, system_surroundings(), tasks, engine.settings.interval_s)
        engine.wake = supervisor.wake
        commands = Commands(store, engine.verbs(), supervisor.wake)
        await supervisor.run_to_rest()
        await commands.ask(Ask("live", "go_live", {"account": NAME}, "bench", OWNER, None, clock.now()))
        assert (await supervisor.run_to_rest(limit=1_000)).at_rest
        skus = await store.read(
            lambda db: [
                row[0] for row in db.execute("SELECT item FROM publication WHERE facet = 'stock' ORDER BY item")
            ]
        )
        shops.ask("slow")

        # ------------------------------------------------------------- nothing changed
        shops.ask("writes")
        await supervisor.run_to_rest()
        reads, writes = shops.ask("reads")[0], shops.ask("writes")[0]
        print(f"a pass with nothing changed: {len(writes)} writes, {reads} reads")
        assert not writes
        assert reads <= 3

        # ------------------------------------------------------------- stock
        rows = [{"sku": sku, "source_code": "default", "quantity": 5, "status": 1} for sku in skus]
        best, size, single = await bare_loop(url, "inventory/source-items", "sourceItems", rows)
        change_all_stock(staff)
        shops.ask("writes")
        reading_s, took = await read_and_sent(tasks, commands, "stock")
        sent = written(shops, "POST V1/inventory/source-items")
        print(push_line("stock", sent, reading_s, took, best, size, single))
        assert sent >= 0.9 * len(skus)
        stock_share, stock_times = sent / took / best, sent / took / single

        # ------------------------------------------------------------- what was just sold
        change_all_stock(staff)
        delays: list[float] = []
        async with anyio.create_task_group() as group:
            group.start_soon(run, tasks, "stock")
            await anyio.sleep(2)
            while await left(store) > LEFT_AT_LEAST:
                delays.append(await until_shown(shops, staff, till, skus))
                await anyio.sleep(2)
        print(f"just sold, during such a push: in the shop after {', '.join(f'{d:.2f}' for d in delays)} s")

        # ------------------------------------------------------------- prices
        prices = [{"sku": sku, "price": 10, "store_id": 0} for sku in skus]
        shares: list[float] = []
        for _ in range(REPEATS):  # the loop just before each push: a push is short, and the machine has other work
            best, size, single = await bare_loop(url, "products/base-prices", "prices", prices)
            staff.write(lambda cursor: cursor.execute(
                "UPDATE PRODUTOPRECO SET PRECO = PRECO + 1, DATAREAJUSTE = CURRENT_TIMESTAMP WHERE CODPRECO = ?",
                (r.VAREJO,),
            ))  # fmt: skip
            shops.ask("writes")
            reading_s, took = await read_and_sent(tasks, commands, "prices")
            sent = written(shops, "POST V1/products/base-prices")
            print(push_line("prices", sent, reading_s, took, best, size, single))
            shares.append(sent / took / best)
        price_share, price_times = median(shares), sent / took / single
        shops.ask("fast")
    staff.close()
    till.close()
    assert stock_share >= 0.9
    assert stock_times >= 10
    assert max(delays) < 2
    assert price_share >= 0.9
    assert price_times >= 50


def push_line(what: str, rows: int, reading_s: float, took: float, best: float, size: int, single: float) -> str:
    rate = rows / took
    return (
        f"{what}: {rows} rows in {took:.1f} s (and {reading_s:.1f} s to read C-Plus) = {rate:.0f}/s;"
        f" bare loop {best:.0f}/s (by {size}), {single:.1f}/s one by one:"
        f" {100 * rate / best:.0f} % of the best loop, {rate / single:.0f} times one by one"
    )


def change_all_stock(staff: Staff) -> None:
    """One piece more of everything, as after a delivery."""
    staff.write(
        lambda cursor: cursor.execute(
            "UPDATE PRODUTOESTOQUE SET ESTATU = COALESCE(ESTATU, 0) + 1 WHERE CODSETORESTOQUE = ?", (r.LOJA,)
        )
    )


async def left(store: Store) -> int:
    """Rows of stock that are to be sent."""
    return await store.read(lambda db: publications.backlog(db, NAME, Facet.STOCK).todo)


async def until_shown(shops: Shops, staff: Staff, till: Till, skus: Sequence[str]) -> float:
    """The till sells two pieces of what waits last; seconds until the shop shows what is left."""
    # As the shop shows it, before or after the delivery: a kit shows another number than it has.
    fitting = (sku for sku in reversed(skus) if (has := free(staff, sku)) > 4 and shown(shops, sku) in (has, has - 1))
    sku = next(sku for sku in fitting if till.sell(sku, Decimal(2)) is not None)
    began, left = time.perf_counter(), free(staff, sku)
    while shown(shops, sku) != left and time.perf_counter() - began < 20:  # noqa: ASYNC110
        await anyio.sleep(0.02)
    return time.perf_counter() - began


def shown(shops: Shops, sku: str) -> float:
    return float(shops.ask(f"salable {sku}")[0])


def free(staff: Staff, sku: str) -> int:
    (row,) = staff.read(
        "SELECT SUM(COALESCE(ESTATU, 0) - COALESCE(RESERVADOORCAMENTO, 0)) AS FREE FROM PRODUTOESTOQUE"
        " WHERE CODPROD = ? AND CODSETORESTOQUE IN (?, ?)",
        sku, r.LOJA, r.DEPOSITO,
    )  # fmt: skip
    return int(row["FREE"] or 0)
