"""The packing desk: an order is scanned, then the codes of its parcels, then the next order.

A code goes to the order that was scanned last, and only while nothing in between was unreadable: what may have been
another order's number leaves no order on the desk, so that the code that follows finds none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from console.reading.orders import OrderRow
from console.reasons import cannot_ship
from console.shipping import barcodes
from console.shipping.carriers import Carrier, guess, is_misread

_CODE = re.compile(r"[A-Z0-9][A-Z0-9./\-]{5,39}")
"""What may be a code of a carrier whose form nobody knows."""


@dataclass(frozen=True, slots=True)
class DeskOrder:
    """An order as the desk knows it, with all that a scanner may read of it."""

    row: OrderRow
    reference: str
    nfe_key: str
    postcode: str

    def is_called(self, text: str) -> bool:
        """Whether this is one of its own numbers."""
        bare = text.lstrip("0")
        if not bare:
            return False
        return text in (self.row.number, self.reference, self.nfe_key) or bare == self.row.erp_number.lstrip("0")


@dataclass(frozen=True, slots=True)
class Found:
    """What the store knows of a scan: the orders that it names, and the order with whose parcel the code left."""

    orders: Sequence[DeskOrder] = ()
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """`carrier` "" = by the code. `volumes` and `shared` (a box with another order) are of the order on the desk."""

    order: DeskOrder | None = None
    codes: tuple[str, ...] = ()
    volumes: int = 1
    carrier: str = ""
    used: str = ""
    shared: bool = False

    def cleared(self) -> Desk:
        """No order on it; the carrier that a person chose stays."""
        return Desk(carrier=self.carrier)


@dataclass(frozen=True, slots=True)
class Closing:
    """A shipment to be closed."""

    order: DeskOrder
    carrier: str
    codes: tuple[str, ...] = ()
    taken_by: str = ""
    document: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What a scan led to. `said` is a code of console.shipping.texts; `tone` good, warn or bad (with a beep)."""

    desk: Desk
    said: str
    tone: str = "bad"
    params: Mapping[str, object] = field(default_factory=dict)
    closing: Closing | None = None
    among: Sequence[DeskOrder] = ()
    """The orders that were named, where a person has to say which."""


def chosen(desk: Desk, order: DeskOrder) -> Step:
    """A person has said which of several orders lies there."""
    return _order(desk.cleared(), order.row.number, Found([order]))


def scan(desk: Desk, text: str, found: Found, known: Sequence[Carrier]) -> Step:
    """What follows from what was read; `text` is as barcodes.scanned gives it."""
    key = barcodes.nfe_key(text)
    if key is not None:
        if not barcodes.is_nfe_key(key):
            return Step(desk.cleared(), "key-misread")
        return _order(desk, key, found) if found.orders else Step(desk.cleared(), "key-unknown", params={"text": key})
    if desk.order is None:
        return _without_order(desk, text, found, known)
    return _with_order(desk, desk.order, text, found, known)


def _order(desk: Desk, text: str, found: Found) -> Step:
    """One of its numbers was read."""
    left = desk.order
    if len(found.orders) > 1:
        names = ", ".join(f"{order.row.number} ({order.row.account})" for order in found.orders)
        params = {"text": text, "orders": names}
        return Step(desk.cleared(), "several-orders", params=params, among=found.orders)
    (order,) = found.orders
    params = {"number": order.row.number, "buyer": order.row.buyer}
    if left is not None and left.row.id == order.row.id:
        return Step(desk, "same-order", "warn", params)
    reason = cannot_ship(order.row)
    if reason is not None:
        return Step(desk.cleared(), "cannot-ship", params={**params, "reason": reason})
    taken = replace(desk.cleared(), order=order)
    if left is not None:
        return Step(taken, "left-open", "warn", {**params, "left": left.row.number})
    return Step(taken, "scan-code", "good", params)


def _without_order(desk: Desk, text: str, found: Found, known: Sequence[Carrier]) -> Step:
    if found.orders:
        return _order(desk, text, found)
    if found.holder:
        return Step(desk, "code-again", "warn", {"code": text, "number": found.holder})
    if guess(text, known):
        return Step(desk, "order-first", params={"code": text})
    return Step(desk, "nothing-found", params={"text": text})


def _with_order(desk: Desk, order: DeskOrder, text: str, found: Found, known: Sequence[Carrier]) -> Step:
    params = {"text": text, "code": text, "number": order.row.number}
    if order.is_called(text):
        return Step(desk, "same-order", "warn", {**params, "buyer": order.row.buyer})
    if barcodes.is_postcode(text) and text == order.postcode:
        return Step(desk, "is-postcode", params=params)
    whose = _whose(desk, text, known)
    if whose.proven:
        return _code(desk, order, text, whose.kinds[0], found)
    if found.orders:
        return _order(desk, text, found)
    if is_misread(text):
        return Step(desk, "code-misread", params=params)
    if barcodes.is_product(text) and not whose.named:
        return Step(desk, "is-product", params=params)
    if len(whose.kinds) == 1:
        return _code(desk, order, text, whose.kinds[0], found)
    if whose.kinds:
        return Step(desk, "several-carriers", params=params)
    if guess(text, known):
        return Step(desk, "not-of-carrier", params={**params, "carrier": desk.carrier})
    return Step(desk.cleared(), "unreadable", params=params)


class _Whose(NamedTuple):
    """The carriers whose code it may be, the chosen one alone where there is one; `named`: by its form."""

    kinds: Sequence[str]
    proven: bool = False
    named: bool = False


def _whose(desk: Desk, text: str, known: Sequence[Carrier]) -> _Whose:
    carriers = guess(text, known)
    proven = any(carrier.proven for carrier in carriers)
    if not desk.carrier:
        return _Whose([carrier.kind for carrier in carriers], proven, named=bool(carriers))
    if any(carrier.kind == desk.carrier for carrier in known):
        fits = any(carrier.kind == desk.carrier for carrier in carriers)
        return _Whose([desk.carrier] if fits else [], fits and proven, named=fits)
    assert desk.order is not None, "a code is looked at only for an order"
    may_be_a_number = text.isdecimal() and len(text) == len(desk.order.row.number)
    plausible = _CODE.fullmatch(text) is not None and not may_be_a_number
    return _Whose([desk.carrier] if proven or plausible else [], proven)


def _code(desk: Desk, order: DeskOrder, code: str, carrier: str, found: Found) -> Step:
    params = {"code": code, "number": order.row.number, "n": len(desk.codes) + 1, "volumes": desk.volumes}
    if found.holder and not desk.shared:
        return Step(desk, "code-used", params={**params, "number": found.holder})
    if code in desk.codes:
        return Step(desk, "volume-again", "warn", {**params, "n": len(desk.codes)})
    if desk.used not in ("", carrier):
        return Step(desk, "another-carrier", params=params)
    codes = (*desk.codes, code)
    if len(codes) < desk.volumes:
        return Step(replace(desk, codes=codes, used=carrier), "next-volume", "good", params)
    return Step(desk.cleared(), "closing", "good", params, Closing(order, carrier, codes, shared=desk.shared))
