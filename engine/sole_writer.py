"""One engine writes into a base: where another one does, ours writes nothing anywhere until that one has left.

Two engines with state folders of their own (a test installation, a copied folder, an old service on another machine)
would write every order twice. Reading, and all that people see, goes on.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from engine.errors import IntegraError, Param, RetryLater
from engine.model.erp import OTHER_ENGINE
from engine.ports import Clock, Erp
from engine.store import accounts
from engine.store.database import Store
from engine.store.problems import clear_problem, problem_params, raise_problem

LOOK_AGAIN = timedelta(seconds=15)
"""While another engine writes; it may leave at any time."""
SUBJECT = "erp:writer"

Wake = Callable[[str, str], None]
"""account, task; "*" = each."""

log = logging.getLogger("integra.base")


def other_engine(db: sqlite3.Connection) -> Mapping[str, Param] | None:
    """Who writes into the ERP instead of us, as far as the store knows; None where nobody else does."""
    return problem_params(db, accounts.ERP, OTHER_ENGINE, SUBJECT)


class SoleWriter:
    """Holds the ERP's claim for an engine of which an account is live. Asked by one at a time."""

    def __init__(self, store: Store, erp: Erp, clock: Clock, account_ids: Sequence[str], wake: Wake) -> None:
        self._store = store
        self._erp = erp
        self._clock = clock
        self._account_ids = tuple(account_ids)
        self._wake = wake
        self._has_claimed = False
        self._refusal: RetryLater | None = None
        self._looked_at: datetime | None = None  # and were refused
        self._shown: RetryLater | None = None
        self._is_shown = False  # what stands in the store may be of a run before us

    async def refused(self) -> RetryLater | None:
        """Why nothing may be written anywhere now; None where we are the one that writes, or nothing is to be written.

        Whoever asks the ERP which base it is opens a connection anew, so our claim is looked at again after that too.
        Raises what the ERP raises until our claim has stood once.
        """
        if not await self._store.read(lambda db: any(accounts.is_live(db, id) for id in self._account_ids)):
            await self._erp.let_go()
            self._has_claimed, self._looked_at = False, None
            return await self._judged(None)
        if await self._erp.is_claimed():
            return await self._claimed()
        now = self._clock.now()
        # A clock that was set back holds nobody up.
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOK_AGAIN:
            return await self._judged(self._refusal)
        try:
            await self._erp.claim()
        except IntegraError as error:
            if isinstance(error, RetryLater) and error.code == OTHER_ENGINE:
                self._looked_at = now
                return await self._judged(error)
            if not self._has_claimed:
                raise
            log.warning("whether another engine writes cannot be asked: %s", error)
            return await self._judged(self._refusal)
        return await self._claimed()

    async def _claimed(self) -> RetryLater | None:
        self._has_claimed, self._looked_at = True, None
        return await self._judged(None)

    async def _judged(self, refused: RetryLater | None) -> RetryLater | None:
        """Keep why nothing is written, and show it where the store shows something else: it may not have taken it."""
        self._refusal = refused
        before, now = self._shown, self._clock.now()

        def show(db: sqlite3.Connection) -> None:
            clear_problem(db, accounts.ERP, None, SUBJECT)
            if refused is not None:
                raise_problem(db, accounts.ERP, refused.code, SUBJECT, refused.params, refused.detail, "problem", now)

        if self._is_shown and (before and before.params) == (refused and refused.params):
            return refused
        await self._store.write(show)
        self._shown, self._is_shown = refused, True
        if refused is not None:
            log.warning("nothing is written: %s", refused)
        elif before is not None and self._has_claimed:
            log.warning("the other engine is gone")
            self._wake("*", "*")
        return refused
