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

    Of a kit those are complete that all parts suffice for, and begun of which there is any part; of other lines both
    are the same. `goods` has each SKU of each line.
    """

    lines: dict[int, int]
    extra: dict[str, int]
    goods: dict[tuple[int, str], int]
    begun: dict[int, int]


def allot(wanted: Iterable[Wanted], by_sku: Mapping[str, int]) -> Allotted:
    """Give the quantities of each SKU to its lines, the first line first."""
    left = dict(by_sku)
    lines: dict[int, int] = {}
    goods: dict[tuple[int, str], int] = {}
    begun: dict[int, int] = {}
    for one in wanted:
        given = min(one.ordered_e4, left.get(one.sku, 0))
        if given:
            left[one.sku] -= given
        goods[one.line, one.sku] = given
        complete, at_all = _of_line(one, given)
        lines[one.line] = min(lines.get(one.line, complete), complete)
        begun[one.line] = max(begun.get(one.line, at_all), at_all)
    return Allotted(lines, {sku: quantity for sku, quantity in left.items() if quantity > 0}, goods, begun)


def _of_line(wanted: Wanted, given_e4: int) -> tuple[int, int]:
    """How much of the line is complete, and begun, with so much of one of its SKUs: half a kit is none, and one."""
    of_line = given_e4 * E4_PER_UNIT // wanted.in_one_e4
    if wanted.in_one_e4 == E4_PER_UNIT or given_e4 == wanted.ordered_e4:
        return of_line, of_line
    whole_kits = of_line // E4_PER_UNIT
    is_whole = whole_kits * wanted.in_one_e4 == given_e4
    return whole_kits * E4_PER_UNIT, (whole_kits if is_whole else whole_kits + 1) * E4_PER_UNIT
