"""Goods that left and were credited in the shop, and that C-Plus has not taken back: will they come, or are they kept?

Nothing is done by itself: of a credit nobody knows whether the goods are on their way. Told once for each credit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from engine.amounts import from_e4
from engine.errors import Param
from engine.orders import State
from engine.store import erp_lines

CREDITED = "credited-in-shop"


def judge(
    db: sqlite3.Connection, order_id: int, known: Mapping[str, int], state: State
) -> tuple[State, Mapping[str, Param] | None]:
    """The state, and the params of the reason where it is news. known: what was out before the channel was read."""
    out = erp_lines.credited_and_out(db, order_id)
    if not out:
        return (replace(state, parked=None) if state.parked == CREDITED else state), None
    if state.parked is not None or all(quantity <= known.get(name, 0) for name, quantity in out.items()):
        return state, None
    goods = ", ".join(f"{from_e4(quantity):f} × {name}" for name, quantity in out.items())
    return replace(state, parked=CREDITED), {"goods": goods}
