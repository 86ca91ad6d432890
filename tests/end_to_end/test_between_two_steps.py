"""What happens between two steps of an effect: a person or a shop decides otherwise, or nobody can be reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.errors import ErpAway, OutcomeUnknown, RetryLater
from engine.model.erp import ErpOrder, OrderCodes, WrittenOrder
from engine.ports import Erp
from engine.store.effects import Effect
from engine.tasks.effects import EffectsTask
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


class _Interrupted:
    """The engine's store, in which something happens right after the next effect was read."""

    def __init__(self, store: Any, between: Callable[[], Awaitable[Any]]) -> None:
        self._store = store
        self._between = between

    async def read(self, work: Callable[[Any], Any]) -> Any:
        found = await self._store.read(work)
        if isinstance(found, Effect):
            await self._between()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


async def test_a_decision_taken_back_between_its_reading_and_its_beginning_is_not_carried_out(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        number = await engine.bought({sku: 1}, payment="cartao")
        order = engine.order(number)["id"]
        await engine.must("approve", order=order)
        await world.clock.sleep(3600)  # the time to take it back is over, and it has not left yet

        async def take_back() -> None:
            await engine.ask("withdraw", order=order)

        account = engine.engine._accounts[ACCOUNT]
        await EffectsTask(replace(account, store=_Interrupted(account.store, take_back))).run()  # type: ignore[arg-type]
        await engine.sync()
        assert world.shop.calls("POST", "V1/order/{id}/invoice") == []
        assert engine.order(number)["payment"] == "authorized"


class _WritesAndLosesTheWord:
    """C-Plus, whose answer to the first write of an order is lost, and which is out of reach for a while then."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.tries = 0
        self.reachable = False

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        self.tries += 1
        if self.tries == 1:
            await self._erp.write_order(codes, order)
            raise OutcomeUnknown("erp-commit-unknown")
        if not self.reachable:
            raise RetryLater("erp-unreachable")
        return await self._erp.write_order(codes, order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)


async def test_an_order_perhaps_written_and_then_out_of_reach_is_cancelled_in_the_erp_when_the_buyer_cancels(
    world: World,
) -> None:
    sku = world.stocked(10)
    wrapped: list[_WritesAndLosesTheWord] = []

    def wrap(erp: Erp) -> Any:
        wrapped.append(_WritesAndLosesTheWord(erp))
        return wrapped[0]

    async with life(world, wrap_erp=wrap) as engine:
        number = world.buy({sku: 3}, payment="pix")
        for _ in range(3):
            await engine.supervisor.run_to_rest(limit=1)
            await world.clock.sleep(60)
        assert wrapped[0].tries >= 2, "it was out of reach after the word was lost"
        world.rest("POST", f"V1/orders/{world.shop_order(number)['entity_id']}/cancel")
        await engine.supervisor.run_to_rest(limit=1)
        wrapped[0].reachable = True
        await engine.sync()
        assert engine.order(number)["cancellation"] == "cancelled"
        assert [row["FLAGCANCELADO"] for row in world.erp_orders()] == ["Y"]
        assert world.on_hand_and_reserved(sku) == (10, 0)
        assert world.shop.salable(sku) == 10


class _OutOfReach:
    """C-Plus, which cannot be written to for a while."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self.reachable = False

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        if not self.reachable:
            raise ErpAway("erp-unreachable")
        return await self._erp.write_order(codes, order)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)


async def test_an_order_that_could_not_be_written_for_long_waits_seconds_once_the_erp_is_back(world: World) -> None:
    sku = world.stocked(10)
    wrapped: list[_OutOfReach] = []

    def wrap(erp: Erp) -> Any:
        wrapped.append(_OutOfReach(erp))
        return wrapped[0]

    async with life(world, wrap_erp=wrap) as engine:
        number = world.buy({sku: 3}, payment="pix")
        for _ in range(6):
            await engine.supervisor.run_to_rest(limit=1)
            await world.clock.sleep(100)
        await engine.supervisor.run_to_rest(limit=1)
        wrapped[0].reachable = True
        (carrying_out,) = [task for task in engine.engine.tasks() if task.name == "effects"]
        soon = (await carrying_out.run()).again_s
        assert soon is not None
        assert soon <= 2
        await world.clock.sleep(soon)
        await carrying_out.run()
        assert engine.order(number)["fulfilment"] == "reserved"
