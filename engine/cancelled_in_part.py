"""Goods that the shop cancelled of an order that goes on, while the ERP still holds them for it, or has sold them.

Only its staff take a line out of an order of C-Plus: no public evidence shows what else hangs on it there, and of one
sold in part nothing tells how much is still reserved, so giving that back could take another order's goods. They are
asked to, and the reason stands until C-Plus shows that they did. Meanwhile what the shop has cancelled is expected no
more: it is neither promised, nor shipped, nor waited for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.amounts import from_e4
from engine.errors import Param
from engine.orders import Event, Fulfilment, State
from engine.store import erp_lines, orders
from engine.store.erp_lines import Unwanted

REST_CANCELLED = "rest-cancelled-in-shop"
SOLD_AND_CANCELLED = "sold-and-cancelled-in-shop"
REASONS = frozenset({REST_CANCELLED, SOLD_AND_CANCELLED})

_UNFINISHED = frozenset(
    {Fulfilment.RESERVED, Fulfilment.SHORT, Fulfilment.PART_INVOICED, Fulfilment.PART_SHIPPING, Fulfilment.PART_SHIPPED}
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The order's state with the reason set or gone, and what is to be kept beside it."""

    state: State
    unwanted: str | None  # the column of that name
    params: Mapping[str, Param] | None = None  # of a reason that is news


def judge(db: sqlite3.Connection, row: Mapping[str, Any], state: State, now: datetime) -> Judged:
    """Look at an order after either side has moved; told once, unless nothing else is left for it to wait for."""
    reason, goods = _found(db, row, state)
    if not reason:
        return Judged(replace(state, parked=None) if state.parked in REASONS else state, None)
    if state.parked is not None and state.parked not in REASONS:
        return Judged(state, row["unwanted"])  # somebody else's reason goes first, and this one is told after it
    told = f"{reason}:{sum(one.quantity_e4 for one in goods)}"
    is_news = told != row["unwanted"]
    if not is_news and not _waits_for_nothing_else(db, row["id"], state):
        return Judged(state, told)
    params: dict[str, Param] = {"number": row["erp_number"], "goods": _named(goods)}
    if is_news:
        orders.note_event(db, row["id"], row["account"], reason, params, now)
    return Judged(replace(state, parked=reason), told, params)


def settle(db: sqlite3.Connection, row: sqlite3.Row, state: State) -> State:
    """A person has dealt with it: an order that waits for nothing else is over, whatever C-Plus goes on to show."""
    if row["parked"] != REST_CANCELLED or not _waits_for_nothing_else(db, row["id"], state):
        return state
    orders.lines_let_go(db, row["id"])
    return state.after(Event.REST_SETTLED)


def _found(db: sqlite3.Connection, row: Mapping[str, Any], state: State) -> tuple[str, list[Unwanted]]:
    """The reason, "" where there is none, and its goods: what could still be sold goes first."""
    if not state.alive or row["erp_written_at"] is None:
        return "", []
    goods = erp_lines.unwanted(db, row["id"])
    is_open = state.fulfilment in _UNFINISHED and not row["erp_cancelled"] and row["linked_sale"] is None
    held = [one for one in goods if not one.sold]
    if held and is_open:
        return REST_CANCELLED, held
    sold = [one for one in goods if one.sold]
    return (SOLD_AND_CANCELLED, sold) if sold else ("", [])


def _waits_for_nothing_else(db: sqlite3.Connection, order_id: int, state: State) -> bool:
    return state.fulfilment is Fulfilment.PART_SHIPPED and not erp_lines.left_to_invoice(db, order_id)


def _named(goods: Iterable[Unwanted]) -> str:
    return ", ".join(f"{from_e4(one.quantity_e4):f} × {one.name}" for one in goods)
