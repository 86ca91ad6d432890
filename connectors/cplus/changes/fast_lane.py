"""Log and doorbell together, over the connections that the port has anyway: what to look at, and when to ask."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from connectors.cplus.base.actor import Actor
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.session import Session
from connectors.cplus.changes import triggers
from connectors.cplus.changes.doorbell import Doorbell
from connectors.cplus.changes.log import ChangeLog
from connectors.cplus.settings import Options
from engine.errors import Misconfigured, Refused
from engine.model.erp import ErpChanges
from engine.ports import Clock

VERIFY = timedelta(seconds=30)
"""An upgrade of C-Plus may drop or switch off triggers at any time."""

PRUNE = timedelta(seconds=60)


class FastLane:
    """Of one base. `look` is awaited from one loop, one at a time.

    write: at the connection that writes, and without a claim to be the one engine that does: rows of the log are ours
    alone, and an engine that only observes has to follow it too. Of two engines the one that prunes may take a row from
    the other, which then finds that change on its clock.
    """

    def __init__(
        self,
        options: Options,
        opener: Opener,
        reader: Actor,
        write: Callable[[Callable[[Session], int]], Awaitable[int]],
        clock: Clock,
    ) -> None:
        self._options = options
        self._opener = opener
        self._reader = reader
        self._write = write
        self._clock = clock
        self._log = ChangeLog()
        self._bell: Doorbell | None = None
        self._rang = False
        self._state: triggers.State | None = None
        self._verify_at: datetime | None = None
        self._prune_at: datetime | None = None

    async def look(self, ring: Callable[[], None]) -> ErpChanges:
        """What others changed since the last look; from now on `ring` is called in this loop when they change more."""
        now = self._clock.now()
        state = await self._verified(now)
        if state.works:
            try:
                return ErpChanges(await self._read(now, self._answered(ring)), ())
            except (Refused, Misconfigured):  # somebody may have removed the log since it was last looked at
                self._verify_at = None
                state = await self._verified(now)
                if state.works:
                    raise
        await self.close()
        self._log.forget()
        return ErpChanges(frozenset(), state.faults, state.outdated)

    async def close(self) -> None:
        """Let go of the doorbell."""
        bell, self._bell = self._bell, None
        if bell is not None:
            await asyncio.to_thread(bell.close)

    async def _read(self, now: datetime, bell: Doorbell) -> frozenset[str]:
        heard, self._rang = self._rang, False
        # Before the log is read: what it told would be lost with a deletion that fails.
        if self._prune_at is None or self._prune_at <= now:
            self._prune_at = now + PRUNE
            await self._write(self._log.prune)
        try:
            parts = await self._reader.run(self._log.parts, self._options.read_timeout_s)
        except BaseException:  # it may have been read all the same: the next look begins anew
            self._verify_at = None
            self._log.forget()
            raise
        if parts and not heard:
            bell.rearm()
        return parts

    def _answered(self, ring: Callable[[], None]) -> Doorbell:
        if self._bell is None:
            self._bell = self._doorbell(ring)
        return self._bell

    async def _verified(self, now: datetime) -> triggers.State:
        if self._state is None or self._verify_at is None or self._verify_at <= now:
            self._state = await self._reader.run(triggers.state, self._options.read_timeout_s)
            self._verify_at = now + VERIFY
        return self._state

    def _doorbell(self, ring: Callable[[], None]) -> Doorbell:
        loop = asyncio.get_running_loop()

        def rung() -> None:
            self._rang = True
            ring()

        def from_its_thread() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(rung)

        return Doorbell(self._opener.connection, from_its_thread)
