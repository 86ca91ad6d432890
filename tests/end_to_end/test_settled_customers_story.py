"""What is settled of customers, by a person or after a restore, is carried across, and to nobody else."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from engine.errors import Refused
from engine.ports import Erp
from engine.store.customers import channel_holds
from engine.tasks import customers as customers_task
from tests.end_to_end.registered import in_erp, register
from tests.end_to_end.world import ACCOUNT, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


def settle_all_for_the_shop(world: World) -> None:
    """What the engine decides after a restore: of every customer the shop has the newest word."""
    db = sqlite3.connect(world.state / "integra.db")
    with db:
        channel_holds(db, ACCOUNT)
    db.close()


def as_in_the_backup(world: World, code: str) -> None:
    """The customer as he was before; a restored base stamps nothing."""
    world.staff.write(
        lambda cursor: cursor.execute("UPDATE CLIENTE SET EMAIL = 'antigo@example.com' WHERE CODCLI = ?", (code,))
    )


def left_to_settle(engine: Life) -> int:
    return len(engine.rows("SELECT DISTINCT external_id FROM customer_field WHERE decided IS NOT NULL"))


@pytest.mark.long
async def test_customers_who_left_the_shop_keep_nobody_else_from_being_put_right_after_a_restore(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers_task, "SETTLED_PER_CYCLE", 1)
    async with life(world, rested=False) as engine:
        gone = world.shop.storefront.register(
            {"email": "rita@example.com", "firstname": "Rita", "lastname": "Melo", "taxvat": "529.982.247-25"}
        )
        register(world)
        await engine.sync()
        code = in_erp(world)["CODCLI"]
        world.rest("DELETE", f"V1/customers/{gone.customer_id}")
        as_in_the_backup(world, code)
        settle_all_for_the_shop(world)
        for _ in range(3):
            await engine.sync()
        assert in_erp(world)["EMAIL"].strip() == "marta@example.com"
        assert left_to_settle(engine) == 0
        assert engine.problems() == []


@pytest.mark.long
async def test_a_customer_who_cannot_be_written_is_told_and_the_next_ones_turn_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers_task, "SETTLED_PER_CYCLE", 1)
    async with life(world, wrap_erp=lambda erp: _Refusing(erp, "RITA MELO"), rested=False) as engine:
        world.shop.storefront.register(
            {"email": "rita@example.com", "firstname": "Rita", "lastname": "Melo", "taxvat": "529.982.247-25"}
        )
        register(world)
        await engine.sync()
        (rita,) = world.base("SELECT CODCLI FROM CLIENTE WHERE CPF = '52998224725'")
        for code in (rita["CODCLI"], in_erp(world)["CODCLI"]):
            as_in_the_backup(world, code)
        settle_all_for_the_shop(world)
        for _ in range(3):
            await engine.sync()
        assert in_erp(world)["EMAIL"].strip() == "marta@example.com"
        assert engine.problems() == ["erp-field-refused"]
        assert left_to_settle(engine) == 1, "hers waits until C-Plus takes it"


@pytest.mark.long
async def test_a_key_that_the_restored_counter_gave_to_another_person_makes_two_people_no_one(world: World) -> None:
    async with life(world, rested=False) as engine:
        customer = register(world)
        await engine.sync()
        code = in_erp(world)["CODCLI"]
        world.staff.edit_customer(
            code, NOMECLI="RUI PRADO", CPF="52998224725", EMAIL="rui@example.com", CIDADE="TURUCU", TELEFONE="51 3"
        )
        await engine.sync()
        shown = world.rest("GET", f"V1/customers/{customer.customer_id}")
        assert (shown["lastname"], shown["addresses"][0]["city"]) == ("Açucena", "Pelotas"), "the shop's stays Marta"
        (rui,) = world.base("SELECT NOMECLI, CPF FROM CLIENTE WHERE CODCLI = ?", code)
        assert (rui["NOMECLI"].strip(), rui["CPF"].strip()) == ("RUI PRADO", "52998224725")
        assert in_erp(world)["CODCLI"] != code, "Marta, whom the base had lost, stands in it again"


class _Refusing:
    """C-Plus, which takes no change of one customer."""

    def __init__(self, erp: Erp, name: str) -> None:
        self._erp = erp
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._erp, name)

    async def update_customer(self, code: str, changes: Mapping[str, str]) -> None:
        there = await self._erp.customer(code)
        if there is not None and there.person.name == self._name:
            raise Refused("erp-field-refused")
        await self._erp.update_customer(code, changes)
