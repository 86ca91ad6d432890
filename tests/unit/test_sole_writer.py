"""Another engine at the same ERP: who asks to be the one that writes, when again, and what people are shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from engine.errors import IntegraError, RetryLater
from engine.model.erp import OTHER_ENGINE
from engine.sole_writer import LOOK_AGAIN, SoleWriter
from engine.store import accounts
from tests.unit.virtual_time import InlineStore, VirtualClock, inline_store

pytestmark = pytest.mark.anyio

ACCOUNTS = ("loja", "feira")


class _Erp:
    """An ERP in which somebody else may hold the claim, or which cannot be reached."""

    def __init__(self) -> None:
        self.trouble: IntegraError | None = None
        self.asked = self.left = 0
        self.known = False

    def held_by(self, host: str) -> None:
        self.trouble = RetryLater(OTHER_ENGINE, host=host, pid=7, address="10.0.0.9", since="2026-03-02 12:00")

    async def is_claimed(self) -> bool:
        return self.known

    async def claim(self) -> None:
        self.asked += 1
        self.known = False
        if self.trouble is not None:
            raise self.trouble
        self.known = True

    async def let_go(self) -> None:
        self.left += 1
        self.known = False


class _Engine:
    def __init__(self, store: InlineStore) -> None:
        self.store, self.erp, self.clock = store, _Erp(), VirtualClock()
        self.woken: list[tuple[str, str]] = []
        self.writer = self.restarted()

    def restarted(self) -> SoleWriter:
        return SoleWriter(self.store, cast(Any, self.erp), self.clock, ACCOUNTS, lambda *whom: self.woken.append(whom))

    async def is_live(self, *live: str) -> None:
        for account in ACCOUNTS:
            mode = accounts.LIVE if account in live else accounts.OBSERVE
            await self.store.write(lambda db, a=account, m=mode: accounts.set_mode(db, a, m, ""))  # type: ignore[misc]

    async def may_write(self) -> bool:
        return await self.writer.refused() is None

    async def shown(self) -> list[tuple[str, str]]:
        rows = await self.store.read(lambda db: db.execute("SELECT code, params ->> 'host' FROM problem").fetchall())
        return [tuple(row) for row in rows]


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[_Engine]:
    with inline_store(tmp_path) as store:
        for account in ACCOUNTS:
            await store.write(lambda db, a=account: accounts.ensure(db, a, "magento", ""))  # type: ignore[misc]
        yield _Engine(store)


async def test_an_engine_that_only_observes_keeps_nobody_from_writing(engine: _Engine) -> None:
    await engine.is_live()
    assert await engine.may_write()
    assert engine.erp.asked == 0
    await engine.is_live("feira")
    assert await engine.may_write()
    assert engine.erp.known
    await engine.is_live()
    await engine.may_write()
    assert not engine.erp.known, "and one set back to observing leaves at once"


async def test_while_another_writes_one_problem_says_who_and_it_is_looked_at_again_every_few_seconds(
    engine: _Engine,
) -> None:
    await engine.is_live(*ACCOUNTS)
    engine.erp.held_by("balcao")
    for _ in range(5):
        assert not await engine.may_write()
    assert engine.erp.asked == 1
    assert await engine.shown() == [(OTHER_ENGINE, "balcao")]
    engine.clock.time += LOOK_AGAIN
    engine.erp.held_by("laptop")
    assert not await engine.may_write()
    assert await engine.shown() == [(OTHER_ENGINE, "laptop")]
    engine.erp.trouble = None
    assert not await engine.may_write(), "not asked again yet"
    engine.clock.time += LOOK_AGAIN
    assert engine.woken == []
    assert await engine.may_write()
    assert await engine.shown() == []
    assert engine.woken == [("*", "*")], "what has waited is done now"
    asked = engine.erp.asked
    assert await engine.may_write()
    assert engine.erp.asked == asked, "who holds the claim asks nothing in the way of the work"


async def test_a_claim_that_a_connection_opened_anew_may_have_lost_is_looked_at_before_anything_is_written(
    engine: _Engine,
) -> None:
    await engine.is_live("loja")
    assert await engine.may_write()
    engine.erp.known = False
    engine.erp.held_by("balcao")
    assert not await engine.may_write()


async def test_before_our_claim_has_stood_once_nothing_is_written_and_later_an_erp_out_of_reach_changes_nothing(
    engine: _Engine,
) -> None:
    await engine.is_live("loja")
    engine.erp.trouble = RetryLater("erp-unreachable")
    with pytest.raises(RetryLater, match="erp-unreachable"):
        await engine.may_write()
    engine.erp.trouble = None
    assert await engine.may_write()
    engine.erp.known = False
    engine.erp.trouble = RetryLater("erp-unreachable")
    assert await engine.may_write()


async def test_a_clock_that_was_set_back_keeps_nobody_waiting(engine: _Engine) -> None:
    await engine.is_live("loja")
    engine.erp.held_by("balcao")
    assert not await engine.may_write()
    engine.erp.trouble = None
    engine.clock.time -= timedelta(days=1)
    assert await engine.may_write()


async def test_going_live_again_asks_anew_whether_another_writes(engine: _Engine) -> None:
    await engine.is_live("loja")
    engine.erp.held_by("balcao")
    assert not await engine.may_write()
    await engine.is_live()
    assert await engine.may_write()
    assert await engine.shown() == []
    assert engine.woken == [], "nobody knows whether the other one is gone"
    engine.clock.time += LOOK_AGAIN / 3
    await engine.is_live("loja")
    assert not await engine.may_write()
    assert await engine.shown() == [(OTHER_ENGINE, "balcao")]


async def test_a_claim_that_was_lost_just_after_it_came_back_is_asked_for_at_once(engine: _Engine) -> None:
    await engine.is_live("loja")
    engine.erp.held_by("balcao")
    assert not await engine.may_write()
    engine.erp.known = True  # a write took the claim, as the other one had left
    assert await engine.may_write()
    assert engine.woken == [("*", "*")]
    engine.erp.known = False
    assert not await engine.may_write()


async def test_a_full_disk_leaves_neither_what_is_shown_nor_who_is_woken_behind(
    engine: _Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object) -> None:
        raise RetryLater("store-full")

    async def refuses_to_store() -> None:
        with monkeypatch.context() as disk:
            disk.setattr(engine.store, "write", full)
            with pytest.raises(RetryLater, match="store-full"):
                await engine.may_write()

    await engine.is_live("loja")
    assert await engine.may_write()
    engine.erp.known = False
    engine.erp.held_by("balcao")
    await refuses_to_store()
    engine.clock.time += LOOK_AGAIN / 3
    assert not await engine.may_write()
    assert await engine.shown() == [(OTHER_ENGINE, "balcao")]
    engine.clock.time += LOOK_AGAIN
    engine.erp.trouble = None
    await refuses_to_store()
    assert await engine.may_write()
    assert await engine.shown() == []
    assert engine.woken == [("*", "*")]


async def test_what_the_run_before_had_shown_is_gone_when_it_is_true_no_more(engine: _Engine) -> None:
    await engine.is_live("loja")
    engine.erp.held_by("balcao")
    await engine.may_write()
    engine.erp.trouble = None
    engine.writer = engine.restarted()
    assert await engine.may_write()
    assert await engine.shown() == []
