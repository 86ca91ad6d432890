"""Stock where the shop has no sources (MSI taken out): one number a product, lowered by an order at once.

There is no call for many, so each row is one, several at a time where the shop takes that. Only what is named changes:
whether a product may be ordered beyond its stock, and its other rules, stay as the merchant set them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import quantity, quantity_out
from engine.errors import Refused
from engine.publishing import RowError, StockPush

ANY_ITEM = 1
"""The id of the stock item stands in the path, but the SKU is what finds it."""


async def read_stock(shop: Shop, skus: Iterable[str]) -> list[StockPush]:
    """What the shop has of these SKUs; absent ones are left out."""
    found = []
    for sku in skus:
        try:
            row = await shop.rest.get(f"{SHOP}/stockItems{path_of(sku)}")
        except Absent:
            continue
        found.append(StockPush(sku, shop.options.source, quantity(row.get("qty"))))
    return found


async def push_stock(shop: Shop, rows: Sequence[StockPush]) -> list[RowError]:
    """Set quantities, one after another; the rows not named in the answer were taken."""
    errors = []
    for index, row in enumerate(rows):
        assert row.quantity >= 0, "the shop would take a negative quantity"
        for_sale = row.quantity > 0 or shop.options.sells_at_zero
        item = {"qty": quantity_out(row.quantity), "is_in_stock": for_sale}
        try:
            await shop.rest.put(f"{SHOP}/products{path_of(row.item)}/stockItems/{ANY_ITEM}", {"stockItem": item})
        except Refused as refused:
            errors.append(RowError(index, refused.code, refused.detail))
    return errors
