"""What a real shop does with goods that nobody would expect, and that C-Plus's values stand there all the same."""

from __future__ import annotations

from decimal import Decimal

import httpx
import pytest

from connectors.magento import items
from connectors.magento.options import parse
from connectors.magento.shop import open_shop
from connectors.magento.transport import SHOP
from engine.errors import RetryLater
from engine.publishing import RowError, Salable, StockPush
from tests.contract.magento_channel import URL, a_bench, secrets, surroundings
from tests.contract.sample_shop import TOKEN, criteria

pytestmark = pytest.mark.anyio


async def test_surprise_17_what_somebody_changed_without_a_trace_is_found_when_read_back() -> None:
    """Prices and stock leave a product's time of change as it was: a look that trusted it would see nothing."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 10)
        changed_at = bench.product("CAM-001").updated_at
        bench.visit.clock.advance(3600)
        row = {"sku": "CAM-001", "price": 5, "store_id": 0}
        await bench.visit.post("V1/products/base-prices", {"prices": [row]})
        level = {"sku": "CAM-001", "source_code": "default", "quantity": 999, "status": 1}
        await bench.visit.post("V1/inventory/source-items", {"sourceItems": [level]})
        assert bench.product("CAM-001").updated_at == changed_at
        (one,) = await bench.channel.read_items(["CAM-001"])
        ((walked,),) = [page async for page in bench.channel.items()]
        assert one.prices == walked.prices == ((None, Decimal(5)),)
        found = await bench.channel.read_stock(["CAM-001"], ["default"])
        assert found == [StockPush("CAM-001", "default", Decimal(999))]


async def test_surprise_19_a_batch_of_which_nothing_is_left_is_not_sent() -> None:
    """The shop refuses an empty list, as it would a row without a status."""
    async with a_bench() as bench:
        errors = await bench.channel.push_stock([StockPush(" CAM-9", "default", Decimal(1))])
        assert errors == [RowError(0, "sku-blanks", " CAM-9")]
        assert bench.asked() == []


async def test_surprise_21_a_product_that_is_gone_breaks_no_look_at_the_stock_of_the_others() -> None:
    """Asked how much of an unknown SKU it would sell, the shop breaks off with a line of plain text."""
    async with a_bench() as bench:
        await bench.on_sale("CAM-001", 4)
        found = await bench.channel.read_stock(["SUMIU", "CAM-001"], ["default"])
        assert found == [StockPush("CAM-001", "default", Decimal(4))]
        assert await bench.channel.read_salable(["SUMIU", "CAM-001"], ["default"]) == [Salable("CAM-001", Decimal(4))]
        around, keys = surroundings(bench.visit.clock), secrets({"token": TOKEN})
        magento = open_shop(parse({"url": URL}), keys, around, httpx.ASGITransport(app=bench.app))
        with pytest.raises(RetryLater, match="channel-failed"):
            await magento.rest.get(f"{SHOP}/inventory/get-product-salable-quantity/SUMIU/1")
        await magento.rest.close()


async def test_surprise_24_a_product_that_has_nothing_of_what_is_asked_for_is_read_all_the_same() -> None:
    """Where an object has none of the fields asked for, an empty list stands in its place."""
    async with a_bench() as bench:
        await bench.visit.product("CAM-009", extension_attributes={})
        answer = await bench.visit.get(f"all/V1/products?{criteria()}&fields={items.FIELDS}")
        assert answer["items"][0]["extension_attributes"] == []
        (item,) = await bench.channel.read_items(["CAM-009"])
        assert (item.content.name, item.content.categories, item.photos) == ("Camiseta de algodão CAM-009", (), ())
