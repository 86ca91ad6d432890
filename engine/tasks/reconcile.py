"""Reconciling an account: what its channel shows is read back on the slow clock, and the tasks concerned are woken."""

from __future__ import annotations

from engine.account import Account
from engine.reconcile.read_back import reconcile
from engine.reconcile.salable import look_again
from engine.runtime.supervisor import TaskReport
from engine.tasks.sending import SENT_BY


class ReconcileTask:
    """Reads the account's channel back."""

    name = "reconcile"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id

    async def run(self) -> TaskReport:
        """One look at the clock, and a pass when it is due."""
        account = self._account
        found = await reconcile(account)
        for facet in found.drifted:
            account.wake(account.id, SENT_BY[facet])
        if await look_again(account):
            account.wake(account.id, "stock")
        if found.gone:
            account.wake(account.id, "catalogue")
        return TaskReport(done=sum(found.drifted.values()) + len(found.gone))
