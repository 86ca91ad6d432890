"""Who may what: by login or PIN, ended at once when it is over, and wrong PINs tried a few times and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from engine.errors import OutcomeUnknown, Refused
from engine.runtime import server as server_module
from engine.runtime import wire
from engine.runtime.client import EngineClient
from engine.runtime.commands import EVERYONE, READERS, Commands, Outcome, Verb
from engine.runtime.lock import Held, acquire
from engine.runtime.people import People
from engine.runtime.pins import FREE_TRIES, WAIT_S, WAIT_S_MAX, Tries, opens, sealed
from engine.runtime.server import Server, bind
from engine.runtime.standing import Standing, owners, standing
from engine.settings import OperatorSettings
from engine.systime import SystemClock
from tests.unit.test_socket import beside, until
from tests.unit.virtual_time import inline_store

pytestmark = pytest.mark.anyio

LOGIN = "balcao"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def person(role: str = "operator", *, enabled: bool = True, shared: str = "") -> OperatorSettings:
    return OperatorSettings(role=role, enabled=enabled, shared_login=shared)  # type: ignore[arg-type]


def test_a_login_is_what_the_settings_say_and_the_engines_own_user_always_its_owner() -> None:
    named = {"ana": person("viewer"), "bia": person("owner"), "caio": person(enabled=False)}
    assert standing("ana", named).role == "viewer"
    assert standing("bia", named).role == "owner"
    assert standing("caio", named).role == "disabled"
    assert standing("davi", named).role == "operator", "the socket's group let him in"
    assert standing("caio", named, masters=True).role == "owner"
    assert owners(named) == {"bia"}


def test_on_a_shared_login_one_looks_until_he_says_who_he_is() -> None:
    named = {
        "ana": person(shared=LOGIN),
        "bia": person("owner", shared=LOGIN),
        "eva": person(shared=LOGIN, enabled=False),
    }
    assert standing(LOGIN, named) == Standing(LOGIN, "viewer", ("ana", "bia"))
    assert standing(LOGIN, named, signed_in="bia") == Standing("bia", "owner", ("ana", "bia"))
    assert standing(LOGIN, named, signed_in="eva").role == "viewer"


def test_a_pin_is_known_again_and_two_alike_are_kept_unlike() -> None:
    kept = sealed("4711")
    assert opens("4711", kept)
    assert not opens("4712", kept)
    assert kept != sealed("4711")
    for spoiled in ("", "4711", "scrypt$14$8$1$x$y", "other" + kept):
        assert not opens("4711", spoiled)


def test_whoever_guesses_waits_longer_and_longer() -> None:
    tries = Tries()
    for _ in range(FREE_TRIES - 1):
        tries.failed("ana", NOW)
    assert tries.wait_s("ana", NOW) == 0
    tries.failed("ana", NOW)
    assert tries.wait_s("ana", NOW) == WAIT_S
    tries.failed("ana", NOW)
    assert tries.wait_s("ana", NOW) == 2 * WAIT_S
    for _ in range(100):
        tries.failed("ana", NOW)
    assert tries.wait_s("ana", NOW) == WAIT_S_MAX
    assert tries.wait_s("bia", NOW) == 0
    tries.passed("ana")
    assert tries.wait_s("ana", NOW) == 0


# --- over the socket --------------------------------------------------------------------------------------------------


@dataclass
class Shop:
    """An engine whose askers all come from the shop's counter."""

    people: People
    server: Server
    operators: dict[str, OperatorSettings]
    audited: list[str] = field(default_factory=list)


@asynccontextmanager
async def counter(
    state: Path, monkeypatch: pytest.MonkeyPatch, operators: dict[str, OperatorSettings], login: str = LOGIN
) -> AsyncIterator[Shop]:
    pins = {"ana": sealed("4711")}
    monkeypatch.setattr(server_module, "peer", lambda connection: (login, False))
    held = acquire(state)
    assert isinstance(held, Held)
    verbs = [
        Verb("decide", EVERYONE, lambda db, ask: Outcome({"who": ask.who})),
        Verb("look", READERS, lambda db, ask: Outcome({"role": ask.role}), recorded=False),
    ]
    path = wire.socket_path(state, {})
    with inline_store(state) as store:
        people = People(store, lambda: operators, pins.get)
        server = Server(Commands(store, verbs, lambda account, task: None), people, SystemClock(), "life-1", "1")
        async with await bind(path) as listener, anyio.create_task_group() as group:
            held.tell(path, "1")
            group.start_soon(server.serve, listener)
            shop = Shop(people, server, operators)
            yield shop
            await until(lambda: server.connections == 0)
            rows = await store.read(lambda db: db.execute("SELECT who || ' ' || what FROM audit").fetchall())
            shop.audited = [row[0] for row in rows]
            group.cancel_scope.cancel()
    held.release()


async def test_a_viewer_looks_and_his_decision_is_refused_by_his_role(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(state_folder, monkeypatch, {LOGIN: person("viewer")}):
        client = await beside(EngineClient.connect, state_folder)
        assert client.hello.role == "viewer"
        assert (await beside(client.ask, "look")).ok
        refused = await beside(client.ask, "decide")
        assert (refused.code, refused.params["role"]) == ("not-allowed", "viewer")
        client.close()


async def test_a_pin_makes_the_next_decisions_that_persons(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with counter(state_folder, monkeypatch, {"ana": person(shared=LOGIN)}) as shop:
        client = await beside(EngineClient.connect, state_folder)
        assert (client.hello.role, client.hello.people) == ("viewer", ("ana",))
        assert (await beside(client.ask, "sign_in", {"name": "ana", "pin": "1234"})).code == "pin-wrong"
        assert not (await beside(client.ask, "decide")).ok
        signed = await beside(client.ask, "sign_in", {"name": "ana", "pin": "4711"})
        assert signed.result == {"who": "ana", "role": "operator"}
        assert (await beside(client.ask, "decide")).result == {"who": "ana"}
        assert (await beside(client.ask, "sign_out")).result == {"who": LOGIN, "role": "viewer"}
        assert not (await beside(client.ask, "decide")).ok
        assert (await beside(client.ask, "sign_in", {"name": "bia", "pin": "4711"})).code == "pin-elsewhere"
        client.close()
    assert shop.audited == [f"{LOGIN} refused:sign_in", f"{LOGIN} refused:decide", f"{LOGIN} sign_in", "ana decide",
                            f"{LOGIN} refused:decide"]  # fmt: skip
    for file in state_folder.iterdir():
        assert file.is_socket() or b"4711" not in file.read_bytes()


async def test_after_some_wrong_pins_even_the_right_one_waits(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(state_folder, monkeypatch, {"ana": person(shared=LOGIN)}):
        client = await beside(EngineClient.connect, state_folder)
        for _ in range(FREE_TRIES):
            assert (await beside(client.ask, "sign_in", {"name": "ana", "pin": "0000"})).code == "pin-wrong"
        late = await beside(client.ask, "sign_in", {"name": "ana", "pin": "4711"})
        assert (late.code, late.params["wait_s"]) == ("pin-too-often", 30)
        client.close()


async def test_whoever_is_switched_off_is_put_out_at_once_and_let_in_no_more(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(state_folder, monkeypatch, {LOGIN: person()}) as shop:
        client = await beside(EngineClient.connect, state_folder)
        assert (await beside(client.ask, "decide")).ok
        shop.operators[LOGIN] = person(enabled=False)
        assert shop.people.changed() == [LOGIN]
        await until(lambda: shop.server.connections == 0)
        with pytest.raises(OutcomeUnknown):
            await beside(client.ask, "decide")
        with pytest.raises(Refused) as caught:
            await beside(EngineClient.connect, state_folder)
        assert caught.value.code == "operator-disabled"
        shop.operators[LOGIN] = person()
        (await beside(EngineClient.connect, state_folder)).close()


async def test_what_is_being_done_for_somebody_put_out_is_done_and_answered(
    state_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(state_folder, monkeypatch, {LOGIN: person()}) as shop:
        client = await beside(EngineClient.connect, state_folder)
        shop.server.commands._verbs["slow"] = Verb("slow", EVERYONE, lambda db, ask: _switch_off(shop))
        assert (await beside(client.ask, "slow")).ok
        await until(lambda: shop.server.connections == 0)
        client.close()


def _switch_off(shop: Shop) -> Outcome:
    shop.operators[LOGIN] = person(enabled=False)
    shop.people.changed()
    return Outcome()
