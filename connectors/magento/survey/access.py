"""Who answers, how we are let in, and whether its clock and its pace will do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from connectors.magento.access.ways import Way
from connectors.magento.survey.asking import Look
from connectors.magento.transport import SHOP
from connectors.magento_shapes.survey import pace_of
from engine.survey import Finding, Mark, Proposal

CLOCK_S_MAX = 300
LOOPBACK = ("localhost", "127.0.0.1", "::1")
EDITIONS = (
    # A module that only this edition has, and what the edition is called.
    (re.compile(r"MageOS_"), "Mage-OS"),
    (re.compile(r"Magento_(Enterprise|AdminGws|CatalogStaging|CustomerBalance)$"), "Adobe Commerce"),
    (re.compile(r"Magento_Catalog$"), "Magento Open Source"),
)


async def version(look: Look) -> AsyncIterator[Finding]:
    """The version page tells major and minor only, and many shops switch it off."""
    said = (await look.shop.rest.text("/magento_version")).strip()
    modules = await look.modules()
    edition = next((name for pattern, name in EDITIONS if any(map(pattern.match, modules))), "")
    if said.startswith("Magento/"):
        yield Finding("shop.version", Mark.OK, {"version": said, "edition": edition or "?"})
    else:
        yield Finding("shop.version-unsaid", Mark.OK, {"edition": edition or "?"})
    if not modules:
        yield Finding("shop.modules-unseen", Mark.UNKNOWN)


async def address(look: Look) -> AsyncIterator[Finding]:
    """What was typed, against what is used and what the shop calls itself."""
    options = look.shop.options
    if options.url != options.base:
        proposal = Proposal("url", options.base)
        yield Finding("shop.address-corrected", Mark.OK, {"typed": options.url, "url": options.base}, (), [proposal])
    used = urlsplit(options.base)
    if used.scheme == "https" or used.hostname in LOOPBACK:
        return
    configs = await look.get(f"{SHOP}/store/storeConfigs") or []
    secure = sorted({str(config["secure_base_url"]).rstrip("/") for config in configs if config.get("secure_base_url")})
    offered = [url for url in secure if url.startswith("https://")]
    yield Finding(
        "shop.address-open", Mark.WRONG, {"url": options.base}, offered, [Proposal("url", url) for url in offered[:1]]
    )


async def way(look: Look) -> AsyncIterator[Finding]:
    """Which of the two ways in was found to work."""
    access = look.shop.rest.access
    if access.way is Way.OAUTH:
        yield Finding("shop-access.oauth", Mark.OK)
    elif access.way is Way.BEARER:
        yield Finding("shop-access.bearer" if access.can_sign else "shop-access.bearer-only", Mark.OK)


async def clock(look: Look) -> AsyncIterator[Finding]:
    """By the Date of its answers: seconds that ours is ahead."""
    if look.ahead is None:
        return
    seconds = round(look.ahead.total_seconds())
    off = abs(seconds) > CLOCK_S_MAX
    yield Finding("shop-access.clock-off" if off else "shop-access.clock", Mark.WRONG if off else Mark.OK,
                  {"seconds": abs(seconds)})  # fmt: skip


async def pace(look: Look) -> AsyncIterator[Finding]:
    """The median of all the answers to the questions before."""
    if look.took:
        yield pace_of(look.took)
