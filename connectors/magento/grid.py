"""Grids: a configurable product whose variants differ in one list attribute per axis."""

from __future__ import annotations

from typing import Any

from connectors.magento.attributes import Attribute
from connectors.magento.search import PAGE_ROWS, find, in_lists, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, SHOP, path_of
from connectors.magento.wire import custom_values
from connectors.magento_shapes.values import Json
from engine.errors import Refused
from engine.publishing import Content, ContentPush


async def place(shop: Shop, set_id: int, content: Content) -> dict[str, Any]:
    """A variant's value on each axis: attribute code -> option id. Options that are missing are created."""
    values: dict[str, Any] = {}
    for spot in content.grid:
        axis = await _axis(shop, set_id, spot.axis)
        values[axis.code] = await shop.attributes.ensure_option(axis, spot.value, spot.position)
    return values


async def parent_extension(shop: Shop, set_id: int, push: ContentPush, existing: Json | None) -> Json:
    """What makes a product the parent of these variants, and of those that the merchant attached: a save sets all.

    Raises Refused("grid-variant-missing") for a variant the shop does not have.
    """
    content = push.content
    children = await _children(shop, content)
    if existing is not None:
        ours = {sku.casefold() for sku in (*content.variants, *(push.former.variants if push.former else ()))}
        attached = await _attached(shop, existing, {int(child["id"]) for child in children})
        children += [child for child in attached if str(child["sku"]).casefold() not in ours]
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


async def child_skus(shop: Shop, sku: str) -> tuple[str, ...]:
    """The SKUs of a grid's variants, for a version that does not name them with their parent."""
    rows = await shop.rest.get(f"{SHOP}/configurable-products{path_of(sku)}/children")
    return tuple(str(row["sku"]) for row in rows or ())


async def _attached(shop: Shop, parent: Json, known: set[int]) -> list[Json]:
    """The variants that a grid has now, besides the known ones."""
    ids = (parent.get("extension_attributes") or {}).get("configurable_product_links")
    if ids is None:
        filters = sku_filters(await child_skus(shop, str(parent["sku"])))
    else:
        filters = in_lists("entity_id", (str(key) for key in ids if int(key) not in known), PAGE_ROWS)
    found = [row for wanted in filters for row in await find(shop.rest, f"{ALL}/products", [wanted])]
    return [row for row in found if int(row["id"]) not in known]


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
