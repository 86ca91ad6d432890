"""What people change in the shop's own admin, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from tests.end_to_end.world import ACCOUNT, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

THEIRS = "Nome dado na loja"


@asynccontextmanager
async def in_the_shop(world: World, sku: str) -> AsyncIterator[Life]:
    """An engine whose product stands in the shop, looked at once by the slow clock."""
    world.set_stock(sku, 4)
    world.staff.set_price(sku, r.VAREJO, Decimal("50.00"))
    async with life(world) as engine:
        yield engine


async def look_again(world: World, engine: Life) -> None:
    await world.clock.sleep(60)
    await engine.sync()


def change(world: World, sku: str, **fields: object) -> None:
    world.rest("PUT", f"all/V1/products/{sku}", {"product": fields})


def named(world: World, sku: str) -> str:
    return str(world.rest("GET", f"all/V1/products/{sku}")["name"])


async def test_a_name_changed_in_the_shop_is_asked_about_and_overwritten_by_nothing_meanwhile(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        ours = named(world, sku)
        change(world, sku, name=THEIRS)
        await look_again(world, engine)
        assert named(world, sku) == THEIRS
        assert "changed-in-shop" in engine.problems()
        world.staff.edit_product(sku, PESOBRUTO=Decimal("7.5"))
        await look_again(world, engine)
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert (shown["name"], shown["weight"]) == (THEIRS, 7.5), "another change goes past it"

        await engine.must("settle_change", account=ACCOUNT, item=sku, field="name", take="restore")
        await look_again(world, engine)
        assert named(world, sku) == ours
        await look_again(world, engine)
        assert "changed-in-shop" not in engine.problems()


async def test_a_name_of_the_shop_can_be_kept_as_ours_there(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        change(world, sku, name=THEIRS)
        await look_again(world, engine)
        await engine.must("settle_change", account=ACCOUNT, item=sku, field="name", take="keep")
        before = len(world.shop.requests)
        await look_again(world, engine)
        written = [asked.path for asked in list(world.shop.requests)[before:] if asked.method in ("PUT", "POST")]
        assert [path for path in written if path.endswith(sku)] == [], "nothing is left to write"
        change(world, sku, name="Noch anders")
        await look_again(world, engine)
        assert "changed-in-shop" in engine.problems(), "the next change asks again"


async def test_a_name_left_to_the_shop_is_the_shops_from_then_on(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        change(world, sku, name=THEIRS)
        await look_again(world, engine)
        await engine.must("settle_change", account=ACCOUNT, item=sku, field="name", take="shop")
        change(world, sku, name="Ainda outro")
        world.staff.edit_product(sku, NOMEPRODWEB="Do C-Plus", PESOBRUTO=Decimal("7.5"))
        await look_again(world, engine)
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert (shown["name"], shown["weight"]) == ("Ainda outro", 7.5)
        await look_again(world, engine)
        assert "changed-in-shop" not in engine.problems()
        (listing,) = engine.rows("SELECT name FROM listing WHERE item = ?", sku)
        assert listing["name"] == "Ainda outro", "and what people see of it here is what the shop shows"


async def test_what_the_erp_masters_is_put_right_without_asking(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        was = world.rest("GET", f"all/V1/products/{sku}")["weight"]
        change(world, sku, status=2, weight=99)
        await look_again(world, engine)
        shown = world.rest("GET", f"all/V1/products/{sku}")
        assert (shown["status"], shown["weight"]) == (1, was)
        assert "changed-in-shop" not in engine.problems()


async def test_a_product_deleted_in_the_shop_is_made_again_with_price_stock_and_photos(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        with world.shop.lock:
            world.shop.catalogue.delete(sku)
        await look_again(world, engine)
        offer = world.on_shelf(sku)
        assert offer is not None
        assert (offer.available, offer.price) == (Decimal(4), Decimal(50))
        assert offer.photos


async def test_while_an_account_observes_the_first_writes_are_measured_against_the_shop_as_it_is_now(
    world: World,
) -> None:
    sku = world.stocked(4)
    world.sell_in_the_shop(sku, 4)
    async with life(world, live=False) as engine:
        change(world, sku, price=123, name=THEIRS)
        await look_again(world, engine)
        before = {row.facet: row.before for row in engine.planned() if row.item == sku and row.part == ""}
        assert before["price"] == 12300
        assert before["content"]["name"] == THEIRS


async def test_a_product_that_gets_another_sku_in_the_shop_is_followed_and_not_made_twice(world: World) -> None:
    sku = world.simple_product()
    async with in_the_shop(world, sku) as engine:
        with world.shop.lock:
            world.shop.catalogue.correct_sku(world.shop.catalogue.get(sku), "NOVO-SKU")
            products = len(world.shop.catalogue.by_id)
        world.staff.set_price(sku, r.VAREJO, Decimal("61.00"))
        await look_again(world, engine)
        await look_again(world, engine)
        offer = world.on_shelf("NOVO-SKU")
        assert offer is not None
        assert (offer.available, offer.price) == (Decimal(4), Decimal(61))
        with world.shop.lock:
            assert len(world.shop.catalogue.by_id) == products
        await engine.bought({"NOVO-SKU": 1})
        assert world.on_hand_and_reserved(sku) == (4, 1)
