"""Effects in the ERP on an order that became a sale: its reservation given back, or a sale typed again in its place.

Both move only with a compare-and-set on the order's own row there, so acting again finds what the first try did.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from engine.account import Account
from engine.model.erp import BY_ERP, LetGo
from engine.store import orders
from engine.store.effects import Effect
from engine.tasks.erp_effects import InErp

LINKED_TOO_LATE = "linked-too-late"
REASON = "Substituido pela venda {number}"
"""What the staff read in C-Plus as the reason of the cancellation."""


class ReleaseInvoicedInErp(InErp):
    """Where the ERP leaves the reservation of an invoiced order alone, whoever made it gives it back."""

    async def act(self, account: Account, effect: Effect) -> LetGo:
        key, uncontrolled = await self.key(account, effect), await self.uncontrolled(account, effect)
        released = await account.erp.release_invoiced(key, uncontrolled)
        account.reads.wrote("stock")
        return released

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        self.note_rows_gone(db, account, effect, finding)
        orders.note_event(db, effect.order_id, BY_ERP, "released-after-invoice", {"sale": effect.part}, account.now())


class LinkInErp(InErp):
    """A sale typed again takes the order's place: the order itself is cancelled there and its goods return."""

    async def act(self, account: Account, effect: Effect) -> LetGo:
        reason = REASON.format(number=effect.args["number"])
        return await self.cancel(account, effect, reason)

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        stands = self.note_rows_gone(db, account, effect, finding)
        if not stands.sold:
            orders.note_event(db, effect.order_id, BY_ERP, "linked", {"sale": effect.args["number"]}, account.now())
            return
        # Staff invoiced the order itself before: that sale counts, and a person must undo the other one.
        state = replace(orders.state_of(row), parked=LINKED_TOO_LATE)
        params = {"sale": effect.args["number"], "own": stands.sale_number}
        orders.move(db, effect.order_id, state, parked_params=params, linked_sale=None)
        orders.note_event(db, effect.order_id, BY_ERP, LINKED_TOO_LATE, params, account.now())
