"""`searchCriteria`: reading it from a query string, and applying it to a collection of rows.

AND between filter groups, OR inside one; text compares as MySQL's utf8_general_ci, numbers as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from connectors.sandbox.shop.errors import Refused, ShopError, required
from connectors.sandbox.shop.wire import collate, decimal_of, snake

Row = TypeVar("Row")
Query = Sequence[tuple[str, str]]

CONDITIONS = frozenset("eq neq gt gteq lt lteq moreq in nin like nlike null notnull from to finset".split())


@dataclass(frozen=True)
class Filter:
    field: str
    value: str
    condition: str = "eq"


@dataclass
class Criteria:
    """What a list call asked for. `page_size` None = everything, as Magento does."""

    groups: list[list[Filter]] = field(default_factory=list)
    orders: list[tuple[str, str]] = field(default_factory=list)
    page_size: int | None = None
    page: int | None = None

    def echo(self) -> dict[str, Any]:
        """The `search_criteria` object of the answer."""
        result: dict[str, Any] = {
            "filter_groups": [
                {"filters": [{"field": f.field, "value": f.value, "condition_type": f.condition} for f in group]}
                for group in self.groups
            ]
        }
        if self.orders:
            result["sort_orders"] = [{"field": name, "direction": way} for name, way in self.orders]
        if self.page_size is not None:
            result["page_size"] = self.page_size
        if self.page is not None:
            result["current_page"] = self.page
        return result


def parse(query: Query, optional: bool = False) -> Criteria:
    """The criteria of a query string.

    Raises Refused where no parameter named searchCriteria came, unless the call can do without.
    """
    found = False
    groups: dict[str, dict[str, dict[str, str]]] = {}
    orders: dict[str, dict[str, str]] = {}
    criteria = Criteria()
    for name, value in query:
        path = re.split(r"\]\[|\[|\]", name)
        if snake(path[0]) != "search_criteria":
            continue
        found = True
        match [snake(part) for part in path[1:] if part]:
            case ["filter_groups", group, "filters", place, key]:
                groups.setdefault(group, {}).setdefault(place, {})[key] = value
            case ["sort_orders", place, key]:
                orders.setdefault(place, {})[key] = value
            case ["page_size"]:
                criteria.page_size = _int(value)
            case ["current_page"]:
                criteria.page = _int(value)
    if not found and not optional:
        raise required("searchCriteria")
    criteria.groups = [[_filter(entry) for entry in group.values()] for group in groups.values()]
    # Without a direction Magento sorts downwards.
    criteria.orders = [
        (entry.get("field", ""), "ASC" if entry.get("direction", "").upper() == "ASC" else "DESC")
        for entry in orders.values()
    ]
    return criteria


def _int(value: str) -> int | None:
    return int(value) if value.isdigit() else None


def _filter(entry: Mapping[str, str]) -> Filter:
    condition = entry.get("condition_type", "eq") or "eq"
    if condition not in CONDITIONS:
        raise Refused(f"Undefined condition type: {condition}")
    return Filter(entry.get("field", ""), entry.get("value", ""), condition)


@dataclass(frozen=True)
class Collection(Generic[Row]):
    """Rows that can be searched.

    `value(row, field)` reads a field, `knows(field)` says whether the rows have it, `unknown(field)` makes the
    error for one they have not, `index` looks rows up by a text field without reading them all.
    """

    rows: Callable[[], Iterable[Row]]
    value: Callable[[Row, str], Any]
    knows: Callable[[str], bool]
    unknown: Callable[[str], ShopError]
    index: Mapping[str, Callable[[str], Iterable[Row]]] = field(default_factory=dict)


def select(collection: Collection[Row], criteria: Criteria) -> tuple[list[Row], int]:
    """The rows of the asked page, and how many rows match in all.

    A page past the end is empty (recorded: catalogue/search_page_past_the_end).
    """
    for name in [f.field for group in criteria.groups for f in group] + [name for name, _ in criteria.orders]:
        if not collection.knows(name):
            raise collection.unknown(name)
    rows = list(_candidates(collection, criteria))
    for group in criteria.groups:
        tests = [(f.field, _test(f)) for f in group]
        rows = [row for row in rows if any(test(collection.value(row, name)) for name, test in tests)]
    for name, way in reversed(criteria.orders):
        rows.sort(key=lambda row: _sort_key(collection.value(row, name)), reverse=way == "DESC")
    total = len(rows)
    if criteria.page_size:
        start = (max(criteria.page or 1, 1) - 1) * criteria.page_size
        rows = rows[start : start + criteria.page_size]
    return rows, total


def _candidates(collection: Collection[Row], criteria: Criteria) -> Iterable[Row]:
    for group in criteria.groups:
        if len(group) == 1 and group[0].condition in ("eq", "in") and group[0].field in collection.index:
            find = collection.index[group[0].field]
            wanted = [group[0].value] if group[0].condition == "eq" else group[0].value.split(",")
            return [row for value in dict.fromkeys(map(collate, wanted)) for row in find(value)]
    return collection.rows()


def _sort_key(value: Any) -> tuple[int, Any]:
    if value is None:
        return (0, "")
    as_number = decimal_of(value) if not isinstance(value, str) else None
    return (1, as_number) if as_number is not None else (2, collate(str(value)))


def _compare(left: Any, right: str) -> int:
    """Below, equal or above 0. `left` is not None."""
    if isinstance(left, (int, Decimal)):
        number = decimal_of(right)
        a: Any = Decimal(left)
        b: Any = number if number is not None else Decimal(0)
    else:
        a, b = collate(str(left)), collate(right)
    return int(a > b) - int(a < b)


_ORDERED: dict[str, Callable[[int], bool]] = {
    "eq": lambda sign: sign == 0,
    "neq": lambda sign: sign != 0,
    "gt": lambda sign: sign > 0,
    "gteq": lambda sign: sign >= 0,
    "moreq": lambda sign: sign >= 0,
    "from": lambda sign: sign >= 0,
    "lt": lambda sign: sign < 0,
    "lteq": lambda sign: sign <= 0,
    "to": lambda sign: sign <= 0,
}


def _test(wanted: Filter) -> Callable[[Any], bool]:
    """A test of one value. As in SQL, null passes nothing but `null`."""
    condition, value = wanted.condition, wanted.value
    if condition == "null":
        return lambda v: v is None
    if condition == "notnull":
        return lambda v: v is not None
    if condition in ("in", "nin"):
        members = value.split(",")
        texts, numbers = {collate(m.strip()) for m in members}, {decimal_of(m) for m in members}
        negate = condition == "nin"

        def member(v: Any) -> bool:
            inside = Decimal(v) in numbers if isinstance(v, (int, Decimal)) else collate(str(v)) in texts
            return inside != negate

        return lambda v: v is not None and member(v)
    if condition in ("like", "nlike"):
        parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in collate(value))
        pattern = re.compile("".join(parts), re.DOTALL)
        negate = condition == "nlike"
        return lambda v: v is not None and (pattern.fullmatch(collate(str(v))) is not None) != negate
    if condition == "finset":
        return lambda v: v is not None and collate(value) in [collate(entry) for entry in str(v).split(",")]
    passes = _ORDERED[condition]
    return lambda v: v is not None and passes(_compare(v, value))
