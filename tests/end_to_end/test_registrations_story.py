"""Customers of C-Plus who get an account in the shop: shown, approved by their number, so many a day, once each."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from engine.errors import OutcomeUnknown
from engine.model.people import ChannelCustomer, Person
from engine.ports import SalesChannel
from tests.end_to_end.world import ACCOUNT, Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]

MARK = "000000009"
CODES = ("00000003", "00000004", "00000005")


def mark(world: World, *codes: str) -> None:
    """The office marks these customers for the shop, each with an e-mail of his own."""
    for place, code in enumerate(codes):
        key = f"{900 + place:09d}"
        world.staff.write(
            lambda cursor, key=key, code=code: cursor.execute(  # type: ignore[misc]
                "INSERT INTO CLIENTECARACTERISTICA (CODCLIENTECARACTERISTICA, CODCLI, CODCARACTERISTICAPESSOA)"
                " VALUES (?, ?, ?)",
                (key, code, MARK),
            )
        )


@pytest.fixture
def marked(world: World) -> World:
    """Three marked customers; the characteristic exists and the account asks for it."""
    world.staff.write(
        lambda cursor: cursor.execute(
            "INSERT INTO CARACTERISTICAPESSOA (CODCARACTERISTICAPESSOA, CODIGO, NOMECARACTERISTICAPESSOA)"
            " VALUES (?, ?, ?)",
            (MARK, MARK, "LOJA VIRTUAL"),
        )
    )
    world.account_options |= {"register_tag": MARK, "registrations_a_day": 2}
    for number, code in enumerate(CODES):
        world.staff.edit_customer(code, EMAIL=f"cliente{number}@lojadobairro.com.br; contas@x.com.br", BLOQUEADO="N")
    mark(world, *CODES)
    return world


def emails(world: World) -> Sequence[str]:
    with world.shop.lock:
        return sorted(customer.email for customer in world.shop.customers.by_id.values())


def welcomes(world: World) -> int:
    return [mail.kind for mail in world.shop.mail].count("welcome")


def notice(engine: Life) -> dict[str, Any]:
    (row,) = engine.rows("SELECT params FROM problem WHERE code = 'customers-to-register'")
    return dict(json.loads(row["params"]))


async def test_marked_customers_are_registered_only_after_their_number_was_approved_and_so_many_a_day(
    marked: World,
) -> None:
    async with life(marked) as engine:
        await engine.sync()
        assert emails(marked) == []
        assert (notice(engine)["n"], notice(engine)["mails"], notice(engine)["a_day"]) == (3, 3, 2)
        answer = await engine.ask("register_customers", account=ACCOUNT, n=2)
        assert answer["error"]["code"] == "another-number-to-register"
        await engine.must("register_customers", account=ACCOUNT, n=3)
        for _ in range(3):
            await engine.sync()
        assert welcomes(marked) == len(emails(marked)) == 2, "the day's number"
        await marked.clock.sleep(24 * 3600)
        for _ in range(3):
            await engine.sync()
        assert welcomes(marked) == len(emails(marked)) == 3
        assert engine.rows("SELECT * FROM registration") == []
        assert "customers-to-register" not in engine.problems()
        (first,) = [one for one in marked.shop.customers.by_id.values() if one.email.startswith("cliente0")]
        (row,) = marked.base("SELECT NOMECLI, CIDADE FROM CLIENTE WHERE CODCLI = ?", CODES[0])
        shown = marked.rest("GET", f"V1/customers/{first.customer_id}")
        assert f"{shown['firstname']} {shown['lastname']}" == row["NOMECLI"].strip()
        assert shown["addresses"][0]["city"].upper() == row["CIDADE"].strip()
        assert len(marked.base("SELECT 1 AS ONE FROM CLIENTE WHERE EMAIL STARTING WITH 'cliente0@'")) == 1


async def test_only_those_whom_a_person_chose_are_registered_and_the_others_go_on_waiting(marked: World) -> None:
    async with life(marked) as engine:
        await engine.sync()
        await engine.must("register_customers", account=ACCOUNT, n=1, codes=[CODES[1]])
        await engine.sync()
        assert emails(marked) == ["cliente1@lojadobairro.com.br"]
        assert notice(engine)["n"] == 2


async def test_nobody_is_written_to_at_an_address_that_is_none_or_that_several_share(marked: World) -> None:
    marked.staff.edit_customer(CODES[0], EMAIL="naotem@naotem.com.br")
    for code in CODES[1:]:
        marked.staff.edit_customer(code, EMAIL="contador@lojadobairro.com.br")
    async with life(marked) as engine:
        await engine.sync()
        assert "customers-to-register" not in engine.problems()
        rows = engine.rows("SELECT reason FROM registration ORDER BY erp_code")
        assert [row["reason"] for row in rows] == ["made-up-email", "shared-email", "shared-email"]
        marked.staff.edit_customer(CODES[1], EMAIL="financeiro@lojadobairro.com.br")
        await engine.sync()
        assert (notice(engine)["n"], notice(engine)["unfit"]) == (2, 1)


class _LateShop:
    """Who is registered is read so late that it tells of nobody yet; a lookup by e-mail does."""

    def __init__(self, channel: SalesChannel) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def customers(self, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
        nobody: tuple[Sequence[ChannelCustomer], ...] = ()
        for page in nobody:
            yield page


async def test_whoever_has_registered_a_moment_ago_is_linked_and_gets_no_mail(marked: World) -> None:
    async with life(marked, wrap_channel=_LateShop) as engine:
        await engine.sync()
        marked.shop.storefront.register(
            {"email": "cliente1@lojadobairro.com.br", "firstname": "Outro", "lastname": "Nome"}
        )
        before = welcomes(marked)
        await engine.must("register_customers", account=ACCOUNT, n=3)
        await engine.sync()
        await marked.clock.sleep(24 * 3600)
        await engine.sync()
        assert welcomes(marked) == before + 2
        assert len(emails(marked)) == 3
        assert len(engine.rows("SELECT 1 FROM customer_link")) == 3


class _DeafShop(_LateShop):
    """Besides, the shop registers and the answer is lost on its way."""

    async def create_customer(self, person: Person, group: str) -> str:
        await self._channel.create_customer(person, group)
        raise OutcomeUnknown("channel-no-answer")


async def test_a_registration_whose_answer_was_lost_is_found_by_its_email_and_not_made_twice(marked: World) -> None:
    async with life(marked, wrap_channel=_DeafShop) as engine:
        await engine.sync()
        await engine.must("register_customers", account=ACCOUNT, n=3)
        for _ in range(3):
            await engine.sync()
            await marked.clock.sleep(24 * 3600)
        assert welcomes(marked) == len(emails(marked)) == 3
        assert engine.rows("SELECT * FROM registration") == []
        assert len(engine.rows("SELECT 1 FROM customer_link")) == 3
