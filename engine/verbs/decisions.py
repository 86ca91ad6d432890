"""What a person may decide of an order: when, what it moves, which effect it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from engine.amounts import to_e4
from engine.delivery import corrected, one_line, recipient
from engine.errors import Refused
from engine.model.people import Recipient
from engine.orders import GONE_FROM_SHOP, RETURNED_IN_ERP, Event, Fulfilment, Payment, State
from engine.ports import Capabilities
from engine.runtime.commands import Ask, Outcome
from engine.store import effects, erp_lines, orders
from engine.store.effects import Kind
from engine.verbs import shipment
from engine.verbs.refusal import refusal

BeforeAfter = tuple[Mapping[str, str], Mapping[str, str]]

REASON_CHARS_MAX = 200  # the width of C-Plus' MOTIVOCANCELAMENTO


@dataclass(frozen=True, slots=True)
class Decision:
    """A verb that decides an order: when it may, what it moves, which effect it makes."""

    name: str
    allowed: Callable[[State], bool]
    why_not: str
    event: Event | None  # None: no axis moves
    effect: Kind
    decision: str | None = None
    columns: Callable[[Ask], Mapping[str, Any]] = lambda _: {}
    args: Callable[[sqlite3.Connection, int, Ask], Mapping[str, Any]] = lambda _db, _order, _ask: {}
    part: Callable[[sqlite3.Connection, int], str] = lambda _db, _order: ""
    said: Callable[[sqlite3.Connection, int, Ask], BeforeAfter] = lambda _db, _order, _ask: ({}, {})  # for the audit
    check: Callable[[sqlite3.Connection, int, Ask], Outcome | None] = lambda _db, _order, _ask: None
    keep: Callable[[sqlite3.Connection, int, str, Ask], None] = lambda _db, _order, _part, _ask: None
    needs: Callable[[Capabilities], bool] = lambda _: True  # what the channel must be able to do
    cannot: str = ""  # why not, where it is not
    settles: str | None = None  # the reason of a parked order that it deals with
    held_too: bool = False  # of an order that a person has put aside as well


def reason_of(ask: Ask) -> str:
    return " ".join(str(ask.args.get("reason", "")).split())[:REASON_CHARS_MAX]


def _check_reason(_db: sqlite3.Connection, _order_id: int, ask: Ask) -> Outcome | None:
    return None if reason_of(ask) else refusal("reason-missing")


def _check_short(db: sqlite3.Connection, order_id: int, ask: Ask) -> Outcome | None:
    """What is credited must be there to be credited, and something must go on."""
    row = orders.get(db, order_id)
    assert row is not None, "a decision is about an order"
    left = {line["line"]: line["ordered_e4"] - line["cancelled_e4"] for line in orders.lines(db, order_id)}
    if effects.pending(db, order_id, [Kind.CREDIT_SHORT]):
        return refusal("short-credited-already", order=row["number"])
    short = _short_lines(ask)
    if not short or any(not 0 < quantity <= left.get(line, 0) for line, quantity in short.items()):
        return refusal("nothing-short", order=row["number"])
    if sum(short.values()) == sum(left.values()):
        return refusal("all-short", order=row["number"])
    return None


def _short_lines(ask: Ask) -> dict[int, int]:
    """Our number of a line, and how much of it is credited, in ten-thousandths, as the asker was shown."""
    told = ask.args.get("lines")
    if not isinstance(told, dict):
        return {}
    return {int(line): quantity for line, quantity in told.items() if type(quantity) is int and str(line).isdecimal()}


def _short_args(db: sqlite3.Connection, order_id: int, ask: Ask) -> Mapping[str, Any]:
    """How much of each line shall have been credited in all; the freight is for what goes."""
    row = orders.get(db, order_id)
    assert row is not None, "a decision is about an order"
    short = {line["external_id"]: _short_lines(ask).get(line["line"], 0) for line in orders.lines(db, order_id)}
    shown = orders.told(db, row["account"], row["external_id"]).lines
    lines = {line.external_id: to_e4(line.returned) + short.get(line.external_id, 0) for line in shown}
    return {"lines": lines, "freight": False}


def _recipients(db: sqlite3.Connection, order_id: int, ask: Ask) -> tuple[Recipient, Recipient]:
    """Who gets the order as it stands, and as the asker corrects it. Raises Refused."""
    row = orders.get(db, order_id)
    assert row is not None, "a decision is about an order"
    stands = recipient(row, orders.told(db, row["account"], row["external_id"]))
    typed = ask.args.get("to")
    return stands, corrected(stands, typed if isinstance(typed, dict) else {})


def _check_delivery(db: sqlite3.Connection, order_id: int, ask: Ask) -> Outcome | None:
    if effects.pending(db, order_id, [Kind.ERP_DELIVERY]):
        return refusal("delivery-being-corrected")
    try:
        _recipients(db, order_id, ask)
    except Refused as error:
        return refusal(error.code, **error.params)
    return None


def _delivery_said(db: sqlite3.Connection, order_id: int, ask: Ask) -> BeforeAfter:
    was, now = _recipients(db, order_id, ask)
    return {"delivery": one_line(was)}, {"delivery": one_line(now)}


def _delivery_args(db: sqlite3.Connection, order_id: int, ask: Ask) -> Mapping[str, Any]:
    return {"to": msgspec.to_builtins(_recipients(db, order_id, ask)[1])}


def _refund_args(db: sqlite3.Connection, order_id: int, _ask: Ask) -> Mapping[str, Any]:
    """The freight goes back with the last of the goods, never with a part."""
    row = orders.get(db, order_id)
    assert row is not None, "a decision is about an order"
    shown = {
        line.external_id: to_e4(line.returned) for line in orders.told(db, row["account"], row["external_id"]).lines
    }
    lines = {line: shown.get(line, 0) + back for line, back in erp_lines.to_refund(db, order_id).items()}
    return {"lines": lines, "freight": erp_lines.all_came_back(db, order_id)}


DECISIONS = (
    Decision(
        "accept_payment",
        lambda s: s.alive and s.payment is Payment.REVIEW,
        "not-in-review",
        Event.PAYMENT_ACCEPTED,
        Kind.ACCEPT,
        "accept-payment",
        needs=lambda channel: channel.decides_reviews,
        cannot="in-review",
    ),
    Decision(
        "deny_payment",
        lambda s: s.alive and not s.committed and s.payment is Payment.REVIEW,
        "not-in-review",
        Event.REFUSED,
        Kind.DENY,
        "deny-payment",
        columns=lambda ask: {"decision_reason": reason_of(ask)},
        args=lambda _db, _order, ask: {"reason": reason_of(ask)},
        check=_check_reason,
        held_too=True,
        needs=lambda channel: channel.decides_reviews,
        cannot="in-review",
    ),
    Decision(
        "approve",
        lambda s: s.alive and s.payment is Payment.AUTHORIZED,
        "not-authorized",
        Event.APPROVED,
        Kind.CAPTURE,
        "approve",
    ),
    Decision(
        "confirm_payment",
        lambda s: s.alive and s.payment is Payment.PENDING,
        "payment-not-pending",
        Event.PAYMENT_CONFIRMED,
        Kind.CAPTURE,
        "confirm-payment",
    ),
    Decision(
        "refuse",
        lambda s: (
            s.alive
            and (not s.committed or s.parked == GONE_FROM_SHOP)  # nothing else ends an order that the shop deleted
            and s.payment not in (Payment.REVIEW, Payment.ACCEPTING)
        ),
        "too-late-to-refuse",
        Event.REFUSED,
        Kind.CANCEL,
        "refuse",
        columns=lambda ask: {"decision_reason": reason_of(ask)},
        check=_check_reason,
        held_too=True,
    ),
    Decision(
        "close_shipment",
        lambda s: s.alive and s.fulfilment in (Fulfilment.INVOICED, Fulfilment.PART_INVOICED) and s.alarm is None,
        "not-invoiced",
        Event.CLOSED,
        Kind.SHIP,
        columns=shipment.columns,
        args=shipment.args,
        part=lambda db, order_id: effects.next_part(db, order_id, Kind.SHIP),
        check=shipment.check,
        keep=shipment.keep,
    ),
    Decision(
        "refund",
        lambda s: s.parked == RETURNED_IN_ERP,
        "nothing-came-back",
        None,
        Kind.REFUND,
        args=_refund_args,
        part=lambda db, order_id: effects.next_part(db, order_id, Kind.REFUND),
        needs=lambda channel: channel.refunds,
        cannot="channel-no-refund",
        settles=RETURNED_IN_ERP,
        held_too=True,
    ),
    Decision(
        "correct_delivery",
        lambda s: s.alive and not s.sold,
        "sold-already",
        None,
        Kind.ERP_DELIVERY,
        args=_delivery_args,
        part=lambda db, order_id: effects.next_part(db, order_id, Kind.ERP_DELIVERY),
        check=_check_delivery,
        said=_delivery_said,
        held_too=True,
    ),
    Decision(
        "credit_short",
        lambda s: s.alive and s.payment is Payment.PAID and s.fulfilment is Fulfilment.SHORT,
        "not-short-and-paid",
        None,
        Kind.CREDIT_SHORT,
        args=_short_args,
        part=lambda db, order_id: effects.next_part(db, order_id, Kind.CREDIT_SHORT),
        check=_check_short,
        needs=lambda channel: channel.refunds,
        cannot="channel-no-refund",
        held_too=True,
    ),
)
