"""Sending publications: select and begin in one transaction, send, confirm only what was sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Sequence

from engine.account import Account
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.publishing import Facet, RowError
from engine.runtime.supervisor import TaskReport
from engine.store import publications
from engine.store.instants import from_text
from engine.store.publications import Row

Send = Callable[[Sequence[Row]], Awaitable[Sequence[RowError]]]

DIRECTION = {Facet.CONTENT: "content", Facet.MEDIA: "media", Facet.PRICE: "prices", Facet.STOCK: "stock"}


async def send_all(account: Account, facet: Facet, batch_rows: int, send: Send) -> int:
    """Send what may be sent, batch by batch; answers how many rows were confirmed.

    Raises what the channel raises. After an unknown outcome the rows stay in flight until they settle.
    """
    confirmed = 0
    while await account.may_write(DIRECTION[facet]):
        rows = await account.store.write(lambda db: _begin(db, account, facet, batch_rows))
        if not rows:
            break
        confirmed += await _send(account, facet, rows, send)
    return confirmed


def _begin(db: sqlite3.Connection, account: Account, facet: Facet, limit: int) -> list[Row]:
    now = account.now()
    rows = publications.sendable(db, account.id, facet, limit, now)
    publications.begin(db, account.id, facet, rows, now, account.settle_s)
    return rows


async def _send(account: Account, facet: Facet, rows: Sequence[Row], send: Send) -> int:
    try:
        errors = await send(rows)
    except (RetryLater, Misconfigured):
        await account.store.write(lambda db: publications.give_back(db, account.id, facet, rows))
        raise
    except OutcomeUnknown:
        raise  # in flight until it settles, then sent again with what is wanted by then
    except Refused as refusal:
        if len(rows) > 1:  # one bad row must not hold the others: halve until it stands alone
            half = len(rows) // 2
            return await _send(account, facet, rows[:half], send) + await _send(account, facet, rows[half:], send)
        errors = [RowError(0, refusal.code, refusal.detail)]
    bad = {error.index: error for error in errors}
    good = [row for index, row in enumerate(rows) if index not in bad]
    now = account.now()

    def store(db: sqlite3.Connection) -> None:
        publications.confirm(db, account.id, facet, good, now)
        failures = [(rows[index], error.code, error.detail) for index, error in bad.items()]
        if failures:
            publications.fail(db, account.id, facet, failures, now)

    await account.store.write(store)
    return len(good)


async def report(account: Account, facet: Facet, done: int) -> TaskReport:
    """The task's report: what was done, what is left that nothing holds, and how old it is."""
    if not await account.may_write(DIRECTION[facet]):
        return TaskReport(done=done, paused=True)  # what is wanted waits for a person, not for another round
    backlog = await account.store.read(lambda db: publications.backlog(db, account.id, facet))
    lag_s = (account.now() - from_text(backlog.oldest_at)).total_seconds() if backlog.oldest_at else 0.0
    todo = backlog.todo - backlog.held - backlog.refused
    return TaskReport(done=done, todo=max(0, todo), lag_s=max(0.0, lag_s))
