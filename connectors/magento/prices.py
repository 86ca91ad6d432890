"""Prices in batches: the base price of products, the prices of groups and quantities, and the special price.

Magento keeps a group's or a quantity's price as a tier price: fixed, for all websites. A call answers 200 with a list
of the rows it refused; the others are saved. What is removed has to be named with its present value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from connectors.magento import special_prices
from connectors.magento.price_calls import PRICES, Priced, batch
from connectors.magento.shop import Shop
from connectors.magento_shapes.values import Json, amount, amount_out, quantity, quantity_out, same
from engine.publishing import PricePush, RowError

ALL_STORES = 0
ALL_WEBSITES = 0
ALL_GROUPS_ID = 32000
ALL_GROUPS = "ALL GROUPS"


class Row(NamedTuple):
    """A price to send: where it stands among the pushed rows, and the code of its group ("" = everybody)."""

    place: int
    sku: str
    group: str
    amount: Decimal | None
    from_quantity: Decimal = Decimal(1)


async def push_prices(shop: Shop, rows: Sequence[PricePush]) -> list[RowError]:
    """Set and remove prices, at most one call of each kind; the rows not named in the answer were taken."""
    errors: list[RowError] = []
    base: list[Row] = []
    changed: list[Row] = []
    removed: list[Row] = []
    special: list[special_prices.Row] = []
    for index, row in enumerate(rows):
        if row.period is not None:
            special.append(special_prices.Row(index, row.item, row.amount, row.period))
            continue
        if row.group is None and row.from_quantity == 1:
            base.append(Row(index, row.item, "", row.amount))
            continue
        code = ALL_GROUPS if row.group is None else await shop.groups.code(row.group)
        if code is None and row.amount is None:
            continue  # its prices went with the group
        if code is None:
            errors.append(RowError(index, "price-group-unknown", row.group or ""))
            continue
        tier = Row(index, row.item, code, row.amount, row.from_quantity)
        (removed if row.amount is None else changed).append(tier)
    errors += [RowError(row.place, "no-price", row.sku) for row in base if row.amount is None]
    priced = [row for row in base if row.amount is not None]
    errors += await batch(shop, "base-prices", priced, [_base(row) for row in priced], _meant)
    errors += await batch(shop, "tier-prices", changed, [_tier(row) for row in changed], _meant)
    errors += await _remove(shop, removed)
    errors += await special_prices.push(shop, special)
    return sorted(errors, key=lambda error: error.index)


def group_prices(product: Json) -> list[tuple[str, Decimal]]:
    """(group id, amount) of one piece of a product as it was read. Other tier prices of it are the merchant's."""
    return [
        (group, amount(tier["value"]))
        for tier in _plain_tiers(product)
        if quantity(tier.get("qty")) == 1 and (group := _group(tier)) is not None
    ]


def quantity_prices(product: Json) -> list[tuple[str | None, Decimal, Decimal]]:
    """(group id, from quantity, amount) of a product as it was read; None = everybody."""
    return [
        (_group(tier), quantity(tier["qty"]), amount(tier["value"]))
        for tier in _plain_tiers(product)
        if quantity(tier.get("qty")) > 1
    ]


def _group(tier: Json) -> str | None:
    return None if int(tier["customer_group_id"]) == ALL_GROUPS_ID else str(tier["customer_group_id"])


def _plain_tiers(product: Json) -> Iterable[Json]:
    for tier in product.get("tier_prices") or ():
        extension = tier.get("extension_attributes") or {}
        if not extension.get("percentage_value") and int(extension.get("website_id") or 0) == ALL_WEBSITES:
            yield tier


async def _remove(shop: Shop, rows: Sequence[Row]) -> list[RowError]:
    """Magento removes a tier price only where its present value is named, and keeps quiet where it is not."""
    if not rows:
        return []
    there = await shop.rest.ask(f"{PRICES}/tier-prices-information", {"skus": sorted({row.sku for row in rows})})
    stale = [tier for tier in there or () if _can_be_ours(tier) and any(_is_of(tier, row) for row in rows)]
    return await batch(shop, "tier-prices-delete", rows, stale, _meant)


def _meant(named: Sequence[Any], rows: Sequence[Priced]) -> Sequence[Priced]:
    """The rows of one SKU that an error of a tier price is about: their group and quantity stand last, in this order.

    (Seen: the values of "Row ID: SKU, Website ID, Customer Group, Quantity" follow the others in every message.)
    """
    tiers = [row for row in rows if isinstance(row, Row) and row.group]
    of_group = [row for row in tiers if any(same(value, row.group) for value in named)]
    of_quantity = [row for row in of_group if named and quantity(named[-1]) == row.from_quantity]
    return of_quantity or of_group or rows


def _base(row: Row) -> Json:
    assert row.amount is not None
    return {"sku": row.sku, "price": amount_out(row.amount), "store_id": ALL_STORES}


def _tier(row: Row) -> Json:
    assert row.amount is not None
    return {
        "sku": row.sku,
        "price": amount_out(row.amount),
        "price_type": "fixed",
        "website_id": ALL_WEBSITES,
        "customer_group": row.group,
        "quantity": quantity_out(row.from_quantity),
    }


def _can_be_ours(tier: Json) -> bool:
    return tier.get("price_type") == "fixed" and int(tier.get("website_id") or 0) == ALL_WEBSITES


def _is_of(tier: Json, row: Row) -> bool:
    same_group = same(tier["sku"], row.sku) and same(tier["customer_group"], row.group)
    return same_group and quantity(tier.get("quantity")) == row.from_quantity
