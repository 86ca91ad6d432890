"""One order in full: buyer, address, lines with the stock of now, history, and what still has to happen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from console.formats import instant
from console.reading.orders import ORDERS, OrderRow, order_row
from console.reading.tasks import params_of
from console.safe_text import SafeText, safe, safe_lines

TOPICS = {"*", "orders", "stock-levels", "arrivals", "catalogue", "customers"}
"""What an order in full hangs on: itself, its goods in C-Plus, what is on order of them, and its buyer there."""

_ROW = ORDERS.format(which="o.id = ?")
_ORDER = """
SELECT o.raw_status, o.payment_label, o.buyer_document,
       o.buyer_email, o.buyer_phone, o.freight_cents, o.discount_cents, o.surcharge_cents, o.erp_total_cents,
       o.sale_number, o.nfe_number, o.nfe_key, o.invoiced_at, o.decided_by, o.decided_at, o.decision_reason, o.carrier,
       o.closed_at, o.note, o.parked_params, o.erp_status, o.erp_meaning, o.packed_at, o.nfe_cancelled, o.linked_sale,
       o.delivery,
       i.payload, c.erp_code, c.price_table, c.blocked, c.block_reason, c.credit_cents
FROM sales_order o
LEFT JOIN inbox i ON i.account = o.account AND i.external_id = o.external_id
LEFT JOIN customer c ON c.id = o.customer_id
WHERE o.id = ?
"""
_LINES = """
SELECT l.line, l.sku, l.name, l.unit_price_e4, l.discount_cents, l.ordered_e4, l.reserved_e4, l.invoiced_e4,
       l.shipped_e4, l.cancelled_e4, l.returned_e4, l.erp_holds_e4, l.erp_returned_e4, s.on_hand_e4,
       s.reserved_e4 AS stock_reserved_e4, p.code,
       (SELECT json_group_array(json_array(a.expected_on, a.quantity_e4)) FROM arrival a WHERE a.sku = l.sku)
       AS arrivals,
       COALESCE((SELECT value <> '0' FROM meta WHERE key = 'arrivals-known'), 1) AS arrivals_known
FROM order_line l
LEFT JOIN product p ON p.sku = l.sku
LEFT JOIN (
    SELECT sku, sum(on_hand_e4) AS on_hand_e4, sum(reserved_e4) AS reserved_e4 FROM stock_level
    WHERE sku IN (SELECT sku FROM order_line WHERE order_id = :id)
      AND (:companies = '[]' OR company IN (SELECT value FROM json_each(:companies)))
      AND (:sectors = '[]' OR sector IN (SELECT value FROM json_each(:sectors)))
    GROUP BY sku
) s ON s.sku = l.sku
WHERE l.order_id = :id ORDER BY l.line
"""
_PARTS = """
SELECT o.line, o.sku, o.quantity_e4, p.name, p.code, s.on_hand_e4, s.reserved_e4
FROM order_part o
LEFT JOIN product p ON p.sku = o.sku
LEFT JOIN (
    SELECT sku, sum(on_hand_e4) AS on_hand_e4, sum(reserved_e4) AS reserved_e4 FROM stock_level
    WHERE sku IN (SELECT sku FROM order_part WHERE order_id = :id)
      AND (:companies = '[]' OR company IN (SELECT value FROM json_each(:companies)))
      AND (:sectors = '[]' OR sector IN (SELECT value FROM json_each(:sectors)))
    GROUP BY sku
) s ON s.sku = o.sku
WHERE o.order_id = :id ORDER BY o.line, o.sku
"""
_EXTRA = """
SELECT e.sku, e.quantity_e4, p.name FROM invoiced_extra e LEFT JOIN product p ON p.sku = e.sku
WHERE e.order_id = ? ORDER BY e.sku
"""
_EVENTS = "SELECT at, who, what, params FROM order_event WHERE order_id = ? ORDER BY id"
_SAID = "SELECT kind, text, who, at, until FROM order_said WHERE order_id = ? ORDER BY at, kind"
_EFFECTS = """
SELECT kind, part, state, decided_at, not_before, settles_at, next_at, ended_at, attempts, error_code, error_detail
FROM effect WHERE order_id = ? ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Part:
    """What a kit's line takes of a product; ten-thousandths. Name and code are empty for one that no shop sells."""

    sku: SafeText
    code: SafeText
    name: SafeText
    in_one_e4: int  # of the kit
    on_hand_e4: int | None
    stock_reserved_e4: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line; quantities in ten-thousandths. Stock is None without a stock row, the code empty for an unknown SKU."""

    number: int
    sku: SafeText
    code: SafeText
    name: SafeText
    unit_price_e4: int
    discount_cents: int
    ordered_e4: int
    reserved_e4: int
    invoiced_e4: int
    shipped_e4: int
    cancelled_e4: int
    returned_e4: int
    erp_holds_e4: int | None  # what the order in C-Plus says now; None = not read since it was written
    erp_returned_e4: int
    on_hand_e4: int | None
    stock_reserved_e4: int | None
    arrivals: tuple[tuple[date | None, int], ...] | None  # on order: (day expected, quantity); None = not known
    parts: tuple[Part, ...]  # of a kit


@dataclass(frozen=True, slots=True)
class Extra:
    """Invoiced in C-Plus beyond what was ordered; ten-thousandths."""

    sku: SafeText
    name: SafeText
    quantity_e4: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of the order's history."""

    at: datetime | None
    who: SafeText
    what: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a person said of the order; `kind` as engine.store.said has it."""

    kind: str
    text: SafeText
    who: SafeText
    at: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Something that must happen once, and how far it is."""

    kind: str
    part: SafeText
    state: str
    decided_at: datetime | None
    not_before: datetime | None
    settles_at: datetime | None
    next_at: datetime | None
    ended_at: datetime | None
    attempts: int
    error_code: str | None
    error_detail: SafeText


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """All that the order's page shows."""

    row: OrderRow
    raw_status: SafeText
    payment_label: SafeText
    document: str
    email: SafeText
    phone: SafeText
    customer_code: SafeText
    price_table: SafeText
    blocked: bool
    block_reason: SafeText
    credit_cents: int
    delivery_name: SafeText
    delivery_phone: SafeText
    address: dict[str, SafeText]
    message: tuple[SafeText, ...]
    freight_cents: int
    discount_cents: int
    surcharge_cents: int
    erp_total_cents: int | None
    sale_number: SafeText
    nfe_number: SafeText
    nfe_key: SafeText
    invoiced_at: datetime | None
    decided_by: SafeText
    decided_at: datetime | None
    decision_reason: SafeText
    carrier: SafeText
    closed_at: datetime | None
    note: tuple[SafeText, ...]
    parked_params: dict[str, Any]
    erp_status: SafeText
    erp_meaning: str
    packed_at: datetime | None
    nfe_cancelled: bool
    linked: bool
    said: tuple[Saying, ...]
    lines: tuple[Line, ...]
    extra: tuple[Extra, ...]
    history: tuple[Happening, ...]
    effects: tuple[EffectRow, ...]


Scope = tuple[Sequence[int], Sequence[str]]
"""The companies and sectors whose stock an account sells; empty = all."""


def order_detail(db: sqlite3.Connection, order: int, scopes: Mapping[str, Scope]) -> OrderDetail | None:
    """The order, with the stock of its SKUs that its account sells; None when it is not there."""
    short = db.execute(_ROW, [order]).fetchone()
    row = db.execute(_ORDER, [order]).fetchone()
    if short is None or row is None:
        return None
    companies, sectors = scopes.get(short["account"], ((), ()))
    told = params_of(row["payload"])
    delivery, name, phone = told.get("delivery"), told.get("delivery_name"), told.get("delivery_phone")
    if row["delivery"] is not None:
        to = params_of(row["delivery"])
        delivery, name, phone = to.get("address"), to.get("name"), to.get("phone")
    where = {"id": order, "companies": json.dumps(list(companies)), "sectors": json.dumps(list(sectors))}
    return OrderDetail(
        row=order_row(short),
        raw_status=safe(row["raw_status"]),
        payment_label=safe(row["payment_label"]),
        document=safe(row["buyer_document"]),
        email=safe(row["buyer_email"]),
        phone=safe(row["buyer_phone"]),
        customer_code=safe(row["erp_code"] or ""),
        price_table=safe(row["price_table"] or ""),
        blocked=bool(row["blocked"]),
        block_reason=safe(row["block_reason"] or ""),
        credit_cents=row["credit_cents"] or 0,
        delivery_name=safe(name or ""),
        delivery_phone=safe(phone or ""),
        address={k: safe(v) for k, v in delivery.items() if v} if isinstance(delivery, dict) else {},
        message=tuple(safe_lines(told.get("note") or "")),
        freight_cents=row["freight_cents"],
        discount_cents=row["discount_cents"],
        surcharge_cents=row["surcharge_cents"],
        erp_total_cents=row["erp_total_cents"],
        sale_number=safe(row["sale_number"] or ""),
        nfe_number=safe(row["nfe_number"] or ""),
        nfe_key=safe(row["nfe_key"] or ""),
        invoiced_at=instant(row["invoiced_at"]),
        decided_by=safe(row["decided_by"] or ""),
        decided_at=instant(row["decided_at"]),
        decision_reason=safe(row["decision_reason"] or ""),
        carrier=safe(row["carrier"] or ""),
        closed_at=instant(row["closed_at"]),
        note=tuple(safe_lines(row["note"])),
        parked_params=params_of(row["parked_params"]),
        erp_status=safe(row["erp_status"]),
        erp_meaning=row["erp_meaning"] or "",
        packed_at=instant(row["packed_at"]),
        nfe_cancelled=bool(row["nfe_cancelled"]),
        linked=row["linked_sale"] is not None,
        said=tuple(
            Saying(one["kind"], safe(one["text"]), safe(one["who"]), instant(one["at"]), instant(one["until"]))
            for one in db.execute(_SAID, [order]).fetchall()
        ),
        lines=_lines(db, where),
        extra=tuple(
            Extra(safe(extra["sku"]), safe(extra["name"] or ""), extra["quantity_e4"])
            for extra in db.execute(_EXTRA, [order]).fetchall()
        ),
        history=tuple(
            Happening(instant(event["at"]), safe(event["who"]), safe(event["what"]), params_of(event["params"]))
            for event in db.execute(_EVENTS, [order]).fetchall()
        ),
        effects=tuple(_effect(effect) for effect in db.execute(_EFFECTS, [order]).fetchall()),
    )


def _lines(db: sqlite3.Connection, where: Mapping[str, object]) -> tuple[Line, ...]:
    parts: dict[int, list[Part]] = {}
    for row in db.execute(_PARTS, where).fetchall():
        part = Part(
            sku=safe(row["sku"]),
            code=safe(row["code"] or ""),
            name=safe(row["name"] or ""),
            in_one_e4=row["quantity_e4"],
            on_hand_e4=row["on_hand_e4"],
            stock_reserved_e4=row["reserved_e4"],
        )
        parts.setdefault(row["line"], []).append(part)
    return tuple(_line(row, tuple(parts.get(row["line"], ()))) for row in db.execute(_LINES, where).fetchall())


def _line(row: sqlite3.Row, parts: tuple[Part, ...]) -> Line:
    return Line(
        number=row["line"],
        sku=safe(row["sku"]),
        code=safe(row["code"] or ""),
        name=safe(row["name"]),
        unit_price_e4=row["unit_price_e4"],
        discount_cents=row["discount_cents"],
        ordered_e4=row["ordered_e4"],
        reserved_e4=row["reserved_e4"],
        invoiced_e4=row["invoiced_e4"],
        shipped_e4=row["shipped_e4"],
        cancelled_e4=row["cancelled_e4"],
        returned_e4=row["returned_e4"],
        erp_holds_e4=row["erp_holds_e4"],
        erp_returned_e4=row["erp_returned_e4"],
        on_hand_e4=row["on_hand_e4"],
        stock_reserved_e4=row["stock_reserved_e4"],
        arrivals=_arrivals(row["arrivals"]) if row["arrivals_known"] else None,
        parts=parts,
    )


def _arrivals(text: str) -> tuple[tuple[date | None, int], ...]:
    """In the order in which they are expected; those without a day last."""
    found = sorted(json.loads(text), key=lambda arrival: arrival[0] or "~")
    return tuple((date.fromisoformat(expected) if expected else None, quantity_e4) for expected, quantity_e4 in found)


def _effect(row: sqlite3.Row) -> EffectRow:
    return EffectRow(
        kind=safe(row["kind"]),
        part=safe(row["part"]),
        state=row["state"],
        decided_at=instant(row["decided_at"]),
        not_before=instant(row["not_before"]),
        settles_at=instant(row["settles_at"]),
        next_at=instant(row["next_at"]),
        ended_at=instant(row["ended_at"]),
        attempts=row["attempts"],
        error_code=row["error_code"],
        error_detail=safe(row["error_detail"] or ""),
    )
