"""A sale at the counter is in the shop before the customer has put his change away, where the owner has triggers."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
import pytest

from connectors.cplus import settings
from connectors.cplus.changes.triggers import Triggers, name_of
from engine.ports import Surroundings
from tests.end_to_end.registered import in_erp, register
from tests.end_to_end.world import Life, ShiftedClock, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

SALES = 3
MOMENT_S = 1.0


class RealClock(ShiftedClock):
    """Here a wait is a wait."""

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


@asynccontextmanager
async def triggers(world: World) -> AsyncIterator[Triggers]:
    surroundings = Surroundings(world.clock, random.Random(1), lambda: "id")
    tool = Triggers(settings.parse(world.erp_options()), world.database.password, surroundings)
    try:
        yield tool
    finally:
        await tool.close()


@asynccontextmanager
async def running(world: World, engine: Life) -> AsyncIterator[None]:
    """The tasks on their own clocks, of three minutes each: whatever happens sooner was rung for."""
    world.clock.__class__ = RealClock
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(engine.supervisor.run)
            await anyio.sleep(1)
            yield
            group.cancel_scope.cancel()
    finally:
        world.clock.__class__ = ShiftedClock


async def until_salable(world: World, sku: str, pieces: int) -> float:
    began = time.monotonic()
    with anyio.fail_after(10):
        while world.shop.salable(sku) != pieces:  # noqa: ASYNC110 - nothing in a shop tells us
            await anyio.sleep(0.005)
    return time.monotonic() - began


async def test_a_counter_sale_reaches_the_shop_in_well_under_a_second(world: World) -> None:
    sku = world.stocked(20)
    async with triggers(world) as tool:
        assert (await tool.install()).works
    world.more_erp_options["change_log"] = True
    async with life(world) as engine:
        assert world.shop.salable(sku) == 20
        async with running(world, engine):
            took = []
            for left in range(19, 19 - SALES, -1):
                await anyio.sleep(0.7)
                assert await anyio.to_thread.run_sync(lambda: world.till.sell(sku)) is not None
                took.append(await until_salable(world, sku, left))
        print("counter sale to shop, ms:", [round(s * 1000) for s in took])
        assert sorted(took)[SALES // 2] < MOMENT_S
        assert engine.problems() == []


async def test_a_customer_changed_at_the_counter_is_not_left_waiting_for_the_clock(world: World) -> None:
    async with triggers(world) as tool:
        await tool.install()
    world.more_erp_options["change_log"] = True
    customer = register(world)

    def city() -> str:
        return str(world.rest("GET", f"V1/customers/{customer.customer_id}")["addresses"][0]["city"])

    async with life(world) as engine:
        code = in_erp(world)["CODCLI"]
        async with running(world, engine):
            await anyio.to_thread.run_sync(lambda: world.staff.edit_customer(code, CIDADE="CANGUÇU"))
            with anyio.fail_after(10):
                while city() != "CANGUÇU":  # noqa: ASYNC110 - nothing in a shop tells us
                    await anyio.sleep(0.05)


async def test_triggers_that_vanish_are_told_and_the_next_cycle_finds_what_they_no_longer_tell(world: World) -> None:
    sku = world.stocked(20)
    async with triggers(world) as tool:
        await tool.install()
        world.more_erp_options["change_log"] = True
        async with life(world) as engine:
            world.change(f"DROP TRIGGER {name_of('PRODUTOESTOQUE')}")
            world.till.sell(sku)
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == ["erp-triggers-gone"]
            assert world.shop.salable(sku) == 19
            await tool.install()
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == []


async def test_a_log_removed_under_a_running_engine_is_told_as_such_and_heals_when_it_is_back(world: World) -> None:
    sku = world.stocked(20)
    async with triggers(world) as tool:
        await tool.install()
        world.more_erp_options["change_log"] = True
        async with life(world) as engine:
            world.staff.close()
            world.till.close()
            assert (await tool.remove()).nothing
            world.till.sell(sku)
            report = await engine.sync()
            assert not report.stuck
            assert engine.problems() == ["erp-triggers-gone"]
            assert world.shop.salable(sku) == 19
            await tool.install()
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == []


async def test_after_an_update_of_integra_the_triggers_are_told_to_be_renewed_not_to_be_gone(world: World) -> None:
    async with triggers(world) as tool:
        await tool.install()
        world.more_erp_options["change_log"] = True
        async with life(world) as engine:
            world.change(f"DROP TRIGGER {name_of('PRODUTO')}")
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == ["erp-triggers-gone"]
            world.change(f"ALTER TRIGGER {name_of('PRECO')} AS BEGIN POST_EVENT 'INTEGRA_CHANGE'; END")
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == ["erp-triggers-outdated"]
            await tool.install()
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == []


async def test_an_owner_who_gives_up_the_triggers_hears_no_more_of_them(world: World) -> None:
    async with triggers(world) as tool:
        await tool.install()
        world.more_erp_options["change_log"] = True
        async with life(world) as engine:
            world.change(f"DROP TRIGGER {name_of('PRODUTOESTOQUE')}")
            await world.clock.sleep(60)
            await engine.sync()
            assert engine.problems() == ["erp-triggers-gone"]
        await tool.remove()
    world.more_erp_options["change_log"] = False
    async with life(world) as engine:
        assert engine.problems() == []
