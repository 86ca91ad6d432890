"""An item's content: one product saved for all store views, created where the shop has none.

Only what we own is sent, so whatever else the merchant keeps on the product stays. URL key, websites, attribute
set, tax class and visibility are ours at the creation only; from then on they are the shop's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from connectors.magento import grid
from connectors.magento.search import Filter, find
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, path_of
from connectors.magento.wire import custom_attributes, custom_values
from connectors.magento_shapes.fields import own_values
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, amount_out, quantity, quantity_out, slug
from engine.amounts import ZERO
from engine.errors import Refused
from engine.publishing import Content, ContentPush

ENABLED, DISABLED = 1, 2
NOT_VISIBLE, CATALOGUE_AND_SEARCH = 1, 4
CONFIGURABLE = "configurable"
SOLD_BY_THEMSELVES = ("simple", "virtual", "downloadable")
"""Types whose price and stock are their own; those of a bundle or a group of products are their parts'."""
KEY_TAKEN = "url key"
KEY_MARK_LENGTH = 8


async def push_content(shop: Shop, push: ContentPush) -> str:
    """Create or change the product of this SKU; its id. Two calls at once for one new SKU would make two products."""
    async with shop.turn_of(push.item):
        try:
            existing = await product(shop, push.item)
            if existing is None:
                return await _post(shop, await new_product(shop, push))
            return await _change(shop, push, existing)
        except Refused:
            shop.forget()
            raise


async def product(shop: Shop, sku: str) -> Json | None:
    """The product of a SKU. Searched, not fetched by its path: a web server may refuse a slash there."""
    found = await find(shop.rest, f"{ALL}/products", [Filter("sku", sku)], rows=1)
    return found[0] if found else None


class New(NamedTuple):
    """A product that the shop lacks, and the URL keys to try for it, one after the other."""

    saved: Json
    values: dict[str, Any]
    url_keys: Sequence[str]

    def body(self, url_key: str) -> Json:
        """What is posted."""
        custom = custom_attributes((self.values | {"url_key": url_key}).items())
        return {"product": {**self.saved, "custom_attributes": custom}}


async def new_product(shop: Shop, push: ContentPush) -> New:
    """A new product with nothing to sell yet: its stock is pushed after it, so until then nobody can buy it."""
    content, options = push.content, shop.options
    is_grid = content.kind == "grid"
    if push.initial_price is None and not is_grid:
        raise Refused("no-price", push.item, sku=push.item)
    set_id = options.attribute_set
    values = await _values(shop, content, set_id, {})
    if options.tax_class is not None:
        values["tax_class_id"] = str(options.tax_class)
    extension: Json = {
        "website_ids": list(options.websites),
        # A grid parent has no quantity of its own: whether it can be bought follows its variants.
        "stock_item": {"is_in_stock": True} if is_grid else {"qty": 0, "is_in_stock": False},
    }
    if content.categories:
        extension["category_links"] = [_link(await shop.categories.ensure(content.categories))]
    if is_grid:
        extension |= await grid.parent_extension(shop, set_id, push, None)
    saved = {
        "sku": push.item,
        "type_id": CONFIGURABLE if is_grid else "simple",
        "attribute_set_id": set_id,
        "price": amount_out(ZERO if is_grid else push.initial_price or ZERO),
        **_head(content),
        "visibility": NOT_VISIBLE if content.kind == "variant" else CATALOGUE_AND_SEARCH,
        "extension_attributes": extension,
    }
    key = f"{slug(content.name)}-{slug(push.item)}".strip("-")
    mark = hashlib.sha256(push.item.encode()).hexdigest()[:KEY_MARK_LENGTH]
    return New(saved, values, (key, key, f"{key}-{mark}"))


async def _post(shop: Shop, new: New) -> str:
    """Post a new product under the first URL key that the shop takes.

    One may be taken by another SKU with the same letters, a category, an old redirect. The sentence comes in the shop's
    language, as does that of a deadlock, which passes: so the same key is tried once more before another one, unless
    the sentence is known. Nothing was saved of what was refused.
    """
    refusal: Refused | None = None
    for url_key in new.url_keys:
        key_taken = refusal is not None and KEY_TAKEN in str(refusal.params.get("message")).casefold()
        if key_taken and url_key == new.url_keys[0]:
            continue
        try:
            answer = await shop.rest.post(f"{ALL}/products", new.body(url_key))
        except Refused as error:
            if error.code != "channel-refused":
                raise
            refusal = error
        else:
            return str(answer["id"])
    assert refusal is not None, "there is a key to try"
    raise refusal


async def _change(shop: Shop, push: ContentPush, existing: Json) -> str:
    content = push.content
    is_grid = content.kind == "grid"
    if existing["type_id"] not in ((CONFIGURABLE,) if is_grid else SOLD_BY_THEMSELVES):
        raise Refused("content-kind", f"{push.item} is {existing['type_id']}", sku=push.item, type=existing["type_id"])
    set_id = int(existing["attribute_set_id"])
    values_now = custom_values(existing)
    values = await _values(shop, content, set_id, values_now)
    if values_now.get("url_key"):
        # Without it some versions make a new one when the name changes, and old links break.
        values["url_key"] = values_now["url_key"]
    values = {code: value for code, value in values.items() if code not in push.leave}
    extension: Json = {}
    if "categories" not in push.leave and (links := await _moved_links(shop, push, existing)) is not None:
        extension["category_links"] = links
    if is_grid:
        extension |= await grid.parent_extension(shop, set_id, push, existing)
    saved: Json = {**_head(content), "custom_attributes": custom_attributes(values.items())}
    if (visibility := _visibility(push, existing)) is not None:
        saved["visibility"] = visibility
    if "name" in push.leave:
        del saved["name"]
    if content.weight_kg is None and quantity(existing.get("weight")):
        saved["weight"] = 0
    if extension:
        saved["extension_attributes"] = extension
    answer = await shop.rest.put(f"{ALL}/products{path_of(push.item)}", {"product": saved})
    if "category_links" in extension:
        # Some versions only add links in a save, and say nothing (magento/magento2#14038, #25646).
        for category_id in _category_ids(answer) & _category_ids(existing) - _category_ids(saved):
            with suppress(Absent):
                await shop.rest.delete(f"{ALL}/categories/{category_id}/products{path_of(push.item)}")
    return str(answer["id"])


def _head(content: Content) -> Json:
    head: Json = {
        "name": content.name,
        "status": ENABLED if content.enabled else DISABLED,
    }
    if content.weight_kg is not None:
        head["weight"] = quantity_out(content.weight_kg)
    return head


def _visibility(push: ContentPush, existing: Json) -> int | None:
    """Only a cell of a grid of ours is hidden, and shown when it is none any more; the rest is as the merchant has it.

    (He may have hidden the sizes of a grid of his own, which C-Plus knows as products of their own.)
    """
    hidden = existing.get("visibility") == NOT_VISIBLE
    if push.content.kind == "variant":
        return None if hidden else NOT_VISIBLE
    was_cell = push.former is not None and push.former.kind == "variant" and push.former.grid
    return CATALOGUE_AND_SEARCH if hidden and was_cell else None


async def _values(shop: Shop, content: Content, set_id: int, now: dict[str, Any]) -> dict[str, Any]:
    """The custom attributes to send. An empty value is sent only where the shop holds one, to clear it."""
    values = await own_values(shop.attributes, shop.options.attributes, set_id, content, now)
    if content.kind == "variant":
        values |= await grid.place(shop, set_id, content)
    return values


async def _moved_links(shop: Shop, push: ContentPush, existing: Json) -> list[Json] | None:
    """All links that the product shall have, None where they stand already; a save replaces all of them.

    The category that we had put it into goes. The merchant's own ("Promoções") are not ours, and stay.
    """
    links = list((existing.get("extension_attributes") or {}).get("category_links") or ())
    there = {int(link["category_id"]): link for link in links}
    moved = await shop.categories.moved(list(there), push)
    return None if moved is None else [there.get(key) or _link(key) for key in moved]


def _category_ids(product: Json) -> set[int]:
    links = (product.get("extension_attributes") or {}).get("category_links") or ()
    return {int(link["category_id"]) for link in links}


def _link(category_id: int) -> Json:
    return {"position": 0, "category_id": str(category_id)}
