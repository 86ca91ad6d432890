"""Who answers at the shop's address, and what this API user may not do there."""

from __future__ import annotations

from typing import Any

from connectors.magento_shapes.values import Json
from connectors.openmage.api import Call
from connectors.openmage.shop import Shop
from engine.errors import IntegraError, Misconfigured, RetryLater
from engine.model.channel import ChannelIdentity

NOTHING = {"eq": 0}
INFO, STORES, SETS = "core_magento.info", "store.list", "catalog_product_attribute_set.list"
READS: tuple[Call, ...] = (
    (INFO, ()),
    (STORES, ()),
    (SETS, ()),
    ("catalog_product.list", ({"product_id": NOTHING},)),
    ("catalog_category.tree", ()),
    ("cataloginventory_stock_item.list", ([],)),
    ("customer_group.list", ()),
    ("customer.list", ({"customer_id": NOTHING},)),
    ("sales_order.list", ({"order_id": NOTHING},)),
    ("sales_order_shipment.list", ({"shipment_id": NOTHING},)),
)
"""Lists of every kind that is worked with; rights to write show only when something is written."""


async def identify(shop: Shop) -> ChannelIdentity:
    """Name, version and missing rights. Raises Misconfigured on a wrong address, login, website or attribute set."""
    found = await let_in(shop)
    missing = tuple(method for method, answer in found.items() if isinstance(answer, Misconfigured) and method != INFO)
    stores = _rows(found[STORES])
    known = {int(row["website_id"]) for row in stores if int(row["store_id"])}
    for website in shop.options.websites if stores else ():
        if website not in known:
            expected = f"one of {', '.join(map(str, sorted(known)))}"
            raise Misconfigured("settings", f"no website {website}", key="websites", expected=expected)
    sets = {int(row["set_id"]): str(row["name"]) for row in _rows(found[SETS])}
    if sets and shop.options.attribute_set not in sets:
        expected = f"one of {', '.join(f'{key} ({name})' for key, name in sets.items())}"
        raise Misconfigured("settings", "no such attribute set", key="attribute_set", expected=expected)
    ours = [str(row["name"]) for row in stores if int(row["website_id"]) in shop.options.websites]
    return ChannelIdentity(", ".join(ours) or shop.options.url, _version(found[INFO]), missing)


async def let_in(shop: Shop) -> dict[str, Any]:
    """The answer to each of READS by its method, in place of one that was refused its error.

    Raises Misconfigured on a wrong address or login.
    """
    try:
        answers = await shop.api.read_many(READS)
    except RetryLater as error:
        if error.code != "channel-not-xml":
            raise
        # What answers with a page where XML belongs is no Magento 1, or it stands below another path.
        raise Misconfigured("channel-address", error.detail, location="", status=error.params.get("status")) from error
    return {method: answer for (method, _), answer in zip(READS, answers, strict=True)}


def _rows(answer: Any) -> list[Json]:
    return [] if isinstance(answer, IntegraError) else list(answer or ())


def _version(info: Any) -> str:
    if not isinstance(info, dict):
        return ""
    for name, key in (("OpenMage", "openmage_version"), ("Magento", "magento_version")):
        if info.get(key):
            return f"{name} {info[key]}"
    return ""
