"""A Magento whose modules of sources were taken out: one quantity a product, which an order lowers itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from engine.errors import Misconfigured
from engine.model.channel import Shipment
from engine.publishing import StockPush
from tests.contract.magento_channel import Bench, a_bench

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_shop_without_sources(**options: Any) -> AsyncIterator[Bench]:
    async with a_bench(inventory="product", **options) as bench:
        bench.shop.inventory.by_source = False
        yield bench


async def test_stock_goes_to_the_product_itself_and_is_read_back() -> None:
    async with a_shop_without_sources() as bench:
        await bench.on_sale("CAM 01/A+B", 7)
        takes = bench.channel.capabilities
        assert (takes.stock_batch_rows, takes.counts_own_orders, takes.calls_at_once) == (1, False, 4)
        assert bench.shop.salable("CAM 01/A+B") == 7
        read = await bench.channel.read_stock(["CAM 01/A+B", "SUMIU"], [takes.ships_from])
        assert read == [StockPush("CAM 01/A+B", "default", Decimal(7))]
        assert not [call for call in bench.asked() if "V1/inventory" in call]


async def test_an_order_lowers_it_at_once_and_a_shipment_no_more() -> None:
    async with a_shop_without_sources() as bench:
        await bench.on_sale("CAM-001", 7)
        order = bench.visit.order({"CAM-001": 2})
        assert bench.shop.salable("CAM-001") == 5
        await bench.channel.ship(str(order.order_id), Shipment("custom", "Correios", "AA1", (), source="default"))
        assert bench.shop.salable("CAM-001") == 5
        gone = bench.visit.order({"CAM-001": 1})
        await bench.channel.cancel(str(gone.order_id))
        assert bench.shop.salable("CAM-001") == 5


async def test_what_is_sold_out_leaves_the_shelf_unless_the_merchant_sells_beyond_his_stock() -> None:
    for sells_at_zero in (False, True):
        async with a_shop_without_sources(sells_at_zero=sells_at_zero) as bench:
            await bench.on_sale("CAM-001", 0)
            item = bench.shop.inventory.item("CAM-001", "default")
            assert item is None or item.status == sells_at_zero


async def test_a_product_that_is_gone_is_named_and_holds_nobody() -> None:
    async with a_shop_without_sources() as bench:
        await bench.on_sale("CAM-001")
        rows = [StockPush("SUMIU", "default", Decimal(1)), StockPush("CAM-001", "default", Decimal(4))]
        assert [error.index for error in await bench.channel.push_stock(rows)] == [0]
        assert bench.shop.salable("CAM-001") == 4


async def test_the_setting_that_does_not_fit_the_shop_is_named_before_anything_is_written() -> None:
    async with a_shop_without_sources() as bench:
        await bench.channel.identify()
        bench.shop.inventory.by_source = True
        with pytest.raises(Misconfigured) as raised:
            await bench.channel.identify()
        assert raised.value.params["key"] == "inventory"
    async with a_bench() as bench:
        bench.shop.inventory.by_source = False
        with pytest.raises(Misconfigured, match="magento-inventory"):
            await bench.channel.identify()


async def test_with_sources_a_sold_out_product_stays_for_sale_only_where_the_settings_say_so() -> None:
    for sells_at_zero in (False, True):
        async with a_bench(sells_at_zero=sells_at_zero) as bench:
            await bench.on_sale("CAM-001", 0)
            item = bench.shop.inventory.item("CAM-001", "default")
            assert item is not None
            assert item.status == sells_at_zero
