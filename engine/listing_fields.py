"""What an account may say of an item in place of the ERP: each field's limits, and how it is kept.

Pure. A value stands as JSON has it: a text, a list of texts, a number, a quantity as its decimal text, true or false.
None is "as the ERP says".
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.amounts import E4_PER_UNIT, from_e4, to_e4
from engine.errors import Refused

NAME_CHARS_MAX = 255
"""Magento keeps names and category names in varchar(255)."""
TEXT_CHARS_MAX = 20_000
"""A command has to fit on one line of the socket."""
CATEGORY_LEVELS_MAX = 10
DELIVERY_DAYS_MAX = 365
BUFFER_MAX = Decimal(1_000_000)

NOT_A_NAME = "1 to 255 characters on one line"
NOT_A_TEXT = "at most 20,000 characters"
NOT_CATEGORIES = "a path of 1 to 10 categories, each of 1 to 255 characters"
NOT_DAYS = "whole days from 0 to 365"
NOT_OPTIONS = "payment options that C-Plus offers online, each only once"
NOT_A_BUFFER = "0 or more, with at most 4 decimals"
NOT_PIECES = "a whole number: it is sold by the piece"
NO_OWN_STOCK = "nothing: a grid has no stock of its own, only its cells have"
NOT_A_FLAG = "yes or no"
EXPECTED = (
    NOT_A_NAME, NOT_A_TEXT, NOT_CATEGORIES, NOT_DAYS, NOT_OPTIONS, NOT_A_BUFFER, NOT_PIECES, NO_OWN_STOCK, NOT_A_FLAG,
)  # fmt: skip
"""What is expected of a field, as codes of the sentences for it."""


@dataclass(frozen=True, slots=True)
class About:
    """What a value is judged by: the item, the ERP's payment options. `whole`: sold by the piece."""

    item: str
    payment_options: tuple[str, ...] = ()
    whole: bool = False
    is_grid: bool = False


class _Unfit(Exception):
    """Of EXPECTED."""


@dataclass(frozen=True, slots=True)
class ListingField:
    """One field: its column of the table `listing`, the value in order, and the value in the column and back."""

    column: str
    in_order: Callable[[Any, About], Any]
    kept: Callable[[Any], Any]
    told: Callable[[Any], Any]


def checked(field: str, value: Any, about: About) -> Any:
    """The value in order, spaces around texts and needless zeros gone.

    Raises Refused("no-such-field"), Refused("listing-value") with the item, the field and what is expected.
    """
    if field not in FIELDS:
        raise Refused("no-such-field", fields=field, item=about.item)
    if value is None and field != "withheld":
        return None
    try:
        return FIELDS[field].in_order(value, about)
    except _Unfit as unfit:
        raise Refused("listing-value", item=about.item, fields=field, expected=str(unfit)) from unfit


def column_of(field: str, value: Any) -> tuple[str, Any]:
    """The column of the table `listing` that keeps a value in order, and how it is kept there."""
    known = FIELDS[field]
    return known.column, None if value is None else known.kept(value)


def own_values(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a row of the table `listing` says, by field; no row says nothing."""
    if row is None:
        return dict.fromkeys(FIELDS) | {"withheld": False}
    columns = {name: row[field.column] for name, field in FIELDS.items()}
    return {name: None if kept is None else FIELDS[name].told(kept) for name, kept in columns.items()}


# --- what is in order -------------------------------------------------------------------------------------------------


def _flag(value: Any, _about: About) -> bool:
    if not isinstance(value, bool):
        raise _Unfit(NOT_A_FLAG)
    return value


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= NAME_CHARS_MAX and not _has_control(value, "")


def _name(value: Any, _about: About) -> str:
    text = value.strip() if isinstance(value, str) else value
    if not _is_name(text):
        raise _Unfit(NOT_A_NAME)
    return str(text)


def _text(value: Any, _about: About) -> str:
    """May be empty: the shop shows none then."""
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX or _has_control(value, "\n\r\t"):
        raise _Unfit(NOT_A_TEXT)
    return value.strip()


def _has_control(text: str, allowed: str) -> bool:
    return any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text)


def _categories(value: Any, _about: About) -> list[str]:
    names = [name.strip() if isinstance(name, str) else name for name in value] if isinstance(value, list) else []
    if not 0 < len(names) <= CATEGORY_LEVELS_MAX or not all(map(_is_name, names)):
        raise _Unfit(NOT_CATEGORIES)
    return names


def _days(value: Any, _about: About) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= DELIVERY_DAYS_MAX:
        raise _Unfit(NOT_DAYS)
    return value


def _options(value: Any, about: About) -> list[str]:
    """In the ERP's order; none at all is a choice too."""
    known = about.payment_options
    if not isinstance(value, list) or any(one not in known or value.count(one) > 1 for one in value):
        raise _Unfit(NOT_OPTIONS)
    return [option for option in known if option in value]


def _buffer(value: Any, about: About) -> str:
    if about.is_grid:
        raise _Unfit(NO_OWN_STOCK)
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise _Unfit(NOT_A_BUFFER) from error
    if not (amount.is_finite() and 0 <= amount <= BUFFER_MAX and amount * E4_PER_UNIT % 1 == 0):
        raise _Unfit(NOT_A_BUFFER)
    if about.whole and amount % 1:
        raise _Unfit(NOT_PIECES)
    return f"{from_e4(to_e4(amount)):f}"


def _same(value: Any) -> Any:
    return value


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


FIELDS: Mapping[str, ListingField] = {
    "name": ListingField("name", _name, _same, _same),
    "short_description": ListingField("short_description", _text, _same, _same),
    "description": ListingField("description", _text, _same, _same),
    "categories": ListingField("categories", _categories, _as_json, json.loads),
    "delivery_days": ListingField("delivery_days", _days, _same, _same),
    "payment_options": ListingField("payment_options", _options, _as_json, json.loads),
    "buffer": ListingField("buffer_e4", _buffer, lambda text: to_e4(Decimal(text)), lambda e4: f"{from_e4(e4):f}"),
    "withheld": ListingField("withheld", _flag, int, bool),
}
