"""The sample shop as slow as a real one: calls take their time, and more than it can hold get 503."""

from __future__ import annotations

import time

import anyio
import pytest

from connectors.sandbox.shop.slowness import Cost, Slowness
from tests.contract.sample_shop import Answer, a_shop, two_products

pytestmark = pytest.mark.anyio

ITEMS = "V1/inventory/source-items"


def rows(count: int) -> dict[str, object]:
    return {"sourceItems": [{"sku": "CAM-001", "source_code": "default", "quantity": 5, "status": 1}] * count}


async def test_a_call_takes_its_time_and_shows_what_it_saved_when_it_ends() -> None:
    async with a_shop() as visit:
        await two_products(visit)
        visit.shop.slowness = Slowness({f"POST {ITEMS}": Cost(0.02, 0.01)})
        began = time.perf_counter()
        async with anyio.create_task_group() as group:
            group.start_soon(visit.call, "POST", ITEMS, rows(8))
            await anyio.sleep(0.03)
            assert visit.shop.salable("CAM-001") == 10
        assert time.perf_counter() - began >= 0.1
        assert visit.shop.salable("CAM-001") == 5


async def test_a_shop_whose_workers_are_all_busy_asks_to_come_back_later() -> None:
    async with a_shop() as visit:
        visit.shop.slowness = Slowness({f"POST {ITEMS}": Cost(0.05)}, workers=1, queue=1)
        answers: list[Answer] = []

        async def call() -> None:
            answers.append(await visit.call("POST", ITEMS, rows(1)))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(call)
        assert sorted(answer.status for answer in answers) == [200, 200, 503, 503]
