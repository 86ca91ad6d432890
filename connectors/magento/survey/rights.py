"""Which rights the integration lacks, and what each is for.

Magento judges the right before it reads the rest of a call, so a call that cannot be carried out tells too: order 0 and
customer 0 exist nowhere, and a body without its object is refused. Nothing is changed by any of these.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

from connectors.magento.search import criteria
from connectors.magento.survey.asking import Look
from connectors.magento.transport import ALL, SHOP
from engine.survey import Finding, Mark

ONE = criteria((), rows=1)


class Need(NamedTuple):
    """A thing we do, and a call that needs the same right. `what` names its sentence: "shop-rights.no-<what>".

    mark: of a thing that a shop can be run without, UNKNOWN, since a person may have left the right out on purpose.
    """

    what: str
    method: str
    path: str
    query: str = ""
    mark: Mark = Mark.WRONG


NEEDS = (
    Need("store", "GET", f"{SHOP}/store/websites"),
    Need("products", "GET", f"{ALL}/products", ONE),
    Need("photos", "GET", f"{ALL}/products/0/media"),
    Need("categories", "GET", f"{ALL}/categories"),
    Need("attributes", "GET", f"{ALL}/products/attributes", ONE),
    Need("sets", "GET", f"{ALL}/products/attribute-sets/sets/list", ONE),
    Need("prices", "POST", f"{SHOP}/products/tier-prices-information"),
    Need("stock", "GET", f"{SHOP}/inventory/source-items", ONE),
    Need("stock-writing", "POST", f"{SHOP}/inventory/source-items"),
    Need("stocks", "GET", f"{SHOP}/inventory/stocks", ONE, Mark.UNKNOWN),
    Need("stock-links", "GET", f"{SHOP}/inventory/stock-source-links", ONE, Mark.UNKNOWN),
    Need("salable", "GET", f"{SHOP}/inventory/export-stock-salable-qty/website/base", ONE, Mark.UNKNOWN),
    Need("customers", "GET", f"{SHOP}/customers/search", ONE),
    Need("customers-writing", "PUT", f"{SHOP}/customers/0"),
    Need("groups", "GET", f"{SHOP}/customerGroups/search", ONE),
    Need("orders", "GET", f"{SHOP}/orders", ONE),
    Need("invoices", "GET", f"{SHOP}/invoices", ONE, Mark.UNKNOWN),
    Need("invoicing", "POST", f"{SHOP}/order/0/invoice"),
    Need("cancelling", "POST", f"{SHOP}/orders/0/cancel"),
    Need("commenting", "POST", f"{SHOP}/orders/0/comments", mark=Mark.UNKNOWN),
    Need("shipments", "GET", f"{SHOP}/shipments", ONE),
    Need("shipping", "POST", f"{SHOP}/order/0/ship"),
    Need("refunds", "GET", f"{SHOP}/creditmemos", ONE, Mark.UNKNOWN),
    Need("refunding", "POST", f"{SHOP}/order/0/refund", mark=Mark.UNKNOWN),
    Need("bulk", "GET", f"{SHOP}/bulk/", ONE, Mark.UNKNOWN),
)


async def rights(look: Look) -> AsyncIterator[Finding]:
    """Each right that is missing, in the order of the trade."""
    lacking = False
    for need in NEEDS:
        right = await look.refused_right(need.method, need.path, need.query)
        if right is not None:
            lacking = True
            yield Finding(f"shop-rights.no-{need.what}", need.mark, {"right": right})
    if not lacking:
        yield Finding("shop-rights.enough", Mark.OK, {"n": len(NEEDS)})
