"""What people decide of an order that only waits: what is short is credited, and where it goes to is corrected."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import OutcomeUnknown
from engine.model.channel import Refund
from engine.ports import SalesChannel
from tests.end_to_end.paid_orders import erp_key, paid_order, two_products
from tests.end_to_end.test_refunds_story import memos
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


async def short_of_one(world: World, engine: Life) -> tuple[str, str, str]:
    """A paid order of two and one, of whose first product one piece is gone: its number and the two products."""
    one, two = two_products(world)
    await engine.sync()
    number = world.buy({one: 2, two: 1})
    world.set_stock(one, 1)
    await engine.sync()
    await engine.must("confirm_payment", order=engine.order(number)["id"])
    await engine.sync()
    assert engine.order(number)["queue"] == "short"
    return number, one, two


class _DeafShop:
    """The shop credits, and the answer is lost on its way."""

    def __init__(self, channel: SalesChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def refund(self, external_id: str, refund: Refund) -> None:
        await self._channel.refund(external_id, refund)
        raise OutcomeUnknown("channel-no-answer")


@pytest.mark.parametrize("deaf", [False, True])
async def test_what_is_short_is_credited_once_and_the_rest_is_reserved_when_staff_struck_it_out(
    world: World, deaf: bool
) -> None:
    async with life(world, wrap_channel=_DeafShop if deaf else lambda channel: channel) as engine:
        number, one, two = await short_of_one(world, engine)
        await engine.must("credit_short", order=engine.order(number)["id"], lines={"1": 10_000})
        for _ in range(3):
            await engine.sync()
            await world.clock.sleep(60)
        assert memos(world) == [({one: 1}, 0)], "no freight: the rest goes"
        assert engine.order(number)["parked"] == "rest-cancelled-in-shop"
        world.staff.edit_line(erp_key(engine, number), one, 1)
        await world.clock.sleep(2)
        await engine.sync()
        row = engine.order(number)
        assert (row["parked"], row["fulfilment"], row["queue"]) == (None, "reserved", "to-invoice")
        assert world.on_hand_and_reserved(one) == (1, 1)
        assert world.on_hand_and_reserved(two)[1] == 1


async def test_an_order_goes_where_a_person_says_until_it_is_invoiced(world: World) -> None:
    one, two = two_products(world)
    async with life(world) as engine:
        await engine.sync()
        number = await paid_order(world, engine, {one: 2, two: 1})
        id, key = engine.order(number)["id"], erp_key(engine, number)
        await engine.must("correct_delivery", order=id, to={"street": "Rua Nova", "number": "77"})
        await engine.sync()
        (written,) = world.base("SELECT ENTREGAENDERECO FROM ORCAMENTO WHERE CODORC = ?", key)
        assert "RUA NOVA" in str(written["ENTREGAENDERECO"])
        assert '"street":"Rua Nova"' in str(engine.order(number)["delivery"])
        await engine.must("correct_delivery", order=id, to={"number": "78"})
        world.staff.invoice(key)
        await engine.sync()
        assert engine.order(number)["parked"] == "delivery-too-late"
        answer = await engine.ask("correct_delivery", order=id, to={"number": "79"})
        assert answer["error"]["code"] == "sold-already"
