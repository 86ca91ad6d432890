"""Products as JSON. Which keys come depends on the call, as recorded: POST, GET and PUT, search, children."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connectors.sandbox.shop import grid
from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import Refused
from connectors.sandbox.shop.inventory import DEFAULT_SOURCE
from connectors.sandbox.shop.products import Catalogue, Product
from connectors.sandbox.shop.wire import ZERO

ALL_GROUPS_ID = 32000

_OWN_KEYS = ("name", "price", "status", "visibility", "weight")
_FIXED = {
    "entity_id": lambda p: p.product_id,
    "sku": lambda p: p.sku,
    "type_id": lambda p: p.type_id,
    "attribute_set_id": lambda p: 4,
    "created_at": lambda p: p.created_at,
    "updated_at": lambda p: p.updated_at,
    "category_id": lambda p: list(p.category_links),
    "website_id": lambda p: list(p.website_ids),
}


def saved(catalogue: Catalogue, product: Product, view: int) -> dict[str, Any]:
    """The answer to POST: neither links nor tier prices (recorded: catalogue/product_created)."""
    full = single(catalogue, product, view)
    del full["product_links"], full["tier_prices"]
    return full


def single(catalogue: Catalogue, product: Product, view: int) -> dict[str, Any]:
    """The answer to GET and PUT of one product (recorded: catalogue/product, product_updated, grid/parent)."""
    full = listed(product, view)
    extension = full["extension_attributes"]
    extension["stock_item"] = stock_item(catalogue, product)
    if product.configurable:
        # The two lists come after the stock item; a client reads keys, but a person reads order.
        for key in ("configurable_product_options", "configurable_product_links"):
            extension[key] = extension.pop(key)
    return full


def listed(product: Product, view: int) -> dict[str, Any]:
    """One entry of a search: without the stock item (recorded: catalogue/search)."""
    extension: dict[str, Any] = {"website_ids": list(product.website_ids)}
    if product.category_links:
        extension["category_links"] = [
            {"position": position, "category_id": str(category_id)}
            for category_id, position in product.category_links.items()
        ]
    if product.configurable:
        extension["configurable_product_options"] = [grid.option_view(product, option) for option in product.grid]
        extension["configurable_product_links"] = list(product.variants)
    return {
        **_head(product, view),
        "extension_attributes": extension,
        "product_links": [],
        "options": [],
        "media_gallery_entries": [picture.view() for picture in product.pictures],
        "tier_prices": _tier_prices(product),
        "custom_attributes": _custom_attributes(product, view),
    }


def child(product: Product, view: int) -> dict[str, Any]:
    """One variant in the list of a configurable's children (recorded: grid/children)."""
    custom = [entry for entry in _custom_attributes(product, view) if entry["attribute_code"] != "options_container"]
    return {
        **_head(product, view),
        "product_links": [],
        "tier_prices": _tier_prices(product),
        "custom_attributes": custom,
    }


def stock_item(catalogue: Catalogue, product: Product) -> dict[str, Any]:
    """The legacy stock item, which mirrors the default source (recorded: stock/stock_item)."""
    item = catalogue.inventory.item(product.sku, DEFAULT_SOURCE)
    return {
        "item_id": product.stock_item_id,
        "product_id": product.product_id,
        "stock_id": 1,
        "qty": item.quantity if item and not product.configurable else 0,
        "is_in_stock": product.in_stock if product.configurable else bool(item and item.status),
        "is_qty_decimal": False,
        "show_default_notification_message": False,
        "use_config_min_qty": True,
        "min_qty": 0,
        "use_config_min_sale_qty": 1,
        "min_sale_qty": 1,
        "use_config_max_sale_qty": True,
        "max_sale_qty": 10000,
        "use_config_backorders": True,
        "backorders": 0,
        "use_config_notify_stock_qty": True,
        "notify_stock_qty": 1,
        "use_config_qty_increments": True,
        "qty_increments": 0,
        "use_config_enable_qty_inc": True,
        "enable_qty_increments": False,
        "use_config_manage_stock": True,
        "manage_stock": product.manage_stock,
        "low_stock_date": None,
        "is_decimal_divided": False,
        "stock_status_changed_auto": int(product.stock_auto),
    }


def collection(catalogue: Catalogue, view: int) -> Collection[Product]:
    """The products as a searchable collection; any attribute can be asked for."""

    def value(product: Product, field: str) -> Any:
        fixed: Callable[[Product], Any] | None = _FIXED.get(field)
        found = fixed(product) if fixed else product.value(field, view)
        return ",".join(map(str, found)) if isinstance(found, list) else found

    return Collection(
        rows=catalogue.by_id.values,
        value=value,
        knows=lambda field: field in _FIXED or field in catalogue.attributes.by_code,
        unknown=lambda field: Refused('The "%1" attribute name is invalid. Reset the name and try again.', [field]),
        index={"sku": catalogue.find_all},
    )


def _head(product: Product, view: int) -> dict[str, Any]:
    price, weight = product.value("price"), product.value("weight")
    head: dict[str, Any] = {
        "id": product.product_id,
        "sku": product.sku,
        "name": product.value("name", view),
        "attribute_set_id": 4,
        "price": price if price is not None else ZERO,
        "status": product.value("status", view),
        "visibility": product.value("visibility", view),
        "type_id": product.type_id,
        "created_at": product.created_at,
        "updated_at": product.updated_at,
    }
    if weight is not None:
        head["weight"] = weight
    return head


def _tier_prices(product: Product) -> list[dict[str, Any]]:
    return [
        {
            "customer_group_id": ALL_GROUPS_ID if tier.group_id is None else tier.group_id,
            "qty": tier.quantity,
            "value": ZERO if tier.percent else tier.price,
            "extension_attributes": {"website_id": tier.website_id}
            | ({"percentage_value": tier.price} if tier.percent else {}),
        }
        for tier in product.tiers
    ]


def _custom_attributes(product: Product, view: int) -> list[dict[str, Any]]:
    values: dict[str, Any] = {
        "msrp_display_actual_price_type": "0",
        "required_options": "0",
        "has_options": "0",
    }
    for picture in product.pictures:
        values |= dict.fromkeys(picture.types, picture.file)
    codes = dict.fromkeys([*product.values, *product.overrides])
    values |= {code: _text(product.value(code, view)) for code in codes if code not in _OWN_KEYS}
    values["category_ids"] = [str(category_id) for category_id in product.category_links]
    return [{"attribute_code": code, "value": value} for code, value in values.items()]


def _text(value: Any) -> str:
    return f"{value:.6f}" if isinstance(value, Decimal) else str(value)
