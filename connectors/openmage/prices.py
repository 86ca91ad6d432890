"""Prices: the base and the special price are saved with the product, those of groups and quantities as tier prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.magento_shapes.values import Json, amount, amount_out
from connectors.openmage.api import Call
from connectors.openmage.shop import Shop
from connectors.openmage.tiers import EVERYBODY, Tier, merged
from engine.errors import IntegraError
from engine.publishing import Period, PricePush, RowError

SINCE_EVER = date(2000, 1, 1)
"""Sent for a special price without a first day: left empty, the shop fills in the present day."""
BY_SKU = "sku"
TIERS = "catalog_product_attribute_tier_price"


@dataclass
class _Product:
    """What is to be changed of one product, and which pushed rows that answers."""

    values: Json = field(default_factory=dict)
    tiers: list[Tier] = field(default_factory=list)
    value_rows: list[int] = field(default_factory=list)
    tier_rows: list[int] = field(default_factory=list)


async def push_prices(shop: Shop, rows: Sequence[PricePush]) -> list[RowError]:
    """Set and remove prices, at most two calls for each product; the rows not named in the answer were taken."""
    errors, products = _sorted_out(rows)
    tiered = [sku for sku, product in products.items() if product.tiers]
    there = await shop.api.read_many([(f"{TIERS}.info", (sku, BY_SKU)) for sku in tiered])
    calls: list[Call] = []
    meant: list[list[int]] = []
    for sku, answer in zip(tiered, there, strict=True):
        product = products[sku]
        if isinstance(answer, IntegraError):
            errors += _errors(product.tier_rows, answer)
            continue
        calls.append((f"{TIERS}.update", (sku, merged(answer, product.tiers), BY_SKU)))
        meant.append(product.tier_rows)
    for sku, product in products.items():
        if product.values:
            calls.append(("catalog_product.update", (sku, product.values, None, BY_SKU)))
            meant.append(product.value_rows)
    for places, answer in zip(meant, await shop.api.write_many(calls), strict=True):
        if isinstance(answer, IntegraError):
            errors += _errors(places, answer)
    return sorted(errors, key=lambda error: error.index)


def special_price(product: Json) -> tuple[Decimal, Period] | None:
    """The special price of a product as it was read."""
    if product.get("special_price") in (None, ""):
        return None
    first, last = (_day(product.get(key)) for key in ("special_from_date", "special_to_date"))
    return amount(product["special_price"]), Period(None if first == SINCE_EVER else first, last)


def _sorted_out(rows: Sequence[PricePush]) -> tuple[list[RowError], dict[str, _Product]]:
    errors: list[RowError] = []
    products: dict[str, _Product] = {}
    for place, row in enumerate(rows):
        product = products.setdefault(row.item, _Product())
        if row.period is not None:
            product.values |= _special(row.amount, row.period)
            product.value_rows.append(place)
        elif row.group is not None or row.from_quantity != 1:
            product.tiers.append(Tier(row.group or EVERYBODY, row.from_quantity, row.amount))
            product.tier_rows.append(place)
        elif row.amount is None:
            errors.append(RowError(place, "no-price", row.item))
        else:
            product.values["price"] = str(amount_out(row.amount))
            product.value_rows.append(place)
    return errors, products


def _special(price: Decimal | None, period: Period) -> Json:
    """An empty text clears a value; what is absent or null stays as it was."""
    if price is None:
        return {"special_price": "", "special_from_date": "", "special_to_date": ""}
    return {
        "special_price": str(amount_out(price)),
        "special_from_date": (period.first or SINCE_EVER).isoformat(),
        "special_to_date": period.last.isoformat() if period.last else "",
    }


def _errors(places: Sequence[int], error: IntegraError) -> list[RowError]:
    return [RowError(place, error.code, error.detail) for place in places]


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
