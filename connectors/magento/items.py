"""What the shop shows of an item: its products read back into the engine's words, with prices and stock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Any

from connectors.magento import special_prices
from connectors.magento.attributes import Attribute
from connectors.magento.content import CONFIGURABLE, ENABLED, NOT_VISIBLE
from connectors.magento.fields import OWN_FIELDS
from connectors.magento.prices import group_prices, quantity_prices
from connectors.magento.search import Filter, by_id, find, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, SHOP, path_of
from connectors.magento.wire import Json, amount, custom_values, quantity
from engine.model.goods import GridValue
from engine.publishing import Content, RemoteItem, StockPush


async def all_items(shop: Shop) -> AsyncIterator[Sequence[RemoteItem]]:
    """Every product of the shop, page by page."""
    async for products in by_id(shop.rest, f"{ALL}/products", "entity_id", "id"):
        yield await _items(shop, products)


async def read_items(shop: Shop, skus: Iterable[str]) -> list[RemoteItem]:
    """The products of these SKUs; absent ones are left out."""
    found: list[Json] = []
    for wanted in sku_filters(skus):
        found += await find(shop.rest, f"{ALL}/products", [wanted])
    return await _items(shop, found)


async def read_stock(shop: Shop, skus: Iterable[str]) -> list[StockPush]:
    """What our source holds of these SKUs; a SKU without a row there is left out."""
    source = Filter("source_code", shop.options.source)
    rows: list[Json] = []
    for wanted in sku_filters(skus):
        rows += await find(shop.rest, f"{SHOP}/inventory/source-items", [wanted, source])
    return [StockPush(str(row["sku"]), str(row["source_code"]), quantity(row["quantity"])) for row in rows]


async def _items(shop: Shop, products: Sequence[Json]) -> list[RemoteItem]:
    """Read variants know their parent only where it stands on the same page: Magento keeps the link at the parent."""
    children = {row["sku"]: await _children(shop, row) for row in products if row["type_id"] == CONFIGURABLE}
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
                photo_count=len(row.get("media_gallery_entries") or ()),
                quantity_prices=tuple(quantity_prices(row)),
                special=special_prices.read(custom_values(row)),
            )
        )
    return items


async def _children(shop: Shop, product: Json) -> tuple[str, ...]:
    rows = await shop.rest.get(f"{SHOP}/configurable-products{path_of(product['sku'])}/children")
    return tuple(str(row["sku"]) for row in rows or ())


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
        categories=await _category(shop, extension.get("category_links") or ()),
        weight_kg=quantity(product.get("weight")) or None,
        parent=parent,
        grid=_place(shop, attributes, values) if kind == "variant" else (),
        axes=_axes(shop, attributes, extension.get("configurable_product_options") or ()),
        variants=tuple(variants),
        **_own(shop, attributes, values),
    )


async def _category(shop: Shop, links: Sequence[Json]) -> tuple[str, ...]:
    """The path of the first link below our root."""
    for link in links:
        if path := await shop.categories.path(int(link["category_id"])):
            return path
    return ()


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
