"""Goods that came back: credited in OpenMage from here, or seen when somebody credits them in the shop's admin."""

from __future__ import annotations

from decimal import Decimal

import pytest

from connectors.sandbox.openmage.sales import Order
from engine.errors import OutcomeUnknown, Refused
from engine.model.channel import ChannelOrderState, PaymentState, Refund, Shipment
from tests.contract.sample_openmage import Bench, a_bench

pytestmark = pytest.mark.anyio

FREIGHT = Decimal("18.90")
CREATE = "sales_order_creditmemo.create"


async def delivered(bench: Bench, quantity: int = 2) -> tuple[Order, str]:
    """A paid order that has left, and its one line."""
    await bench.on_sale("CAM-001")
    placed = bench.order({"CAM-001": quantity})
    await bench.channel.capture(placed.number, notify=False)
    await bench.channel.ship(placed.number, Shipment("correios", "Correios", "AA123456785BR", ()))
    (line,) = (await bench.told(placed)).lines
    return placed, line.external_id


async def test_what_came_back_is_credited_piece_by_piece_and_the_freight_with_the_last_of_it() -> None:
    async with a_bench() as bench:
        placed, line = await delivered(bench)
        await bench.channel.refund(placed.number, Refund(((line, Decimal(1)),), freight=False))
        told = await bench.told(placed)
        assert (int(told.lines[0].returned), told.payment) == (1, PaymentState.PAID)
        await bench.channel.refund(placed.number, Refund(((line, Decimal(5)),), freight=True, notify=False))
        told = await bench.told(placed)
        assert (int(told.lines[0].returned), told.payment, told.state) == (
            2, PaymentState.REFUNDED, ChannelOrderState.COMPLETE,
        )  # fmt: skip
        memos = bench.shop.sales.creditmemos.values()
        assert [(int(memo.quantities[0][1]), memo.freight) for memo in memos] == [(1, 0), (1, FREIGHT)]
        assert [mail.kind for mail in bench.shop.mail].count("creditmemo") == 1
        with pytest.raises(Refused, match="channel-refund-refused"):
            await bench.channel.refund(placed.number, Refund(((line, Decimal(1)),), freight=False))


async def test_an_order_that_nobody_paid_is_not_credited() -> None:
    async with a_bench() as bench:
        await bench.on_sale("CAM-001")
        placed = bench.order()
        (line,) = (await bench.told(placed)).lines
        with pytest.raises(Refused, match="channel-refund-refused"):
            await bench.channel.refund(placed.number, Refund(((line.external_id, Decimal(1)),), freight=False))
        assert bench.shop.asked(CREATE) == []


async def test_a_credit_whose_answer_is_lost_is_an_unknown_outcome_that_the_order_tells() -> None:
    async with a_bench() as bench:
        placed, line = await delivered(bench)
        bench.bad_day(CREATE, "lose_reply")
        with pytest.raises(OutcomeUnknown):
            await bench.channel.refund(placed.number, Refund(((line, Decimal(1)),), freight=False))
        assert (await bench.told(placed)).lines[0].returned == 1


async def test_a_credit_made_in_the_shop_s_admin_comes_with_the_orders_that_changed() -> None:
    async with a_bench() as bench:
        placed, line = await delivered(bench)
        bench.clock.advance(3600)
        since = bench.clock.now
        with bench.shop.lock:
            bench.shop.sales.credit(placed, {line: Decimal(1)}, Decimal(0), notify=False)
        (order,) = [order async for page in bench.channel.orders(since) for order in page]
        assert (order.number, int(order.lines[0].returned)) == (placed.number, 1)
