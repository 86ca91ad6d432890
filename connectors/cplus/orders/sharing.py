"""Where the goods of an order come from: each line from one place if one has them, else shared out. Pure.

A place is a company's sector of stock. C-Plus keeps one per order line, so a line that is shared out becomes several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from engine.amounts import CENT, ZERO

Place = tuple[int, str]
"""Company and sector."""


class Line(NamedTuple):
    """An open line of an order that takes goods; `place` is where they are, or will be looked for first."""

    key: str
    sku: str
    quantity: Decimal
    place: Place


class Share(NamedTuple):
    """A part of a line's quantity, taken from one place."""

    place: Place
    quantity: Decimal


Free = Mapping[tuple[str, Place], Decimal]
"""What is free of a SKU in a place, never below zero."""


def share_out(
    lines: Sequence[Line], places: Sequence[Place], free: Free
) -> tuple[dict[str, list[Share]], tuple[str, ...]]:
    """Shares by the key of their line, and the SKUs of which all places together have too little.

    The first place in the given order that has all of a line serves it; only where none has, several do.
    """
    left = dict(free)
    shares: dict[str, list[Share]] = {}
    short: dict[str, None] = {}
    for line in lines:
        found = _shares(line, places, left)
        if found is None:
            short[line.sku] = None
            continue
        shares[line.key] = found
        for place, quantity in found:
            left[line.sku, place] -= quantity
    return shares, tuple(short)


def by_row(parts: Iterable[tuple[str, Place, Decimal]]) -> list[tuple[tuple[str, Place], Decimal]]:
    """How much of each row of stock, in the one sequence in which everybody takes them: else two would deadlock."""
    rows: dict[tuple[str, Place], Decimal] = {}
    for sku, place, quantity in parts:
        rows[sku, place] = rows.get((sku, place), ZERO) + quantity
    return sorted(rows.items())


def parts_of(amount: Decimal, quantities: Sequence[Decimal]) -> list[Decimal]:
    """The amount in proportion to the quantities, each but the last to the cent, their sum exact, none below zero."""
    whole = sum(quantities, ZERO)
    parts: list[Decimal] = []
    reached = given = ZERO
    for quantity in quantities[:-1]:
        reached += quantity
        parts.append((amount * reached / whole).quantize(CENT, ROUND_HALF_UP) - given)
        given += parts[-1]
    return [*parts, amount - given]


def _shares(line: Line, places: Sequence[Place], left: Free) -> list[Share] | None:
    amounts = [(place, left.get((line.sku, place), ZERO)) for place in places]
    for place, amount in amounts:
        if amount >= line.quantity:
            return [Share(place, line.quantity)]
    shares: list[Share] = []
    lacking = line.quantity
    for place, amount in amounts:
        part = min(amount, lacking)
        if part > 0:
            shares.append(Share(place, part))
            lacking -= part
    return None if lacking else shares
