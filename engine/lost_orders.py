"""Orders that C-Plus does not have any more: it was restored from a backup older than they are, or staff deleted them.

They stand aside, as orders that C-Plus never had, and wait for a person: nobody else has them written again. Until then
a lost order's goods stay promised, for the restored base counts them as free; those of a deleted one are anybody's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from engine.amounts import to_cents
from engine.model.erp import BY_ERP, GONE_FROM_ERP, ErpOrderState
from engine.orders import MISSING_IN_ERP, Cancellation, Event, Fulfilment
from engine.ports import Erp
from engine.store import effects, orders
from engine.store.database import Store
from engine.store.effects import Kind
from engine.store.instants import to_text

KEYS_PER_READ = 500
DONE_LOOKED_FOR = timedelta(days=90)
"""No backup that anybody goes on working with is older; and old orders may have been tidied away in the ERP."""


_KNOWN_OF_IT = (
    "erp_key",
    "erp_number",
    "erp_written_at",
    "erp_total_cents",
    "erp_meaning",
    "linked_sale",
    "packed_at",
    "unwanted",
)
"""What the order loses with its row there. Of its sale the number and the NF-e stay to be seen: that one stands.

The key too: a base without counters gives the highest one to the next order when it is free again.
"""
_NOTHING: dict[str, Any] = dict.fromkeys(_KNOWN_OF_IT) | {"erp_status": "", "erp_cancelled": 0, "sale_cancelled": 0}


@dataclass(frozen=True, slots=True)
class Written:
    """What we know of an order that we wrote."""

    id: int
    key: str
    reference: str
    total_cents: int | None


def written(db: sqlite3.Connection, done_since: str) -> list[Written]:
    """The orders that stand in the ERP by our records; those that are done only when they were written since."""
    rows = db.execute(
        "SELECT id, erp_key, COALESCE(erp_reference, reference), erp_total_cents FROM sales_order"
        " WHERE erp_written_at IS NOT NULL AND (queue <> 'done' OR erp_written_at >= ?) ORDER BY erp_key",
        (done_since,),
    )
    return [Written(*row) for row in rows]


async def missing(store: Store, erp: Erp, now: datetime) -> list[int]:
    """Our ids of the orders that the ERP does not have.

    A key that the restored counters gave to another order again shows itself by reference and total; an order whose
    reference was only edited keeps its total.
    """
    since = to_text(now - DONE_LOOKED_FOR)
    ours = await store.read(lambda db: written(db, since))
    lost: list[int] = []
    for start in range(0, len(ours), KEYS_PER_READ):
        page = ours[start : start + KEYS_PER_READ]
        there = {state.key: state for state in (await erp.snapshot([one.key for one in page], stock=False)).orders}
        lost += [one.id for one in page if not _is_ours(one, there.get(one.key))]
    return lost


def _is_ours(one: Written, state: ErpOrderState | None) -> bool:
    if state is None:
        return False
    return state.reference == one.reference or to_cents(state.total) == one.total_cents


def stand_aside(db: sqlite3.Connection, lost: Sequence[int], now: datetime) -> None:
    """Take these orders as what they are in the restored base: not there."""
    for order_id in lost:
        row = orders.get(db, order_id)
        if row is None or row["erp_written_at"] is None:
            continue
        before = orders.state_of(row)
        if before.cancellation is Cancellation.CANCELLED:
            effects.withdraw_in_erp(db, order_id, now)
            orders.move(db, order_id, before, **_NOTHING)
            orders.lines_let_go(db, order_id)
            orders.note_event(db, order_id, BY_ERP, MISSING_IN_ERP, {"number": row["erp_number"]}, now)
        else:
            _aside(db, row, MISSING_IN_ERP, now)
            orders.lines_lost(db, order_id)


def deleted(db: sqlite3.Connection, key: str, now: datetime) -> bool:
    """The ERP has no order under this key any more, and was not restored: staff deleted it. True when something moved.

    An order that was sold needs its row there no more. One that is as unknown there as if it had never been written
    makes nobody take the base for an older one.
    """
    row = orders.by_erp_key(db, key)
    if row is None:  # it has been found missing while the snapshot was read
        return False
    state = orders.state_of(row)
    if not state.alive or state.sold or row["linked_sale"]:
        return False
    _aside(db, row, GONE_FROM_ERP, now)
    orders.lines_let_go(db, row["id"])
    return True


def _aside(db: sqlite3.Connection, row: sqlite3.Row, reason: str, now: datetime) -> None:
    """Whatever else it stood aside for: before it is written again, nothing can be done with it."""
    effects.withdraw_in_erp(db, row["id"], now)
    params = {"number": row["erp_number"]}
    state = replace(orders.state_of(row).after(Event.LOST_IN_ERP), parked=reason)
    orders.move(db, row["id"], state, parked_params=params, **_NOTHING)
    orders.note_event(db, row["id"], BY_ERP, reason, params, now)


def write_again(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """A person wants it written again: under new codes, with its old reference. Its goods are held for it from now."""
    row = orders.get(db, order_id)
    assert row is not None, "a person has seen it"
    orders.lines_lost(db, order_id)
    tries = db.execute(
        "SELECT COUNT(*) FROM effect WHERE order_id = ? AND kind = ?", (order_id, Kind.ERP_ORDER)
    ).fetchone()[0]
    effects.decide(db, order_id, Kind.ERP_ORDER, now, part=f"again:{tries}")
    orders.move(db, order_id, replace(orders.state_of(row), parked=None))


def leave(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """A person has settled by hand what has left the house or is cancelled; False while the ERP must still have it."""
    state = orders.state_of(row)
    if state.alive and state.fulfilment is not Fulfilment.SHIPPED:
        return False
    orders.lines_let_go(db, row["id"])
    return True
