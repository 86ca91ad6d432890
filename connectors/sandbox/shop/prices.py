"""The array price calls, and the price a visitor pays.

A bad row does not fail the call: it comes back in a list of row errors, and the good rows are saved. None of these
calls moves a product's time of change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from connectors.sandbox.shop.customers import Groups
from connectors.sandbox.shop.products import Catalogue, Product, TierPrice
from connectors.sandbox.shop.wire import ZERO, Shape, collate, number

BASE: Shape = {"price": "float", "store_id": "int", "sku": "string", "extension_attributes": "mixed"}
SPECIAL: Shape = {**BASE, "price_from": "string", "price_to": "string"}
TIER: Shape = {
    "price": "float",
    "price_type": "string",
    "website_id": "int",
    "sku": "string",
    "customer_group": "string",
    "quantity": "float",
    "extension_attributes": "mixed",
}

STORES = (0, 1)
STORE_TIME = ZoneInfo("America/Sao_Paulo")  # as the store's configuration tells
ALL_GROUPS = "ALL GROUPS"
RowError = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

_TIER_ROW = "Row ID: SKU = %SKU, Website ID: %websiteId, Customer Group: %customerGroup, Quantity: %qty."


class Prices:
    def __init__(self, catalogue: Catalogue, groups: Groups) -> None:
        self._catalogue = catalogue
        self._groups = groups

    # ------------------------------------------------------------- base prices

    def set_base(self, rows: Rows) -> list[RowError]:
        """Recorded: prices/base_with_a_bad_row. A configurable has no price of its own and counts as an unknown SKU."""
        errors = []
        for row in rows:
            product, found = self._product(row, configurable=False)
            price, store = row.get("price"), row.get("store_id") or 0
            if price is None or price < 0:
                where = f"Row ID: SKU = {row.get('sku')}, Store ID: {store}."
                message = f"Invalid attribute Price = {_text(price)}. {where}"
                found.append(_error(message, _text(price), row.get("sku"), str(store)))
            found += _store_error(row, store)
            if found:
                errors += found
            elif product is not None:
                product.values["price"] = price
        return errors

    def base(self, skus: Sequence[str]) -> list[dict[str, Any]]:
        """Recorded: prices/base_information; unknown SKUs are left out."""
        products = [product for product in map(self._catalogue.find, skus) if product is not None]
        return [
            {"price": product.value("price") or ZERO, "store_id": 0, "sku": product.sku}
            for product in products
            if not product.configurable
        ]

    # ------------------------------------------------------------- special prices

    def set_special(self, rows: Rows) -> list[RowError]:
        """Recorded: prices/special_with_a_bad_row."""
        errors = []
        for row in rows:
            product, found = self._product(row, configurable=False)
            price, store = row.get("price"), row.get("store_id") or 0
            start, end = row.get("price_from"), row.get("price_to")
            if price is None or price < 0:
                message = (
                    f"Invalid attribute Price = {_text(price)}. Row ID: SKU = {row.get('sku')}, Store ID: {store}, "
                    f"Price From: {start or ''}, Price To: {end or ''}."
                )
                found.append(_error(message, _text(price), row.get("sku"), str(store), start, end))
            found += _store_error(row, store)
            if found:
                errors += found
            elif product is not None:
                product.values["special_price"] = price
                for code, moment in (("special_from_date", start), ("special_to_date", end)):
                    if moment:
                        product.values[code] = moment
                    else:
                        product.values.pop(code, None)
        return errors

    def special(self, skus: Sequence[str]) -> list[dict[str, Any]]:
        """Recorded: prices/special_information."""
        products = [product for product in map(self._catalogue.find, skus) if product is not None]
        return [_special(product) for product in products if product.value("special_price") is not None]

    def delete_special(self, rows: Rows) -> list[RowError]:
        """Delete where price, store and dates are the ones stored; a row that matches nothing is no error."""
        errors = []
        for row in rows:
            product, found = self._product(row)
            errors += found
            if product is None or product.value("special_price") is None:
                continue
            stored = _special(product)
            if all(stored.get(key) == row.get(key) for key in ("price", "price_from", "price_to")):
                for code in ("special_price", "special_from_date", "special_to_date"):
                    product.values.pop(code, None)
        return errors

    # ------------------------------------------------------------- tier prices

    def merge_tiers(self, rows: Rows) -> list[RowError]:
        """POST: add prices, and change those of the same group and quantity (recorded: prices/tier)."""
        return self._set_tiers(rows, replace=False)

    def replace_tiers(self, rows: Rows) -> list[RowError]:
        """PUT: every tier price of every SKU named in a good row goes first."""
        return self._set_tiers(rows, replace=True)

    def tiers(self, skus: Sequence[str]) -> list[dict[str, Any]]:
        """The tier prices of these SKUs, the groups by their present code."""
        products = [product for product in map(self._catalogue.find, skus) if product is not None]
        return [self._tier_view(product, tier) for product in products for tier in product.tiers]

    def delete_tiers(self, rows: Rows) -> list[RowError]:
        """Delete prices; a row whose price is not the stored one matches nothing, and nobody is told."""
        errors = []
        for row in rows:
            product, found = self._product(row)
            errors += found
            if product is not None:
                product.tiers = [t for t in product.tiers if not self._same(self._tier_view(product, t), row)]
        return errors

    def _set_tiers(self, rows: Rows, replace: bool) -> list[RowError]:
        errors, good = [], []
        checked = [(row, *self._check_tier(row)) for row in rows]
        times = Counter((collate(row["sku"]), t.group_id, t.quantity) for row, _, t in checked if t is not None)
        for row, found, tier in checked:
            if tier is not None and times[(collate(row["sku"]), tier.group_id, tier.quantity)] > 1:
                message = (
                    "We found a duplicate website, tier price, customer group and quantity: Customer Group = "
                    f"%customerGroup, Website ID = %websiteId, Quantity = %qty. {_TIER_ROW}"
                )
                errors.append(_tier_error(message, row))
            elif tier is not None:
                good.append((self._catalogue.get(row["sku"]), tier))
            errors += found
        if replace:
            for product, _ in good:
                product.tiers = []
        for product, tier in good:
            same = (tier.group_id, tier.quantity)
            product.tiers = [t for t in product.tiers if (t.group_id, t.quantity) != same]
            product.tiers.append(tier)
        return errors

    def _check_tier(self, row: Mapping[str, Any]) -> tuple[list[RowError], TierPrice | None]:
        sku, price, quantity = row.get("sku") or "", row.get("price"), row.get("quantity")
        percent = row.get("price_type") == "discount"
        found = []
        if self._catalogue.find(sku) is None:
            found.append(_tier_error(f"Invalid attribute SKU = %SKU. {_TIER_ROW}", row))
        if price is None or price < 0 or (percent and price > 100):
            found.append(_tier_error(f"Invalid attribute Price = %price. {_TIER_ROW}", row, _text(price)))
        if row.get("price_type") not in ("fixed", "discount"):
            message = f"Invalid attribute Price Type = %priceType. {_TIER_ROW}"
            found.append(_tier_error(message, row, row.get("price_type")))
        if quantity is None or quantity < 1:
            found.append(_tier_error(f"Invalid attribute Quantity = %qty. {_TIER_ROW}", row))
        if row.get("website_id") != 0:
            # With prices of global scope, no other website is taken.
            found.append(_tier_error(f"Invalid attribute Website ID = %websiteId. {_TIER_ROW}", row))
        code = row.get("customer_group") or ""
        group = self._groups.by_code(code)
        if group is None and collate(code) != collate(ALL_GROUPS):
            found.append(_tier_error(f"No such entity with Customer Group = %customerGroup. {_TIER_ROW}", row))
        if found or price is None or quantity is None:
            return found, None
        return [], TierPrice(group.group_id if group else None, quantity, price, percent)

    def _tier_view(self, product: Product, tier: TierPrice) -> dict[str, Any]:
        group = ALL_GROUPS if tier.group_id is None else self._groups.get(tier.group_id).code
        return {
            "price": tier.price,
            "price_type": "discount" if tier.percent else "fixed",
            "website_id": tier.website_id,
            "sku": product.sku,
            "customer_group": group,
            "quantity": tier.quantity,
        }

    @staticmethod
    def _same(stored: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
        plain = ("price", "price_type", "website_id", "quantity")
        group = collate(stored["customer_group"]) == collate(row.get("customer_group") or "")
        return group and all(stored[key] == row.get(key) for key in plain)

    # ------------------------------------------------------------- what a visitor pays

    def final(self, product: Product, group_id: int, quantity: Decimal, now: datetime) -> Decimal:
        """The lowest of base, special and tier price for a customer group and quantity."""
        base: Decimal = product.value("price") or ZERO
        offers = [base]
        special = product.value("special_price")
        if special is not None:
            # By the store's own clock, the last day whole.
            today = now.astimezone(STORE_TIME).strftime("%Y-%m-%d %H:%M:%S")
            start, end = product.value("special_from_date"), product.value("special_to_date")
            if (not start or start <= today) and (not end or today[:10] <= end[:10]):
                offers.append(special)
        for tier in product.tiers:
            if tier.group_id in (None, group_id) and tier.quantity <= quantity:
                offers.append(base * (100 - tier.price) / 100 if tier.percent else tier.price)
        return min(offers)

    def _product(self, row: Mapping[str, Any], configurable: bool = True) -> tuple[Product | None, list[RowError]]:
        product = self._catalogue.find(row.get("sku") or "")
        if product is None or (product.configurable and not configurable):
            return None, [_error("Invalid attribute %fieldName = %fieldValue.", "SKU", row.get("sku"))]
        return product, []


def _error(message: str, *parameters: Any) -> RowError:
    return {"message": message, "parameters": list(parameters)}


def _store_error(row: Mapping[str, Any], store: int) -> list[RowError]:
    if store in STORES:
        return []
    message = f"Requested store is not found. Row ID: SKU = {row.get('sku')}, Store ID: {store}."
    return [_error(message, row.get("sku"), str(store))]


def _tier_error(message: str, row: Mapping[str, Any], *before: Any) -> RowError:
    """The values come in this order, whatever the order in the text."""
    values = (row.get("sku"), _text(row.get("website_id")), row.get("customer_group"), _text(row.get("quantity")))
    return _error(message, *before, *values)


def _text(value: Any) -> str | None:
    return None if value is None else str(number(value) if isinstance(value, Decimal) else value)


def _special(product: Product) -> dict[str, Any]:
    view = {"price": product.value("special_price"), "store_id": 0, "sku": product.sku}
    for key, code in (("price_from", "special_from_date"), ("price_to", "special_to_date")):
        if product.value(code):
            view[key] = product.value(code)
    return view
