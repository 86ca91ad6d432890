"""Invoices come out of the ERP's snapshot."""

from __future__ import annotations

from engine.account import Account
from engine.runtime.supervisor import TaskReport


class InvoicesTask:
    """Sees what the store's staff invoiced, in the same snapshot as the stock."""

    name = "invoices"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.account = account.id

    async def run(self) -> TaskReport:
        """One cycle."""
        account = self._account
        moved = await account.reads.stock_and_orders()
        if moved:
            account.wake("*", "stock")
            account.wake("*", "effects")
        return TaskReport(done=moved)
