"""What a real shop's queue does that nobody would expect, and that a product left to it is made all the same, once."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from engine.errors import Refused
from engine.publishing import ContentPush, HandedOver, Making
from tests.contract.magento_channel import PRICE, SHIRT, Bench, a_bench, bodies

pytestmark = pytest.mark.anyio


def pushes(*skus: str, price: Decimal | None = PRICE) -> list[ContentPush]:
    return [ContentPush(sku, replace(SHIRT, name=f"Camiseta {sku}"), price) for sku in skus]


async def states(bench: Bench, handed: HandedOver, *skus: str) -> list[Making]:
    told = await bench.channel.handed_over(handed.ticket, dict(enumerate(skus)))
    return [told[place].state for place in range(len(skus))]


async def test_surprise_25_what_kills_the_shops_worker_is_open_and_neither_made_nor_refused() -> None:
    """It stays so for ever, and what stands behind it waits with it: only a time limit tells, which is the engine's."""
    async with a_bench(queue_rows=100) as bench:
        skus = ("CAM-001", "CAM-002", "CAM-003")
        bench.shop.queue.kills = {"CAM-002"}
        handed = await bench.channel.hand_over(pushes(*skus))
        assert handed is not None
        assert await states(bench, handed, *skus) == [Making.MADE, Making.OPEN, Making.OPEN]
        bench.visit.clock.advance(86_400)
        assert await states(bench, handed, *skus) == [Making.MADE, Making.OPEN, Making.OPEN]
        bench.shop.queue.consumers = 1
        assert await states(bench, handed, *skus) == [Making.MADE, Making.OPEN, Making.MADE]


async def test_surprise_25_nothing_leaves_that_kills_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body without a product's SKU does: each has one, and changes of products are never left to the queue."""
    sent = bodies(monkeypatch)
    async with a_bench(queue_rows=100) as bench:
        await bench.on_sale("CAM-001")
        del sent[:]
        await bench.channel.hand_over(pushes("CAM-001", "CAM-002"))
        (queued,) = [json.loads(body) for body in sent if body.startswith(b"[")]
        assert [body["product"]["sku"] for body in queued] == ["CAM-002"]


async def test_surprise_26_one_product_that_cannot_be_made_does_not_keep_its_whole_bulk_out() -> None:
    """The shop refuses a bulk of which one item is malformed, and accepts one of nothing, which then has no end."""
    async with a_bench(queue_rows=100) as bench:
        mixed = [*pushes("CAM-001"), *pushes("CAM-002", price=None), *pushes("CAM-003")]
        handed = await bench.channel.hand_over(mixed)
        assert handed is not None
        assert handed.taken == (0, 2)
        assert await states(bench, handed, "CAM-001", "CAM-003") == [Making.MADE, Making.MADE]
        assert await bench.channel.hand_over(pushes("CAM-004", price=None)) is None
        assert len(bench.shop.queue.bulks) == 1
        with pytest.raises(Refused, match="no-price"):
            await bench.channel.push_content(pushes("CAM-004", price=None)[0])


async def test_surprise_27_what_is_left_to_the_queue_says_for_which_store_views_and_is_never_a_change() -> None:
    """Without a store code it would be taken too, for whichever view is the default; and a change of a SKU that is not
    there fails there under the name of something else, long after.
    """
    async with a_bench(queue_rows=100) as bench:
        await bench.on_sale("CAM-001")
        handed = await bench.channel.hand_over(pushes("CAM-001", "CAM-002"))
        assert handed is not None
        assert handed.taken == (1,)
        assert [asked.path for asked in bench.shop.requests if "/async/" in asked.path] == [
            "/rest/all/async/bulk/V1/products"
        ]
        assert await states(bench, handed, "CAM-002") == [Making.MADE]
        await bench.publish("CAM-002", replace(SHIRT, name="Camiseta de linho"))
        assert bench.text("CAM-002", "name") == "Camiseta de linho"


async def test_surprise_28_a_worker_that_got_slow_is_waited_for_and_its_products_are_made_once() -> None:
    async with a_bench(queue_rows=100) as bench:
        skus = tuple(f"CAM-{number:03}" for number in range(4))
        bench.shop.queue.seconds = 60
        handed = await bench.channel.hand_over(pushes(*skus))
        assert handed is not None
        assert await bench.channel.hand_over(pushes(*skus)) is None, "they wait there already"
        made = []
        for _ in range(4):
            bench.visit.clock.advance(60)
            made.append((await states(bench, handed, *skus)).count(Making.MADE))
        assert made == [1, 2, 3, 4]
        assert [product.sku for product in bench.shop.catalogue.by_id.values()] == list(skus)
