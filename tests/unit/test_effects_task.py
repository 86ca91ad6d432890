"""A cycle of effects while C-Plus is out of reach: what the shop is to be told does not wait behind what C-Plus is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest

from engine.errors import ErpAway, Misconfigured
from engine.orders import Fulfilment, Payment
from engine.store import effects
from engine.store.effects import AT_CHANNEL, IN_ERP, Effect, Kind
from engine.tasks import effects as effects_task
from engine.tasks.effects import EffectsTask
from tests.console.builder import StoreFile
from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store

pytestmark = pytest.mark.anyio

UNREACHABLE_S = 10.0
"""What a machine that is switched off costs each call: `connect_timeout_s`."""
TO_WRITE = 5


class _World:
    """Orders to be written into a C-Plus that cannot be reached, and behind them one to be shipped at the shop."""

    def __init__(self, folder: Path, store: InlineStore, clock: VirtualClock) -> None:
        file = StoreFile(folder / "integra.db")
        clock.time = file.now
        for number in range(TO_WRITE):
            order = file.order(f"{101 + number:09}", payment=Payment.PAID, fulfilment=Fulfilment.RECEIVED)
            file.db.execute("UPDATE effect SET state = 'decided', not_before = NULL WHERE order_id = ?", [order])
        invoiced = file.order("000000900", payment=Payment.PAID, fulfilment=Fulfilment.INVOICED)
        effects.decide(file.db, invoiced, Kind.SHIP, file.now, part="1", args={"tracking": ""})
        file.close()
        self.store, self.clock, self.began = store, clock, clock.time
        self.tried: list[Kind] = []
        self.asked_for_base = 0
        self.shipped_after_s: float | None = None
        self.trouble: dict[Kind, Exception] = dict.fromkeys(IN_ERP, ErpAway("erp-unreachable"))

    async def cycle(self) -> None:
        """Raises what the task raises."""

        async def held_from_writing(_direction: str) -> None:
            self.asked_for_base += 1

        account = SimpleNamespace(
            id="loja", store=self.store, now=self.clock.now, settle_s=60.0, wake=lambda *_whom: None,
            held_from_writing=held_from_writing,
        )  # fmt: skip
        caught: list[Exception] = []

        async def work() -> None:
            try:
                await EffectsTask(cast(Any, account)).run()
            except Exception as error:
                caught.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await self.clock.pass_by_itself()
        if caught:
            raise caught[0]

    async def act(self, _account: object, effect: Effect) -> str:
        self.tried.append(effect.kind)
        error = self.trouble.get(effect.kind)
        if isinstance(error, ErpAway):
            await self.clock.sleep(UNREACHABLE_S)
        if error is not None:
            raise error
        if effect.kind in AT_CHANNEL:
            self.shipped_after_s = (self.clock.time - self.began).total_seconds()
        return "done"

    async def problems(self) -> list[tuple[str, str]]:
        rows = await self.store.read(lambda db: db.execute("SELECT code, subject FROM problem").fetchall())
        return [(row["code"], row["subject"]) for row in rows]

    async def look(self, _account: object, _effect: Effect) -> None:
        return None

    def happened(self, _effect: Effect, finding: object) -> bool:
        return finding is not None

    def follow(self, *_what: object) -> None: ...


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_World]:
    with inline_store(tmp_path) as store:
        world = _World(tmp_path, store, VirtualClock())
        monkeypatch.setattr(effects_task, "KINDS", dict.fromkeys(Kind, world))
        yield world


async def test_a_parcel_is_told_to_the_shop_after_one_try_at_a_cplus_that_is_switched_off(world: _World) -> None:
    with pytest.raises(ErpAway):  # although something was done: the task backs off, and is called when it answers
        await world.cycle()
    assert world.tried == [Kind.ERP_ORDER, Kind.SHIP]
    assert world.shipped_after_s == UNREACHABLE_S


async def test_the_next_cycle_asks_cplus_once_more(world: _World) -> None:
    for _ in range(2):
        with pytest.raises(ErpAway):
            await world.cycle()
    assert world.tried == [Kind.ERP_ORDER, Kind.SHIP, Kind.ERP_ORDER]
    assert world.asked_for_base == 2, "and which base it is once a cycle"


async def test_a_right_that_the_shop_does_not_give_keeps_no_order_from_being_reserved(world: _World) -> None:
    world.trouble = {Kind.SHIP: Misconfigured("magento-right-missing", resource="Magento_Sales::ship")}
    await world.cycle()
    assert world.tried.count(Kind.ERP_ORDER) == TO_WRITE
    assert await world.problems() == [("magento-right-missing", "effects:ship")]
    world.trouble = {}
    world.clock.time += timedelta(minutes=2)
    await world.cycle()
    assert world.shipped_after_s is not None
    assert await world.problems() == []


async def test_a_right_that_nobody_needs_any_more_is_not_complained_of(world: _World) -> None:
    world.trouble = {Kind.SHIP: Misconfigured("magento-right-missing", resource="Magento_Sales::ship")}
    await world.cycle()
    await world.store.write(lambda db: db.execute("UPDATE effect SET state = 'withdrawn' WHERE kind = 'ship'"))
    await world.cycle()
    assert await world.problems() == []


async def test_a_wrong_password_of_cplus_is_met_once_a_cycle_and_the_shop_is_told_its_parcel(world: _World) -> None:
    world.trouble = dict.fromkeys(IN_ERP, Misconfigured("erp-login-refused"))
    with pytest.raises(Misconfigured):
        await world.cycle()
    assert world.tried == [Kind.ERP_ORDER, Kind.SHIP]
