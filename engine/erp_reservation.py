"""What a snapshot of the ERP says of an order's reservation and reference, where staff changed them there by hand.

The truth about a reservation is the ERP's: goods that staff set free are promised again, goods that they reserved
themselves are not held back twice. A reference that they edited is shown, and the order stays known by its key.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from engine.model.erp import BY_ERP, ErpOrderState
from engine.orders import Event, Fulfilment, Queue
from engine.store import effects, orders
from engine.store.effects import Kind
from engine.store.instants import to_text
from engine.store.problems import clear_problem, raise_problem

REFERENCE_EDITED = "erp-reference-edited"
_OURS = (Kind.ERP_ORDER, Kind.ERP_RESERVE, Kind.ERP_RELEASE, Kind.ERP_CANCEL)


def take_over(db: sqlite3.Connection, erp: ErpOrderState, now: datetime) -> bool:
    """Bring the order under this key to what the ERP says; True when something of it moved."""
    row = orders.by_erp_key(db, erp.key)
    if row is None or row["erp_written_at"] is None:
        return False
    _reference(db, row, erp, now)
    open_there = not erp.cancelled and not erp.sold
    return open_there and _reservation(db, row, erp, now)


def _reservation(db: sqlite3.Connection, row: sqlite3.Row, erp: ErpOrderState, now: datetime) -> bool:
    state, order_id = orders.state_of(row), row["id"]
    if not state.alive or effects.pending(db, order_id, _OURS):
        return False  # what we are doing there ourselves tells its own story
    if erp.sale_cancelled:
        return False  # its flag may be of what was sold and came back, which nobody has reserved
    if erp.reserved and state.fulfilment is Fulfilment.SHORT:
        # What took nothing before may be counted by now: the ERP is asked, and until then all of it is given back.
        orders.set_uncontrolled(db, order_id, ())
        effects.decide(db, order_id, Kind.ERP_RESERVE, now, part=f"told:{to_text(now)}")
        orders.lines_reserved(db, order_id, shown=True)
        event, what = Event.RESERVED_LATER, "reserved-in-erp"
    elif not erp.reserved and state.fulfilment is Fulfilment.RESERVED and orders.shown_as_reserved(db, order_id):
        orders.lines_unreserved(db, order_id)
        event, what = Event.FELL_SHORT, "unreserved-in-erp"
    else:
        return False
    orders.move(db, order_id, state.after(event))
    orders.note_event(db, order_id, BY_ERP, what, {}, now)
    return True


def _reference(db: sqlite3.Connection, row: sqlite3.Row, erp: ErpOrderState, now: datetime) -> None:
    subject, ours = f"order:{row['id']}", row["erp_reference"] or row["reference"]
    if erp.reference == ours or row["queue"] == Queue.DONE:
        clear_problem(db, row["account"], REFERENCE_EDITED, subject)
        return
    params = {"order": row["number"], "ours": ours, "theirs": erp.reference, "erp_number": erp.number}
    raise_problem(db, row["account"], REFERENCE_EDITED, subject, params, "", "problem", now)
