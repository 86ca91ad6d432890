"""Websites and store views: whether the settings name existing ones, and whether what we write shows there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from connectors.magento.search import criteria
from connectors.magento.survey.asking import Look
from connectors.magento.transport import ALL, SHOP, path_of
from connectors.magento_shapes.values import Json
from engine.survey import Finding, Mark, Proposal

KILOGRAMS = "kgs"
CURRENCY = "BRL"
COMPARED = ("name", "status", "visibility", "price")
FIELDS = f"fields=items[sku,{','.join(COMPARED)}]"
ADMIN = 0
"""The website and the view of the values for all."""


async def websites(look: Look) -> AsyncIterator[Finding]:
    """The websites, and those of the settings that are none."""
    sites = await look.get(f"{SHOP}/store/websites")
    if sites is None:
        return
    there = {int(site["id"]): site for site in sites if int(site["id"]) != ADMIN}
    known = [f"{key}: {site['name']} ({site['code']})" for key, site in there.items()]
    wanted = look.shop.options.websites
    missing = [key for key in wanted if key not in there]
    only = [Proposal("websites", list(there))] if len(there) == 1 else []
    for key in missing:
        yield Finding("shop-stores.website-unknown", Mark.WRONG, {"website": key}, known, only)
    if not missing:
        yield Finding("shop-stores.websites", Mark.OK, {"n": len(wanted), "all": len(there)}, known)


async def views(look: Look) -> AsyncIterator[Finding]:
    """Language, currency, zone and unit of weight of each store view."""
    configs = await look.get(f"{SHOP}/store/storeConfigs")
    if configs is None:
        return
    ours = [config for config in configs if int(config["website_id"]) in look.shop.options.websites]
    yield Finding("shop-stores.views", Mark.OK, {"n": len(configs)}, [_line(config) for config in configs])
    for unit in sorted({str(config["weight_unit"]) for config in ours if config.get("weight_unit")} - {KILOGRAMS}):
        yield Finding("shop-stores.weight-unit", Mark.WRONG, {"unit": unit})
    for currency in sorted({str(config["base_currency_code"]) for config in ours} - {CURRENCY}):
        yield Finding("shop-stores.currency", Mark.UNKNOWN, {"currency": currency})


async def hidden(look: Look) -> AsyncIterator[Finding]:
    """Values of a store view of its own hide those for all views, which are the ones we write."""
    everywhere = await _products(look, ALL)
    codes = [view["code"] for view in await look.get(f"{SHOP}/store/storeViews") or () if int(view["id"]) != ADMIN]
    if not everywhere or not codes:
        return
    differing = []
    for code in codes:
        there = await _products(look, f"/rest{path_of(code)}/V1")
        for sku, product in there.items():
            if names := [name for name in COMPARED if product.get(name) != everywhere.get(sku, product).get(name)]:
                differing.append(f"{sku} ({code}): {', '.join(names)}")
    params = {"n": len({line.partition(" (")[0] for line in differing}), "looked": len(everywhere)}
    if differing:
        yield Finding("shop-stores.hidden", Mark.WRONG, params, differing[:10])
    else:
        yield Finding("shop-stores.not-hidden", Mark.OK, params)


async def _products(look: Look, scope: str) -> dict[str, Json]:
    answer: Any = await look.get(f"{scope}/products", f"{criteria((), ('entity_id',))}&{_encoded(FIELDS)}")
    return {str(product["sku"]): product for product in (answer or {}).get("items") or () if "sku" in product}


def _encoded(query: str) -> str:
    return query.replace(",", "%2C")


def _line(config: Json) -> str:
    what = (config["locale"], config["base_currency_code"], config["timezone"], config.get("weight_unit", ""))
    return f"{config['code']} (website {config['website_id']}): {', '.join(map(str, what))}"
