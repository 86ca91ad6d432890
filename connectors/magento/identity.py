"""Who answers at the shop's address, and what this account may not do there."""

from __future__ import annotations

from typing import Any

from connectors.magento.search import Filter, criteria
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, SHOP
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Misconfigured, Refused, RetryLater
from engine.model.channel import ChannelIdentity

WEBSITES = f"{SHOP}/store/websites"
SOURCE_ITEMS = f"{SHOP}/inventory/source-items"
READS = (
    f"{ALL}/products",
    f"{SHOP}/orders",
    f"{SHOP}/customers/search",
    f"{SHOP}/customerGroups/search",
    SOURCE_ITEMS,
)
"""Lists of every kind that is worked with; rights to write show only when something is written."""


async def identify(shop: Shop) -> ChannelIdentity:
    """Name, version and missing rights. Raises Misconfigured on a wrong address, token, source, website or set."""
    websites, missing = await let_in(shop)
    names = {int(site["id"]): str(site["name"]) for site in websites}
    for website in shop.options.websites if websites else ():
        if website not in names:
            known = ", ".join(f"{key} ({name})" for key, name in names.items() if key)
            raise Misconfigured("settings", f"no website {website}", key="websites", expected=f"one of {known}")
    await _check_source(shop)
    await _check_attribute_set(shop)
    name = ", ".join(names[website] for website in shop.options.websites if website in names)
    version = (await shop.rest.text("/magento_version")).strip()
    return ChannelIdentity(name or shop.options.url, version if version.startswith("Magento") else "", tuple(missing))


async def let_in(shop: Shop) -> tuple[list[Json], list[str]]:
    """The websites, and the rights to read that are missing. Raises Misconfigured on a wrong address or key."""
    missing: list[str] = []
    websites: list[Json] = await _look(shop, WEBSITES, missing) or []
    for path in READS:
        await _look(shop, path, missing)
    if len(missing) > len(READS):
        # A signature that does not hold is told as such, so a signed call lacks nothing but rights.
        code = "channel-rights" if shop.rest.access.can_sign else "channel-login"
        raise Misconfigured(code, "nothing opens", resource=", ".join(dict.fromkeys(missing)))
    return websites, missing


async def _look(shop: Shop, path: str, missing: list[str]) -> Any:
    """The first row of a list, or its right among the missing ones. What is no Magento is a wrong address."""
    try:
        return await shop.rest.get(path, criteria((), rows=1))
    except Misconfigured as wrong:
        if wrong.code != "channel-rights":
            raise
        missing.append(str(wrong.params["resource"] or path))
        return None
    except (Refused, RetryLater) as error:
        if isinstance(error, Absent) and path == SOURCE_ITEMS:
            return None  # a shop without sources
        if isinstance(error, Refused) and not isinstance(error, Absent) and shop.rest.access.unproven_keys:
            # Keys of the wrong length are refused with 400.
            raise Misconfigured("magento-keys", error.detail, message=error.params.get("message")) from error
        if isinstance(error, Refused) or error.code == "channel-not-json":
            status = error.params.get("status")
            raise Misconfigured(
                "channel-address", error.detail, url=shop.options.url, location="", status=status
            ) from error
        raise


async def _check_source(shop: Shop) -> None:
    """Goods pushed to a source that is none of the stock are never for sale, and nobody says so."""
    options = shop.options
    links = f"{SHOP}/inventory/stock-source-links"
    try:
        answer = await shop.rest.get(links, criteria([Filter("stock_id", options.stock_id)]))
    except Misconfigured:
        return  # no right to look
    except Absent as absent:
        if options.inventory == "product":
            return
        raise Misconfigured("magento-inventory", "the shop has no multi-source inventory") from absent
    if options.inventory == "product":  # its open orders would be subtracted twice
        raise Misconfigured("settings", "the shop has sources", key="inventory", expected="sources: this shop has them")
    sources = [str(link["source_code"]) for link in answer.get("items") or ()]
    if options.source not in sources:
        expected = f"a source of stock {options.stock_id}: {', '.join(sources) or 'it has none'}"
        raise Misconfigured("settings", f"no source {options.source}", key="source", expected=expected)


async def _check_attribute_set(shop: Shop) -> None:
    wanted = shop.options.attribute_set
    try:
        await shop.attributes.of_set(wanted)
    except Misconfigured:
        return  # no right to look
    except Absent as absent:
        expected = "the id of a set of product attributes"
        raise Misconfigured("settings", f"no set {wanted}", key="attribute_set", expected=expected) from absent
