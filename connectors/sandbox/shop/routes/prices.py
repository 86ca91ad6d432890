"""The array price calls: 200 with a list of row errors, empty where all rows were good."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop.prices import BASE, SPECIAL, TIER
from connectors.sandbox.shop.router import Call, Route
from connectors.sandbox.shop.shop import Shop


def base(shop: Shop, call: Call) -> Any:
    return shop.prices.set_base(call.rows("prices", BASE))


def base_information(shop: Shop, call: Call) -> Any:
    return shop.prices.base(call.skus())


def special(shop: Shop, call: Call) -> Any:
    return shop.prices.set_special(call.rows("prices", SPECIAL))


def special_information(shop: Shop, call: Call) -> Any:
    return shop.prices.special(call.skus())


def special_delete(shop: Shop, call: Call) -> Any:
    return shop.prices.delete_special(call.rows("prices", SPECIAL))


def merge_tiers(shop: Shop, call: Call) -> Any:
    return shop.prices.merge_tiers(call.rows("prices", TIER))


def replace_tiers(shop: Shop, call: Call) -> Any:
    return shop.prices.replace_tiers(call.rows("prices", TIER))


def tier_information(shop: Shop, call: Call) -> Any:
    return shop.prices.tiers(call.skus())


def delete_tiers(shop: Shop, call: Call) -> Any:
    return shop.prices.delete_tiers(call.rows("prices", TIER))


_RIGHT = "Magento_Catalog::catalog"
ROUTES = (
    Route("POST", "V1/products/base-prices", base, _RIGHT),
    Route("POST", "V1/products/base-prices-information", base_information, _RIGHT),
    Route("POST", "V1/products/special-price", special, _RIGHT),
    Route("POST", "V1/products/special-price-information", special_information, _RIGHT),
    Route("POST", "V1/products/special-price-delete", special_delete, _RIGHT),
    Route("POST", "V1/products/tier-prices", merge_tiers, _RIGHT),
    Route("PUT", "V1/products/tier-prices", replace_tiers, _RIGHT),
    Route("POST", "V1/products/tier-prices-information", tier_information, _RIGHT),
    Route("POST", "V1/products/tier-prices-delete", delete_tiers, _RIGHT),
)
