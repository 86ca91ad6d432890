"""How Magento 1's API shows values: numbers as text with four digits, times in UTC without a zone; and its filters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors.sandbox.openmage.errors import ApiFault

Row = dict[str, Any]
ZERO = Decimal(0)
_E4 = Decimal("0.0001")
_CONDITIONS = ("eq", "in", "like", "from", "to", "gt", "gteq")


def four(number: Decimal | int | None) -> str | None:
    """12.5 -> "12.5000"."""
    return None if number is None else str(Decimal(number).quantize(_E4, ROUND_HALF_UP))


def decimal(value: Any) -> Decimal:
    """A number as it was sent: as text, as a number, or not at all."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return ZERO


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def pick(rows: Iterable[Row], filters: Mapping[str, Any] | None, names: Mapping[str, str] | None = None) -> list[Row]:
    """The rows that fit all filters; both ends of from and to count. `names`: a filter's name -> the row's."""
    wanted = filters if isinstance(filters, dict) else {}
    return [
        row
        for row in rows
        if all(_fits(row.get((names or {}).get(key, key)), condition) for key, condition in wanted.items())
    ]


def _fits(value: Any, condition: Any) -> bool:
    if not isinstance(condition, dict):
        condition = {"eq": condition}
    unknown = [name for name in condition if name not in _CONDITIONS]
    if unknown:
        raise ApiFault("filters_invalid", f"unknown condition {unknown[0]}")
    if value is None:
        return False
    return all(_holds(value, name, wanted) for name, wanted in condition.items())


def _holds(value: Any, name: str, wanted: Any) -> bool:
    match name:
        case "in":
            return str(value).casefold() in {str(one).casefold() for one in wanted}
        case "like":
            pattern = re.escape(str(wanted)).replace("%", ".*")
            return re.fullmatch(pattern, str(value), re.IGNORECASE) is not None
        case "eq":
            return str(value).casefold() == str(wanted).casefold()
        case "gt":
            return _compared(value, wanted) > 0
        case "to":
            return _compared(value, wanted) <= 0
        case _:
            return _compared(value, wanted) >= 0


def _compared(value: Any, wanted: Any) -> int:
    """As numbers where both are, else as text: times compare as text."""
    try:
        left, right = Decimal(str(value)), Decimal(str(wanted))
        return (left > right) - (left < right)
    except InvalidOperation:
        return (str(value) > str(wanted)) - (str(value) < str(wanted))
