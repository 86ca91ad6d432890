"""Price tables and the customer groups that carry them: mapped, moved under a shop that sells, never without a look."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from connectors.sandbox.base import registers as r
from console.reading.planned import planned
from console.reading.problems import held_rows
from tests.end_to_end.registered import in_erp, register
from tests.end_to_end.world import ACCOUNT, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

T = TypeVar("T")


def a_group(world: World, name: str) -> str:
    """A customer group that the merchant has made."""
    return str(world.rest("POST", "V1/customerGroups", {"group": {"code": name, "tax_class_id": 3}})["id"])


def group(world: World, name: str) -> str | None:
    rows = world.rest("GET", "V1/customerGroups/search?searchCriteria[pageSize]=50")["items"]
    return next((str(row["id"]) for row in rows if row["code"].casefold() == name.casefold()), None)


def prices(world: World, sku: str) -> dict[str, Decimal]:
    """Group id -> the price of a piece, as the shop keeps it."""
    with world.shop.lock:
        tiers = world.shop.catalogue.get(sku).tiers
    return {str(tier.group_id): Decimal(tier.price) for tier in tiers}


def table_name(world: World, table: str) -> str:
    (row,) = world.base("SELECT NOMEPRECO FROM PRECO WHERE CODPRECO = ?", table)
    return str(row["NOMEPRECO"]).strip()


def priced(world: World) -> str:
    """A product with a price in three tables."""
    sku = world.simple_product()
    for table, price in ((r.VAREJO, "39.90"), (r.ATACADO, "31.00"), (r.REVENDA, "28.50")):
        world.staff.set_price(sku, table, Decimal(price))
    return sku


def settings(world: World, **options: Any) -> None:
    world.account_options = options


def read(world: World, what: Callable[[sqlite3.Connection], T]) -> T:
    """As a console reads."""
    reader = sqlite3.connect(world.state / "integra.db")
    reader.row_factory = sqlite3.Row
    with closing(reader):
        return what(reader)


def plan(world: World) -> list[tuple[object, object]]:
    """(before, after) of what the guard of the groups holds, as the console shows it."""
    return [(row.before, row.after) for row in read(world, lambda db: planned(db, ACCOUNT, "price-groups"))]


async def test_a_table_goes_to_the_group_that_the_settings_name_and_no_group_is_made_for_it(world: World) -> None:
    sku = priced(world)
    resellers = a_group(world, "Lojistas")
    settings(world, price_group_names={r.ATACADO: "lojistas"})
    async with life(world) as engine:
        await engine.sync()
        assert prices(world, sku)[resellers] == Decimal("31.00")
        assert group(world, table_name(world, r.ATACADO)) is None


async def test_a_table_moved_to_another_group_shows_its_plan_and_goes_when_it_is_let_pass(world: World) -> None:
    sku = priced(world)
    async with life(world) as engine:
        await engine.sync()
    old = group(world, table_name(world, r.ATACADO))
    assert old is not None
    before = prices(world, sku)
    vip = a_group(world, "VIP")
    settings(world, price_group_names={r.ATACADO: "VIP"})
    async with life(world) as engine:
        await engine.sync()
        assert prices(world, sku) == before, "until somebody has looked"
        assert "price-group-moved" in engine.problems()
        rows = plan(world)
        (held,) = read(world, held_rows)
        assert (held.guard, held.rows) == ("price-groups", len(rows))
        assert (None, 3100) in rows
        assert (3100, None) in rows
        world.staff.set_price(sku, r.ATACADO, Decimal("30.00"))
        await engine.sync()
        assert prices(world, sku)[old] == Decimal("30.00"), "its prices go on where they are"

        await engine.let_pass("price-groups")
        await engine.sync()
        after = prices(world, sku)
        assert after[vip] == Decimal("30.00")
        assert old not in after
        assert "price-group-moved" not in engine.problems()
        assert plan(world) == []


async def test_the_customers_of_a_table_go_with_it_to_its_new_group(world: World) -> None:
    priced(world)
    async with life(world) as engine:
        await engine.sync()
        customer = register(world)
        await engine.sync()
        world.change("UPDATE CLIENTE SET CODPRECO = ? WHERE CODCLI = ?", r.ATACADO, in_erp(world)["CODCLI"])
        await engine.sync()
        assert str(customer.group_id) == group(world, table_name(world, r.ATACADO))
    vip = a_group(world, "VIP")
    settings(world, price_group_names={r.ATACADO: "VIP"})
    async with life(world) as engine:
        await engine.sync()
        assert str(customer.group_id) != vip
        await engine.let_pass("price-groups")
        await engine.sync()
        assert str(customer.group_id) == vip


async def test_settings_that_are_put_back_take_the_question_with_them(world: World) -> None:
    sku = priced(world)
    async with life(world) as engine:
        await engine.sync()
    before = prices(world, sku)
    a_group(world, "VIP")
    settings(world, price_group_names={r.ATACADO: "VIP"})
    async with life(world) as engine:
        await engine.sync()
        assert plan(world)
    settings(world)
    async with life(world) as engine:
        await engine.sync()
        assert plan(world) == []
        assert "price-group-moved" not in engine.problems()
        assert prices(world, sku) == before


async def test_two_tables_that_change_places_leave_each_group_the_other_tables_prices(world: World) -> None:
    sku = priced(world)
    only_wholesale = world.simple_product(1)
    world.staff.set_price(only_wholesale, r.ATACADO, Decimal("11.00"))
    world.staff.set_price(only_wholesale, r.REVENDA, None)
    async with life(world) as engine:
        await engine.sync()
    names = {table: table_name(world, table) for table in (r.ATACADO, r.REVENDA)}
    wholesale, resale = (group(world, names[table]) for table in (r.ATACADO, r.REVENDA))
    assert wholesale is not None
    assert resale is not None
    settings(world, price_group_names={r.ATACADO: names[r.REVENDA], r.REVENDA: names[r.ATACADO]})
    async with life(world) as engine:
        await engine.sync()
        await engine.let_pass("price-groups")
        await engine.sync()
        assert prices(world, sku) == {wholesale: Decimal("28.50"), resale: Decimal("31.00")}
        assert prices(world, only_wholesale) == {resale: Decimal("11.00")}


async def test_a_table_taken_out_of_the_settings_keeps_its_prices_until_that_is_let_pass(world: World) -> None:
    sku = priced(world)
    async with life(world) as engine:
        await engine.sync()
    kept = group(world, table_name(world, r.REVENDA))
    world.group_tables = [r.REVENDA]
    async with life(world) as engine:
        await engine.sync()
        assert len(prices(world, sku)) == 2
        assert "price-group-dropped" in engine.problems()
        await engine.let_pass("price-groups")
        await engine.sync()
        assert prices(world, sku) == {kept: Decimal("28.50")}
    world.group_tables = [r.ATACADO, r.REVENDA]
    async with life(world) as engine:
        await engine.sync()
        assert "price-group-added" in engine.problems()
        assert prices(world, sku) == {kept: Decimal("28.50")}
        await engine.let_pass("price-groups")
        await engine.sync()
        assert len(prices(world, sku)) == 2


async def test_a_table_that_is_asked_for_and_taken_out_again_leaves_no_question(world: World) -> None:
    sku = priced(world)
    world.group_tables = [r.REVENDA]
    async with life(world) as engine:
        await engine.sync()
    before = prices(world, sku)
    world.group_tables = [r.REVENDA, r.ATACADO]
    async with life(world) as engine:
        await engine.sync()
        assert "price-group-added" in engine.problems()
    world.group_tables = [r.REVENDA]
    async with life(world) as engine:
        await engine.sync()
        assert "price-group-added" not in engine.problems()
        assert (plan(world), prices(world, sku)) == ([], before)


async def test_two_tables_that_ask_for_one_group_are_named_and_the_first_keeps_its_prices(world: World) -> None:
    sku = priced(world)
    async with life(world) as engine:
        await engine.sync()
    before = prices(world, sku)
    settings(world, price_group_names={r.ATACADO: table_name(world, r.REVENDA)})
    async with life(world) as engine:
        await engine.sync()
        await engine.let_pass("price-groups")
        await engine.sync()
        assert "price-group-twice" in engine.problems()
        assert prices(world, sku) == before
    settings(world)
    async with life(world) as engine:
        await engine.sync()
        assert "price-group-twice" not in engine.problems()


async def test_a_group_price_above_the_base_price_is_told_with_the_table_and_how_many(world: World) -> None:
    sku = priced(world)
    world.staff.set_price(sku, r.ATACADO, Decimal("45.00"))
    async with life(world) as engine:
        await engine.sync()
        (told,) = engine.rows("SELECT subject, params FROM problem WHERE code = 'price-group-above-base'")
        assert told["subject"] == f"above-base:{r.ATACADO}"
        assert '"n":1' in told["params"].replace(" ", "")
        world.staff.set_price(sku, r.ATACADO, Decimal("35.00"))
        await engine.sync()
        assert "price-group-above-base" not in engine.problems()
