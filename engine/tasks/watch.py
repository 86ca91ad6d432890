"""The doorbell between the cycles: when anybody did something in the ERP, the stock is looked at at once.

Off unless `change_poll_s` is set; the ERP's pulse costs about a millisecond a look.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.ports import Erp
from engine.runtime.supervisor import TaskReport
from engine.settings import Settings
from engine.store.accounts import ERP

WOKEN = ("stock", "catalogue", "prices")


class WatchTask:
    """Looks at the ERP's pulse; its clock is `change_poll_s` where that is set."""

    name = "watch"
    account = ERP

    def __init__(self, erp: Erp, settings: Callable[[], Settings], wake: Callable[[str, str], None]) -> None:
        self._erp = erp
        self._settings = settings
        self._wake = wake
        self._pulse: str | None = None

    async def run(self) -> TaskReport:
        """One look."""
        if not self._settings().engine.change_poll_s:
            return TaskReport(paused=True)
        pulse = await self._erp.pulse()
        moved = self._pulse is not None and pulse != self._pulse
        self._pulse = pulse
        if moved:
            for task in WOKEN:
                self._wake("*", task)
        return TaskReport()
