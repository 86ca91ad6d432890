"""What a long push does to what happens meanwhile: it is overtaken, nothing starves, and trouble is told apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from engine.account import Account
from engine.errors import Collision, OutcomeUnknown, Refused, RetryLater, TooMany
from engine.pace import Load
from engine.ports import Capabilities
from engine.publishing import Facet, RowError
from engine.settings import AccountSettings, Settings
from engine.store import accounts, publications
from engine.store.publications import Row
from engine.tasks.sending import COLLISIONS_MAX, send_all
from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store, surroundings

pytestmark = pytest.mark.anyio

STOCK, CONTENT = Facet.STOCK, Facet.CONTENT


def takes(rows: int, calls: int = 1) -> Capabilities:
    known: dict[str, Any] = {"stock_batch_rows": rows, "price_batch_rows": rows, "calls_at_once": calls}
    return Capabilities(**{field.name: True for field in fields(Capabilities)} | known | {"timeout_s": 30})


class Shop:
    """What arrives, batch by batch; a call takes so long, and `spoil` may answer some calls with an error."""

    def __init__(self, clock: VirtualClock, row_s: float) -> None:
        self.clock = clock
        self.row_s = row_s
        self.calls: list[list[str]] = []
        self.under_way = self.most_under_way = 0
        self.spoil: dict[int, Exception] = {}
        self.refuses = ""
        self.limit = 10_000

    async def take(self, rows: Sequence[Row]) -> Sequence[RowError]:
        self.calls.append([row.item for row in rows])
        number = len(self.calls)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await self.clock.sleep(self.row_s * len(rows))
        self.under_way -= 1
        if number in self.spoil:
            raise self.spoil[number]
        if len(rows) > self.limit:
            raise TooMany("channel-batch-limit", limit=self.limit)
        if self.refuses in self.calls[number - 1]:
            raise Refused("channel-refused")
        return []

    @property
    def sizes(self) -> list[int]:
        return [len(call) for call in self.calls]


class World:
    def __init__(self, store: InlineStore, rows: int, calls: int, row_s: float) -> None:
        self.clock = VirtualClock()
        self.store = store
        self.shop = Shop(self.clock, row_s)
        settings = Settings(account=[
            AccountSettings(id="loja", kind="x", order_prefix="L", online_tag="1", import_orders_since=NOBODY)
        ])  # fmt: skip
        channel = type("Channel", (), {"capabilities": takes(rows, calls)})()

        async def known() -> None:
            return None

        self.account = Account(
            id="loja", store=store, erp=cast(Any, None), channel=channel, shop=channel, reads=cast(Any, None),
            surroundings=surroundings(self.clock), all_settings=lambda: settings, wake=lambda _account, _task: None,
            know_base=known, load=Load(lambda: channel.capabilities), creating_customer=anyio.Lock(),
        )  # fmt: skip
        self.happens: dict[float, list[str]] = {}  # seconds from the start -> SKUs of which another quantity is wanted
        self.start = self.clock.now()

    def want(self, db: sqlite3.Connection, items: Iterable[str], facet: Facet = STOCK) -> None:
        version = str(int((self.clock.now() - self.start).total_seconds() * 1000) + 10_000)
        value = version if facet is STOCK else f'{{"kind":"simple","name":"{version}"}}'
        publications.want(db, "loja", facet, [(item, "", value) for item in items], self.clock.now())

    async def look(self) -> None:
        """What the ERP shows by now."""
        since = (self.clock.now() - self.start).total_seconds()
        for at in [at for at in self.happens if at <= since]:
            items = self.happens.pop(at)
            await self.store.write(lambda db, items=items: self.want(db, items))  # type: ignore[misc]

    async def push(self, facet: Facet = STOCK) -> int:
        done: list[int] = []

        async def sending() -> None:
            done.append(await send_all(self.account, facet, self.shop.take, self.look, 0.5))

        async with anyio.create_task_group() as group:
            group.start_soon(sending)
            await self.clock.pass_by_itself()
        return done[0]

    async def sends(self, facet: Facet = STOCK) -> Exception:
        """Push, and be told."""
        with pytest.raises(ExceptionGroup) as raised:
            await self.push(facet)
        return raised.value.exceptions[0]


NOBODY = cast(Any, VirtualClock().now().date())


@contextmanager
def world(
    folder: Path, items: int, rows: int = 500, calls: int = 1, row_s: float = 0.004, facet: Facet = STOCK
) -> Iterator[World]:
    with inline_store(folder) as store:
        made = World(store, rows, calls, row_s)

        def fill(db: sqlite3.Connection) -> None:
            accounts.ensure(db, "loja", "x", "Loja")
            db.execute("UPDATE account SET mode = 'live'")
            names = [f"SKU-{number:05}" for number in range(items)]
            if facet is STOCK:
                for name in names:
                    text = '{"kind":"simple","name":"x"}'
                    publications.adopt_found(db, "loja", CONTENT, name, "", text, made.clock.now())
            made.want(db, names, facet)

        fill(store._db)
        yield made


@pytest.mark.long
async def test_a_long_push_tells_on_its_way_how_far_it_has_come(tmp_path: Path) -> None:
    with world(tmp_path, 20_000) as shop:  # 80 s
        await shop.store.write(lambda db: shop.want(db, ["SKU-HELD"]))
        await shop.store.write(lambda db: db.execute("UPDATE publication SET held_by = 'x' WHERE item = 'SKU-HELD'"))
        told: list[tuple[int, int]] = []

        async def look() -> None:
            rows = await shop.store.read(lambda db: db.execute("SELECT * FROM progress").fetchall())
            told.extend(
                (row["done"], row["total"]) for row in rows if (row["account"], row["task"]) == ("loja", "stock")
            )

        async with anyio.create_task_group() as group:
            group.start_soon(send_all, shop.account, STOCK, shop.shop.take, look, 0.5)
            await shop.clock.pass_by_itself()
        assert len(set(told)) > 10
        assert {total for _, total in told} == {20_000}
        assert [done for done, _ in told] == sorted(done for done, _ in told)
        paced = await shop.store.read(lambda db: db.execute("SELECT sum(done) FROM pace").fetchone()[0])
        assert paced == told[-1][0], "what is left is counted when the cycle ends"


async def test_what_was_just_sold_overtakes_a_long_push_in_a_call_of_its_own(tmp_path: Path) -> None:
    with world(tmp_path, 2_000) as shop:
        shop.happens = {3.0: ["SKU-01999"]}
        assert await shop.push() == 2_000
        place = shop.shop.calls.index(["SKU-01999"])
        assert sum(shop.shop.sizes[:place]) * 0.004 < 3.0 + 2 * 1.0
        assert sum(shop.shop.sizes) == 2_000, "it goes once: nothing old of it was sent before"


async def test_what_was_just_sold_waits_for_no_call_where_the_shop_serves_two(tmp_path: Path) -> None:
    with world(tmp_path, 2_000, calls=2, row_s=0.01) as shop:
        shop.happens = {1.0: ["SKU-01999"]}
        await shop.push()
        assert shop.shop.most_under_way == 2
        place = shop.shop.calls.index(["SKU-01999"])
        assert sum(shop.shop.sizes[: place - 1]) * 0.01 < 1.0 + 1.0


async def test_what_has_waited_longest_goes_on_however_much_is_sold_meanwhile(tmp_path: Path) -> None:
    with world(tmp_path, 2_000, row_s=0.01) as shop:
        busy = [f"SKU-{number:05}" for number in range(1_000, 1_200)]
        shop.happens = {second / 2: busy for second in range(1, 200)}
        await shop.push()
        old = [place for place, call in enumerate(shop.shop.calls) if not set(call) & set(busy)]
        assert [place for place in old if place < 8] == [0, 1, 2, 4, 6], "every other call is of the oldest"


async def test_a_deadlock_is_tried_again_at_once_and_more_slowly(tmp_path: Path) -> None:
    with world(tmp_path, 400) as shop:
        shop.shop.spoil = {3: Collision("channel-conflict")}
        assert await shop.push() == 400
        assert shop.shop.sizes[:4] == [25, 25, 100, 100]
        assert shop.shop.sizes[4] < 100


async def test_a_shop_that_deadlocks_all_the_time_is_left_alone(tmp_path: Path) -> None:
    with world(tmp_path, 300) as shop:
        shop.shop.spoil = {call: Collision("channel-conflict") for call in range(1, 20)}
        assert isinstance(await shop.sends(), Collision)
        assert len(shop.shop.calls) == COLLISIONS_MAX + 1


async def test_too_many_requests_end_the_push_and_the_next_one_begins_smaller(tmp_path: Path) -> None:
    with world(tmp_path, 600) as shop:
        shop.shop.spoil = {3: RetryLater("channel-busy", after_s=60)}
        refused = await shop.sends()
        assert isinstance(refused, RetryLater)
        assert refused.after_s == 60
        assert await shop.push() == 550
        assert shop.shop.sizes[2:4] == [100, 50]


async def test_a_batch_without_an_answer_is_not_sent_again_before_it_must_have_settled(tmp_path: Path) -> None:
    with world(tmp_path, 60) as shop:
        shop.shop.spoil = {1: OutcomeUnknown("channel-no-answer")}
        assert isinstance(await shop.sends(), OutcomeUnknown)
        assert await shop.push() == 35
        shop.clock.time += timedelta(seconds=61)
        assert await shop.push() == 25


@pytest.mark.parametrize("tried_again", [False, True])
async def test_what_was_confirmed_and_is_wanted_again_is_sent_over_a_push_that_may_have_landed(
    tmp_path: Path, tried_again: bool
) -> None:
    with world(tmp_path, 1) as shop:
        assert await shop.push() == 1
        shop.clock.time += timedelta(seconds=61)
        shop.want(shop.store._db, ["SKU-00000"])
        shop.shop.spoil = {2: OutcomeUnknown("channel-no-answer"), 3: RetryLater("channel-unreachable")}
        assert isinstance(await shop.sends(), OutcomeUnknown)
        if tried_again:
            shop.clock.time += timedelta(seconds=61)
            assert isinstance(await shop.sends(), RetryLater)
        shop.shop.spoil = {}
        now, shop.clock.time = shop.clock.now(), shop.start
        shop.want(shop.store._db, ["SKU-00000"])  # as before the unknown outcome
        shop.clock.time = now + timedelta(seconds=61)
        assert await shop.push() == 1, "what the shop shows is not known"
        assert await shop.push() == 0


async def test_a_push_that_never_left_needs_no_second_one_when_what_was_confirmed_is_wanted_again(
    tmp_path: Path,
) -> None:
    with world(tmp_path, 1) as shop:
        assert await shop.push() == 1
        shop.clock.time += timedelta(seconds=61)
        shop.want(shop.store._db, ["SKU-00000"])
        shop.shop.spoil = {2: RetryLater("channel-unreachable")}
        assert isinstance(await shop.sends(), RetryLater)
        shop.clock.time = shop.start
        shop.want(shop.store._db, ["SKU-00000"])
        assert await shop.push() == 0


async def test_a_save_of_many_calls_settles_from_its_last_one_and_makes_no_second_product_meanwhile(
    tmp_path: Path,
) -> None:
    with world(tmp_path, 1, row_s=90, facet=CONTENT) as shop:  # its attributes and categories are made first
        shop.shop.spoil = {1: OutcomeUnknown("channel-no-answer")}
        assert isinstance(await shop.sends(CONTENT), OutcomeUnknown)
        shop.clock.time += timedelta(seconds=30)
        assert await shop.push(CONTENT) == 0
        shop.clock.time += timedelta(seconds=31)
        assert await shop.push(CONTENT) == 1


async def test_a_limit_of_the_shop_is_learnt_and_nothing_is_left(tmp_path: Path) -> None:
    with world(tmp_path, 100) as shop:
        shop.shop.limit = 20
        assert await shop.push() == 100
        assert shop.shop.sizes.count(25) == 2, "the next one was chosen before it was learnt"
        assert 20 in shop.shop.sizes


async def test_one_bad_row_is_found_and_the_others_go(tmp_path: Path) -> None:
    with world(tmp_path, 100) as shop:
        shop.shop.refuses = "SKU-00007"
        assert await shop.push() == 99
        (bad,) = shop.store._db.execute("SELECT item FROM publication WHERE error_code IS NOT NULL")
        assert bad["item"] == "SKU-00007"


async def test_a_half_that_was_never_sent_is_free_again_when_the_other_one_fails(tmp_path: Path) -> None:
    with world(tmp_path, 20) as shop:
        shop.shop.refuses = "SKU-00000"
        shop.shop.spoil = {2: RetryLater("channel-busy")}
        await shop.sends()
        assert await shop.push() == 19


async def test_products_are_saved_side_by_side_each_once_and_no_more_than_allowed(tmp_path: Path) -> None:
    with world(tmp_path, 200, calls=3, row_s=0.1, facet=CONTENT) as shop:
        assert await shop.push(CONTENT) == 200
        assert shop.shop.most_under_way == 3
        assert len({item for call in shop.shop.calls for item in call}) == len(shop.shop.calls) == 200


async def test_when_one_save_fails_those_beside_it_are_ended_and_confirmed(tmp_path: Path) -> None:
    with world(tmp_path, 200, calls=3, row_s=0.1, facet=CONTENT) as shop:
        shop.shop.spoil = {60: RetryLater("channel-busy")}
        await shop.sends(CONTENT)
        left = shop.store._db.execute("SELECT COUNT(*) FROM publication WHERE settles_at IS NOT NULL").fetchone()[0]
        assert left == 0
        assert shop.shop.under_way == 0
