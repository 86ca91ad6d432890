"""New products left to the queue of a Magento: made where a consumer runs, looked for where none does, never twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import Misconfigured
from engine.publishing import ContentPush, HandedOver, Making
from tests.contract.magento_channel import PRICE, SHIRT, Bench, a_bench, parent, variant
from tests.contract.sample_shop import product

pytestmark = pytest.mark.anyio


def pushes(*skus: str) -> list[ContentPush]:
    return [ContentPush(sku, replace(SHIRT, name=f"Camiseta {sku}"), PRICE) for sku in skus]


async def hand_over(bench: Bench, *skus: str) -> HandedOver:
    answer = await bench.channel.hand_over(pushes(*skus))
    assert answer is not None
    return answer


async def states(bench: Bench, handed: HandedOver, *skus: str) -> list[Making]:
    told = await bench.channel.handed_over(handed.ticket, dict(enumerate(skus)))
    return [told[place].state for place in range(len(skus))]


async def test_what_the_queue_makes_is_the_product_that_a_call_would_make() -> None:
    async with a_bench(queue_rows=100) as bench:
        await bench.publish("CAM-001", replace(SHIRT, name="Camiseta CAM"))
        handed = await hand_over(bench, "CAM-002", "CAM-003")
        told = await bench.channel.handed_over(handed.ticket, {0: "CAM-002", 1: "CAM-003"})
        assert [told[place].state for place in (0, 1)] == [Making.MADE, Making.MADE]
        assert told[0].remote_id == str(bench.product("CAM-002").product_id)
        called, queued = bench.product("CAM-001"), bench.product("CAM-002")
        own = {"name", "url_key"}
        assert {k: v for k, v in called.values.items() if k not in own} == {
            k: v for k, v in queued.values.items() if k not in own
        }
        assert queued.category_links == called.category_links


async def test_what_the_shop_has_or_its_queue_may_still_make_is_not_handed_over() -> None:
    async with a_bench(queue_rows=100) as bench:
        await bench.publish("CAM-001")
        bench.shop.queue.consumers = 0
        body = {"product": product("cam-002")}  # by another program
        await bench.visit.call("POST", "all/async/bulk/V1/products", [body])
        handed = await hand_over(bench, "CAM-001", "CAM-002", "CAM-003")
        assert handed.taken == (2,)
        no_price = ContentPush("CAM-004", SHIRT, None)
        assert await bench.channel.hand_over([*pushes("CAM-003"), no_price]) is None


async def test_each_is_told_by_itself_a_deadlock_apart_from_a_refusal() -> None:
    async with a_bench(queue_rows=100) as bench:
        await bench.publish("CAM-000")
        bench.shop.queue.consumers = 0
        handed = await hand_over(bench, "CAM-001", "CAM-002", "CAM-003")
        assert await states(bench, handed, "CAM-001", "CAM-002", "CAM-003") == [Making.OPEN] * 3
        bench.shop.queue.deadlocks = {"CAM-002"}
        bench.product("CAM-000").values["url_key"] = "camiseta-cam-003-cam-003"
        bench.shop.catalogue._url_keys["camiseta-cam-003-cam-003"] = {bench.product("CAM-000").product_id}
        bench.shop.queue.consumers = 1
        told = await bench.channel.handed_over(handed.ticket, {0: "CAM-001", 1: "CAM-002", 2: "CAM-003"})
        assert [told[place].state for place in range(3)] == [Making.MADE, Making.COLLIDED, Making.REFUSED]
        assert "URL key" in told[2].detail


async def test_what_is_told_as_made_and_is_not_there_is_to_be_sent_again() -> None:
    async with a_bench(queue_rows=100) as bench:
        handed = await hand_over(bench, "CAM-001")
        bench.shop.queue.work()
        bench.shop.catalogue.delete("CAM-001")
        assert await states(bench, handed, "CAM-001") == [Making.COLLIDED]


async def test_a_bulk_that_the_shop_has_cleared_away_is_not_known_any_more() -> None:
    async with a_bench(queue_rows=100) as bench:
        handed = await hand_over(bench, "CAM-001")
        bench.shop.queue.bulks.clear()
        assert await bench.channel.handed_over(handed.ticket, {0: "CAM-001"}) == {}


async def test_a_right_that_is_missing_is_told_before_anything_has_left() -> None:
    async with a_bench(queue_rows=100) as bench:
        bench.shop.faults.expire_token("GET", "V1/bulk/")
        with pytest.raises(Misconfigured):
            await bench.channel.hand_over(pushes("CAM-001"))
        assert not bench.shop.queue.bulks


async def test_the_cells_of_a_grid_may_be_left_to_the_queue_and_their_grid_follows_by_a_call() -> None:
    async with a_bench(queue_rows=100) as bench:
        cells = [ContentPush(f"CAM-{size}", variant(size, "Azul"), PRICE) for size in ("P", "M")]
        handed = await bench.channel.hand_over(cells)
        assert handed is not None
        assert await states(bench, handed, "CAM-P", "CAM-M") == [Making.MADE, Making.MADE]
        await bench.publish("GCAM", parent(["CAM-P", "CAM-M"]), None)
        assert len(bench.product("GCAM").variants) == 2
