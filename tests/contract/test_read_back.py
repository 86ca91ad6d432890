"""A pass of reading a shop back, from its first answer to its last: cut short, and where much is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import RetryLater
from engine.publishing import Content
from engine.reconcile import read_back
from engine.reconcile.read_back import reconcile
from tests.contract.channel_account import channel_account, confirmed, rows
from tests.contract.magento_channel import PRICE, Bench, ChannelClock, a_bench

pytestmark = pytest.mark.anyio


def skus(count: int) -> list[str]:
    return [f"{number:09}" for number in range(1, count + 1)]


def content(sku: str) -> Content:
    return Content(kind="simple", name=f"Produto {sku}", enabled=True)


def on_shelf(bench: Bench, sku: str, price: object = PRICE) -> None:
    bench.shop.catalogue.save({"sku": sku, "name": f"Produto {sku}", "attribute_set_id": 4, "price": price})


async def test_a_pass_that_was_cut_short_goes_on_where_it_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_back, "ITEMS_PER_READ", 10)
    async with a_bench() as bench, channel_account(tmp_path, bench.channel, ChannelClock(bench.visit.clock)) as account:
        for sku in skus(30):
            on_shelf(bench, sku)
        before = account.now() - timedelta(hours=1)
        await confirmed(account.store, [(sku, content(sku)) for sku in skus(30)], PRICE, before)
        bench.shop.faults.maintenance("GET", r"V1/products\?", skip=1)
        with pytest.raises(RetryLater):
            await reconcile(account)
        bench.shop.faults.clear()
        assert (await reconcile(account)).looked_at == 20
        assert (await reconcile(account)).looked_at == 0, "not due yet"


async def test_a_price_that_somebody_changed_is_to_be_sent_again_and_no_other(tmp_path: Path) -> None:
    async with a_bench() as bench, channel_account(tmp_path, bench.channel, ChannelClock(bench.visit.clock)) as account:
        for sku in skus(3):
            on_shelf(bench, sku)
        before = account.now() - timedelta(hours=1)
        await confirmed(account.store, [(sku, content(sku)) for sku in skus(3)], PRICE, before)
        on_shelf(bench, skus(3)[1], 1)
        found = await reconcile(account)
        assert found.drifted == {"price": 1}
        (row,) = await rows(account.store, "SELECT item, facet FROM publication WHERE todo")
        assert row == {"item": skus(3)[1], "facet": "price"}


async def test_a_shop_that_shows_much_less_than_before_is_told_and_nothing_is_made_anew(tmp_path: Path) -> None:
    async with a_bench() as bench, channel_account(tmp_path, bench.channel, ChannelClock(bench.visit.clock)) as account:
        for sku in skus(40)[:10]:
            on_shelf(bench, sku)
        before = account.now() - timedelta(hours=1)
        await confirmed(account.store, [(sku, content(sku)) for sku in skus(40)], PRICE, before)
        assert (await reconcile(account)).gone == []
        (problem,) = await rows(account.store, "SELECT code, params FROM problem")
        assert problem == {"code": "shop-items-gone", "params": '{"n": 30, "of": 40}'}
        assert await rows(account.store, "SELECT 1 FROM publication WHERE todo") == []
