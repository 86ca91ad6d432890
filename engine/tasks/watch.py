"""Between the cycles: what others do in the ERP is looked at at once.

Where the ERP keeps a log of changes and rings, each part of the work is woken by its own changes. Elsewhere, and while
the log is broken, the ERP's pulse is asked every `change_poll_s`, where that is set; it costs about a millisecond a
look. Either way only a task's turn comes sooner: what it compares, and its own clock, stay as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from engine.model.erp import ErpChanges
from engine.ports import Clock, Erp
from engine.runtime.supervisor import TaskReport
from engine.settings import Settings
from engine.store.accounts import ERP
from engine.store.database import Store
from engine.store.problems import clear_other_problems, clear_problem, raise_problem
from engine.store.tasks import Held

TASKS_OF: Mapping[str, str] = {
    "stock": "stock",
    "orders": "stock",  # how orders stand comes with the stock, from one snapshot
    "prices": "prices",
    "catalogue": "catalogue",
    "photos": "media",
    "customers": "customers",
}
"""Parts of the ERP's log, and the task that looks at each."""

BY_PULSE = ("stock", "catalogue", "prices")

APART_S = 0.5
"""Between a look and one that is rung for: in a busy hour the whole stock is not read for each single sale."""

SUBJECT = "erp:change-log"
GONE, OUTDATED = "erp-triggers-gone", "erp-triggers-outdated"

_NOTHING_MISSED = ErpChanges(frozenset(), ())


class WatchTask:
    """Looks when the ERP rings, and on its clock: `change_poll_s` where that is set, else like every task."""

    name = "watch"
    account = ERP

    def __init__(
        self, store: Store, erp: Erp, clock: Clock, settings: Callable[[], Settings], wake: Callable[[str, str], None]
    ) -> None:
        self._store = store
        self._erp = erp
        self._clock = clock
        self._settings = settings
        self._wake = wake
        self._pulse: str | None = None
        self._looked_at: datetime | None = None
        self._was_rung = False
        self._noted: ErpChanges | None = None  # None = not since the start

    async def run(self) -> TaskReport:
        """One look."""
        await self._keep_apart()
        changes = await self._erp.changes(self._rung)
        await self._note(changes or _NOTHING_MISSED)  # where none is kept any more, none is missed
        if changes is not None and not changes.faults:
            for task in {TASKS_OF[part] for part in changes.parts}:
                self._wake("*", task)
            return TaskReport()
        return await self._look_at_pulse()

    async def _look_at_pulse(self) -> TaskReport:
        if not self._settings().engine.change_poll_s:
            return TaskReport(held=Held.SWITCHED_OFF)
        pulse = await self._erp.pulse()
        moved = self._pulse is not None and pulse != self._pulse
        self._pulse = pulse
        if moved:
            for task in BY_PULSE:
                self._wake("*", task)
        return TaskReport()

    def _rung(self) -> None:
        self._was_rung = True
        self._wake(self.account, self.name)

    async def _keep_apart(self) -> None:
        rung, self._was_rung = self._was_rung, False
        if rung and self._looked_at is not None:
            since = (self._clock.now() - self._looked_at).total_seconds()
            if 0 <= since < APART_S:
                await self._clock.sleep(APART_S - since)
        self._looked_at = self._clock.now()

    async def _note(self, changes: ErpChanges) -> None:
        """A person is told when the log stops telling, and why, and no longer once it tells again."""
        noted = replace(changes, parts=frozenset())
        if noted == self._noted:
            return
        now = self._clock.now()

        def note(db: sqlite3.Connection) -> None:
            if not noted.faults:
                clear_problem(db, ERP, None, SUBJECT)
                return
            code, params = OUTDATED if noted.outdated else GONE, {"names": ", ".join(noted.faults)}
            raise_problem(db, ERP, code, SUBJECT, params, "", "notice", now)
            clear_other_problems(db, ERP, code, SUBJECT)

        await self._store.write(note)
        self._noted = noted
