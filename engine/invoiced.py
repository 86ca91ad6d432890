"""Which lines of an order the ERP's quantities by SKU are for, and what of them no line asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Wanted(NamedTuple):
    """A line of an order: what the buyer ordered of a SKU, in ten-thousandths."""

    line: int
    sku: str
    ordered_e4: int


class Allotted(NamedTuple):
    """Quantities by line, never more than it ordered, and by SKU what is over; in ten-thousandths."""

    lines: dict[int, int]
    extra: dict[str, int]


def allot(lines: Iterable[Wanted], by_sku: Mapping[str, int]) -> Allotted:
    """Give the quantities of each SKU to its lines, the first line first."""
    left = dict(by_sku)
    given: dict[int, int] = {}
    for line in lines:
        given[line.line] = min(line.ordered_e4, left.get(line.sku, 0))
        if given[line.line]:
            left[line.sku] -= given[line.line]
    return Allotted(given, {sku: quantity for sku, quantity in left.items() if quantity > 0})
