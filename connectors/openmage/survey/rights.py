"""Which rights the API user's role lacks, and what each is for.

The shop itself lists the methods that a role may call, so rights to write are known without anything being written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from connectors.openmage.survey.asking import Look
from engine.survey import Finding, Mark


class Need(NamedTuple):
    """A thing we do, and the methods that it takes. `what` names its sentence: "shop-rights.no-<what>".

    mark: of a thing that a shop can be run without, UNKNOWN, since a person may have left the right out on purpose.
    """

    what: str
    methods: tuple[str, ...]
    mark: Mark = Mark.WRONG


NEEDS = (
    Need("store", ("store.list",)),
    Need("products", ("catalog_product.list", "catalog_product.info")),
    Need("products-writing", ("catalog_product.create", "catalog_product.update")),
    Need("photos", (
        "catalog_product_attribute_media.list", "catalog_product_attribute_media.create",
        "catalog_product_attribute_media.update", "catalog_product_attribute_media.remove",
    )),
    Need("categories", ("catalog_category.tree", "catalog_category.create")),
    Need("attributes", (
        "catalog_product_attribute.list", "catalog_product_attribute.info", "catalog_product_attribute.options",
        "catalog_product_attribute.create", "catalog_product_attribute.addOption",
    )),
    Need("sets", ("catalog_product_attribute_set.list", "catalog_product_attribute_set.attributeAdd")),
    Need("prices", ("catalog_product_attribute_tier_price.info", "catalog_product_attribute_tier_price.update")),
    Need("stock", ("cataloginventory_stock_item.list",)),
    Need("stock-writing", ("cataloginventory_stock_item.update",)),
    Need("customers", ("customer.list", "customer.info", "customer_address.list")),
    Need("customers-writing", ("customer.update", "customer_address.create", "customer_address.update")),
    Need("registering", ("customer.create",), Mark.UNKNOWN),
    Need("groups", ("customer_group.list",)),
    Need("orders", ("sales_order.list", "sales_order.info")),
    Need("cancelling", ("sales_order.cancel",)),
    Need("invoices", ("sales_order_invoice.list", "sales_order_invoice.info")),
    Need("invoicing", ("sales_order_invoice.create", "sales_order_invoice.capture")),
    Need("shipments", ("sales_order_shipment.list", "sales_order_shipment.info")),
    Need("shipping", (
        "sales_order_shipment.create", "sales_order_shipment.addTrack", "sales_order_shipment.sendInfo",
    )),
    Need("refunding", ("sales_order_creditmemo.create",), Mark.UNKNOWN),
)  # fmt: skip


async def rights(look: Look) -> AsyncIterator[Finding]:
    """Each thing that cannot be done, in the order of the trade, with the methods that the role lacks."""
    allowed = await look.shop.api.allowed()
    lacking = False
    for need in NEEDS:
        missing = [method for method in need.methods if method not in allowed]
        if missing:
            lacking = True
            yield Finding(f"shop-rights.no-{need.what}", need.mark, {"right": ", ".join(missing)})
    if not lacking:
        yield Finding("shop-rights.enough", Mark.OK, {"n": len(NEEDS)})
