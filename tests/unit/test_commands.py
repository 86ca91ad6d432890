"""What people ask of the engine: once each, explained afterwards, refused clearly."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from engine.errors import Misconfigured, RetryLater
from engine.runtime.commands import (
    EVERYONE,
    OPERATOR,
    OWNER,
    OWNER_ONLY,
    AnyVerb,
    Ask,
    AsyncVerb,
    Commands,
    Outcome,
    Verb,
)
from engine.store.audit import audit
from tests.unit.virtual_time import InlineStore, VirtualClock, all_others_wait, inline_store

pytestmark = pytest.mark.anyio

CLOCK = VirtualClock()


@pytest.fixture
def store(state_folder: Path) -> Iterator[InlineStore]:
    with inline_store(state_folder) as opened:
        opened._db.execute("INSERT INTO account (id, kind, name) VALUES ('loja', 'magento', 'Loja')")
        yield opened


@pytest.fixture
def woken() -> list[tuple[str, str]]:
    return []


def ask(
    verb: str = "rename",
    args: Mapping[str, Any] | None = None,
    *,
    id: str = "c1",
    who: str = "maria",
    role: str = OPERATOR,
    row_version: int | None = 1,
) -> Ask:
    return Ask(
        id,
        verb,
        args if args is not None else {"account": "loja", "name": "Centro"},
        who,
        role,
        row_version,
        CLOCK.now(),
    )


def rename(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """A verb as the engine's are: it checks the row version, writes, and audits before and after."""
    row = db.execute("SELECT * FROM account WHERE id = ?", (ask.args["account"],)).fetchone()
    db.execute("UPDATE account SET name = ?, row_version = row_version + 1 WHERE id = ?", (ask.args["name"], row["id"]))
    if row["row_version"] != ask.row_version:
        return Outcome(error=("stale", {"now": row["row_version"]}))
    audit(db, ask, "rename", f"account {row['id']}", row["name"], ask.args["name"])
    return Outcome({"name": ask.args["name"]}, wake=(("loja", "catalogue"),))


def forget_all(db: sqlite3.Connection, ask: Ask) -> Outcome:
    db.execute("DELETE FROM account")
    return Outcome()


RENAME = Verb("rename", EVERYONE, rename)


def commands(store: InlineStore, woken: list[tuple[str, str]], *verbs: AnyVerb) -> Commands:
    return Commands(store, verbs or (RENAME,), lambda account, task: woken.append((account, task)))


def rows(store: InlineStore, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in store._db.execute(sql)]


def name_of_shop(store: InlineStore) -> str:
    return str(rows(store, "SELECT name FROM account")[0]["name"])


async def test_a_command_is_decided_stored_audited_and_wakes_its_task(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    answer = await commands(store, woken).ask(ask())
    assert answer == {"ok": True, "result": {"name": "Centro"}}
    assert name_of_shop(store) == "Centro"
    assert woken == [("loja", "catalogue")]
    (command,) = rows(store, "SELECT * FROM command")
    assert (command["id"], command["asked_by"], json.loads(command["result"])) == ("c1", "maria", answer)
    (entry,) = rows(store, "SELECT * FROM audit")
    assert (entry["who"], entry["what"], entry["subject"]) == ("maria", "rename", "account loja")
    assert (entry["before"], entry["after"], entry["command_id"]) == ('"Loja"', '"Centro"', "c1")


async def test_a_repeated_command_gets_its_first_answer_and_is_not_done_again(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    first = await commands(store, woken).ask(ask())
    again = await commands(store, woken).ask(ask())  # also by another life of the engine
    assert again == first
    assert len(woken) == 1
    assert rows(store, "SELECT row_version FROM account") == [{"row_version": 2}]
    assert len(rows(store, "SELECT * FROM audit")) == 1


@pytest.mark.parametrize(
    "other",
    [
        ask(args={"account": "loja", "name": "Outra"}),
        ask("forget", {"account": "loja", "name": "Centro"}),
        ask(who="jose"),
    ],
)
async def test_another_command_under_a_used_id_is_refused(
    store: InlineStore, woken: list[tuple[str, str]], other: Ask
) -> None:
    both = commands(store, woken, RENAME, Verb("forget", EVERYONE, forget_all))
    await both.ask(ask())
    answer = await both.ask(other)
    assert answer["error"] == {"code": "id-reused", "params": {"id": "c1"}}
    assert name_of_shop(store) == "Centro"


async def test_what_was_decided_on_an_old_screen_is_refused_undone_and_on_record(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    stale = ask(row_version=7)
    answer = await commands(store, woken).ask(stale)
    assert answer == {"ok": False, "error": {"code": "stale", "params": {"now": 1}}}
    assert name_of_shop(store) == "Loja", "what the verb had written before it refused is undone"
    assert woken == []
    (entry,) = rows(store, "SELECT * FROM audit")
    assert (entry["what"], entry["subject"], entry["who"]) == ("refused:rename", "account loja", "maria")
    assert json.loads(entry["after"]) == {"code": "stale", "params": {"now": 1}}
    assert await commands(store, woken).ask(stale) == answer


async def test_an_operator_may_not_do_what_is_the_owners_and_the_try_is_on_record(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    owners = commands(store, woken, Verb("go_live", OWNER_ONLY, rename))
    answer = await owners.ask(ask("go_live"))
    assert answer["error"] == {"code": "not-allowed", "params": {"verb": "go_live", "role": "operator"}}
    assert name_of_shop(store) == "Loja"
    (entry,) = rows(store, "SELECT * FROM audit")
    assert (entry["what"], entry["who"]) == ("refused:go_live", "maria")
    assert (await owners.ask(ask("go_live", id="c2", role=OWNER)))["ok"]


async def test_an_operator_may_pause_one_direction_but_only_the_owner_pauses_everything(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    pause = Verb("pause", EVERYONE, lambda db, ask: Outcome(), owner_if=lambda args: args["direction"] == "*")
    some = commands(store, woken, pause)
    everything = {"account": "loja", "direction": "*"}
    assert (await some.ask(ask("pause", {"account": "loja", "direction": "stock"}, id="a")))["ok"]
    assert (await some.ask(ask("pause", everything, id="b")))["error"]["code"] == "not-allowed"
    assert (await some.ask(ask("pause", everything, id="c", role=OWNER)))["ok"]


async def test_a_verb_that_wrote_no_entry_gets_one_with_what_was_asked_and_why(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    plain = commands(store, woken, Verb("pause", EVERYONE, lambda db, ask: Outcome()))
    await plain.ask(ask("pause", {"account": "loja", "reason": "balanço"}))
    (entry,) = rows(store, "SELECT * FROM audit")
    assert (entry["what"], entry["subject"], entry["why"]) == ("pause", "account loja", "balanço")
    assert json.loads(entry["after"]) == {"account": "loja", "reason": "balanço"}


async def test_unknown_verbs_and_ids_out_of_measure_are_refused_by_name(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    some = commands(store, woken)
    assert (await some.ask(ask("fly")))["error"] == {"code": "unknown-verb", "params": {"verb": "fly"}}
    assert (await some.ask(ask(id="")))["error"]["code"] == "bad-request"
    assert (await some.ask(ask(id="x" * 65)))["error"]["code"] == "bad-request"


async def test_a_bug_in_a_verb_undoes_it_and_says_so(store: InlineStore, woken: list[tuple[str, str]]) -> None:
    def buggy(db: sqlite3.Connection, ask: Ask) -> Outcome:
        db.execute("UPDATE account SET name = 'half done'")
        raise ZeroDivisionError

    answer = await commands(store, woken, Verb("rename", EVERYONE, buggy)).ask(ask())
    assert answer["error"] == {"code": "unexpected", "params": {"type": "ZeroDivisionError"}}
    assert name_of_shop(store) == "Loja"
    assert rows(store, "SELECT what FROM audit") == [{"what": "refused:rename"}]


async def test_on_a_full_disk_the_command_is_not_done_and_may_be_asked_again(
    store: InlineStore, woken: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(work: object) -> None:
        raise RetryLater("store-disk", path="x")

    some = commands(store, woken)
    with monkeypatch.context() as disk:
        disk.setattr(store, "write", full)
        assert (await some.ask(ask()))["error"]["code"] == "store-disk"
    assert (await some.ask(ask()))["ok"]


async def test_looking_leaves_no_trace(store: InlineStore, woken: list[tuple[str, str]]) -> None:
    async def plan(ask: Ask) -> Outcome:
        return Outcome({"rows": 2})

    some = commands(
        store,
        woken,
        Verb("status", EVERYONE, lambda db, ask: Outcome({"ok": 1}), recorded=False),
        AsyncVerb("plan", EVERYONE, plan, recorded=False),
    )
    assert (await some.ask(ask("status", {})))["result"] == {"ok": 1}
    assert (await some.ask(ask("plan", {})))["result"] == {"rows": 2}
    assert rows(store, "SELECT * FROM command") == rows(store, "SELECT * FROM audit") == []


# Verbs that touch the outside world -----------------------------------------------------------------------------------


class Flag:
    """The ERP's characteristic, written absolutely."""

    def __init__(self) -> None:
        self.writes = 0
        self.gate = anyio.Event()

    async def act(self, ask: Ask) -> Outcome:
        self.writes += 1
        await self.gate.wait()
        return Outcome({"online": True}, wake=(("loja", "catalogue"),))

    def verb(self) -> AsyncVerb:
        return AsyncVerb("flag_online", EVERYONE, self.act)


FLAG = ask("flag_online", {"account": "loja", "sku": "000000009", "online": True})


async def test_a_flag_is_written_to_the_erp_and_then_on_record(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    flag = Flag()
    flag.gate.set()
    some = commands(store, woken, flag.verb())
    assert (await some.ask(FLAG)) == (await some.ask(FLAG)) == {"ok": True, "result": {"online": True}}
    assert flag.writes == 1
    assert woken == [("loja", "catalogue")]
    assert [entry["subject"] for entry in rows(store, "SELECT * FROM audit")] == ["sku 000000009"]


async def test_the_same_command_from_two_connections_at_once_is_done_once(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    flag = Flag()
    some = commands(store, woken, flag.verb())
    answers = []

    async def one() -> None:
        answers.append(await some.ask(FLAG))

    async with anyio.create_task_group() as group:
        group.start_soon(one)
        group.start_soon(one)
        await all_others_wait()
        flag.gate.set()
    assert answers == [{"ok": True, "result": {"online": True}}] * 2
    assert flag.writes == 1


async def test_a_command_cut_off_by_a_kill_is_reported_as_unknown_by_the_next_life(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    flag = Flag()
    async with anyio.create_task_group() as life:
        life.start_soon(commands(store, woken, flag.verb()).ask, FLAG)
        await all_others_wait()
        life.cancel_scope.cancel()
    assert flag.writes == 1

    next_life = commands(store, woken, flag.verb())
    await next_life.recover(CLOCK.now())
    await next_life.recover(CLOCK.now())
    (entry,) = rows(store, "SELECT * FROM audit")
    assert (entry["who"], entry["what"], entry["subject"]) == ("maria", "refused:flag_online", "sku 000000009")
    assert (await next_life.ask(FLAG))["error"]["code"] == "outcome-unknown"
    assert flag.writes == 1


async def test_an_erp_that_cannot_be_reached_is_named_and_on_record(
    store: InlineStore, woken: list[tuple[str, str]]
) -> None:
    async def act(ask: Ask) -> Outcome:
        raise ExceptionGroup("", [Misconfigured("wrong-password", user="INTEGRA")])

    answer = await commands(store, woken, AsyncVerb("flag_online", EVERYONE, act)).ask(FLAG)
    assert answer["error"] == {"code": "wrong-password", "params": {"user": "INTEGRA"}}
    assert rows(store, "SELECT what FROM audit") == [{"what": "refused:flag_online"}]
