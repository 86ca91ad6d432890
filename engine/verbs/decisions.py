"""What a person may decide of an order: when, what it moves, which effect it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.amounts import to_e4
from engine.orders import GONE_FROM_SHOP, RETURNED_IN_ERP, Event, Fulfilment, Payment, State
from engine.ports import Capabilities
from engine.runtime.commands import Ask, Outcome
from engine.store import effects, erp_lines, orders
from engine.store.effects import Kind
from engine.verbs import shipment
from engine.verbs.refusal import refusal

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
    check: Callable[[sqlite3.Connection, int, Ask], Outcome | None] = lambda _db, _order, _ask: None
    keep: Callable[[sqlite3.Connection, int, str, Ask], None] = lambda _db, _order, _part, _ask: None
    needs: Callable[[Capabilities], bool] = lambda _: True  # what the channel must be able to do
    cannot: str = ""  # why not, where it is not
    settles: str | None = None  # the reason of a parked order that it deals with


def reason_of(ask: Ask) -> str:
    return " ".join(str(ask.args.get("reason", "")).split())[:REASON_CHARS_MAX]


def _check_reason(_db: sqlite3.Connection, _order_id: int, ask: Ask) -> Outcome | None:
    return None if reason_of(ask) else refusal("reason-missing")


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
    ),
)
