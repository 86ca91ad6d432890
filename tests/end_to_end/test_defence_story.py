"""A shop that nobody kept up with for a while is told a piece less of what is scarce, until all of it is caught up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from tests.end_to_end.world import World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

TWO_CYCLES_S = 360
SENT = """
SELECT value FROM (SELECT id, value FROM former_value WHERE facet = 'stock' AND item = ?1
    UNION ALL SELECT 1 << 60, confirmed FROM publication WHERE facet = 'stock' AND item = ?1) ORDER BY id
"""


async def test_what_was_sold_at_the_counter_meanwhile_shows_a_piece_less_first(world: World) -> None:
    sold, many = world.stocked(4), world.stocked(40, index=1)
    for sku in (sold, many):
        world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:

        def shown(sku: str) -> list[int]:
            """What the shop was told of it, one after the other."""
            return [int(row["value"]) // 10_000 for row in engine.rows(SENT, sku)]

        world.till.sell(sold)
        await engine.sync()
        assert shown(sold)[-1:] == [3]
        before = len(shown(sold))
        await world.clock.sleep(TWO_CYCLES_S + 40)
        for sku in (sold, many):
            world.till.sell(sku)
        await engine.sync()
        assert shown(sold)[before:] == [1, 2]
        assert shown(many)[-1] == 39, "nobody buys the last of these by accident"
        assert 38 not in shown(many)
        assert world.shop.salable(sold) == 2
        (link,) = engine.rows("SELECT behind_since, defence FROM stock_link")
        assert tuple(link) == (None, "")
        (silence,) = engine.rows("SELECT failed, ended_at FROM silence")
        assert silence["failed"] == 0
        assert silence["ended_at"]


async def test_how_long_a_sale_stayed_on_show_is_measured_from_the_last_look_that_missed_it(world: World) -> None:
    sku = world.stocked(4)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        await engine.sync()
        await world.clock.sleep(100)
        world.till.sell(sku)
        await engine.sync()
        (lag,) = engine.rows("SELECT up_to_s, falls, longest_s FROM stock_lag")
        assert (lag["up_to_s"], lag["falls"]) == (120, 1)
        assert 100 <= lag["longest_s"] < 120
