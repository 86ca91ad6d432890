"""How values look on Magento's wire: numbers without float dust, times in UTC without a zone, slugs."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from engine.amounts import CENT, ZERO

Json = dict[str, Any]

TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
_E4 = Decimal("0.0001")


def amount_out(amount: Decimal) -> Decimal:
    """Money to the cent, in a form that never shows an exponent or trailing zeros."""
    return _plain(amount.quantize(CENT, ROUND_HALF_UP))


def quantity_out(quantity: Decimal) -> Decimal:
    """A quantity or a measure to the ten-thousandth, in a form that never shows an exponent or trailing zeros."""
    return _plain(quantity.quantize(_E4, ROUND_HALF_UP))


def amount(value: Any) -> Decimal:
    """Money to the cent; what is absent counts as 0. Magento may answer 29.949999999999999."""
    return _number(value).quantize(CENT, ROUND_HALF_UP)


def quantity(value: Any) -> Decimal:
    """A quantity or a measure without float dust and trailing zeros; what is absent counts as 0."""
    return quantity_out(_number(value))


def _number(value: Any) -> Decimal:
    if value is None or value == "":
        return ZERO
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() else ZERO


def _plain(number: Decimal) -> Decimal:
    return Decimal(format(number.normalize(), "f"))


def moment(text: Any) -> datetime:
    """`2026-11-24 03:03:10` as an aware time, in UTC as Magento's APIs speak (magento/magento2#28181).

    Magento 1 says `2026-11-24T03:07:23+00:00` of when a product was made.
    """
    found = datetime.fromisoformat(str(text))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def stamp(when: datetime) -> str:
    """The time as Magento writes and compares it, cut to the second."""
    return when.astimezone(UTC).strftime(TIME_FORMAT)


def slug(text: str, joiner: str = "-") -> str:
    """ASCII letters and digits in lower case, everything else as one joiner."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", joiner, plain.lower()).strip(joiner)


def same(left: object, right: object) -> bool:
    """SKUs and group codes are the same in whatever case, as the shop's database compares them."""
    return str(left).casefold() == str(right).casefold()
