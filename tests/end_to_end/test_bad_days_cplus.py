"""Bad days of C-Plus: the pages of docs/bad-days, each told with a real Firebird server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from connectors.cplus.base.firebird import connect, writing
from tests.end_to_end.world import ACCOUNT, World, life
from tests.faulty_link import FaultyLink
from tests.firebird_server import FirebirdServer

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

LOCK_TIMEOUT_S = 1
GONE = "000009991"


@contextmanager
def _open_at_a_till(world: World) -> Iterator[Any]:
    """A screen of C-Plus in whose transaction something was changed and not yet stored."""
    connection = connect(world.database)
    try:
        connection.begin(writing(1))
        with connection.cursor() as cursor:
            yield cursor
    finally:
        if connection.is_active():
            connection.rollback()
        connection.close()


def _references(world: World) -> list[str]:
    return sorted(row["NUMPEDCLIENTE"].strip() for row in world.erp_orders())


async def test_a_line_cut_in_the_middle_of_a_commit_leaves_one_order_and_one_reservation(
    world: World, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    link = FaultyLink(firebird_server.host, firebird_server.port)
    world.erp_address = ("127.0.0.1", link.port)
    try:
        async with life(world) as engine:
            numbers = []
            for message in range(1, 60, 7):
                numbers.append(world.buy({sku: 1}, payment="pix"))
                await engine.take_in_orders()
                link.cut_after(message)
                await engine.sync()
                link.disarm()
            await engine.heals()
            assert _references(world) == sorted(f"LJ-{number}" for number in numbers)
            assert world.on_hand_and_reserved(sku) == (10, len(numbers))
    finally:
        link.close()


async def test_a_product_row_held_by_a_till_makes_the_order_wait_no_longer_than_the_lock_timeout_and_nothing_is_lost(
    world: World,
) -> None:
    sku, other = world.stocked(10), world.stocked(10, index=1)
    world.more_erp_options |= {"lock_timeout_s": LOCK_TIMEOUT_S}
    async with life(world) as engine:
        with _open_at_a_till(world) as cursor:
            cursor.execute("UPDATE PRODUTOESTOQUE SET ESTATU = ESTATU - 1 WHERE CODPROD = ? AND ESTATU > 0", (sku,))
            held, free = world.buy({sku: 1}, payment="pix"), world.buy({other: 1}, payment="pix")
            await engine.take_in_orders()
            began = time.monotonic()
            report = await engine.supervisor.run_to_rest(limit=1)
            assert time.monotonic() - began < 4 * LOCK_TIMEOUT_S + 2
            assert engine.order(free)["fulfilment"] == "reserved", "the rest goes on"
            assert engine.order(held)["fulfilment"] == "received"
            assert report.done
            cursor.connection.commit()
        await engine.heals()
        assert engine.order(held)["fulfilment"] == "reserved"
        assert world.on_hand_and_reserved(sku) == (9, 1)
        assert world.shop.salable(sku) == 8


async def test_a_till_that_keeps_a_transaction_open_all_night_stops_nothing_and_is_named(world: World) -> None:
    sku, held = world.stocked(10), world.stocked(10, index=1)
    world.more_erp_options |= {"open_transaction_notice_min": 0}
    async with life(world) as engine:
        with _open_at_a_till(world) as cursor:
            cursor.execute("UPDATE PRODUTO SET NOMEPROD = NOMEPROD WHERE CODPROD = ?", (held,))
            await world.clock.sleep(8 * 3600)
            world.till.sell(sku)
            number = await engine.bought({sku: 2}, payment="pix")
            assert world.shop.salable(sku) == 7, "what the other tills do is seen"
            assert engine.order(number)["fulfilment"] == "reserved", "and what the shop sells is written"
            assert engine.problems() == ["erp-open-transaction"]
            (told,) = engine.rows("SELECT severity, params FROM problem")
            assert told["severity"] == "notice"
            assert json.loads(told["params"])["user"] == "SYSDBA"
            assert json.loads(told["params"])["since"]
        world.close()
        await world.clock.sleep(3600)
        await engine.heals()


async def test_a_full_disk_on_the_server_loses_nothing_and_it_goes_on_when_there_is_space(
    world: World, firebird_server: FirebirdServer
) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        try:
            firebird_server.limit_files(1)
            numbers = [world.buy({sku: 1}, payment="pix") for _ in range(3)]
            report = await engine.sync()
            assert report.stuck[f"{ACCOUNT}/effects"] == "erp-disk"
            assert set(engine.problems()) == {"erp-disk"}
            assert {engine.order(number)["fulfilment"] for number in numbers} == {"received"}, "taken in all the same"
        finally:
            firebird_server.limit_files(None)
        await engine.heals()
        assert _references(world) == sorted(f"LJ-{number}" for number in numbers)
        assert world.on_hand_and_reserved(sku) == (10, 3)


async def test_an_upgrade_that_adds_columns_while_the_engine_runs_is_lived_with(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        for table in ("ORCAMENTO", "ORCAMENTOPROD", "CLIENTE", "PRODUTOESTOQUE"):
            world.staff.write(
                lambda cursor, table=table: cursor.execute(  # type: ignore[misc]
                    f"ALTER TABLE {table} ADD NOVIDADE CHAR(1) DEFAULT 'N' NOT NULL"
                )
            )
        number = world.buy({sku: 2}, payment="pix")
        world.till.sell(sku)
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert world.erp_orders()[0]["NOVIDADE"] == "N"
        assert world.shop.salable(sku) == 7


async def test_negative_stock_typed_by_staff_publishes_nothing_for_sale(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.set_stock(sku, -4)
        await engine.sync()
        assert world.shop.salable(sku) == 0
        (told,) = engine.rows("SELECT severity, params FROM problem WHERE code = 'stock-negative'")
        assert told["severity"] == "notice"
        assert sku in json.loads(told["params"])["skus"]
        world.set_stock(sku, 3)
        await engine.heals()
        assert world.shop.salable(sku) == 3


async def test_a_product_deleted_in_the_erp_parks_the_order_that_names_it_until_it_is_there_again(world: World) -> None:
    sku = world.stocked(10)
    async with life(world) as engine:
        world.sell_in_the_shop(GONE, 5)
        number, other = world.buy({GONE: 1}, payment="pix"), world.buy({sku: 1}, payment="pix")
        began = world.clock.now()
        assert (await engine.sync()).at_rest, "what waits for a person keeps nobody waiting"
        assert world.clock.now() - began < timedelta(seconds=30)
        row = engine.order(number)
        assert (row["queue"], row["parked"]) == ("problem", "erp-unknown-sku")
        assert json.loads(row["parked_params"])["sku"] == GONE
        assert engine.order(other)["fulfilment"] == "reserved", "the rest goes on"
        world.create_product_like(sku, GONE)
        world.set_stock(GONE, 2)
        await engine.heals()
        assert engine.order(number)["fulfilment"] == "reserved"
        assert engine.order(number)["parked"] is None
        assert world.on_hand_and_reserved(GONE) == (2, 1)
