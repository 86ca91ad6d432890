"""What the shop shows of an item: its products read back into the engine's words, with prices and stock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Any

from connectors.magento_shapes.fields import OWN_FIELDS
from connectors.magento_shapes.photos import MAIN_ROLES
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, amount, quantity
from connectors.openmage.api import Call
from connectors.openmage.content import ENABLED, SIMPLE
from connectors.openmage.prices import BY_SKU, TIERS, special_price
from connectors.openmage.shop import Shop
from connectors.openmage.tiers import EVERYBODY, of_all_websites
from engine.errors import IntegraError
from engine.publishing import Content, RemoteItem, RemotePhoto

IDS_PER_READ = 200
PRODUCTS_PER_READ = 10
CALLS = ("catalog_product.info", f"{TIERS}.info", "catalog_product_attribute_media.list")


async def all_items(shop: Shop) -> AsyncIterator[Sequence[RemoteItem]]:
    """Every product of the shop. The list has no pages, so it is asked for by ranges of ids."""
    first = 1
    while True:
        ids = {"from": first, "to": first + IDS_PER_READ - 1}
        rows = await shop.api.read("catalog_product.list", {"product_id": ids})
        if not rows:
            rest = await shop.api.read("catalog_product.list", {"product_id": {"gteq": first}})
            if not rest:
                return
            first = min(int(row["product_id"]) for row in rest)
            continue
        if items := await read_items(shop, [str(row["sku"]) for row in rows]):
            yield items
        first += IDS_PER_READ


async def read_items(shop: Shop, skus: Iterable[str]) -> list[RemoteItem]:
    """The products of these SKUs; absent ones are left out, and those that have variants."""
    asked = list(dict.fromkeys(skus))
    items: list[RemoteItem] = []
    for start in range(0, len(asked), PRODUCTS_PER_READ):
        part = asked[start : start + PRODUCTS_PER_READ]
        calls: list[Call] = []
        for sku in part:
            calls += [(CALLS[0], (sku, None, None, BY_SKU)), (CALLS[1], (sku, BY_SKU)), (CALLS[2], (sku, None, BY_SKU))]
        answers = await shop.api.read_many(calls)
        for place in range(0, len(answers), len(CALLS)):
            product, tiers, photos = answers[place : place + len(CALLS)]
            if isinstance(product, Absent) or (isinstance(product, dict) and product["type"] != SIMPLE):
                continue
            for answer in (product, tiers, photos):
                if isinstance(answer, IntegraError):
                    raise answer
            items.append(await _item(shop, product, tiers, photos))
    return items


async def _item(shop: Shop, product: Json, tiers: Sequence[Json], photos: Sequence[Json]) -> RemoteItem:
    base: list[tuple[str | None, Decimal]] = []
    if product.get("price") not in (None, ""):
        base.append((None, amount(product["price"])))
    ours = [(tier.group, tier.from_quantity, tier.amount or Decimal(0)) for tier in of_all_websites(tiers)]
    return RemoteItem(
        item=str(product["sku"]),
        remote_id=str(product["product_id"]),
        content=await _content(shop, product),
        prices=(*base, *((group, price) for group, least, price in ours if least == 1 and group != EVERYBODY)),
        photos=tuple(map(_photo, photos)),
        quantity_prices=tuple(
            (None if group == EVERYBODY else group, least, price) for group, least, price in ours if least > 1
        ),
        special=special_price(product),
    )


def _photo(entry: Json) -> RemotePhoto:
    return RemotePhoto(
        external_id=str(entry["file"]),
        position=int(entry.get("position") or 0),
        label=str(entry.get("label") or ""),
        main=set(MAIN_ROLES) <= set(entry.get("types") or ()),
        hidden=str(entry.get("exclude") or "0") != "0",
    )


async def _content(shop: Shop, product: Json) -> Content:
    return Content(
        kind="simple",
        name=str(product.get("name") or ""),
        enabled=str(product.get("status")) == ENABLED,
        short_description=str(product.get("short_description") or ""),
        description=str(product.get("description") or ""),
        categories=await shop.categories.path_of_first(product.get("categories") or ()),
        weight_kg=quantity(product.get("weight")) or None,
        **await _own(shop, product),
    )


async def _own(shop: Shop, product: Json) -> dict[str, Any]:
    """The fields kept in attributes of ours; those without a value are left to their defaults."""
    attributes = await shop.attributes.of_set(int(product["set"]))
    read: dict[str, Any] = {}
    for own in OWN_FIELDS:
        attribute = attributes.get(getattr(shop.options.attributes, own.key))
        if attribute is None:
            continue
        if text := await shop.attributes.text(attribute, product.get(attribute.code)):
            read[own.name] = own.read(text)
    return read
