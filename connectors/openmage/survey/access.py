"""Who answers, under which address, and how fast."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from connectors.magento_shapes.survey import pace_of
from connectors.openmage.identity import INFO
from connectors.openmage.survey.asking import Look
from engine.survey import Finding, Mark, Proposal

LOOPBACK = ("localhost", "127.0.0.1", "::1")


async def version(look: Look) -> AsyncIterator[Finding]:
    """OpenMage tells its own version and that of the Magento it goes on from."""
    info = await look.read(INFO) or {}
    edition = "OpenMage" if info.get("openmage_version") else f"Magento {info.get('magento_edition') or '1'}"
    said = str(info.get("openmage_version") or info.get("magento_version") or "")
    if said:
        yield Finding("shop.version", Mark.OK, {"edition": edition, "version": said})
    else:
        yield Finding("shop.version-unsaid", Mark.OK, {"edition": edition})


async def address(look: Look) -> AsyncIterator[Finding]:
    """What was typed against what is used, and whether the key travels in the open."""
    options = look.shop.options
    used = options.base + look.shop.api.http.front
    if options.url.rstrip("/") not in (options.base, used):
        proposal = Proposal("url", options.base)
        yield Finding("shop.address-corrected", Mark.OK, {"typed": options.url, "url": options.base}, (), [proposal])
    if look.shop.api.http.front:
        yield Finding("shop.front-file", Mark.OK, {"url": used})
    parts = urlsplit(options.base)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        yield Finding("shop.address-open", Mark.WRONG, {"url": options.base})


async def user(look: Look) -> AsyncIterator[Finding]:
    """The login held."""
    yield Finding("shop-access.session", Mark.OK, {"user": look.shop.options.user})


async def pace(look: Look) -> AsyncIterator[Finding]:
    """The median of all the answers to the questions before."""
    if look.took:
        yield pace_of(look.took)
