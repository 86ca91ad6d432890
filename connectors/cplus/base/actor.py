"""A thread of its own for each connection: work is a function of a session, awaited from the loop, never blocking it.

A cancelled wait abandons only the result; the work ends in its thread. Work that takes too long loses its connection
and its thread, and the next piece of work gets new ones (the driver has no other way out of a call that hangs).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from firebird.driver.types import DatabaseError

from connectors.cplus.base.session import Fate, Session, is_lost, is_other_layout, meaning
from engine.errors import Misconfigured, OutcomeUnknown, RetryLater

T = TypeVar("T")

LEAVE_S_MAX = 5.0
"""How long `close` waits for work that is under way."""


@dataclass(slots=True)
class _Job(Generic[T]):
    work: Callable[[Session], T]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[tuple[T | None, BaseException | None]]
    fate: Fate = field(default_factory=Fate)

    def tell(self, result: T | None, error: BaseException | None) -> None:
        # The loop may have ended while the work did not: then nobody listens.
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: T | None, error: BaseException | None) -> None:
        if not self.done.done():
            self.done.set_result((result, error))


class _Worker:
    """The thread with its connection, opened at its first work."""

    def __init__(self, name: str, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._session: Session | None = None
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._retired = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def put(self, job: _Job[Any]) -> None:
        self._jobs.put(job)

    def leave(self) -> None:
        self._jobs.put(None)

    def retire(self) -> None:
        self._retired = True
        self.leave()
        if (session := self._session) is not None:
            session.abort()

    def join(self) -> None:
        self._thread.join(LEAVE_S_MAX)

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None and not self._retired:
            self._carry_out(job)
        self._drop()

    def _carry_out(self, job: _Job[Any]) -> None:
        try:
            result = self._do(job)
        except DatabaseError as error:
            job.tell(None, _explained(error, job.fate))
        except UnicodeError as error:
            job.tell(None, Misconfigured("erp-charset-wrong", str(error), expected="auto"))
        except BaseException as error:
            job.tell(None, error)
        else:
            job.tell(result, None)

    def _do(self, job: _Job[T]) -> T:
        fresh = self._session is None
        try:
            return self._attempt(job)
        except DatabaseError as error:
            if fresh or self._retired or job.fate.unsure or not (is_lost(error) or is_other_layout(error)):
                raise
            # A connection that died while it stood idle is found out by the next work, and so is an upgrade of C-Plus
            # that took a column away: nothing of it was committed, and a new connection reads the layout anew.
            self._drop()
            return self._attempt(job)

    def _attempt(self, job: _Job[T]) -> T:
        if self._session is None:
            self._session = self._connect()
        self._session.fate = job.fate
        try:
            return job.work(self._session)
        except BaseException as error:
            if is_lost(error):
                self._drop()
            raise

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


class Actor:
    """One connection at a time, and the work done on it, piece after piece."""

    def __init__(self, name: str, connect: Callable[[], Session]) -> None:
        self._name = name
        self._connect = connect
        self._turn = asyncio.Lock()
        self._worker: _Worker | None = None

    async def run(self, work: Callable[[Session], T], timeout_s: float) -> T:
        """Do the work on the connection's thread and give its result, or raise what it raised.

        Database errors come as the engine's. After `timeout_s` seconds the connection is broken: RetryLater("erp-slow")
        when no commit had left, else OutcomeUnknown("erp-slow").
        """
        async with self._turn:
            if self._worker is None:
                self._worker = _Worker(self._name, self._connect)
            loop = asyncio.get_running_loop()
            job = _Job(work, loop, loop.create_future())
            self._worker.put(job)
            await asyncio.wait((job.done,), timeout=timeout_s)
            if not job.done.done():
                worker, self._worker = self._worker, None
                sent = job.fate.abandon()
                worker.retire()
                raise (OutcomeUnknown if sent else RetryLater)("erp-slow", f"no answer within {timeout_s:g} s")
        result, error = job.done.result()
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # the work's own result, None only where T is

    async def close(self) -> None:
        """Let the work under way end, then close the connection and its thread."""
        async with self._turn:
            worker, self._worker = self._worker, None
            if worker is not None:
                worker.leave()
                await asyncio.to_thread(worker.join)


def _explained(error: DatabaseError, fate: Fate) -> Exception:
    if is_lost(error) and fate.unsure:
        return OutcomeUnknown("erp-commit-unknown", str(error))
    explained = meaning(error)
    explained.__cause__ = error
    return explained
