"""Orders whose time has come go back to a person: put aside, waiting for goods, or to be looked at, until now."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime

from engine.orders import State
from engine.store import orders, said
from engine.store.instants import to_text
from engine.store.said import Said

HOLD_OVER = "hold-over"
WAIT_OVER = "wait-over"
FOLLOW_UP = "follow-up"
_TOLD = {Said.HOLD: HOLD_OVER, Said.WAIT: WAIT_OVER, Said.NOTE: FOLLOW_UP}


def bring_back(db: sqlite3.Connection, account: str, now: datetime) -> int:
    """Every order of an account whose time is over stands on top of its list; answers how many.

    One that is over, shipped or cancelled, comes back for a note only: nothing else is left to do of it.
    """
    moved = set()
    for row in said.over(db, account, now):
        order_id, kind = row["order_id"], Said(row["kind"])
        order = orders.get(db, order_id)
        assert order is not None, "something is said of an order"
        before = orders.state_of(order)
        if kind is Said.NOTE:
            said.no_time_left(db, order_id, kind)
        else:
            said.forget(db, order_id, kind)
        after = _after(before, kind)
        if kind is not Said.NOTE and order["queue"] == "done":
            orders.move(db, order_id, after)
            continue
        orders.move(db, order_id, after, came_back_at=to_text(now))
        orders.note_event(db, order_id, account, _TOLD[kind], {"text": row["text"]}, now)
        moved.add(order_id)
    return len(moved)


def _after(state: State, kind: Said) -> State:
    return replace(state, held=False) if kind is Said.HOLD else state
