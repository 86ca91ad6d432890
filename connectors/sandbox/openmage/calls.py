"""Every call of the API by its path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectors.sandbox.openmage import calls_catalogue as goods
from connectors.sandbox.openmage import calls_people as people
from connectors.sandbox.openmage import calls_sales as sales

CALLS: dict[str, Callable[..., Any]] = {
    "core_magento.info": people.info,
    "store.list": people.stores,
    "directory_region.list": people.regions,
    "customer_group.list": people.groups,
    "customer.list": people.customer_list,
    "customer.info": people.customer_info,
    "customer.create": people.customer_create,
    "customer.update": people.customer_update,
    "customer_address.list": people.address_list,
    "customer_address.create": people.address_create,
    "customer_address.update": people.address_update,
    "catalog_category.tree": goods.category_tree,
    "catalog_category.create": goods.category_create,
    "catalog_product.list": goods.product_list,
    "catalog_product.info": goods.product_info,
    "catalog_product.create": goods.product_create,
    "catalog_product.update": goods.product_update,
    "catalog_product_attribute.list": goods.attributes,
    "catalog_product_attribute.info": goods.attribute_info,
    "catalog_product_attribute.options": goods.attribute_options,
    "catalog_product_attribute.create": goods.attribute_create,
    "catalog_product_attribute.addOption": goods.attribute_add_option,
    "catalog_product_attribute_set.list": goods.sets,
    "catalog_product_attribute_set.attributeAdd": goods.attribute_assign,
    "catalog_product_attribute_tier_price.info": goods.tiers,
    "catalog_product_attribute_tier_price.update": goods.set_tiers,
    "catalog_product_attribute_media.list": goods.pictures,
    "catalog_product_attribute_media.create": goods.add_picture,
    "catalog_product_attribute_media.update": goods.change_picture,
    "catalog_product_attribute_media.remove": goods.remove_picture,
    "cataloginventory_stock_item.list": goods.stock_list,
    "cataloginventory_stock_item.update": goods.stock_update,
    "sales_order.list": sales.order_list,
    "sales_order.info": sales.order_info,
    "sales_order.addComment": sales.order_comment,
    "sales_order.cancel": sales.order_cancel,
    "sales_order_creditmemo.create": sales.creditmemo_create,
    "sales_order_invoice.list": sales.invoice_list,
    "sales_order_invoice.info": sales.invoice_info,
    "sales_order_invoice.create": sales.invoice_create,
    "sales_order_invoice.capture": sales.invoice_capture,
    "sales_order_shipment.list": sales.shipment_list,
    "sales_order_shipment.info": sales.shipment_info,
    "sales_order_shipment.create": sales.shipment_create,
    "sales_order_shipment.addTrack": sales.shipment_track,
    "sales_order_shipment.sendInfo": sales.shipment_send,
    "sales_order_shipment.getCarriers": sales.shipment_carriers,
}
NOT_CALLABLE = frozenset({"catalog_product.multiUpdate", "cataloginventory_stock_item.multiUpdate"})
"""Named in the shop's tables, but only SOAP v2 has them (recorded: stock/multi_update)."""
ALIASES = {
    "product": "catalog_product", "category": "catalog_category", "order": "sales_order",
    "product_attribute_set": "catalog_product_attribute_set", "order_shipment": "sales_order_shipment",
    "order_invoice": "sales_order_invoice",
}  # fmt: skip
