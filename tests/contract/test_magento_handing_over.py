"""A first catalogue by way of Magento's queue: the gain where consumers run, and nothing made twice where none does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from connectors.magento import open_channel
from connectors.sandbox.shop import Shop, create_app
from engine.errors import IntegraError, Misconfigured, OutcomeUnknown
from engine.ports import SalesChannel, Surroundings
from engine.store import handed_over
from engine.tasks.handing_over import FIRST_ROWS, OPEN_S, REMEMBERED
from tests.contract.first_catalogue import LOJA, task_of, want
from tests.contract.magento_channel import URL, secrets
from tests.contract.sample_shop import TOKEN
from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store

pytestmark = pytest.mark.anyio


class World:
    """A shop, its account with `items` new products, and the task that publishes them; `restart` after a kill."""

    def __init__(self, store: InlineStore, shop: Shop, clock: VirtualClock, channel: SalesChannel) -> None:
        self.store, self.shop, self.clock, self.channel = store, shop, clock, channel
        self.around = Surroundings(clock, random.Random(1), lambda: "id")
        self.restart()

    def restart(self) -> None:
        self.task = task_of(self.store, self.channel, self.around)

    async def want(self, *items: str, name: str = "Camiseta") -> None:
        await want(self.store, self.around, items, name)

    async def cycle(self) -> IntegraError | None:
        """One run of the task, with the time that it takes; what it raises."""
        trouble: list[IntegraError] = []

        async def run() -> None:
            try:
                await self.task.run()
            except IntegraError as error:
                trouble.append(error)

        async with anyio.create_task_group() as group:
            group.start_soon(run)
            await self.clock.pass_by_itself()
        return trouble[0] if trouble else None

    async def killed_after(self, seconds: float) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(self.task.run)
            await self.clock.advance(seconds)
            group.cancel_scope.cancel()
        self.restart()

    async def confirmed(self) -> set[str]:
        rows = await self.store.read(
            lambda db: db.execute(
                "SELECT item FROM publication WHERE facet = 'content' AND confirmed IS NOT NULL AND NOT todo"
            ).fetchall()
        )
        return {row[0] for row in rows}

    async def problems(self) -> set[str]:
        rows = await self.store.read(lambda db: db.execute("SELECT code FROM problem").fetchall())
        return {row[0] for row in rows}

    async def open_tickets(self) -> int:
        return len(await self.store.read(lambda db: handed_over.tickets(db, LOJA)))

    def made(self) -> Counter[str]:
        return Counter(product.sku for product in self.shop.catalogue.by_id.values())

    def posts(self, route: str = "V1/products") -> int:
        return len(self.shop.calls("POST", route))


@asynccontextmanager
async def a_world(folder: Path, items: int, queue_rows: int = 100) -> AsyncIterator[World]:
    clock = VirtualClock()
    shop = Shop(clock.now)
    transport = httpx.ASGITransport(app=create_app(shop, {TOKEN}))
    around = Surroundings(clock, random.Random(7), lambda: "id")
    options = {"url": URL, "queue_rows": queue_rows}
    channel = open_channel(options, secrets({"token": TOKEN}), around, transport)
    with inline_store(folder) as store:
        world = World(store, shop, clock, channel)
        await world.want(*names(items))
        yield world
    await channel.close()


def names(items: int) -> list[str]:
    return [f"CAM-{number:03}" for number in range(items)]


async def test_new_products_are_left_to_the_queue_the_first_few_to_see_whether_anybody_works_on_it(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, 120) as world:
        world.shop.queue.seconds = 0.05
        assert await world.cycle() is None
        bulks = [len(bulk) for bulk in world.shop.queue.bulks.values()]
        assert bulks == [FIRST_ROWS, 100, 120 - FIRST_ROWS - 100]
        assert await world.confirmed() == set(names(120))
        assert world.posts() == 0
        assert await world.open_tickets() == 0


async def test_without_the_option_each_is_made_by_a_call_of_its_own(tmp_path: Path) -> None:
    async with a_world(tmp_path, 8, queue_rows=0) as world:
        assert await world.cycle() is None
        assert (world.posts(), len(world.shop.queue.bulks)) == (8, 0)


async def test_where_no_consumer_runs_all_but_the_first_few_are_made_by_calls_and_those_once_they_have_settled(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, 12) as world:
        world.shop.queue.consumers = 0
        began = world.clock.now()
        await world.cycle()
        assert (world.clock.now() - began).total_seconds() == pytest.approx(OPEN_S, abs=5)
        assert await world.confirmed() == set(names(12)[FIRST_ROWS:])
        await world.clock.advance(60)
        await world.cycle()
        assert await world.confirmed() == set(names(12))
        assert len(world.shop.queue.bulks) == 1, "nothing more is left to a queue that nobody works on"
        assert max(world.made().values()) == 1
        assert await world.problems() == {"queue-asleep"}
        world.shop.queue.consumers = 1
        await world.cycle()
        assert await world.problems() == set()


async def test_a_consumer_that_comes_late_makes_nothing_twice_and_what_it_wrote_over_is_sent_again(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, 3) as world:
        world.shop.queue.consumers = 0
        await world.cycle()
        await world.clock.advance(100)
        await world.want(*names(3), name="Regata")
        await world.cycle()
        assert await world.confirmed() == set(names(3))
        world.shop.queue.consumers = 1
        await world.cycle()
        assert set(world.made().values()) == {1}
        assert {world.shop.catalogue.get(sku).value("name") for sku in names(3)} == {f"Regata {s}" for s in names(3)}
        assert await world.open_tickets() == 0


async def test_a_deadlock_is_tried_again_at_once_and_a_refusal_waits(tmp_path: Path) -> None:
    async with a_world(tmp_path, 3) as world:
        world.shop.queue.deadlocks = {"CAM-001"}
        too_long = "X" * 65
        await world.want(too_long)
        await world.cycle()
        assert await world.confirmed() == set(names(3))
        assert world.posts() == 1, "the deadlocked one"
        refused = await world.store.read(
            lambda db: db.execute("SELECT item FROM publication WHERE error_code = 'channel-refused'").fetchall()
        )
        assert [row[0] for row in refused] == [too_long]


async def test_killed_while_the_queue_works_the_ticket_is_asked_for_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    async with a_world(tmp_path, FIRST_ROWS) as world:
        world.shop.queue.seconds = 10
        await world.killed_after(15)
        assert await world.open_tickets() == 1
        await world.cycle()
        assert len(world.shop.queue.bulks) == 1
        await world.clock.advance(60)
        await world.cycle()
        assert await world.confirmed() == set(names(FIRST_ROWS))
        assert (world.posts(), set(world.made().values())) == (0, {1})


async def test_an_answer_that_is_lost_leaves_them_in_flight_until_they_settle(tmp_path: Path) -> None:
    async with a_world(tmp_path, FIRST_ROWS) as world:
        world.shop.faults.lose_reply("POST", "async/bulk")
        assert isinstance(await world.cycle(), OutcomeUnknown)
        await world.cycle()
        assert world.posts() == 0
        await world.clock.advance(OPEN_S + 60)
        await world.cycle()
        assert await world.confirmed() == set(names(FIRST_ROWS))
        assert set(world.made().values()) == {1}
        assert world.posts() == 0, "found there, they are changed"


async def test_without_the_right_to_see_its_bulks_nothing_is_left_to_the_queue_and_the_person_is_told(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, 3) as world:
        world.shop.faults.expire_token("GET", "V1/bulk/")
        assert isinstance(await world.cycle(), Misconfigured)
        assert await world.confirmed() == set(names(3))
        assert not world.shop.queue.bulks


async def test_what_stays_open_is_forgotten_after_a_day_and_the_queue_tried_once_more(tmp_path: Path) -> None:
    async with a_world(tmp_path, 1) as world:
        world.shop.queue.kills = {"CAM-000"}
        await world.cycle()
        await world.clock.advance(REMEMBERED.total_seconds())
        world.shop.queue.consumers = 1
        await world.want("CAM-900")
        await world.cycle()
        assert len(world.shop.queue.bulks) == 2
        assert await world.confirmed() == {"CAM-000", "CAM-900"}
