"""What an order's lines lack by the stock of now, as C-Plus has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from console.formats import day, quantity, store_day
from console.language import say
from console.reading.order import Line, OrderDetail, Part
from console.safe_text import SafeText

E4 = 10_000


def missing(order: OrderDetail) -> dict[int, int]:
    """So much of each line is not there, in ten-thousandths, by the line's number; lines that lack nothing left out.

    What other orders wait for is not taken off: who decides sees the stock beside it.
    """
    return {line.number: lacking for line in order.lines if (lacking := _missing(line))}


def _missing(line: Line) -> int:
    wanted = line.ordered_e4 - line.cancelled_e4
    if line.reserved_e4 or line.invoiced_e4:
        return 0
    there = min((_free(part) // part.in_one_e4 * E4 for part in line.parts), default=_free(line))
    return max(0, wanted - there)


def _free(goods: Line | Part) -> int:
    return max(0, (goods.on_hand_e4 or 0) - (goods.stock_reserved_e4 or 0))


def expected_by(order: OrderDetail, now: datetime) -> date | None:
    """The day by which something of each missing line is expected; None where one has no day to come."""
    days = []
    for line in order.lines:
        if _missing(line):
            ahead = [when for when, _quantity in line.arrivals or () if when is not None and when >= store_day(now)]
            if not ahead:
                return None
            days.append(ahead[0])
    return max(days, default=None)


def told(order: OrderDetail, lacking: Mapping[int, int], now: datetime) -> list[SafeText]:
    """A sentence for each line that lacks something."""
    sentences = []
    for line in order.lines:
        if line.number in lacking:
            text = say(
                "{n} of {ordered} × {name} missing",
                n=quantity(lacking[line.number]),
                ordered=quantity(line.ordered_e4 - line.cancelled_e4),
                name=line.name,
            )
            coming = [when for when, _quantity in line.arrivals or () if when is not None]
            if coming:
                text = SafeText(text + say(", on order for {day}", day=day(coming[0], now)))
            sentences.append(text)
    return sentences
