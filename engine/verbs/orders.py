"""What people may ask of an order: decide it, take that back, deal with what keeps it from going on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine import cancelled_in_part, lost_orders, order_flow
from engine.model.erp import OTHER_ENGINE
from engine.orders import NOT_IN_ERP, RETURNED_IN_ERP, Cancellation, Event, Payment, State, observe
from engine.ports import Capabilities
from engine.runtime.commands import EVERYONE, OWNER_ONLY, AnyVerb, Ask, Outcome, Verb
from engine.sole_writer import other_engine
from engine.store import effects, orders
from engine.store.audit import audit
from engine.store.database import touch
from engine.store.effects import Kind
from engine.store.instants import later, to_text
from engine.verbs.decisions import DECISIONS, Decision, reason_of
from engine.verbs.order_asked import find_order, order_subject
from engine.verbs.refusal import refusal
from engine.verbs.said import said_verbs

ChannelOf = Callable[[str], Capabilities | None]
"""What the channel of an account can do; None of one that the settings name no more."""


Apply = Callable[[sqlite3.Connection, Ask], Outcome]


def order_verbs(undo_s: Callable[[], int], channel_of: ChannelOf) -> list[AnyVerb]:
    """The verbs about orders; `undo_s` = how long a decision can be taken back."""
    return [
        *(
            Verb(decision.name, EVERYONE, _by_the_writer(_decide(decision, undo_s, channel_of)))
            for decision in DECISIONS
        ),
        Verb("withdraw", EVERYONE, _withdraw),
        Verb("send_now", OWNER_ONLY, _send_now),
        Verb("acknowledge_alarm", EVERYONE, _acknowledge_alarm),
        Verb("unpark", EVERYONE, _unpark),
        Verb("rewrite", EVERYONE, _by_the_writer(_rewrite)),
        *said_verbs(),
    ]


def _by_the_writer(apply: Apply) -> Apply:
    """Only of the engine that writes into the ERP: what another one decides nobody would carry out."""

    def checked(db: sqlite3.Connection, ask: Ask) -> Outcome:
        other = other_engine(db)
        return apply(db, ask) if other is None else refusal(OTHER_ENGINE, **other)

    return checked


def _decide(decision: Decision, undo_s: Callable[[], int], channel_of: ChannelOf) -> Apply:
    def apply(db: sqlite3.Connection, ask: Ask) -> Outcome:
        row = find_order(db, ask)
        if isinstance(row, Outcome):
            return row
        before = orders.state_of(row)
        if decision.name in ("approve", "refuse") and before.payment is Payment.REVIEW:
            return refusal("in-review", order=row["number"])
        if not decision.allowed(before):
            return refusal(decision.why_not, order=row["number"])
        if before.held and not decision.held_too:
            return refusal("is-held", order=row["number"])
        channel = channel_of(row["account"])
        if channel is None:
            return refusal("no-such-account", account=row["account"])
        if not decision.needs(channel):
            return refusal(decision.cannot, order=row["number"])
        lacking = decision.check(db, row["id"], ask)
        if lacking is not None:
            return lacking
        not_before = later(ask.now, undo_s()) if undo_s() else None
        columns: dict[str, Any] = dict(decision.columns(ask))
        if decision.decision:
            columns |= {"decision": decision.decision, "decided_by": ask.who, "decided_at": to_text(ask.now)}
        if decision.effect in effects.ENDS_ORDER:
            effects.withdraw_all_decided(db, row["id"], ask.now)
        was, now = decision.said(db, row["id"], ask)
        args, part = decision.args(db, row["id"], ask), decision.part(db, row["id"])
        # Before the effect stands: what is kept tells another order's tracking codes from this one's of an earlier try.
        decision.keep(db, row["id"], part, ask)
        effects.decide(db, row["id"], decision.effect, ask.now, part=part, args=args, not_before=not_before)
        after = before.after(decision.event) if decision.event else before
        if decision.settles:
            after = replace(after, parked=None)
        orders.move(db, row["id"], after, came_back_at=None, **columns)
        orders.note_event(db, row["id"], ask.who, decision.name, {k: str(v) for k, v in columns.items()}, ask.now)
        told = {**_axes(before), **was}, {**_axes(after), **now}
        audit(db, ask, decision.name, order_subject(row), *told, reason_of(ask))
        return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))

    return apply


def _axes(state: State) -> dict[str, str]:
    return {"payment": state.payment, "fulfilment": state.fulfilment, "cancellation": state.cancellation}


_UNDONE_BY = {
    Kind.ACCEPT: Event.ACCEPT_FAILED,
    Kind.DENY: Event.CANCEL_FAILED,
    Kind.CAPTURE: Event.CAPTURE_FAILED,
    Kind.CANCEL: Event.CANCEL_FAILED,
    Kind.SHIP: Event.SHIP_FAILED,
    Kind.REFUND: None,  # nothing had moved but the reason, which stands again
    Kind.CREDIT_SHORT: None,
    Kind.ERP_DELIVERY: None,
}


def _send_now(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Every decision in its grace time leaves now: whoever hosts the engine wants to end it."""
    numbers = effects.end_grace(db, ask.now)
    audit(db, ask, "send_now", "decisions", None, {"orders": numbers})
    touch(db, "orders")
    return Outcome({"orders": numbers}, wake=(("*", "effects"),))


def _withdraw(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """Take a decision back that has not left."""
    row = find_order(db, ask)
    if isinstance(row, Outcome):
        return row
    before = orders.state_of(row)
    told = orders.told(db, row["account"], row["external_id"])
    for kind, event in _UNDONE_BY.items():
        if effects.withdraw(db, row["id"], kind, ask.now):
            after = observe(before.after(event), told) if event else before
            if kind is Kind.REFUND:
                after = replace(before, parked=RETURNED_IN_ERP)
            if kind in effects.ENDS_ORDER and row["erp_written_at"] is None:
                effects.decide_again(db, row["id"], Kind.ERP_ORDER, ask.now)  # the refusal had withdrawn it
            orders.move(db, row["id"], after, decision=None, decided_by=None, decided_at=None)
            orders.note_event(db, row["id"], ask.who, "withdrawn", {"effect": str(kind)}, ask.now)
            audit(db, ask, "withdraw", order_subject(row), _axes(before), _axes(after))
            return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))
    return refusal("nothing-to-take-back", order=row["number"])


def _acknowledge_alarm(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """A person has seen the alarm and deals with it."""
    row = find_order(db, ask)
    if isinstance(row, Outcome):
        return row
    after = replace(orders.state_of(row), alarm=None)
    if after.cancellation is Cancellation.LATE and not after.sold:
        order_flow.die(db, row["id"], ask.now)  # approved and never sold: nothing but its goods is left to give back
    return _seen(db, ask, row, after, row["alarm"])


def _unpark(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """A person has dealt with the reason; the channel's next word counts, and what waited is tried again now."""
    row = find_order(db, ask)
    if isinstance(row, Outcome):
        return row
    if row["parked"] in NOT_IN_ERP and not lost_orders.leave(db, row):
        return refusal("must-be-written-again", order=row["number"])
    effects.hasten(db, row["id"])
    after = cancelled_in_part.settle(db, row, orders.state_of(row))
    return _seen(db, ask, row, replace(after, parked=None), row["parked"])


def _rewrite(db: sqlite3.Connection, ask: Ask) -> Outcome:
    """An order that the ERP lacks, restored or by a hand that deleted it, is written there again."""
    row = find_order(db, ask)
    if isinstance(row, Outcome):
        return row
    if row["parked"] not in NOT_IN_ERP:
        return refusal("not-missing", order=row["number"])
    lost_orders.write_again(db, row["id"], ask.now)
    orders.note_event(db, row["id"], ask.who, ask.verb, {}, ask.now)
    audit(db, ask, ask.verb, order_subject(row), row["parked"], None, reason_of(ask))
    return Outcome({"order": row["id"]}, wake=((row["account"], "effects"),))


def _seen(db: sqlite3.Connection, ask: Ask, row: sqlite3.Row, after: State, what: str | None) -> Outcome:
    """What a person has dealt with stands in his way no more."""
    orders.move(db, row["id"], after, came_back_at=None)
    orders.note_event(db, row["id"], ask.who, ask.verb, {"was": what}, ask.now)
    audit(db, ask, ask.verb, order_subject(row), what, None, reason_of(ask))
    return Outcome({"order": row["id"]}, wake=((row["account"], "orders"), (row["account"], "effects")))
