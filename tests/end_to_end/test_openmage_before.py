"""An OpenMage that sold before Integra came, and one whose admin goes on changing things: adoption, plan, drift."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from connectors.sandbox.base import registers as r
from connectors.sandbox.openmage.calls_catalogue import product_create
from tests.end_to_end.openmage_world import OpenMageWorld
from tests.end_to_end.world import ACCOUNT, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server, pytest.mark.long]

CHEAP = Decimal("50.00")
WRITING = ("create", "update", "multiUpdate", "remove", "attributeAdd", "addOption")


@pytest.fixture
def world(openmage_world: OpenMageWorld) -> OpenMageWorld:
    return openmage_world


def put_in_shop(world: OpenMageWorld, sku: str, **values: str) -> None:
    """Somebody typed it there, years ago."""
    stock = {"qty": "9", "is_in_stock": 1, "manage_stock": 1}
    data = {
        "name": "Da loja", "status": "1", "visibility": "4", "price": "50", "websites": ["1"], "url_key": "antigo",
        "stock_data": stock, **values,
    }  # fmt: skip
    with world.openmage.lock:
        product_create(world.openmage, "simple", "4", sku, data)


def writes(world: OpenMageWorld) -> list[str]:
    return [one.method for one in world.openmage.requests if one.method.rpartition(".")[2] in WRITING and one.args]


async def test_a_shop_of_before_is_matched_planned_and_left_alone_until_somebody_approves(world: OpenMageWorld) -> None:
    sku = world.stocked(4)
    world.staff.set_price(sku, r.VAREJO, CHEAP)
    put_in_shop(world, sku, price="61")
    for number in range(450):  # more than two ranges of ids
        put_in_shop(world, f"DELES-{number}")
    async with life(world, live=False) as engine:
        await engine.sync()
        assert writes(world) == []
        (account,) = engine.rows("SELECT verdict FROM account")
        assert json.loads(account["verdict"])["to_change"] >= 1
        before = {row.facet: row.before for row in engine.planned() if row.item == sku and row.part == ""}
        assert before["price"] == 6100
        assert before["content"]["name"] == "Da loja"

        await engine.must("go_live", account=ACCOUNT)
        await engine.sync()
        product = world.openmage.product(sku)
        assert (world.openmage.price(sku), world.shown(sku), product.values["url_key"]) == (CHEAP, 4, "antigo")
        theirs = world.openmage.product("DELES-17")
        assert (theirs.values["name"], int(theirs.quantity)) == ("Da loja", 9)
        assert not [
            one for one in world.openmage.requests if one.method.endswith("update") and "DELES" in str(one.args)
        ]


async def test_what_people_change_in_the_admin_is_put_right_or_asked_about(world: OpenMageWorld) -> None:
    sku = world.stocked(4)
    async with life(world) as engine:
        product = world.openmage.product(sku)
        price = world.openmage.price(sku)
        with world.openmage.lock:
            product.values |= {"price": "1.00", "name": "Nome dado na loja"}
            product.quantity = Decimal(77)
        for _ in range(2):
            await world.clock.sleep(60)
            await engine.sync()
        assert (world.openmage.price(sku), world.shown(sku)) == (price, 4)
        assert product.values["name"] == "Nome dado na loja"
        assert "changed-in-shop" in engine.problems()
        await engine.must("settle_change", account=ACCOUNT, item=sku, field="name", take="restore")
        await world.clock.sleep(60)
        await engine.sync()
        assert product.values["name"] != "Nome dado na loja"
        await world.clock.sleep(60)
        await engine.sync()
        assert engine.problems() == []
