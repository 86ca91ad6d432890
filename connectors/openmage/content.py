"""An item's content: one simple product saved for all store views, created where the shop has none.

Only what we own is sent, so whatever else the merchant keeps on the product stays. URL key, websites, visibility,
attribute set and tax class are ours at the creation only; from then on they are the shop's. Products with
variants cannot be made over this API, so a grid's cells are products of their own.
"""

from __future__ import annotations

from connectors.magento_shapes.fields import own_values
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, amount_out, quantity, quantity_out, slug
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
    there = [int(category) for category in existing.get("categories") or ()]
    if (categories := await shop.categories.moved(there, push)) is not None:
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
    return values | await own_values(shop.attributes, shop.options.attributes, set_id, content, now)
