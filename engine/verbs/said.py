"""What people say of an order that neither side is told of: put it aside, wait for its goods, let a part go, a note.

Whatever is said takes the order down from the top of its list, where it may have come when a time was over.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.orders import Fulfilment, Payment, State
from engine.runtime.commands import EVERYONE, AnyVerb, Ask, Outcome, Verb
from engine.store import effects, orders, said
from engine.store.audit import audit
from engine.store.instants import from_text
from engine.store.said import Said
from engine.verbs.order_asked import find_order, order_subject
from engine.verbs.refusal import refusal

TEXT_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class Saying:
    """A verb that says something of an order, or ends what was said."""

    name: str
    allowed: Callable[[State], bool]
    why_not: str
    moves: Callable[[State], State] = lambda state: state
    says: Said | None = None
    ends: tuple[Said, ...] = ()
    text_needed: bool = False
    until_needed: bool = False
    alone: bool = False  # not while a decision of the order can still be taken back


def _short(state: State) -> bool:
    return state.alive and state.fulfilment is Fulfilment.SHORT


SAYINGS = (
    Saying(
        "hold",
        lambda s: s.alive and s.fulfilment not in (Fulfilment.SHIPPING, Fulfilment.SHIPPED),
        "nothing-to-hold",
        moves=lambda s: replace(s, held=True),
        says=Said.HOLD,
        text_needed=True,
        alone=True,
    ),
    Saying("take_up", lambda s: s.held, "not-held", moves=lambda s: replace(s, held=False), ends=(Said.HOLD,)),
    Saying(
        "wait_for_goods",
        _short,
        "not-short",
        moves=lambda s: replace(s, in_parts=False),
        says=Said.WAIT,
        ends=(Said.PART,),
        until_needed=True,
    ),
    Saying(
        "part_first",
        lambda s: _short(s) and s.payment in (Payment.PAID, Payment.CAPTURING),
        "not-short-and-paid",
        moves=lambda s: replace(s, in_parts=True),
        says=Said.PART,
        ends=(Said.WAIT,),
    ),
    Saying("short_again", _short, "not-short", moves=lambda s: replace(s, in_parts=False), ends=said.ABOUT_SHORT),
    Saying("note", lambda _: True, "", says=Said.NOTE),
)


def said_verbs() -> list[AnyVerb]:
    """The verbs; each answers the order."""
    return [Verb(saying.name, EVERYONE, _say(saying)) for saying in SAYINGS]


def _say(saying: Saying) -> Callable[[sqlite3.Connection, Ask], Outcome]:
    def apply(db: sqlite3.Connection, ask: Ask) -> Outcome:
        row = find_order(db, ask)
        if isinstance(row, Outcome):
            return row
        before = orders.state_of(row)
        if not saying.allowed(before):
            return refusal(saying.why_not, order=row["number"])
        if saying.alone and effects.in_grace(db, row["id"], ask.now):
            return refusal("decision-leaves", order=row["number"])
        text, until = _text(ask), ask.args.get("until")
        if saying.text_needed and not text:
            return refusal("reason-missing")
        if (until is not None or saying.until_needed) and not _to_come(until, ask.now):
            return refusal("time-missing")
        ended = (*saying.ends, *((saying.says,) if saying.says else ()))
        stood = said.of(db, row["id"])
        was = [{"text": stood[kind]["text"], "until": stood[kind]["until"]} for kind in ended if kind in stood]
        said.forget(db, row["id"], *ended)
        now = None
        if saying.says is not None and (text or until is not None or saying.says is not Said.NOTE):  # no empty note
            said.say_of(db, row["id"], saying.says, text, until, ask.who, ask.now)
            now = {"text": text, "until": until}
        orders.move(db, row["id"], saying.moves(before), came_back_at=None)
        what = saying.name + ("-until" if until is not None else "-gone" if saying.says and now is None else "")
        orders.note_event(db, row["id"], ask.who, what, {"text": text, "until": until or ""}, ask.now)
        audit(db, ask, saying.name, order_subject(row), was[-1] if was else None, now)
        return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))

    return apply


def _text(ask: Ask) -> str:
    return " ".join(str(ask.args.get("text", "")).split())[:TEXT_CHARS_MAX]


def _to_come(until: Any, now: datetime) -> bool:
    """Whether it is an instant as the store keeps it, and lies ahead."""
    try:
        return isinstance(until, str) and from_text(until) > now
    except ValueError:
        return False
