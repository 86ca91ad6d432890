"""What the shop shows of an item: its products read back into the engine's words, with prices and stock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Any

from connectors.magento import special_prices
from connectors.magento.attributes import Attribute
from connectors.magento.content import CONFIGURABLE, ENABLED, NOT_VISIBLE
from connectors.magento.grid import child_skus
from connectors.magento.prices import group_prices, quantity_prices
from connectors.magento.search import by_id, find, in_lists, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL
from connectors.magento.wire import custom_values
from connectors.magento_shapes.fields import OWN_FIELDS
from connectors.magento_shapes.photos import MAIN_ROLES
from connectors.magento_shapes.values import Json, amount, quantity
from engine.model.goods import GridValue
from engine.publishing import Content, RemoteItem, RemotePhoto

FIELDS = (
    "items[id,sku,name,attribute_set_id,price,status,visibility,type_id,weight,"
    "extension_attributes[category_links,configurable_product_options,configurable_product_links],"
    "media_gallery_entries[id,label,position,disabled,types],tier_prices,custom_attributes]"
)
"""What is read of a product, and none of what is not: links, options, the photos themselves."""


async def all_items(shop: Shop) -> AsyncIterator[Sequence[RemoteItem]]:
    """Every product of the shop, page by page."""
    rows = shop.options.page_rows
    async for products in by_id(shop.rest, f"{ALL}/products", "entity_id", "id", rows=rows, fields=FIELDS):
        yield await _items(shop, products)


async def read_items(shop: Shop, skus: Iterable[str]) -> list[RemoteItem]:
    """The products of these SKUs; absent ones are left out."""
    rows = shop.options.page_rows
    found: list[Json] = []
    for wanted in sku_filters(skus, rows):
        found += await find(shop.rest, f"{ALL}/products", [wanted], rows=rows, fields=FIELDS)
    return await _items(shop, found)


async def _items(shop: Shop, products: Sequence[Json]) -> list[RemoteItem]:
    """Read variants know their parent only where it stands on the same page: Magento keeps the link at the parent."""
    children = await _children(shop, products)
    parents = {child: parent for parent, skus in children.items() for child in skus}
    items = []
    for row in products:
        sku = str(row["sku"])
        base: list[tuple[str | None, Decimal]] = (
            [] if sku in children or row.get("price") is None else [(None, amount(row["price"]))]
        )
        items.append(
            RemoteItem(
                item=sku,
                remote_id=str(row["id"]),
                content=await _content(shop, row, children.get(sku, ()), parents.get(sku)),
                prices=(*base, *group_prices(row)),
                photos=tuple(_photo(entry) for entry in row.get("media_gallery_entries") or ()),
                quantity_prices=tuple(quantity_prices(row)),
                special=special_prices.read(custom_values(row)),
            )
        )
    return items


def _photo(entry: Json) -> RemotePhoto:
    return RemotePhoto(
        external_id=str(entry["id"]),
        position=int(entry.get("position") or 0),
        label=str(entry.get("label") or ""),
        main=set(MAIN_ROLES) <= set(entry.get("types") or ()),
        hidden=bool(entry.get("disabled")),
    )


async def _children(shop: Shop, products: Sequence[Json]) -> dict[str, tuple[str, ...]]:
    """SKU of each configurable of a page -> the SKUs of its variants, which it names by their ids."""
    links = {
        str(row["sku"]): (row.get("extension_attributes") or {}).get("configurable_product_links")
        for row in products
        if row["type_id"] == CONFIGURABLE
    }
    skus = {int(row["id"]): str(row["sku"]) for row in products}
    elsewhere = sorted({int(child) for ids in links.values() for child in ids or ()} - skus.keys())
    rows = shop.options.page_rows
    for wanted in in_lists("entity_id", map(str, elsewhere), rows):
        found = await find(shop.rest, f"{ALL}/products", [wanted], rows=rows, fields="items[id,sku]")
        skus |= {int(row["id"]): str(row["sku"]) for row in found}
    return {
        # A version that does not name them in a list is asked for each.
        sku: await child_skus(shop, sku) if ids is None else tuple(skus[int(id)] for id in ids if int(id) in skus)
        for sku, ids in links.items()
    }


async def _content(shop: Shop, product: Json, variants: Sequence[str], parent: str | None) -> Content:
    attributes = await shop.attributes.of_set(int(product["attribute_set_id"]))
    values = custom_values(product)
    extension = product.get("extension_attributes") or {}
    if product["type_id"] == CONFIGURABLE:
        kind = "grid"
    else:
        kind = "variant" if product.get("visibility") == NOT_VISIBLE else "simple"
    return Content(
        kind=kind,
        name=str(product.get("name") or ""),
        enabled=product.get("status") == ENABLED,
        short_description=str(values.get("short_description") or ""),
        description=str(values.get("description") or ""),
        categories=await shop.categories.path_of_first(
            link["category_id"] for link in extension.get("category_links") or ()
        ),
        weight_kg=quantity(product.get("weight")) or None,
        parent=parent,
        grid=_place(shop, attributes, values) if kind == "variant" else (),
        axes=_axes(shop, attributes, extension.get("configurable_product_options") or ()),
        variants=tuple(variants),
        **_own(shop, attributes, values),
    )


def _own(shop: Shop, attributes: dict[str, Attribute], values: dict[str, Any]) -> dict[str, Any]:
    """The fields kept in attributes of ours; those without a value are left to their defaults."""
    read: dict[str, Any] = {}
    for own in OWN_FIELDS:
        code = getattr(shop.options.attributes, own.key)
        text = attributes[code].text(values.get(code)) if code in attributes else ""
        if text:
            read[own.name] = own.read(text)
    return read


def _place(shop: Shop, attributes: dict[str, Attribute], values: dict[str, Any]) -> tuple[GridValue, ...]:
    """A variant's place on the axes that the options name or that a push of this run has used."""
    spots = ((axis, attributes.get(code)) for code, axis in shop.attributes.axes.items())
    return tuple(
        GridValue(axis, text)
        for axis, attribute in spots
        if attribute is not None and (text := attribute.text(values.get(attribute.code)))
    )


def _axes(shop: Shop, attributes: dict[str, Attribute], options: Sequence[Json]) -> tuple[str, ...]:
    by_number = {str(attribute.attribute_id): attribute for attribute in attributes.values()}
    ordered = sorted(options, key=lambda option: int(option.get("position") or 0))
    found = (by_number.get(str(option["attribute_id"])) for option in ordered)
    return tuple(shop.attributes.axes.get(axis.code, axis.label) for axis in found if axis is not None)
