"""Which lines of an order the ERP's quantities by SKU are for, and what of them no line asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from engine.amounts import E4_PER_UNIT


class Wanted(NamedTuple):
    """What a line of an order takes of a SKU, in ten-thousandths; `in_one_e4` is in one of the line, if it is a kit."""

    line: int
    sku: str
    ordered_e4: int
    in_one_e4: int = E4_PER_UNIT


class Allotted(NamedTuple):
    """Quantities by line, never more than it ordered, and by SKU what is over; in ten-thousandths.

    Of a kit those are complete that all parts suffice for; `goods` has each part by line and SKU.
    """

    lines: dict[int, int]
    extra: dict[str, int]
    goods: dict[tuple[int, str], int]


def allot(wanted: Iterable[Wanted], by_sku: Mapping[str, int]) -> Allotted:
    """Give the quantities of each SKU to its lines, the first line first."""
    left = dict(by_sku)
    lines: dict[int, int] = {}
    goods: dict[tuple[int, str], int] = {}
    for one in wanted:
        given = min(one.ordered_e4, left.get(one.sku, 0))
        if given:
            left[one.sku] -= given
        goods[one.line, one.sku] = given
        suffices_for = _of_line(one, given)
        lines[one.line] = min(lines.get(one.line, suffices_for), suffices_for)
    return Allotted(lines, {sku: quantity for sku, quantity in left.items() if quantity > 0}, goods)


def _of_line(wanted: Wanted, given_e4: int) -> int:
    """How much of the line is complete with so much of one of its SKUs; half a kit is none."""
    of_line = given_e4 * E4_PER_UNIT // wanted.in_one_e4
    if wanted.in_one_e4 == E4_PER_UNIT or given_e4 == wanted.ordered_e4:
        return of_line
    return of_line // E4_PER_UNIT * E4_PER_UNIT
