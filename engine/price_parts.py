"""How a price stands in a publication: which one it is (part), and what it is (value).

Parts: "" the base price, "000000002" a table's price for its group; "/qty:10" and "000000002/qty:10" the same for who
buys ten; "/special" the special price of everybody. A value is its cents, "1990"; that of a special price has its days
behind it, "1990 2026-12-01 2026-12-24" ("-" where it has none). So a value read as a number is its cents, as the
guards read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.amounts import from_cents, to_cents
from engine.publishing import Period, PricePush, RemoteItem

BASE = ""
QUANTITY = "/qty:"
SPECIAL = "/special"
_NO_DAY = "-"


def quantity_part(table: str, from_quantity: Decimal) -> str:
    """The part of a table's price for a quantity; `table` "" is the base table."""
    return f"{table}{QUANTITY}{from_quantity.normalize():f}"


def special_value(amount: Decimal, period: Period) -> str:
    """The value of a special price."""
    return f"{to_cents(amount)} {_day_out(period.first)} {_day_out(period.last)}"


def table_of(part: str) -> str:
    """The price table of a part, "" for the base table."""
    return part.partition("/")[0]


def push(item: str, part: str, value: str | None, group: str | None) -> PricePush:
    """What is sent for a part and value; `group` is the channel's for the part's table."""
    amount = None if value is None else from_cents(int(value.split(" ")[0]))
    if part == SPECIAL:
        return PricePush(item, None, amount, period=Period() if value is None else _period(value))
    _, _, quantity = part.partition(QUANTITY)
    return PricePush(item, group, amount, Decimal(quantity or 1))


def shown_prices(remote: RemoteItem, tables: Mapping[str, str]) -> dict[str, str]:
    """Part and value of the prices that a channel shows of an item; `tables` maps its groups to price tables."""
    shown: dict[str, str] = {}
    for group, amount in remote.prices:
        if (table := _table(group, tables)) is not None:
            shown[table] = str(to_cents(amount))
    for group, from_quantity, amount in remote.quantity_prices:
        if (table := _table(group, tables)) is not None:
            shown[quantity_part(table, from_quantity)] = str(to_cents(amount))
    if remote.special is not None:
        shown[SPECIAL] = special_value(*remote.special)
    return shown


def _table(group: str | None, tables: Mapping[str, str]) -> str | None:
    return BASE if group is None else tables.get(group)


def _period(value: str) -> Period:
    _, first, last = value.split(" ")
    return Period(_day_in(first), _day_in(last))


def _day_out(day: date | None) -> str:
    return _NO_DAY if day is None else day.isoformat()


def _day_in(text: str) -> date | None:
    return None if text == _NO_DAY else date.fromisoformat(text)
