"""Mechanisms that keep what the shops show right, each taken out."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

from connectors.magento.channel import MagentoChannel
from connectors.magento.wire import decode
from engine.engine import Engine
from engine.errors import OutcomeUnknown, RetryLater
from engine.publishing import Facet
from engine.runtime.supervisor import Supervisor
from engine.store import publications
from engine.store.publications import Row
from engine.tasks import sending
from tests.simulation.planted.bug import Bug, Patch


def _settles_at_once() -> Patch:
    """What got no answer is sent anew at once: the old call may still land, after the new one."""
    stack = ExitStack()
    for name in ("begin", "still_sending"):
        stack.enter_context(mock.patch.object(publications, name, _settling_at_once(getattr(publications, name))))
    return stack


def _settling_at_once(told: Callable[..., None]) -> Callable[..., None]:
    return lambda *but_seconds: told(*but_seconds[:-1], 0.0)


def _confirms_what_is_wanted() -> Patch:
    """What is wanted by now is confirmed instead of what was sent."""
    confirm = publications.confirm

    def careless(db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], now: datetime) -> None:
        confirm(db, account, facet, rows, now)
        for row in rows:
            db.execute(
                "UPDATE publication SET confirmed = wanted WHERE account = ? AND item = ? AND facet = ? AND part = ?",
                (account, row.item, facet, row.part),
            )

    return mock.patch.object(publications, "confirm", careless)


def _lost_answer_is_success() -> Patch:
    """A push without an answer counts as done."""
    call = sending._Push._call

    async def careless(self: sending._Push, rows: Any, turn: Any) -> Any:
        try:
            return await call(self, rows, turn)
        except OutcomeUnknown:
            self.trouble = None
            return []

    return mock.patch.object(sending._Push, "_call", careless)


def _doubt_forgotten() -> Patch:
    """What is confirmed stays beyond doubt while something else is on its way."""
    begin = publications.begin

    def careless(db: sqlite3.Connection, account: str, facet: Facet, rows: Sequence[Row], *rest: Any) -> None:
        begin(db, account, facet, rows, *rest)
        db.execute("UPDATE publication SET unconfirmed = 0 WHERE unconfirmed = 3")

    return mock.patch.object(publications, "begin", careless)


def _html_is_fine() -> Patch:
    """An answer that is no JSON is taken for an empty one."""

    def careless(content: bytes) -> Any:
        try:
            return decode(content)
        except ValueError:
            return []

    return mock.patch("connectors.magento.transport.decode", careless)


def _shops_own_count_ignored() -> Patch:
    """That a shop counts its own open orders down is forgotten: it shows less than there is."""
    capabilities = MagentoChannel.capabilities

    def careless(self: MagentoChannel) -> Any:
        return replace(capabilities.fget(self), counts_own_orders=False)  # type: ignore[attr-defined]

    return mock.patch.object(MagentoChannel, "capabilities", property(careless))


def _own_moves_unseen() -> Patch:
    """That a shop's own counter was moved by an order or a cancel does not put its stock in doubt."""
    return mock.patch.object(publications, "unconfirm_stock", return_value=None)


def _gives_up() -> Patch:
    """A task that failed three times in a row is not tried again before the next start."""
    cycle = Supervisor._cycle

    async def careless(self: Supervisor, slot: Any) -> Any:
        return None if slot.failures >= 3 else await cycle(self, slot)

    return mock.patch.object(Supervisor, "_cycle", careless)


def _refused_for_now_is_success() -> Patch:
    """What a shop refused only for the moment counts as done."""
    call = sending._Push._call

    async def careless(self: sending._Push, rows: Any, turn: Any) -> Any:
        try:
            return await call(self, rows, turn)
        except RetryLater:
            self.trouble = None
            return []

    return mock.patch.object(sending._Push, "_call", careless)


def _start_believes() -> Patch:
    """What was on its way when the engine was killed counts as landed when it starts again."""
    start = Engine.start

    async def careless(self: Engine) -> None:
        await start(self)
        await self._store.write(
            lambda db: db.execute(
                "UPDATE publication SET confirmed = in_flight, in_flight = NULL, in_flight_version = NULL,"
                " settles_at = NULL, unconfirmed = 0 WHERE in_flight_version IS NOT NULL"
            )
        )

    return mock.patch.object(Engine, "start", careless)


BUGS: Mapping[str, Bug] = {
    "settles-at-once": Bug(_settles_at_once),
    "confirms-what-is-wanted": Bug(_confirms_what_is_wanted),
    "lost-answer-is-success": Bug(_lost_answer_is_success),
    "doubt-forgotten": Bug(_doubt_forgotten),
    "html-is-fine": Bug(_html_is_fine),
    "shops-own-count-ignored": Bug(_shops_own_count_ignored),
    "own-moves-unseen": Bug(_own_moves_unseen),
    "gives-up": Bug(_gives_up),
    "refused-for-now-is-success": Bug(_refused_for_now_is_success),
    "start-believes": Bug(_start_believes),
}
