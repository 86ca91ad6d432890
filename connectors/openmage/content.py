"""An item's content: one simple product saved for all store views, created where the shop has none.

Only what we own is sent, so whatever else the merchant keeps on the product stays. URL key, websites, visibility,
attribute set and tax class are ours at the creation only; from then on they are the shop's. Products with
variants cannot be made over this API, so a grid's cells are products of their own.
"""

from __future__ import annotations

from typing import Any

from connectors.magento.fields import OWN_FIELDS
from connectors.magento.wire import Json, amount_out, quantity, quantity_out, slug
from connectors.openmage.faults import Absent
from connectors.openmage.prices import BY_SKU
from connectors.openmage.shop import Shop
from engine.errors import Refused
from engine.publishing import Content, ContentPush

ENABLED, DISABLED = "1", "2"
CATALOGUE_AND_SEARCH = "4"
SIMPLE = "simple"


async def push_content(shop: Shop, push: ContentPush) -> str:
    """Create or change the product of this SKU; its id."""
    if not push.content.name:  # the shop would take it
        raise Refused("openmage-no-name", push.item, sku=push.item)
    try:
        try:
            existing = await product(shop, push.item)
        except Absent:
            return await _create(shop, push)
        return await _change(shop, push, existing)
    except Refused:
        shop.forget()
        raise


async def product(shop: Shop, sku: str) -> Json:
    """The product of a SKU. Raises Absent.

    Named as a SKU: one of digits alone would be taken for the id of another product.
    """
    found: Json = await shop.api.read("catalog_product.info", sku, None, None, BY_SKU)
    return found


async def _create(shop: Shop, push: ContentPush) -> str:
    """A new product with nothing to sell yet: its stock is pushed after it, so until then nobody can buy it."""
    content, options = push.content, shop.options
    if push.initial_price is None:
        raise Refused("no-price", push.item, sku=push.item)
    data = await _values(shop, content, options.attribute_set, {})
    data |= {
        "url_key": f"{slug(content.name)}-{slug(push.item)}".strip("-"),
        "price": str(amount_out(push.initial_price)),
        "visibility": CATALOGUE_AND_SEARCH,
        "websites": list(options.websites),
        # Left out, the shop makes a product whose stock is not counted and which never runs out.
        "stock_data": {"qty": "0", "is_in_stock": 0, "manage_stock": 1, "use_config_manage_stock": 1},
    }
    data.setdefault("weight", "0")
    if options.tax_class is not None:
        data["tax_class_id"] = str(options.tax_class)
    if content.categories:
        data["categories"] = [await shop.categories.ensure(content.categories)]
    set_id = str(options.attribute_set)
    return str(await shop.api.write("catalog_product.create", SIMPLE, set_id, push.item, data))


async def _change(shop: Shop, push: ContentPush, existing: Json) -> str:
    content = push.content
    if existing["type"] != SIMPLE:
        raise Refused("content-kind", f"{push.item} is {existing['type']}", sku=push.item, type=existing["type"])
    data = await _values(shop, content, int(existing["set"]), existing)
    if (categories := await _moved_categories(shop, push, existing)) is not None:
        data["categories"] = categories
    if content.weight_kg is None and quantity(existing.get("weight")):
        data["weight"] = "0"
    data = {code: value for code, value in data.items() if code not in push.leave}  # our fields are called the same
    await shop.api.write("catalog_product.update", push.item, data, None, BY_SKU)
    return str(existing["product_id"])


async def _values(shop: Shop, content: Content, set_id: int, now: Json) -> Json:
    """What to send. An empty value is sent only where the shop holds one, to clear it."""
    values: Json = {
        "name": content.name,
        "status": ENABLED if content.enabled else DISABLED,
    }
    if content.weight_kg is not None:
        values["weight"] = str(quantity_out(content.weight_kg))
    for code in ("short_description", "description"):
        text: str = getattr(content, code)
        if text or now.get(code):
            values[code] = text
    for own in OWN_FIELDS:
        code = getattr(shop.options.attributes, own.key)
        if text := own.text(content):
            attribute = await shop.attributes.ensure(set_id, code, own.label, own.kind)
            values[code] = await shop.attributes.stored(attribute, text)
        elif now.get(code):
            values[code] = ""
    return values


async def _moved_categories(shop: Shop, push: ContentPush, existing: Json) -> list[Any] | None:
    """All categories that the product shall have, None where they stand already; a save replaces all of them.

    The one that we had put it into goes. The merchant's own ("Promoções") are not ours, and stay.
    """
    there = [int(category) for category in existing.get("categories") or ()]
    wanted, left = push.content.categories, push.former.categories if push.former else ()
    wanted_id = await shop.categories.ensure(wanted) if wanted else None
    left_id = await shop.categories.known(left) if left else None
    kept = [category for category in there if category == wanted_id or category != left_id]
    moved = kept if wanted_id is None or wanted_id in kept else [wanted_id, *kept]
    return None if moved == there else moved
