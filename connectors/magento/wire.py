"""How Magento 2 packs values: JSON with exact fractions, and attributes as a list of codes with values."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from connectors.magento_shapes.values import Json

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(Any, float_hook=Decimal)


def encode(body: Any) -> bytes:
    """JSON bytes; a Decimal leaves as the number it is (use `values.amount_out`, `quantity_out`)."""
    return _encoder.encode(body)


def decode(content: bytes) -> Any:
    """The JSON value, its fractions as Decimal. Raises msgspec.DecodeError."""
    return _decoder.decode(content)


def custom_values(entity: Json) -> dict[str, Any]:
    """`custom_attributes` as a mapping; older versions answer an empty list, newer ones leave it out."""
    return {entry["attribute_code"]: entry.get("value") for entry in entity.get("custom_attributes") or ()}


def custom_attributes(values: Iterable[tuple[str, Any]]) -> list[Json]:
    """The other way round."""
    return [{"attribute_code": code, "value": value} for code, value in values]
