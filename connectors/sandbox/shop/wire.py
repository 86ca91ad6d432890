"""How values look on the wire: times, numbers, text comparison, and typed reading of JSON objects.

Magento writes times in UTC without a zone, whole numbers without a fraction, and compares text as MySQL does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from connectors.sandbox.shop.errors import Crash, Refused

Kind = Any
"""What a field holds: "string", "int", "float", "boolean", "mixed", a Shape, or a one-element tuple for a list."""

Shape = Mapping[str, Kind]

ZERO = Decimal(0)
CENT = Decimal("0.01")


def stamp(moment: datetime) -> str:
    """`2026-11-24 03:03:10`, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def number(value: Any) -> Any:
    """A Decimal as JSON number: whole ones without fraction, as PHP writes a float. Used as json.dumps's default."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} does not go over the wire")


def money(value: Decimal) -> Decimal:
    """Rounded half up to the cent."""
    return value.quantize(CENT, ROUND_HALF_UP)


def decimal_of(value: Any) -> Decimal | None:
    """The number in a JSON number or numeric string, else None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        result = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return result if result.is_finite() else None


@lru_cache(maxsize=65536)
def collate(text: str) -> str:
    """The form under which MySQL's utf8_general_ci finds two texts equal: case, accents and end spaces do not count."""
    plain = text.rstrip(" ")
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return plain.casefold()


def slug(text: str) -> str:
    """The URL key that Magento makes of a name."""
    return re.sub(r"[^a-z0-9]+", "-", collate(text)).strip("-")


def snake(key: str) -> str:
    """`orderItemId` as `order_item_id`; Magento reads both."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), key)


def read(data: Any, shape: Shape, name: str) -> dict[str, Any]:
    """A JSON object checked against its shape. Numbers become int or Decimal; fields not sent stay absent.

    Raises Crash for a field the object does not have (Magento answers 500) and Refused for a value of a wrong type.
    """
    if not isinstance(data, dict):
        raise _wrong_type(name, data, "object")
    result: dict[str, Any] = {}
    for raw, value in data.items():
        key = raw if raw in shape else snake(raw)
        if key not in shape:
            raise Crash(f"{name} has no field {raw}")
        result[key] = _convert(value, shape[key], key)
    return result


def read_list(data: Any, shape: Shape, name: str) -> list[dict[str, Any]]:
    """A JSON list of objects of one shape."""
    if not isinstance(data, list):
        raise _wrong_type(name, data, "array")
    return [read(entry, shape, name) for entry in data]


def _convert(value: Any, kind: Kind, field: str) -> Any:
    if value is None or kind == "mixed":
        return value
    if isinstance(kind, tuple):
        if not isinstance(value, list):
            raise _wrong_type(field, value, "array")
        return [_convert(entry, kind[0], field) for entry in value]
    if isinstance(kind, Mapping):
        return read(value, kind, field)
    return _scalar(value, kind, field)


def _scalar(value: Any, kind: str, field: str) -> Any:
    if isinstance(value, (dict, list)):
        raise _wrong_type(field, value, kind)
    if kind == "string":
        if isinstance(value, bool):
            return "1" if value else ""
        return str(value)
    if kind == "boolean":
        if value in (True, 1, "1", "true"):
            return True
        if value in (False, 0, "0", "false", ""):
            return False
        raise _wrong_type(field, value, kind)
    found = Decimal(int(value)) if isinstance(value, bool) else decimal_of(value)
    if found is None or (kind == "int" and found != found.to_integral_value()):
        raise _wrong_type(field, value, kind)
    return int(found) if kind == "int" else found


def _wrong_type(field: str, value: Any, kind: str) -> Refused:
    shown = "Array" if isinstance(value, (dict, list)) else value
    return Refused(
        f'Error occurred during "{field}" processing. The "{shown}" value\'s type is invalid. '
        f'The "{kind}" type was expected. Verify and try again.'
    )
