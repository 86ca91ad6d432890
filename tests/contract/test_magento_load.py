"""A busy Magento: reading its orders waits for no push, and a shop that has too much says so in time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import anyio
import pytest

from connectors.magento import open_channel
from connectors.sandbox.shop import Shop, create_app, serve
from connectors.sandbox.shop.slowness import Cost, Slowness
from engine.errors import RetryLater
from engine.ports import SalesChannel
from engine.publishing import ContentPush, StockPush
from tests.contract.magento_channel import PRICE, SHIRT, secrets, surroundings
from tests.contract.sample_shop import TOKEN, Clock

pytestmark = pytest.mark.anyio

SAVE_S = 0.4
ITEMS = "POST V1/inventory/source-items"


@asynccontextmanager
async def a_busy_shop(slowness: Slowness) -> AsyncIterator[tuple[SalesChannel, Shop]]:
    shop, clock = Shop(Clock()), Clock()
    with serve(create_app(shop, {TOKEN})) as url:
        channel = open_channel({"url": url}, secrets({"token": TOKEN}), surroundings(clock))
        try:
            await channel.push_content(ContentPush("CAM-000", SHIRT, PRICE))  # its attributes and category
            shop.slowness = slowness
            yield channel, shop
        finally:
            await channel.close()


async def test_orders_are_read_while_the_catalogue_is_pushed_with_all_the_calls_that_it_may_make() -> None:
    costs = {"POST V1/products": Cost(SAVE_S), "PUT V1/products/{sku}": Cost(SAVE_S)}
    async with a_busy_shop(Slowness(costs, workers=6)) as (channel, shop), anyio.create_task_group() as group:
        for number in range(channel.capabilities.calls_at_once):
            group.start_soon(channel.push_content, ContentPush(f"CAM-{number + 1:03}", SHIRT, PRICE))
        await anyio.sleep(SAVE_S / 4)
        began = time.perf_counter()
        assert [page async for page in channel.orders(shop.clock() - timedelta(days=1))] == []
        assert time.perf_counter() - began < SAVE_S / 2


async def test_a_shop_that_has_too_much_is_told_apart_and_has_taken_nothing_of_it() -> None:
    async with a_busy_shop(Slowness({ITEMS: Cost(0.2)}, workers=1, queue=0)) as (channel, shop):
        rows = [StockPush("CAM-000", "default", Decimal(4))]
        async with anyio.create_task_group() as group:
            group.start_soon(channel.push_stock, rows)
            await anyio.sleep(0.1)
            with pytest.raises(RetryLater) as raised:
                await channel.push_stock([StockPush("CAM-000", "default", Decimal(9))])
        assert raised.value.after_s == 1
        assert shop.salable("CAM-000") == 4
