"""What a person's steps in C-Plus's own screens show about reservations. Pure: views in, evidence and a proposal out.

Public evidence names RESERVADOORCAMENTO and FLAGRESERVADO and not who keeps them in step, so each base is watched
while its own program reserves, cancels and invoices one piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from connectors.cplus.settings import Reservation

SETTLED_LOOKS = 2
"""Looks without a movement after which a step is over: a program may move flag and amount one after the other."""

ZERO = Decimal(0)


class Step(StrEnum):
    """What somebody did."""

    QUOTED = "quoted"  # an order with the product appeared, not reserved
    RESERVED = "reserved"
    RELEASED = "released"
    CANCELLED = "cancelled"
    INVOICED = "invoiced"
    SOLD = "sold"  # at a till, without an order
    OTHER = "other"  # only the stock moved


_TAKES = frozenset({Step.QUOTED, Step.RESERVED})


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as far as it concerns the product."""

    quantity: Decimal
    reserved: bool
    cancelled: bool
    invoiced: bool


@dataclass(frozen=True, slots=True)
class View:
    """The product at one moment: pieces over all companies and sectors, orders by CODORC, till sales by CODMOVPROD."""

    on_hand: Decimal
    reserved: Decimal
    orders: Mapping[str, OrderView]
    sales: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Seen:
    """A step and how the stock moved by it. `subject` is the order or sale; `alone` = nothing else happened then."""

    step: Step
    subject: str
    at: datetime
    quantity: Decimal
    reserved: Decimal
    on_hand: Decimal
    free_before: Decimal
    alone: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the steps show; None where they show nothing. `triggers`: those of the base that set the reserved amount."""

    reservation: Reservation | None
    releases_at_invoicing: Literal["erp", "integra"] | None
    till_kept: bool | None
    triggers: tuple[str, ...]
    seen: tuple[Seen, ...]

    @property
    def settings(self) -> dict[str, str]:
        """The keys of [erp.options] that follow from it."""
        found = {"reservation": self.reservation, "releases_at_invoicing": self.releases_at_invoicing}
        return {key: str(value) for key, value in found.items() if value is not None}


@dataclass(slots=True)
class Habit:
    """Takes one view after the other and tells each step once it is over."""

    triggers: tuple[str, ...] = ()
    seen: list[Seen] = field(default_factory=list)
    _base: View | None = None
    _last: View | None = None
    _pending: list[tuple[Step, str, Decimal]] = field(default_factory=list)
    _quiet: int = 0

    def take(self, view: View, at: datetime) -> Sequence[Seen]:
        """The steps that ended with this view."""
        if self._base is None or self._last is None:
            self._base = self._last = view
            return ()
        self._quiet = self._quiet + 1 if view == self._last else 0
        self._pending += _steps(self._last, view)
        self._last = view
        return self._settle(view, at) if self._quiet >= SETTLED_LOOKS else ()

    def finish(self, at: datetime) -> Sequence[Seen]:
        """The steps that were under way when the watch ended."""
        return () if self._last is None else self._settle(self._last, at)

    def proposal(self) -> Proposal:
        """What all steps together show."""
        by_order: dict[str, list[Seen]] = {}
        for seen in self.seen:
            if seen.alone and seen.subject:
                by_order.setdefault(seen.subject, []).append(seen)
        taken = {order: sum((s.reserved for s in steps if s.step in _TAKES), ZERO) for order, steps in by_order.items()}
        flagged = [s for s in self.seen if s.alone and s.step is Step.RESERVED]
        counted = [s for s in flagged if taken[s.subject] == s.quantity]
        released = {
            s.reserved == -s.quantity
            for s in self.seen
            if s.alone
            and s.step is Step.INVOICED
            and taken.get(s.subject) == s.quantity
            and s.reserved in (-s.quantity, 0)
        }
        sold_reserved = any(s.alone and s.step is Step.SOLD and s.free_before < s.quantity for s in self.seen)
        return Proposal(
            reservation=self._mode(bool(flagged), bool(counted)),
            releases_at_invoicing={True: "erp", False: "integra"}[released.pop()] if len(released) == 1 else None,  # type: ignore[arg-type]
            till_kept=False if sold_reserved else None,
            triggers=self.triggers,
            seen=tuple(self.seen),
        )

    def _mode(self, flagged: bool, counted: bool) -> Reservation | None:
        if not flagged:
            return None
        if not counted:  # a flag that nothing follows holds no goods back from anybody
            return Reservation.NONE
        return Reservation.FLAG if self.triggers else Reservation.FLAG_AND_AMOUNT

    def _settle(self, view: View, at: datetime) -> Sequence[Seen]:
        assert self._base is not None
        reserved, on_hand = view.reserved - self._base.reserved, view.on_hand - self._base.on_hand
        free = self._base.on_hand - self._base.reserved
        pending, self._pending, self._base = _merged(self._pending, view), [], view
        if not pending:
            return self._late(reserved, on_hand, free, at) if reserved or on_hand else ()
        alone = len(pending) == 1
        found = [
            Seen(step, subject, at, quantity, reserved, on_hand, free, alone) for step, subject, quantity in pending
        ]
        self.seen += found
        return found

    def _late(self, reserved: Decimal, on_hand: Decimal, free: Decimal, at: datetime) -> Sequence[Seen]:
        """The stock moved by itself: the end of a step whose amount came later than its flag, else somebody else's."""
        last = self.seen[-1] if self.seen else None
        if last is not None and last.alone and not last.reserved and not on_hand and abs(reserved) == last.quantity:
            self.seen[-1] = late = replace(last, reserved=reserved)
        else:
            late = Seen(Step.OTHER, "", at, ZERO, reserved, on_hand, free, alone=True)
            self.seen.append(late)
        return (late,)


def _merged(steps: Sequence[tuple[Step, str, Decimal]], view: View) -> list[tuple[Step, str, Decimal]]:
    """A program may write an order first and its flag or its sale's link later: that is one step, not two."""
    reserved = {subject for step, subject, _ in steps if step is Step.RESERVED}
    return [
        (step, subject, quantity)
        for step, subject, quantity in steps
        if not (step is Step.QUOTED and subject in reserved) and not (step is Step.SOLD and subject not in view.sales)
    ]


def _steps(before: View, after: View) -> Iterator[tuple[Step, str, Decimal]]:
    for key, order in after.orders.items():
        step = _step(before.orders.get(key), order)
        if step is not None:
            yield step, key, order.quantity
    for key, order in before.orders.items():
        if key not in after.orders and not order.cancelled:
            yield Step.CANCELLED, key, order.quantity  # deleted
    for key, quantity in after.sales.items():
        if key not in before.sales:
            yield Step.SOLD, key, quantity


def _step(before: OrderView | None, now: OrderView) -> Step | None:
    if now.invoiced and not (before is not None and before.invoiced):
        return Step.INVOICED
    if now.cancelled and not (before is not None and before.cancelled):
        return Step.CANCELLED
    if now.reserved and not (before is not None and before.reserved):
        return Step.RESERVED
    if before is None:
        return Step.QUOTED
    if before.reserved and not now.reserved and not now.invoiced and not now.cancelled:
        return Step.RELEASED
    return None
