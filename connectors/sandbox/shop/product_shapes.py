"""What the JSON object of a product may hold. A field that is not here is answered with 500, as Magento does."""

from __future__ import annotations

from connectors.sandbox.shop.media import ENTRY
from connectors.sandbox.shop.wire import Shape

OPTION: Shape = {
    "id": "int",
    "attribute_id": "string",
    "label": "string",
    "position": "int",
    "is_use_default": "boolean",
    "values": ({"value_index": "int", "extension_attributes": "mixed"},),
    "product_id": "int",
    "extension_attributes": "mixed",
}
STOCK_ITEM: Shape = {
    **dict.fromkeys(("item_id", "product_id", "stock_id", "backorders", "stock_status_changed_auto"), "int"),
    **dict.fromkeys(
        ("qty", "min_qty", "min_sale_qty", "max_sale_qty", "notify_stock_qty", "qty_increments"), "float"
    ),
    **dict.fromkeys(
        (
            "is_in_stock", "is_qty_decimal", "show_default_notification_message", "use_config_min_qty",
            "use_config_max_sale_qty", "use_config_backorders", "use_config_notify_stock_qty",
            "use_config_qty_increments", "use_config_enable_qty_inc", "enable_qty_increments",
            "use_config_manage_stock", "manage_stock", "is_decimal_divided",
        ),
        "boolean",
    ),
    "use_config_min_sale_qty": "int",
    "low_stock_date": "string",
    "extension_attributes": "mixed",
}  # fmt: skip
PRODUCT: Shape = {
    **dict.fromkeys(("id", "attribute_set_id", "status", "visibility"), "int"),
    **dict.fromkeys(("sku", "name", "type_id", "created_at", "updated_at"), "string"),
    **dict.fromkeys(("price", "weight"), "float"),
    "extension_attributes": {
        "website_ids": ("int",),
        "category_links": ({"position": "int", "category_id": "string", "extension_attributes": "mixed"},),
        "stock_item": STOCK_ITEM,
        "configurable_product_options": (OPTION,),
        "configurable_product_links": ("int",),
        **dict.fromkeys(
            ("discounts", "bundle_product_options", "downloadable_product_links", "downloadable_product_samples"),
            "mixed",
        ),
    },
    "product_links": "mixed",
    "options": "mixed",
    "media_gallery_entries": (ENTRY,),
    "tier_prices": "mixed",
    "custom_attributes": ({"attribute_code": "string", "value": "mixed"},),
}
