"""Customer groups, and whether their prices can have any effect: the shop shows the lowest of all that apply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal

from connectors.magento.survey.asking import Look
from connectors.magento.transport import ALL, SHOP
from connectors.magento_shapes.values import Json, amount
from engine.errors import Misconfigured
from engine.survey import Finding, Mark


async def groups(look: Look) -> AsyncIterator[Finding]:
    """The groups there are."""
    rows = await look.rows(f"{SHOP}/customerGroups/search")
    if rows is not None:
        names = [f"{row['id']}: {row['code']}" for row in rows]
        wanted = look.shop.options.default_group
        if any(int(row["id"]) == wanted for row in rows):
            yield Finding("shop-prices.groups", Mark.OK, {"n": len(rows), "group": wanted}, names)
        else:
            yield Finding("shop-prices.group-unknown", Mark.WRONG, {"group": wanted}, names)


async def lowering(look: Look) -> AsyncIterator[Finding]:
    """Group prices of some products that do not lie below the product's own: they are never charged."""
    products = await look.rows(f"{ALL}/products")
    if products is None:
        return
    base = {str(product["sku"]).casefold(): amount(product.get("price")) for product in products if _priced(product)}
    skus = [str(product["sku"]) for product in products if _priced(product)]
    try:
        tiers = await look.shop.rest.ask(f"{SHOP}/products/tier-prices-information", {"skus": skus}) if skus else []
    except Misconfigured:
        return  # no right to look
    fixed = [tier for tier in tiers if tier.get("price_type") == "fixed"]
    without = [tier for tier in fixed if amount(tier["price"]) >= base.get(str(tier["sku"]).casefold(), Decimal(0))]
    if without:
        lines = [f"{tier['sku']} ({tier['customer_group']}): {amount(tier['price'])}" for tier in without[:10]]
        params = {"n": len(without), "looked": len(fixed)}
        yield Finding("shop-prices.above-base", Mark.WRONG, params, lines)
    else:
        yield Finding("shop-prices.only-lower", Mark.OK, {"looked": len(fixed)})


def _priced(product: Json) -> bool:
    """A grid's price is that of its variants."""
    return product.get("type_id") != "configurable"
