"""What a snapshot of the ERP says of one of our orders: invoiced, given back, cancelled, packed, edited by staff.

What it says is noted where it is news; what needs a person sets the order aside with a reason, gone when it heals.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine import cancelled_in_part, credited_in_shop
from engine.amounts import to_e4
from engine.errors import Param
from engine.model.erp import BY_ERP, ErpOrderState, ErpStatus
from engine.orders import DO_NOT_DISPATCH, RETURNED_IN_ERP, Cancellation, Event, Fulfilment, State
from engine.store import effects, erp_lines, orders
from engine.store.effects import Kind
from engine.store.instants import to_text

CANCELLED_IN_ERP = "cancelled-in-erp"
INVOICE_CANCELLED = "invoice-cancelled-in-erp"
SALE_CANCELLED_LATE = "sale-cancelled-after-shipping"
INVOICED_DIFFERS = "invoiced-differs"
NFE_CANCELLED = "nfe-cancelled"
STATUS_PROBLEM = "erp-status-problem"

REASONS = frozenset(
    {
        CANCELLED_IN_ERP,
        INVOICE_CANCELLED,
        SALE_CANCELLED_LATE,
        INVOICED_DIFFERS,
        NFE_CANCELLED,
        RETURNED_IN_ERP,
        STATUS_PROBLEM,
        *cancelled_in_part.REASONS,
    }
)
"""Why an order stands aside by the ERP's word; the newest of them is shown, a reason of somebody else's stays."""

_TO_SHIP = frozenset({Fulfilment.INVOICED, Fulfilment.PART_INVOICED})


@dataclass(slots=True)
class _Change:
    """What the snapshot makes of one order, until it is stored."""

    db: sqlite3.Connection
    row: sqlite3.Row
    erp: ErpOrderState
    now: datetime
    before: State
    state: State
    columns: dict[str, Any] = field(default_factory=dict)
    params: Mapping[str, Param] | None = None  # of the reason
    moved: bool = False  # something beside the row itself

    @property
    def id(self) -> int:
        return int(self.row["id"])

    def note(self, what: str, **params: Param) -> None:
        """An entry of the order's history."""
        orders.note_event(self.db, self.id, BY_ERP, what, params, self.now)
        self.moved = True

    def set(self, column: str, value: Any) -> bool:
        """Set a column; False when that is what it holds."""
        if self.row[column] == value:
            return False
        self.columns[column] = value
        return True

    def park(self, reason: str, **params: Param) -> None:
        """Set the order aside for a person, unless somebody else's reason holds it."""
        if self.state.parked is None or self.state.parked in REASONS:
            self.state, self.params = replace(self.state, parked=reason), params

    def heal(self, *reasons: str) -> None:
        """These reasons are no more."""
        if self.state.parked in reasons:
            self.state = replace(self.state, parked=None)

    def store(self) -> bool:
        """Write what changed; False when nothing did."""
        if self.state == self.before and not self.columns and not self.moved:
            return False
        orders.move(self.db, self.id, self.state, parked_params=self.params, **self.columns)
        return True


def take_over_one(db: sqlite3.Connection, erp: ErpOrderState, now: datetime) -> bool:
    """Bring the order under this key to what the ERP says of it; True when something of it moved."""
    row = orders.by_erp_key(db, erp.key)
    if row is None:
        return False
    state = orders.state_of(row)
    change = _Change(db, row, erp, now, state, state)
    if erp.sold:
        _invoiced(change)
    else:
        _not_invoiced(change)
    _edited(change)
    _cancelled(change)
    _fiscal(change)
    _returned(change)
    _at_the_desk(change)
    _unwanted(change)
    if erp.release_due:
        change.moved |= effects.decide(db, change.id, Kind.ERP_RELEASE_INVOICED, now, part=erp.sale_number)
    return change.store()


def _invoiced(change: _Change) -> None:
    """All of it or a part is a sale. Only that is shipped; where it is not what was ordered, a person looks.

    The snapshot that told it shows the goods gone. The rest counts as reserved while the order's flag stands: C-Plus is
    taken to give back what it invoices only, and where it is set to leave that to us, all goes back at once and the
    flag with it. A flag that C-Plus forgot to take back is known by amounts that are too small for the rest.
    """
    erp, before = change.erp, change.before
    rest_reserved = None if erp.complete else erp.reserved
    moved = erp_lines.lines_invoiced(change.db, change.id, _e4(erp.invoiced), rest_reserved=rest_reserved)
    state = change.state.after(Event.INVOICED if erp.complete else Event.INVOICED_PARTLY)
    if erp_lines.all_invoiced_shipped(change.db, change.id):
        state = state.after(Event.CHANNEL_SHIPPED)
    news = state.fulfilment is not before.fulfilment
    if moved or (news and state.fulfilment in _TO_SHIP):
        change.columns["invoiced_at"] = to_text(erp.invoiced_at) if erp.invoiced_at else None
        change.note("invoiced" if erp.complete else "invoiced-partly", sale=erp.sale_number)
    if news and before.cancellation in (Cancellation.CANCELLED, Cancellation.REFUSING):
        state = replace(state, alarm=DO_NOT_DISPATCH)
    change.state = state
    change.moved |= moved
    change.set("sale_cancelled", 0)
    change.heal(INVOICE_CANCELLED, SALE_CANCELLED_LATE)
    if not erp_lines.invoice_differs(change.db, change.id, complete=erp.complete):
        change.heal(INVOICED_DIFFERS)
    elif moved or news:
        change.note(INVOICED_DIFFERS)
        change.park(INVOICED_DIFFERS)


def _not_invoiced(change: _Change) -> None:
    """Nothing of it is a sale; where something was, the goods are back and nobody has reserved them.

    Its flag may stand all the same, for what was never sold of it or by oversight, and no amount is told apart from
    other orders': we hold back all of it, so that at worst some pieces are held twice until a person has looked.
    """
    erp, before = change.erp, change.before
    news = change.set("sale_cancelled", int(erp.sale_cancelled)) and erp.sale_cancelled
    if not news and before.fulfilment not in _TO_SHIP:
        return
    change.state = change.state.after(Event.INVOICE_UNDONE)
    if change.state.fulfilment is Fulfilment.SHORT:
        erp_lines.lines_invoiced(change.db, change.id, {}, rest_reserved=False)
        change.heal(INVOICED_DIFFERS, NFE_CANCELLED)
        if before.alive:
            change.park(INVOICE_CANCELLED)
        elif before.cancellation is Cancellation.CANCELLED or _seen_late(before):
            # As they were asked to: now it can be cancelled there too.
            effects.decide(change.db, change.id, Kind.ERP_CANCEL, change.now, part=f"undone:{erp.sale_number}")
    else:
        change.park(SALE_CANCELLED_LATE)
    change.note("invoice-undone")


def _seen_late(state: State) -> bool:
    """Cancelled in the channel after approval, and a person has seen that it is."""
    return state.cancellation is Cancellation.LATE and state.alarm is None


def _edited(change: _Change) -> None:
    """Staff lowered, raised, removed or added lines."""
    if erp_lines.lines_held(change.db, change.id, _e4(change.erp.holds)):
        change.note("edited-in-erp")


def _cancelled(change: _Change) -> None:
    """Staff cancelled the order or struck out all of it, or took that back.

    What we cancel ourselves for a sale typed again is no news; while a refusal is on its way, it is not yet known
    whether what they did is.
    """
    erp, before = change.erp, change.before
    is_over = erp.cancelled or not erp.holds
    if change.row["linked_sale"] or before.cancellation is Cancellation.REFUSING:
        return
    if not change.set("erp_cancelled", int(is_over)) or not before.alive:
        return
    if not is_over:
        if not erp.sold:  # else its sale has said already what of it is to be held back
            orders.lines_unreserved(change.db, change.id)
            change.state = change.state.after(Event.FELL_SHORT)
        change.heal(CANCELLED_IN_ERP)
        change.note("reopened-in-erp")
    elif not erp.sold:
        orders.lines_let_go(change.db, change.id)
        change.park(CANCELLED_IN_ERP)
        change.note("cancelled-in-erp")


def _fiscal(change: _Change) -> None:
    """The sale's number, and the NF-e as far as it stands."""
    erp = change.erp
    if erp.nfe_key and change.set("nfe_key", erp.nfe_key):
        change.note("nfe", number=erp.nfe_number)
    for column, value in (("sale_number", erp.sale_number), ("nfe_number", erp.nfe_number)):
        if value:
            change.set(column, value)
    news = change.set("nfe_cancelled", int(erp.nfe_cancelled))
    if erp.nfe_cancelled:
        change.set("nfe_key", None)  # nobody is sent a document that does not stand
        if news:
            change.park(NFE_CANCELLED)
            change.note(NFE_CANCELLED, number=change.row["nfe_number"])
    else:
        change.heal(NFE_CANCELLED)


def _returned(change: _Change) -> None:
    """Goods came back to the store. Whether the buyer gets his money is a person's to decide."""
    if not erp_lines.lines_returned_in_erp(change.db, change.id, _e4(change.erp.returned)):
        return
    change.note(RETURNED_IN_ERP, skus=", ".join(sku for sku, _ in change.erp.returned))
    if erp_lines.returns_unknown_to_channel(change.db, change.id):
        change.park(RETURNED_IN_ERP)
    else:
        change.heal(RETURNED_IN_ERP)
    if not erp_lines.credited_and_out(change.db, change.id):
        change.heal(credited_in_shop.CREDITED)


def _at_the_desk(change: _Change) -> None:
    """What the people of the store say of it: packed, and a status of their own naming."""
    erp = change.erp
    if change.before.cancellation is Cancellation.REFUSING:
        return  # what needs a person is told once it is known whether the order lives
    if erp.packed and change.row["packed_at"] is None:
        change.columns["packed_at"] = to_text(change.now)
        change.note("packed")
    elif not erp.packed:
        change.set("packed_at", None)
    change.set("erp_meaning", erp.status)
    if change.set("erp_status", erp.status_name) and change.row["erp_status"]:
        change.note("erp-status", status=erp.status_name)
    needs_person = erp.status in (ErpStatus.PROBLEM, ErpStatus.CANCELLED)
    if not needs_person:
        change.heal(STATUS_PROBLEM)
    elif change.row["erp_meaning"] != erp.status and change.before.alive:
        change.park(STATUS_PROBLEM, status=erp.status_name)


def _unwanted(change: _Change) -> None:
    """What the shop has cancelled and C-Plus still has."""
    row = dict(change.row) | change.columns
    judged = cancelled_in_part.judge(change.db, row, change.state, change.now)
    change.state, change.params = judged.state, judged.params or change.params
    change.set("unwanted", judged.unwanted)


def _e4(quantities: Iterable[tuple[str, Decimal]]) -> dict[str, int]:
    return {sku: to_e4(quantity) for sku, quantity in quantities}
