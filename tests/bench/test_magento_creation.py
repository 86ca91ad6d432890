"""What a first publication costs: a thousand new products by calls side by side, and by the shop's queue."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import connectors.magento
from engine.ports import Surroundings
from engine.store.database import open_store
from engine.systime import system_surroundings
from tests.bench.shops import TOKEN
from tests.bench.test_figures import Shops
from tests.contract.first_catalogue import task_of, want

pytestmark = [pytest.mark.anyio, pytest.mark.bench]

PRODUCTS = 1_000
WAYS = {"calls": (0, 1), "queue, 1 consumer": (200, 1), "queue, 2 consumers": (200, 2)}
"""How -> (`queue_rows`, consumers of the shop)."""


@pytest.fixture
def shops() -> Iterator[Shops]:
    opened = Shops(len(WAYS))
    yield opened
    opened.close()


async def test_figures_of_a_first_publication(tmp_path: Path, shops: Shops) -> None:
    system = system_surroundings()
    around = Surroundings(system.clock, random.Random(1), system.new_id)
    rates: dict[str, float] = {}
    skus = [f"CAM-{number:05}" for number in range(PRODUCTS)]
    shops.ask("slow")
    for place, (way, (queue_rows, consumers)) in enumerate(WAYS.items()):
        shops.ask(f"consumers {consumers}")
        options = {"url": shops.urls[place], "queue_rows": queue_rows}
        channel = connectors.magento.connector.open(options, {"token": TOKEN}.get, around)
        async with open_store(tmp_path / f"{place}.db") as store:
            await want(store, around, skus)
            began = time.perf_counter()
            await task_of(store, channel, around).run()
            rates[way] = PRODUCTS / (time.perf_counter() - began)
            left = await store.read(lambda db: db.execute("SELECT COUNT(*) FROM publication WHERE todo").fetchone()[0])
        await channel.close()
        assert left == 0
        print(f"{PRODUCTS} new products by {way}: {rates[way]:.1f}/s")
    assert rates["queue, 2 consumers"] > 1.5 * rates["calls"]
