"""Grids: a configurable product whose variants differ in one list attribute per axis."""

from __future__ import annotations

from typing import Any

from connectors.magento.attributes import Attribute
from connectors.magento.search import find, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL
from connectors.magento.wire import Json, custom_values
from engine.errors import Refused
from engine.publishing import Content


async def place(shop: Shop, set_id: int, content: Content) -> dict[str, Any]:
    """A variant's value on each axis: attribute code -> option id. Options that are missing are created."""
    values: dict[str, Any] = {}
    for spot in content.grid:
        axis = await _axis(shop, set_id, spot.axis)
        values[axis.code] = await shop.attributes.ensure_option(axis, spot.value, spot.position)
    return values


async def parent_extension(shop: Shop, set_id: int, content: Content) -> Json:
    """What makes a product the parent of exactly these variants: a save sets the full lists.

    Raises Refused("grid-variant-missing") for a variant the shop does not have.
    """
    children = await _children(shop, content)
    extension: Json = {"configurable_product_links": [int(child["id"]) for child in children]}
    if children:  # without a variant there is no value, and Magento takes no option without values
        values = [custom_values(child) for child in children]
        axes = [await _axis(shop, set_id, axis) for axis in content.axes]
        extension["configurable_product_options"] = [
            {
                "attribute_id": str(axis.attribute_id),
                "label": axis.label,
                "position": position,
                "values": [{"value_index": int(key)} for key in _used(axis, values)],
            }
            for position, axis in enumerate(axes)
        ]
    return extension


def _used(axis: Attribute, values: list[dict[str, Any]]) -> list[str]:
    """The options that the variants have on this axis, each once, in the order of the variants."""
    return list(dict.fromkeys(str(value[axis.code]) for value in values if value.get(axis.code)))


async def _axis(shop: Shop, set_id: int, axis: str) -> Attribute:
    return await shop.attributes.ensure_axis(set_id, shop.options.axis_code(axis), axis)


async def _children(shop: Shop, content: Content) -> list[Json]:
    found: dict[str, Json] = {}
    for wanted in sku_filters(content.variants):
        found |= {row["sku"].casefold(): row for row in await find(shop.rest, f"{ALL}/products", [wanted])}
    missing = next((sku for sku in content.variants if sku.casefold() not in found), None)
    if missing is not None:
        raise Refused("grid-variant-missing", missing, sku=missing)
    return [found[sku.casefold()] for sku in content.variants]
