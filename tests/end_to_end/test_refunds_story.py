"""Goods that came back in C-Plus are credited in the shop on a person's word, and counted back in; no piece twice."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import OutcomeUnknown
from engine.model.channel import Refund
from engine.ports import SalesChannel
from tests.end_to_end.paid_orders import erp_key, paid_order, ship, two_products
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def returned(world: World, engine: Life, lines: dict[str, int], back: dict[str, int]) -> tuple[str, str]:
    """An order that was shipped, and so much of it came back to the store; its number, and the key of its sale."""
    await engine.sync()
    number = await paid_order(world, engine, lines)
    sale = world.staff.invoice(erp_key(engine, number))
    await engine.sync()
    await ship(engine, number)
    await come_back(world, engine, sale.key, back)
    assert engine.order(number)["parked"] == "returned-in-erp"
    return number, sale.key


async def come_back(world: World, engine: Life, sale: str, back: dict[str, int]) -> None:
    for sku, quantity in back.items():
        world.staff.take_back(sale, sku, quantity)
    await world.clock.sleep(2)  # the slower clock of the tests
    await engine.sync()


def memos(world: World) -> list[tuple[dict[str, int], int]]:
    """Of each credit memo the pieces by SKU, and the freight in cents."""
    with world.shop.lock:
        return [
            ({line.line.sku: int(line.quantity) for line in memo.items}, int(memo.freight * 100))
            for memo in world.shop.documents.creditmemos.values()
        ]


async def test_what_came_back_is_credited_once_and_the_freight_with_the_last_of_it(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number, sale = await returned(world, engine, {one: 2, two: 1}, {one: 1})
        await engine.must("refund", order=engine.order(number)["id"])
        await engine.sync()
        assert memos(world) == [({one: 1}, 0)]
        assert (engine.order(number)["parked"], engine.order(number)["queue"]) == (None, "done")
        on_hand, _ = world.on_hand_and_reserved(one)
        assert world.shop.salable(one) == on_hand
        answer = await engine.ask("refund", order=engine.order(number)["id"])
        assert answer["error"]["code"] == "nothing-came-back"

        await come_back(world, engine, sale, {one: 1, two: 1})
        await engine.must("refund", order=engine.order(number)["id"])
        await engine.sync()
        assert memos(world)[1:] == [({one: 1, two: 1}, 1890)]
        assert (engine.order(number)["payment"], engine.order(number)["queue"]) == ("refunded", "done")


class _DeafShop:
    """The shop credits, and the answer is lost on its way."""

    def __init__(self, channel: SalesChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def refund(self, external_id: str, refund: Refund) -> None:
        await self._channel.refund(external_id, refund)
        raise OutcomeUnknown("channel-no-answer")


async def test_a_credit_whose_answer_was_lost_is_read_back_and_not_made_twice(world: World) -> None:
    one, two = two_products(world)
    async with life(world, wrap_channel=_DeafShop) as engine:
        number, _ = await returned(world, engine, {one: 2, two: 1}, {one: 2})
        await engine.must("refund", order=engine.order(number)["id"])
        for _ in range(3):
            await engine.sync()
            await world.clock.sleep(60)
        assert memos(world) == [({one: 2}, 0)]
        assert engine.order(number)["queue"] == "done"


async def test_a_credit_made_in_the_shops_admin_first_leaves_nothing_to_credit(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        number, _ = await returned(world, engine, {one: 2, two: 1}, {one: 1})
        world.refund_in_the_shop(number, {one: 1})
        await engine.must("refund", order=engine.order(number)["id"])
        await engine.sync()
        assert memos(world) == [({one: 1}, 0)]
        assert (engine.order(number)["parked"], engine.order(number)["queue"]) == (None, "done")


async def test_a_credit_in_the_admin_for_goods_that_are_still_out_is_told_until_they_come_back(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        await engine.sync()
        number = await paid_order(world, engine, {one: 2, two: 1})
        sale = world.staff.invoice(erp_key(engine, number))
        await engine.sync()
        await ship(engine, number)
        world.refund_in_the_shop(number, {one: 1})
        await engine.sync()
        assert (engine.order(number)["parked"], engine.order(number)["queue"]) == ("credited-in-shop", "problem")
        await engine.must("unpark", order=engine.order(number)["id"])
        await engine.sync()
        assert engine.order(number)["parked"] is None, "a person has dealt with it"

        world.refund_in_the_shop(number, {one: 1})
        await engine.sync()
        assert engine.order(number)["parked"] == "credited-in-shop", "another credit is news"
        await come_back(world, engine, sale.key, {one: 2})
        assert (engine.order(number)["parked"], engine.order(number)["queue"]) == (None, "done")
