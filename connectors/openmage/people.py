"""Addresses as Magento 1 holds them: flat, their street one text with a line for each part."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.magento_shapes.values import Json
from connectors.openmage.regions import state_of


def lines_split(row: Json) -> Json:
    """A customer's or an order's address with its street as a list and its state by two letters; empty for none."""
    if not row:
        return {}
    return {**row, "street": str(row.get("street") or "").splitlines(), "region": state_of(row.get("region"))}


def lines_joined(fields: Json) -> Json:
    """Address fields as they are written; a blank line holds its place."""
    lines: Sequence[str] | None = fields.get("street")
    return fields if lines is None else {**fields, "street": "\n".join(lines)}
