"""A shop that breaks off in the middle of a push: what it had taken stays, the rest goes when it can, nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from connectors.sandbox.shop import Fault
from connectors.sandbox.shop.faults import MAINTENANCE
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

ALL_DAY = 1_000_000
WAIT_S = 120
ITEMS = "V1/inventory/source-items"


def closes(path: str, *, after: int, body: object) -> Fault:
    """503 and the wish to be left alone for two minutes, once so many calls have passed."""
    headers = {"Retry-After": str(WAIT_S)}
    return Fault("POST", path, "answer", left=ALL_DAY, skip=after, status=503, body=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "code"), [({"message": "Busy"}, "channel-busy"), (MAINTENANCE, "channel-maintenance")]
)
async def test_a_shop_that_closes_in_the_middle_of_a_push_is_left_alone_as_long_as_it_says(
    world: World, body: object, code: str
) -> None:
    async with life(world, rested=False) as engine:
        world.shop.faults.add(closes("/products$", after=4, body=body))
        report = await engine.sync()
        assert report.stuck[f"{ACCOUNT}/catalogue"] == code
        (task,) = engine.rows("SELECT * FROM task WHERE name = 'catalogue'")
        asked_at, next_at = (datetime.fromisoformat(task[column]) for column in ("started_at", "next_at"))
        assert (next_at - asked_at).total_seconds() >= WAIT_S
        assert engine.problems() == [code], "no product is called bad for it"
        before = [product.sku for product in world.shop.catalogue.by_id.values()]
        assert 0 < len(before) <= 4

        world.shop.faults.clear()
        await engine.heals()
        skus = Counter(product.sku for product in world.shop.catalogue.by_id.values())
        assert set(skus.values()) == {1}
        assert len(skus) > len(before)


async def test_stock_that_a_shop_took_before_it_closed_is_not_sent_again_and_what_was_sold_meanwhile_goes(
    world: World,
) -> None:
    world.more_shop_options = {"stock_batch_rows": 3}
    sku = world.stocked(10)
    async with life(world, rested=False) as engine:
        world.shop.faults.add(closes("source-items", after=2, body=MAINTENANCE))
        report = await engine.sync()
        assert report.stuck == {f"{ACCOUNT}/stock": "channel-maintenance"}, "only what was refused waits"
        taken = [call for call in world.shop.calls("POST", ITEMS) if call.status == 200]
        assert [call.rows for call in taken] == [3, 3]
        world.till.sell(sku)

        world.shop.faults.clear()
        await engine.heals()
        assert world.shop.salable(sku) == 9
        rows = [call.rows for call in world.shop.calls("POST", ITEMS) if call.status == 200]
        published = engine.rows("SELECT * FROM publication WHERE facet = 'stock'")
        assert all(row["wanted"] == row["confirmed"] for row in published)
        assert sum(rows) <= len(published) + 1, "each once, but for what was sold"


@pytest.mark.parametrize("status", [200, 503])
async def test_a_page_that_answers_a_write_leaves_no_row_refused_and_all_is_sent(world: World, status: int) -> None:
    """With status 200 it may have been Magento that wrote, and a plug-in that spoilt the answer."""
    sku = world.stocked(10)
    async with life(world) as engine:
        world.shop.faults.maintenance("POST|PUT", "/rest/", times=ALL_DAY, status=status)
        world.till.sell(sku)
        report = await engine.sync()
        code = "channel-not-json" if status == 200 else "channel-maintenance"
        assert report.stuck == {f"{ACCOUNT}/stock": code}
        assert not engine.rows("SELECT * FROM publication WHERE error_code IS NOT NULL")
        world.shop.faults.clear()
        await engine.heals()
        assert world.shop.salable(sku) == 9
