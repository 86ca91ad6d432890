"""Where the shop keeps its stock, and whether the settings push to a place that is sold from."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Mapping

from connectors.magento.search import Filter
from connectors.magento.survey.asking import Look
from connectors.magento.transport import SHOP
from connectors.magento_shapes.values import Json
from engine.errors import Param
from engine.survey import Finding, Mark, Proposal

MSI = "Magento_InventoryApi"
NO_RESERVATIONS = re.compile(r"(?i)(disable|no|without|skip)_?(stock_?|inventory_?)?reservations?")
"""Modules that keep Magento from reserving what is ordered; there is no common name, so it is their names that tell."""


async def kind(look: Look) -> AsyncIterator[Finding]:
    """By source (MSI) or one number a product; and whether orders are reserved."""
    modules = await look.modules()
    if await _by_source(look) is False:
        if look.shop.options.inventory == "product":
            yield Finding("shop-stock.legacy", Mark.OK)
        else:
            yield Finding("shop-stock.legacy", Mark.WRONG, {}, [], [Proposal("inventory", "product")])
        return
    suspects = [name for name in modules if NO_RESERVATIONS.search(name)]
    if suspects:
        yield Finding("shop-stock.no-reservations", Mark.UNKNOWN, {}, suspects)
    elif modules:
        yield Finding("shop-stock.reservations", Mark.OK)


async def places(look: Look) -> AsyncIterator[Finding]:
    """Whether our source exists, is enabled, and belongs to the stock that our websites sell from."""
    if await _by_source(look) is False:
        return
    options = look.shop.options
    sources = await look.rows(f"{SHOP}/inventory/sources")
    links = await look.rows(f"{SHOP}/inventory/stock-source-links", Filter("stock_id", options.stock_id))
    if sources is not None:
        for finding in _source({str(source["source_code"]): source for source in sources}, options.source):
            yield finding
    if links is not None:
        linked = [str(link["source_code"]) for link in links]
        if options.source not in linked:
            params: dict[str, Param] = {"source": options.source, "stock": options.stock_id}
            only = [Proposal("source", linked[0])] if len(linked) == 1 else []
            yield Finding("shop-stock.source-unlinked", Mark.WRONG, params, linked, only)
    stocks = await look.rows(f"{SHOP}/inventory/stocks")
    sites = await look.get(f"{SHOP}/store/websites")
    if stocks is not None and sites is not None:
        codes = {str(site["code"]) for site in sites if int(site["id"]) in options.websites}
        for finding in _stock({int(stock["stock_id"]): stock for stock in stocks}, options.stock_id, codes):
            yield finding


async def _by_source(look: Look) -> bool | None:
    """None where neither the modules nor a source may be read."""
    if modules := await look.modules():
        return MSI in modules
    return True if await look.get(f"{SHOP}/inventory/sources") is not None else None


def _source(known: Mapping[str, Json], wanted: str) -> list[Finding]:
    lines = [f"{code}: {source.get('name', '')}" for code, source in known.items()]
    if wanted not in known:
        only = [Proposal("source", code) for code in known] if len(known) == 1 else []
        return [Finding("shop-stock.source-unknown", Mark.WRONG, {"source": wanted}, lines, only)]
    if not known[wanted].get("enabled", True):
        return [Finding("shop-stock.source-disabled", Mark.WRONG, {"source": wanted})]
    return [Finding("shop-stock.source", Mark.OK, {"source": wanted, "n": len(known)}, lines)]


def _stock(known: Mapping[int, Json], wanted: int, websites: Collection[str]) -> list[Finding]:
    sold = {key: _websites(stock) for key, stock in known.items()}
    lines = [f"{key}: {stock['name']} ({', '.join(sorted(sold[key]))})" for key, stock in known.items()]
    if wanted not in known:
        return [Finding("shop-stock.stock-unknown", Mark.WRONG, {"stock": wanted}, lines)]
    params: dict[str, Param] = {"stock": wanted, "name": str(known[wanted]["name"])}
    if foreign := sorted(set(websites) - sold[wanted]):
        fits = [Proposal("stock_id", key) for key, codes in sold.items() if set(websites) <= codes]
        params["websites"] = ", ".join(foreign)
        return [Finding("shop-stock.stock-elsewhere", Mark.WRONG, params, lines, fits)]
    return [Finding("shop-stock.stock", Mark.OK, params, lines)]


def _websites(stock: Json) -> set[str]:
    channels = (stock.get("extension_attributes") or {}).get("sales_channels") or ()
    return {str(channel["code"]) for channel in channels if channel.get("type") == "website"}
