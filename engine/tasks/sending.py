"""Sending publications: select and begin in one transaction, send, confirm only what was sent.

A push of ten thousand rows takes a while, so while it lasts the world is looked at again, and turns are taken: a batch
of what has waited longest, then one of what is wanted only since the last choice, if there is any. What was just sold
thus overtakes, in a short batch of its own, and nothing starves, since every other batch is of the oldest.

One worker more than there may be calls at a time: while a call is under way, the next batch is looked for and the last
one's outcome stored. What overtakes does not wait for the call under way either, where the channel serves two.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from engine.account import Account
from engine.errors import Collision, IntegraError, Misconfigured, OutcomeUnknown, Refused, RetryLater, TooMany
from engine.progress import Progress
from engine.publishing import Facet, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import publications
from engine.store.instants import from_text
from engine.store.progress import Stage
from engine.store.publications import Row

Send = Callable[[Sequence[Row]], Awaitable[Sequence[RowError]]]
Look = Callable[[], Awaitable[None]]

DIRECTION = {Facet.CONTENT: "content", Facet.MEDIA: "media", Facet.PRICE: "prices", Facet.STOCK: "stock"}

SENT_BY = {Facet.CONTENT: "catalogue", Facet.MEDIA: "media", Facet.PRICE: "prices", Facet.STOCK: "stock"}
"""The task that sends a facet."""

LOOK_APART_S = 5.0
"""Between two looks at what is wanted while sending."""

COLLISIONS_MAX = 3
"""So many deadlocks in a row are tried again at once; more of them are the channel's bad day."""

log = logging.getLogger("integra.sending")


async def send_all(
    account: Account,
    facet: Facet,
    send: Send,
    look: Look,
    look_apart_s: float = LOOK_APART_S,
    *,
    new: bool | None = None,
) -> int:
    """Look at what is wanted, send what may be sent, and look again while sending; answers how many were confirmed.

    new: as for `publications.sendable`.
    Raises what the channel raises, once the calls under way have ended. After an unknown outcome the rows stay in
    flight until they settle.
    """
    await look()
    push = _Push(account, facet, send, look, look_apart_s, new)
    async with anyio.create_task_group() as group:
        push.begin_work(group)
    if push.trouble is not None:
        raise push.trouble
    return push.confirmed


class _Push:
    """One run of sending: workers, each choosing, sending and confirming its batch."""

    def __init__(
        self, account: Account, facet: Facet, send: Send, look: Look, look_apart_s: float, new: bool | None
    ) -> None:
        self._account = account
        self._facet = facet
        self._send = send
        self._look = look
        self._look_apart_s = look_apart_s
        self._new = new
        self._looked_at = account.now()
        self._pace = account.load.of(facet)
        self._choosing = anyio.Lock()
        self._calling = anyio.CapacityLimiter(self._pace.at_once)
        serves_two = account.channel.capabilities.calls_at_once > 1
        self._overtaking = anyio.CapacityLimiter(1) if serves_two else self._calling
        self._chosen_at: datetime | None = None
        self._was_fresh = False
        self._workers = 0
        self._collisions = 0
        self.confirmed = 0
        self.trouble: IntegraError | None = None
        self._progress = Progress(
            account, SENT_BY[facet], Stage.SENDING, lambda db: publications.todo(db, account.id, facet)
        )

    def begin_work(self, group: TaskGroup) -> None:
        """Bring the workers to their number; one too many ends by itself."""
        self._calling.total_tokens = self._pace.at_once
        while self._workers <= self._pace.at_once:
            self._workers += 1
            group.start_soon(self._work, group)

    async def _work(self, group: TaskGroup) -> None:
        try:
            while self._workers <= self._pace.at_once + 1 and (batch := await self._choose()):
                await self._push(*batch)
                self.begin_work(group)
        except IntegraError as error:  # the others end their calls: one broken off would be an unknown outcome
            self._end(error)
        finally:
            self._workers -= 1

    async def _choose(self) -> tuple[list[Row], anyio.CapacityLimiter] | None:
        """The next batch, begun, and what its call waits for; None when nothing is left or the direction was paused."""
        account = self._account
        async with self._choosing:
            if self.trouble is not None or not await account.may_write(DIRECTION[self._facet]):
                return None
            if (account.now() - self._looked_at).total_seconds() >= self._look_apart_s:
                await self._look()
                self._looked_at = account.now()
            rows = await account.store.write(self._begin)
            return (rows, self._overtaking if self._was_fresh else self._calling) if rows else None

    def _begin(self, db: sqlite3.Connection) -> list[Row]:
        account, facet, limit = self._account, self._facet, self._pace.rows
        now, since = account.now(), self._chosen_at
        self._chosen_at = now
        rows: list[Row] = []
        if since is not None and not self._was_fresh:
            rows = publications.sendable(db, account.id, facet, limit, now, since, new=self._new)
        self._was_fresh = bool(rows)
        rows = rows or publications.sendable(db, account.id, facet, limit, now, new=self._new)
        # It may have to wait for the call before it, which may take all of its time.
        settles_s = account.settle_s + account.channel.capabilities.timeout_s
        publications.begin(db, account.id, facet, rows, now, settles_s)
        return rows

    async def _push(self, rows: Sequence[Row], turn: anyio.CapacityLimiter) -> None:
        """Send a batch and store what became of it. Raises what ends the push; a refused batch is halved."""
        try:
            errors: Sequence[RowError] | None = await self._call(rows, turn)
        except (RetryLater, Misconfigured) as error:
            await self._give_back(rows)
            if error is self.trouble:
                raise
            return  # they are chosen again
        except OutcomeUnknown:
            # In flight until it settles, then sent again with what is wanted by then. Of a row that takes several calls
            # the last one may have left long after the row was begun.
            account, facet, now = self._account, self._facet, self._account.now()
            await account.store.write(
                lambda db: publications.still_sending(db, account.id, facet, rows, now, account.settle_s)
            )
            raise
        except Refused as refusal:
            if len(rows) > 1:  # one bad row must not hold the others: halve until it stands alone
                half = len(rows) // 2
                try:
                    await self._push(rows[:half], turn)
                except IntegraError:
                    await self._give_back(rows[half:])
                    raise
                await self._push(rows[half:], turn)
                return
            errors = [RowError(0, refusal.code, refusal.detail)]
        if errors is None:
            await self._give_back(rows)
        else:
            await self._store(rows, {error.index: error for error in errors})

    async def _call(self, rows: Sequence[Row], turn: anyio.CapacityLimiter) -> Sequence[RowError] | None:
        """Send, and learn from the answer; None where another call has ended the push meanwhile: this one never left.

        What ends the push is `trouble` before the next call can begin.
        """
        async with turn:
            if self.trouble is not None:
                return None
            began = self._account.now()
            try:
                errors = await self._send(rows)
            except Refused as refusal:
                if isinstance(refusal, TooMany):
                    self._pace.takes_at_most(refusal.limit)
                raise
            except IntegraError as error:
                if isinstance(error, RetryLater | OutcomeUnknown):
                    self._account.load.struggled()
                    log.info("slower after %s", error, extra={"account": self._account.id, "rows": self._pace.rows})
                self._collisions += 1
                if not isinstance(error, Collision) or self._collisions > COLLISIONS_MAX:
                    self._end(error)
                raise
            self._collisions = 0
            self._pace.answered(len(rows), (self._account.now() - began).total_seconds())
        # The next call leaves before this one is stored: what it asks the store would wait for that.
        await anyio.lowlevel.checkpoint()
        return errors

    def _end(self, error: IntegraError) -> None:
        """The first trouble ends the push."""
        if self.trouble is None:
            self.trouble = error

    async def _give_back(self, rows: Sequence[Row]) -> None:
        account, facet = self._account, self._facet
        await account.store.write(lambda db: publications.give_back(db, account.id, facet, rows))

    async def _store(self, rows: Sequence[Row], bad: dict[int, RowError]) -> None:
        account, facet, now = self._account, self._facet, self._account.now()
        good = [row for index, row in enumerate(rows) if index not in bad]

        def store(db: sqlite3.Connection) -> None:
            publications.confirm(db, account.id, facet, good, now)
            failures = [(rows[index], error.code, error.detail) for index, error in bad.items()]
            if failures:
                publications.fail(db, account.id, facet, failures, now)

        await account.store.write(store)
        self.confirmed += len(good)
        await self._progress.add(len(good))


async def report(account: Account, facet: Facet, done: int) -> TaskReport:
    """The task's report: what was done, what is left that nothing holds, and how old it is."""
    held = await account.held_from_writing(DIRECTION[facet])
    if held is not None:
        return TaskReport(done=done, held=held)  # what is wanted waits for a person, not for another round
    backlog = await account.store.read(lambda db: publications.backlog(db, account.id, facet))
    lag_s = (account.now() - from_text(backlog.oldest_at)).total_seconds() if backlog.oldest_at else 0.0
    todo = backlog.todo - backlog.held - backlog.refused
    return TaskReport(done=done, todo=max(0, todo), lag_s=max(0.0, lag_s))
