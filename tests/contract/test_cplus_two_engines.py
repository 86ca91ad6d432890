"""Two engines with state folders of their own at one C-Plus: one writes, the other is told who does."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.cplus.base import claims
from connectors.cplus.base.firebird import Database
from connectors.cplus.base.session import Session
from connectors.cplus.changes.fast_lane import PRUNE
from connectors.cplus.erp import CPlus
from engine.errors import RetryLater
from engine.model.engine_mark import EngineMark
from tests.contract.cplus_store import Store
from tests.contract.test_cplus_triggers import install, log_rows, parts
from tests.faulty_link import FaultyLink
from tests.firebird_server import FirebirdServer

pytestmark = pytest.mark.anyio

ROUNDS = 100
LOOKS = 40
LOOK_S_MAX = 0.05
"""Measured 1.3 ms on Firebird 3.0 with few connections, 1.8 ms with thirty; a busy machine is given more."""
PATIENCE_S = 10.0
READER, READER_PASSWORD = "INTEGRA_TWICE", "lendo123"

BALCAO = EngineMark("life-b", "store-b", "machine-b", "cards-b", "boot-b", "8:1", "balcao", 412)
LAPTOP = EngineMark("life-a", "store-l", "machine-l", "cards-l", "boot-l", "8:2", "laptop", 77)


@asynccontextmanager
async def engines(store: Store, *marks: EngineMark) -> AsyncIterator[list[CPlus]]:
    opened = [store.erp(mark=mark) for mark in marks]
    try:
        yield opened
    finally:
        for erp in opened:
            await erp.close()


async def writes(erp: CPlus) -> bool:
    """Whether a write goes through; what is refused is refused for the other engine alone."""
    try:
        await erp.take_customer_code()
    except RetryLater as error:
        if error.code != "erp-other-engine":
            raise
        return False
    return True


async def until_it_writes(erp: CPlus) -> None:
    """The server takes a moment to see that a client has gone."""
    deadline = time.monotonic() + PATIENCE_S
    while not await writes(erp):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_who_comes_second_is_told_who_writes_and_reads_on(store: Store) -> None:
    async with engines(store, BALCAO, LAPTOP) as (first, second):
        await first.claim()
        with pytest.raises(RetryLater) as refused:
            await second.claim()
        assert refused.value.code == "erp-other-engine"
        said = refused.value.params
        assert (said["host"], said["pid"]) == ("balcao", 412)
        assert said["address"] == ("127.0.0.1" if store.database.host else "balcao")
        assert len(str(said["since"])) == len("2026-03-02 12:00")
        assert not await writes(second)
        assert not await second.is_claimed()
        assert (await second.snapshot([])).stock
        assert await writes(first)


async def test_when_the_one_that_wrote_leaves_the_other_writes_without_a_new_start(served: Store) -> None:
    async with engines(served, BALCAO, LAPTOP) as (first, second):
        assert await writes(first)
        assert not await writes(second)
        await first.close()
        await until_it_writes(second)
        assert not await writes(first), "and who comes back is second"
        await second.let_go()
        assert await writes(first), "an engine whose accounts only observe is in nobody's way"


async def test_of_two_that_come_at_the_same_moment_never_both_write(served: Store) -> None:
    async with engines(served, BALCAO, LAPTOP) as pair:
        for round_ in range(ROUNDS):
            outcomes = await asyncio.gather(*(writes(erp) for erp in pair))
            assert outcomes.count(True) <= 1, f"round {round_}"
            again = [await writes(erp) for erp in pair]
            assert again.count(True) == 1, "and one of them does, a moment later"
            for erp in pair if round_ % 2 else reversed(pair):
                await erp.let_go()


async def test_who_knocks_again_and_again_never_pushes_out_the_one_that_writes(served: Store) -> None:
    async with engines(served, BALCAO, LAPTOP) as (first, second):
        await first.claim()

        async def knock() -> list[bool]:
            return [await writes(second) for _ in range(ROUNDS)]

        async def look() -> None:
            for _ in range(ROUNDS):
                await first.claim()

        knocked, _ = await asyncio.gather(knock(), look())
        assert not any(knocked)


async def test_two_that_both_saw_nobody_before_they_would_write_step_back_both(
    served: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst order of events: both pass the first look, so that only the second is left between them and a write."""
    heed = claims.Claims._heed
    meet = threading.Barrier(2)

    def after_the_other(self: claims.Claims, session: Session, stages: Sequence[str]) -> None:
        meet.wait(PATIENCE_S)
        if claims.COMING not in stages:
            heed(self, session, stages)
            meet.wait(PATIENCE_S)

    async with engines(served, BALCAO, LAPTOP) as pair:
        for erp in pair:  # both are connected then, so that neither waits long for the other
            assert await writes(erp)
            await erp.let_go()
        monkeypatch.setattr(claims.Claims, "_heed", after_the_other)
        # The last wait keeps a claim until the other has looked, too; one that is refused lets nobody wait.
        monkeypatch.setattr(claims.Claims, "let_go", _later(meet, claims.Claims.let_go))
        assert await asyncio.gather(*(writes(erp) for erp in pair)) == [False, False]
        monkeypatch.undo()
        assert [await writes(erp) for erp in pair].count(True) == 1


def _later(meet: threading.Barrier, let_go: Callable[[claims.Claims, Session], None]) -> object:
    def later(self: claims.Claims, session: Session) -> None:
        meet.wait(PATIENCE_S)
        let_go(self, session)

    return later


async def test_the_engines_own_restart_is_not_kept_out_by_its_former_connection(served: Store) -> None:
    restarted = replace(BALCAO, life="life-c", pid=555)
    copied = replace(restarted, life="life-d", folder="8:3")
    async with engines(served, BALCAO, restarted, copied) as (before, after, copy):
        assert await writes(before)
        assert await writes(after), "the server still takes the killed one for connected"
        assert not await writes(copy), "a copied state folder on the same machine is another engine"


async def test_a_machine_that_lost_power_comes_back_at_once_and_its_clones_do_not(served: Store) -> None:
    started_anew = replace(BALCAO, life="life-c", boot="boot-c", folder="9:1")
    elsewhere = replace(BALCAO, life="life-d", machine="machine-x", boot="boot-x")
    # Of the whole disk, and behind one address with the first as the server sees it.
    cloned = replace(BALCAO, life="life-e", cards="cards-x", boot="boot-y")
    async with engines(served, BALCAO, started_anew, elsewhere, cloned) as (before, after, copy, clone):
        assert await writes(before)
        assert await writes(after)
        assert not await writes(copy)
        assert not await writes(clone)


async def test_a_connection_that_broke_comes_back_to_find_that_another_engine_has_begun_to_write(
    served: Store, link: FaultyLink
) -> None:
    async with engines(served, LAPTOP) as (second,):
        first = served.erp(port=link.port, mark=BALCAO)
        assert await writes(first)
        assert await first.is_claimed()
        link.cut_now()
        await until_it_writes(second)
        assert not await writes(first)
        assert not await first.is_claimed()
        await second.close()
        await until_it_writes(first)
        await first.close()


async def test_a_server_that_was_restarted_makes_the_claim_doubtful_before_anything_is_written(
    served_newly: Store, firebird_server: FirebirdServer
) -> None:
    async with engines(served_newly, BALCAO, LAPTOP) as (first, second):
        await first.claim()
        await first.knows_city("Porto Alegre", "RS")
        served_newly.close()
        firebird_server.kill()
        firebird_server.restart()
        await second.claim()
        await first.knows_city("Porto Alegre", "RS")
        assert not await first.is_claimed(), "its reader had to connect anew, so its claim may be gone too"
        with pytest.raises(RetryLater):
            await first.claim()


async def test_the_claim_of_an_engine_that_was_killed_goes_with_it(served: Store) -> None:
    async with engines(served, LAPTOP) as (second,):
        with killed_holder(served.database) as kill:
            assert not await writes(second)
            kill()
            await until_it_writes(second)


@contextmanager
def killed_holder(database: Database) -> Iterator[Callable[[], None]]:
    """Another process that holds the claim, until it is killed by `kill -9`."""
    program = f"""
import asyncio, sys
from pathlib import Path
from connectors.cplus.base.firebird import Database
from tests.contract.cplus_store import Store
from tests.contract.test_cplus_two_engines import BALCAO
async def main():
    erp = Store(Database({database.path!r}, {database.host!r}, {database.port}, password=sys.argv[1])).erp(mark=BALCAO)
    await erp.claim()
    print("held", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    command = [sys.executable, "-c", program, database.password]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.kill
    finally:
        process.kill()
        process.communicate()


async def test_an_engine_that_only_observes_follows_the_log_of_changes_and_keeps_nobody_from_writing(
    served: Store,
) -> None:
    assert (await install(served)).works
    sku = served.skus()[0]
    observer, live = served.erp(mark=LAPTOP, change_log=True), served.erp(mark=BALCAO)
    try:
        await parts(observer)
        assert await writes(live), "a look claims nothing"
        served.stock(sku, 9)
        assert "stock" in await parts(observer)
        for _ in range(2):
            served.clock.advance(PRUNE.total_seconds())
            await parts(observer)
        assert log_rows(served) == 0, "what it was told it deletes beside the one that writes"
        assert await writes(live)
    finally:
        await observer.close()
        await live.close()


async def test_two_engines_see_each_other_where_both_log_in_as_one_ordinary_user(served: Store) -> None:
    for plugin in ("Srp", "Legacy_UserManager"):
        served.change(f"CREATE OR ALTER USER {READER} PASSWORD '{READER_PASSWORD}' USING PLUGIN {plugin}")
    first, second = (served.erp(mark=mark, user=READER, password=READER_PASSWORD) for mark in (BALCAO, LAPTOP))
    owner = served.erp(mark=replace(LAPTOP, life="life-o", store="store-o"))
    try:
        await first.claim()
        for other in (second, owner):
            with pytest.raises(RetryLater, match="erp-other-engine"):
                await other.claim()
    finally:
        for erp in (first, second, owner):
            await erp.close()


async def test_what_stands_in_the_claim_of_a_later_version_is_heeded(served_newly: Store) -> None:
    with served_newly.open_transaction() as cursor:
        cursor.execute(
            "SELECT RDB$SET_CONTEXT('USER_SESSION', 'INTEGRA_ENGINE', 'version9') FROM RDB$DATABASE"
        ).fetchone()
        async with engines(served_newly, LAPTOP) as (erp,):
            assert not await writes(erp)


async def test_a_look_costs_milliseconds_and_a_write_under_the_claim_none(
    served: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = itertools.count()
    heed = claims.Claims._heed

    def counted(self: claims.Claims, *args: object) -> None:
        next(looks)
        heed(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(claims.Claims, "_heed", counted)
    async with engines(served, BALCAO) as (erp,):
        await erp.claim()
        begun = time.perf_counter()
        for _ in range(LOOKS):
            await erp.claim()
        assert (time.perf_counter() - begun) / LOOKS < LOOK_S_MAX
        before = next(looks)
        await erp.take_customer_code()
        assert next(looks) == before + 1, "no look in the way of a write"
