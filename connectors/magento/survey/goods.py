"""The attribute set, the attributes and the root category that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator

from connectors.magento.categories import branch_of
from connectors.magento.search import Filter
from connectors.magento.survey.asking import Look
from connectors.magento.transport import ALL
from connectors.magento_shapes.fields import OWN_FIELDS
from connectors.magento_shapes.survey import map_of_categories
from connectors.magento_shapes.values import Json
from engine.survey import Finding, Mark, Proposal

TEXTS = ("text", "textarea", "select", "multiselect")
"""Kinds of attribute that take any text; a list gets an entry for each."""
AXIS = "select"
GLOBAL = "global"


async def attribute_set(look: Look) -> AsyncIterator[Finding]:
    """The set of new products."""
    sets = await look.rows(f"{ALL}/products/attribute-sets/sets/list")
    if sets is None:
        return
    names = {int(row["attribute_set_id"]): str(row["attribute_set_name"]) for row in sets}
    wanted = look.shop.options.attribute_set
    lines = [f"{key}: {name}" for key, name in names.items()]
    if wanted in names:
        yield Finding("shop-goods.set", Mark.OK, {"set": wanted, "name": names[wanted]})
    else:
        only = [Proposal("attribute_set", key) for key in names] if len(names) == 1 else []
        yield Finding("shop-goods.set-unknown", Mark.WRONG, {"set": wanted}, lines, only)


async def attributes(look: Look) -> AsyncIterator[Finding]:
    """Those for what Magento has no field for, and those of the grid's axes."""
    options = look.shop.options
    codes = {getattr(options.attributes, own.key): own.key for own in OWN_FIELDS}
    there = await _attributes(look, [*codes, *options.axes.values()])
    if there is None:
        return
    wrong = {code: there[code] for code in codes if code in there and _kind(there[code]) not in TEXTS}
    lines = [f"{code}: {_kind(there[code]) if code in there else '-'}" for code in codes if code not in wrong]
    yield Finding("shop-goods.attributes", Mark.OK, {}, lines)
    for code, row in wrong.items():
        params = {"code": code, "kind": _kind(row), "option": f"attributes.{codes[code]}"}
        yield Finding("shop-goods.attribute-kind", Mark.WRONG, params)
    for axis, code in options.axes.items():
        if code in there and (_kind(there[code]), there[code].get("scope", GLOBAL)) != (AXIS, GLOBAL):
            params = {"axis": axis, "code": code, "kind": _kind(there[code]), "scope": str(there[code].get("scope"))}
            yield Finding("shop-goods.axis-kind", Mark.WRONG, params)


async def root_category(look: Look) -> AsyncIterator[Finding]:
    """The category below which ours are made."""
    wanted = look.shop.options.root_category
    if await look.get(f"{ALL}/categories/{wanted}") is not None:
        yield Finding("shop-goods.root", Mark.OK, {"category": wanted})
    elif (tree := await look.get(f"{ALL}/categories")) is not None:
        yield Finding("shop-goods.root-unknown", Mark.WRONG, {"category": wanted}, [f"{tree['id']}: {tree['name']}"])


async def category_map(look: Look) -> AsyncIterator[Finding]:
    """The categories that the account maps C-Plus's sections to."""
    options = look.shop.options
    if not options.categories:
        return
    tree = await look.get(f"{ALL}/categories", f"rootCategoryId={options.root_category}")
    root = branch_of(tree).find(options.root_category) if tree else None
    if root is not None:
        for finding in map_of_categories(root, options.categories):
            yield finding


async def _attributes(look: Look, codes: list[str]) -> dict[str, Json] | None:
    rows = await look.rows(f"{ALL}/products/attributes", Filter("attribute_code", ",".join(codes), "in"))
    return None if rows is None else {str(row["attribute_code"]): row for row in rows}


def _kind(row: Json) -> str:
    return str(row.get("frontend_input") or "text")
