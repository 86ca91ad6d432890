"""Product attributes, options, and the attribute set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.sandbox.shop.attributes import ATTRIBUTE, ENTITY_TYPE, GROUPS, OPTION, SET_ID, Attribute
from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import NO_SUCH_ENTITY, Crash, NotFound, Refused
from connectors.sandbox.shop.router import Call, Route, listing
from connectors.sandbox.shop.shop import Shop

_SET = {"attribute_set_id": SET_ID, "attribute_set_name": "Default", "sort_order": 1, "entity_type_id": ENTITY_TYPE}


def search(shop: Shop, call: Call) -> Any:
    columns: dict[str, Callable[[Attribute], Any]] = {
        "attribute_id": lambda a: a.attribute_id,
        "attribute_code": lambda a: a.code,
        "frontend_input": lambda a: a.input,
        "frontend_label": lambda a: a.label,
        "is_user_defined": lambda a: int(a.user_defined),
        "is_required": lambda a: int(a.required),
    }
    collection = Collection(
        rows=lambda: list(shop.attributes),
        value=lambda row, name: columns[name](row),
        knows=columns.__contains__,
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, lambda row: row.view())


def get(shop: Shop, call: Call) -> Any:
    return shop.attributes.get(call.text("code")).view()


def create(shop: Shop, call: Call) -> Any:
    return shop.attributes.create(call.entity("attribute", ATTRIBUTE)).view()


def update(shop: Shop, call: Call) -> Any:
    return shop.attributes.update(call.text("code"), call.entity("attribute", ATTRIBUTE)).view()


def options(shop: Shop, call: Call) -> Any:
    return shop.attributes.get(call.text("code")).option_list()


def add_option(shop: Shop, call: Call) -> Any:
    """The new id as a string (recorded: attributes/option_added)."""
    return shop.attributes.add_option(call.text("code"), call.entity("option", OPTION))


def sets(shop: Shop, call: Call) -> Any:
    collection = Collection(
        rows=lambda: [_SET],
        value=lambda row, name: row[name],
        knows=_SET.__contains__,
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, dict)


def groups(shop: Shop, call: Call) -> Any:
    """Group ids come as strings, the set's as a number (recorded: attributes/groups)."""
    rows = [
        {"attribute_group_id": str(number), "attribute_group_name": name, "attribute_set_id": SET_ID}
        for number, name in GROUPS.items()
    ]
    collection = Collection(
        rows=lambda: rows,
        value=lambda row, name: row[name],
        knows=rows[0].__contains__,
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, dict)


def set_attributes(shop: Shop, call: Call) -> Any:
    if call.number("set") != SET_ID:
        raise NotFound(NO_SUCH_ENTITY)
    return [attribute.view() for attribute in shop.attributes if attribute.assigned]


def assign(shop: Shop, call: Call) -> Any:
    """The assignment's id as a string (recorded: attributes/assigned)."""
    numbers = [call.need(name) for name in ("attributeSetId", "attributeGroupId")]
    if not all(str(number).isdigit() for number in numbers):
        raise Refused("Invalid attribute set or group.")
    return shop.attributes.assign(int(numbers[0]), int(numbers[1]), str(call.need("attributeCode")))


_ATTRIBUTES = "Magento_Catalog::attributes_attributes"
_SETS = "Magento_Catalog::sets"
ROUTES = (
    Route("GET", "V1/products/attributes", search, _ATTRIBUTES),
    Route("POST", "V1/products/attributes", create, _ATTRIBUTES),
    Route("GET", "V1/products/attributes/{code}", get, _ATTRIBUTES),
    Route("PUT", "V1/products/attributes/{code}", update, _ATTRIBUTES),
    Route("GET", "V1/products/attributes/{code}/options", options, _ATTRIBUTES),
    Route("POST", "V1/products/attributes/{code}/options", add_option, _ATTRIBUTES),
    Route("GET", "V1/products/attribute-sets/sets/list", sets, _SETS),
    Route("GET", "V1/products/attribute-sets/groups/list", groups, _SETS),
    Route("GET", "V1/products/attribute-sets/{set}/attributes", set_attributes, _SETS),
    Route("POST", "V1/products/attribute-sets/attributes", assign, _SETS),
)
