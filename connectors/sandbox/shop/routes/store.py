"""Store set-up as the API shows it: one website, one store view, BRL, kilograms, Brazil."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop.errors import NotFound
from connectors.sandbox.shop.order_view import CURRENCY
from connectors.sandbox.shop.regions import country
from connectors.sandbox.shop.router import Call, Route
from connectors.sandbox.shop.shop import Shop

MODULES = (
    "Magento_Store",
    "Magento_Directory",
    "Magento_Eav",
    "Magento_Catalog",
    "Magento_CatalogInventory",
    "Magento_ConfigurableProduct",
    "Magento_Customer",
    "Magento_Sales",
    "Magento_Webapi",
    "Magento_Inventory",
    "Magento_InventoryApi",
    "Magento_InventoryCatalog",
    "Magento_InventoryReservations",
    "Magento_InventorySales",
    "Magento_InventoryShipping",
)


def modules(shop: Shop, call: Call) -> Any:
    return [name for name in MODULES if shop.inventory.by_source or not name.startswith("Magento_Inventory")]


def store_configs(shop: Shop, call: Call) -> Any:
    """Recorded: store/store_configs."""
    url = f"{call.base_url}/"
    urls = {"base_url": url, "base_link_url": url, "base_static_url": f"{url}static/", "base_media_url": f"{url}media/"}
    return [{
        "id": 1,
        "code": "default",
        "website_id": 1,
        "locale": "pt_BR",
        "base_currency_code": CURRENCY,
        "default_display_currency_code": CURRENCY,
        "timezone": "America/Sao_Paulo",
        "weight_unit": "kgs",
        **urls,
        **{f"secure_{name}": value for name, value in urls.items()},
    }]  # fmt: skip


def websites(shop: Shop, call: Call) -> Any:
    return [
        {"id": 0, "code": "admin", "name": "Admin", "default_group_id": 0},
        {"id": 1, "code": "base", "name": shop.name, "default_group_id": 1},
    ]


def store_views(shop: Shop, call: Call) -> Any:
    common = {"is_active": 1}
    return [
        {"id": 1, "code": "default", "name": "Default Store View", "website_id": 1, "store_group_id": 1, **common},
        {"id": 0, "code": "admin", "name": "Admin", "website_id": 0, "store_group_id": 0, **common},
    ]


def store_groups(shop: Shop, call: Call) -> Any:
    return [
        {
            "id": 0, "website_id": 0, "root_category_id": 0, "default_store_id": 0, "name": "Default",
            "code": "default",
        },
        {
            "id": 1, "website_id": 1, "root_category_id": 2, "default_store_id": 1, "name": shop.name,
            "code": "main_website_store",
        },
    ]  # fmt: skip


def countries(shop: Shop, call: Call) -> Any:
    if call.text("country") != "BR":
        raise NotFound("The country isn't available.")
    return country()


_BACKEND = "Magento_Backend::store"
ROUTES = (
    Route("GET", "V1/modules", modules, _BACKEND),
    Route("GET", "V1/store/storeConfigs", store_configs, _BACKEND),
    Route("GET", "V1/store/websites", websites, _BACKEND),
    Route("GET", "V1/store/storeViews", store_views, _BACKEND),
    Route("GET", "V1/store/storeGroups", store_groups, _BACKEND),
    Route("GET", "V1/directory/countries/{country}", countries, None),
)
