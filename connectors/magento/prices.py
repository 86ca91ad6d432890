"""Prices in batches: the base price of products, and the group prices that stand beside it.

Magento keeps a group's price as a tier price: quantity 1, fixed, for all websites. A call answers 200 with a list of
the rows it refused; the others are saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, fill
from connectors.magento.wire import Json, amount, amount_out, quantity, same
from engine.errors import Refused
from engine.publishing import PricePush, RowError

ALL_STORES = 0
ALL_WEBSITES = 0
ALL_GROUPS_ID = 32000
PRICES = f"{SHOP}/products"


class Row(NamedTuple):
    """A price to send: where it stands among the pushed rows, and the code of its group ("" = base price)."""

    place: int
    sku: str
    group: str
    amount: Decimal | None


async def push_prices(shop: Shop, rows: Sequence[PricePush]) -> list[RowError]:
    """Set and remove prices, at most one call of each kind; the rows not named in the answer were taken."""
    errors: list[RowError] = []
    base: list[Row] = []
    changed: list[Row] = []
    removed: list[Row] = []
    for index, row in enumerate(rows):
        if row.group is None:
            base.append(Row(index, row.item, "", row.amount))
            continue
        code = await shop.groups.code(row.group)
        if code is None:
            errors.append(RowError(index, "price-group-unknown", row.group))
        elif row.amount is None:
            removed.append(Row(index, row.item, code, None))
        else:
            changed.append(Row(index, row.item, code, row.amount))
    errors += [RowError(row.place, "no-price", row.sku) for row in base if row.amount is None]
    errors += await _send(shop, "base-prices", [row for row in base if row.amount is not None])
    errors += await _send(shop, "tier-prices", changed)
    errors += await _remove(shop, removed)
    return sorted(errors, key=lambda error: error.index)


def group_prices(product: Json) -> list[tuple[str, Decimal]]:
    """(group id, amount) of a product as it was read. Other tier prices of it are the merchant's."""
    return [
        (str(tier["customer_group_id"]), amount(tier["value"]))
        for tier in product.get("tier_prices") or ()
        if quantity(tier.get("qty")) == 1 and int(tier["customer_group_id"]) != ALL_GROUPS_ID and _is_plain(tier)
    ]


def _is_plain(tier: Json) -> bool:
    extension = tier.get("extension_attributes") or {}
    return not extension.get("percentage_value") and int(extension.get("website_id") or 0) == ALL_WEBSITES


async def _send(shop: Shop, call: str, rows: Sequence[Row]) -> list[RowError]:
    return await _batch(shop, call, rows, [_wire(row) for row in rows])


async def _remove(shop: Shop, rows: Sequence[Row]) -> list[RowError]:
    """Magento removes a tier price only where its present value is named, and keeps quiet where it is not."""
    if not rows:
        return []
    there = await _tiers(shop, sorted({row.sku for row in rows}))
    stale = [tier for tier in there if any(_is_of(tier, row) for row in rows)]
    return await _batch(shop, "tier-prices-delete", rows, stale)


async def _batch(shop: Shop, call: str, rows: Sequence[Row], sent: Sequence[Json]) -> list[RowError]:
    if not sent:
        return []
    try:
        refused = await shop.rest.post(f"{PRICES}/{call}", {"prices": sent})
    except Refused as error:  # the call as a whole; another call of this push may have been taken
        return [RowError(row.place, error.code, error.detail) for row in rows]
    found: dict[int, RowError] = {}
    for answer in refused or ():
        for row in _meant(answer, rows):
            found.setdefault(row.place, RowError(row.place, "price-refused", fill(answer)))
    if found:
        shop.groups.forget()  # a group may have been renamed
    return list(found.values())


def _meant(answer: Json, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows that an error is about. It names no index, and its values follow the call and not the text.

    Where nothing tells, all rows count as refused: a price taken as sent that was not is worse than one sent twice.
    """
    parameters = answer.get("parameters") or ()
    named = {str(value).casefold() for value in (parameters.values() if isinstance(parameters, dict) else parameters)}
    of_sku = [row for row in rows if row.sku.casefold() in named]
    of_group = [row for row in of_sku if row.group.casefold() in named]
    return of_group or of_sku or rows


def _wire(row: Row) -> Json:
    assert row.amount is not None
    price: Json = {"sku": row.sku, "price": amount_out(row.amount)}
    if not row.group:
        return {**price, "store_id": ALL_STORES}
    tier = {"price_type": "fixed", "website_id": ALL_WEBSITES, "customer_group": row.group, "quantity": 1}
    return {**price, **tier}


async def _tiers(shop: Shop, skus: Iterable[str]) -> list[Json]:
    """The tier prices that can be ours, as the shop tells them."""
    wanted = list(skus)
    if not wanted:
        return []
    tiers = await shop.rest.ask(f"{PRICES}/tier-prices-information", {"skus": wanted})
    return [tier for tier in tiers or () if _is_group_price(tier)]


def _is_group_price(tier: Json) -> bool:
    for_one = quantity(tier.get("quantity")) == 1 and tier.get("price_type") == "fixed"
    return for_one and int(tier.get("website_id") or 0) == ALL_WEBSITES


def _is_of(tier: Json, row: Row) -> bool:
    return same(tier["sku"], row.sku) and same(tier["customer_group"], row.group)
