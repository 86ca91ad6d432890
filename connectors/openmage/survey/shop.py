"""Store views, attribute set, attributes, root category, groups, and how stock is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.magento_shapes.fields import OWN_FIELDS
from connectors.magento_shapes.labels import LISTS
from connectors.magento_shapes.survey import map_of_categories
from connectors.openmage.categories import ApiCategories
from connectors.openmage.identity import SETS, STORES
from connectors.openmage.stock import speaks_soap
from connectors.openmage.survey.asking import Look
from engine.errors import Misconfigured
from engine.survey import Finding, Mark, Proposal

TEXTS = ("text", "textarea", *LISTS)
"""Kinds of attribute that take any text; a list gets an entry for each."""
ADMIN = 0
"""The view of the values for all."""
WSDL, WSI = "/api/v2_soap/?wsdl=1", 'use="literal"'
"""The WS-I profile allows no other use of a body, and the shop's usual description says "encoded"."""


async def stores(look: Look) -> AsyncIterator[Finding]:
    """The store views, and the websites of the settings that are none."""
    rows = await look.read(STORES)
    if rows is None:
        return
    views = [row for row in rows if int(row["store_id"]) != ADMIN]
    lines = [f"{row['code']} (website {row['website_id']}): {row['name']}" for row in views]
    websites = sorted({int(row["website_id"]) for row in views})
    missing = [key for key in look.shop.options.websites if key not in websites]
    only = [Proposal("websites", websites)] if len(websites) == 1 else []
    for key in missing:
        yield Finding("shop-stores.website-unknown", Mark.WRONG, {"website": key}, lines, only)
    if not missing:
        yield Finding("shop-stores.named", Mark.OK, {"n": len(views)}, lines)


async def attribute_set(look: Look) -> AsyncIterator[Finding]:
    """The set of new products."""
    rows = await look.read(SETS)
    if rows is None:
        return
    names = {int(row["set_id"]): str(row["name"]) for row in rows}
    wanted = look.shop.options.attribute_set
    if wanted in names:
        yield Finding("shop-goods.set", Mark.OK, {"set": wanted, "name": names[wanted]})
    else:
        lines = [f"{key}: {name}" for key, name in names.items()]
        only = [Proposal("attribute_set", key) for key in names] if len(names) == 1 else []
        yield Finding("shop-goods.set-unknown", Mark.WRONG, {"set": wanted}, lines, only)


async def attributes(look: Look) -> AsyncIterator[Finding]:
    """Those for what Magento has no field for; variants have none, because each is a product of its own here."""
    options = look.shop.options
    rows = await look.read("catalog_product_attribute.list", options.attribute_set)
    if rows is not None:
        kinds = {str(row["code"]): str(row.get("type") or "text") for row in rows}
        codes = {getattr(options.attributes, own.key): own.key for own in OWN_FIELDS}
        wrong = {code: kinds[code] for code in codes if kinds.get(code, "text") not in TEXTS}
        lines = [f"{code}: {kinds.get(code, '-')}" for code in codes if code not in wrong]
        yield Finding("shop-goods.attributes", Mark.OK, {}, lines)
        for code, kind in wrong.items():
            params = {"code": code, "kind": kind, "option": f"attributes.{codes[code]}"}
            yield Finding("shop-goods.attribute-kind", Mark.WRONG, params)
    yield Finding("shop-goods.no-grids", Mark.OK)


async def root_category(look: Look) -> AsyncIterator[Finding]:
    """The category below which ours are made."""
    wanted = look.shop.options.root_category
    try:
        root = await ApiCategories(look.shop.api).tree(wanted)
    except Misconfigured:
        return  # no right to look
    if (ours := root.find(wanted)) is not None:
        yield Finding("shop-goods.root", Mark.OK, {"category": wanted})
        for finding in map_of_categories(ours, look.shop.options.categories):
            yield finding
    else:
        lines = [f"{branch.category_id}: {branch.name}" for branch in root.below]
        yield Finding("shop-goods.root-unknown", Mark.WRONG, {"category": wanted}, lines)


async def groups(look: Look) -> AsyncIterator[Finding]:
    """The groups there are: one for each price table has to be made by hand."""
    rows = await look.read("customer_group.list")
    if rows is None:
        return
    lines = [f"{row['customer_group_id']}: {row['customer_group_code']}" for row in rows]
    wanted = look.shop.options.default_group
    if any(int(row["customer_group_id"]) == wanted for row in rows):
        yield Finding("shop-prices.groups", Mark.OK, {"n": len(rows), "group": wanted}, lines)
        yield Finding("shop-prices.groups-by-hand", Mark.OK)
    else:
        yield Finding("shop-prices.group-unknown", Mark.WRONG, {"group": wanted}, lines)


async def stock(look: Look) -> AsyncIterator[Finding]:
    """Whether the call for many products is there; in WS-I mode SOAP v2 takes other envelopes than ours."""
    yield Finding("shop-stock.counted-down", Mark.OK)
    if await speaks_soap(look.shop):
        yield Finding("shop-stock.many", Mark.OK)
    elif WSI in await look.shop.api.http.get(WSDL, "wsdl"):
        yield Finding("shop-stock.ws-i", Mark.UNKNOWN)
    else:
        yield Finding("shop-stock.one-by-one", Mark.UNKNOWN)
