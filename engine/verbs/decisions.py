"""What a person may decide of an order: when, what it moves, which effect it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.orders import Event, Fulfilment, Payment, State
from engine.runtime.commands import Ask, Outcome
from engine.store import effects, erp_lines
from engine.store.effects import Kind
from engine.verbs.refusal import refusal

REASON_CHARS_MAX = 200  # the width of C-Plus' MOTIVOCANCELAMENTO
TRACKING_CHARS_MAX = 60
WITHOUT_TRACKING = ("pickup", "own-driver")


@dataclass(frozen=True, slots=True)
class Decision:
    """A verb that decides an order: when it may, what it moves, which effect it makes."""

    name: str
    allowed: Callable[[State], bool]
    why_not: str
    event: Event
    effect: Kind
    decision: str | None = None
    columns: Callable[[Ask], Mapping[str, Any]] = lambda _: {}
    args: Callable[[sqlite3.Connection, int, Ask], Mapping[str, Any]] = lambda _db, _order, _ask: {}
    part: Callable[[sqlite3.Connection, int], str] = lambda _db, _order: ""
    check: Callable[[Ask], Outcome | None] = lambda _: None
    of_review: bool = False  # decides a payment in review: only where the channel takes that


def reason_of(ask: Ask) -> str:
    return " ".join(str(ask.args.get("reason", "")).split())[:REASON_CHARS_MAX]


def _check_reason(ask: Ask) -> Outcome | None:
    return None if reason_of(ask) else refusal("reason-missing")


def _carrier(ask: Ask) -> tuple[str, str, str]:
    """(kind, label for the buyer, tracking code) of a close_shipment."""
    carrier, _, label = str(ask.args.get("carrier", "")).partition(":")
    tracking = "".join(str(ask.args.get("tracking", "")).split()).upper()[:TRACKING_CHARS_MAX]
    names = {"correios": "Correios", "pickup": "Retirada na loja", "own-driver": "Entrega própria"}
    return carrier, label.strip()[:TRACKING_CHARS_MAX] or names.get(carrier, ""), tracking


def _check_shipment(ask: Ask) -> Outcome | None:
    carrier, label, tracking = _carrier(ask)
    if carrier not in ("correios", "carrier", *WITHOUT_TRACKING) or not label:
        return refusal("carrier-missing")
    if not tracking and carrier not in WITHOUT_TRACKING:
        return refusal("tracking-missing")
    return None


def _ship_columns(ask: Ask) -> Mapping[str, Any]:
    carrier, label, tracking = _carrier(ask)
    return {"carrier": label, "tracking": "" if carrier in WITHOUT_TRACKING else tracking}


def _ship_args(db: sqlite3.Connection, order_id: int, ask: Ask) -> Mapping[str, Any]:
    shown = _ship_columns(ask)
    return {
        "carrier": _carrier(ask)[0],
        "label": shown["carrier"],
        "tracking": shown["tracking"],
        "lines": erp_lines.to_ship(db, order_id),
    }


DECISIONS = (
    Decision(
        "accept_payment",
        lambda s: s.alive and s.payment is Payment.REVIEW,
        "not-in-review",
        Event.PAYMENT_ACCEPTED,
        Kind.ACCEPT,
        "accept-payment",
        of_review=True,
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
        of_review=True,
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
        lambda s: s.alive and not s.committed and s.payment not in (Payment.REVIEW, Payment.ACCEPTING),
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
        columns=_ship_columns,
        args=_ship_args,
        part=effects.next_shipment,
        check=_check_shipment,
    ),
)
