"""Stock: what our sources hold of each SKU, one call for a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectors.magento.search import Filter, find, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP
from connectors.magento_shapes.values import Json, quantity, quantity_out
from engine.publishing import RowError, StockPush

IN_STOCK, OUT_OF_STOCK = 1, 0


async def read_stock(shop: Shop, skus: Iterable[str], sources: Sequence[str]) -> list[StockPush]:
    """What these sources hold of these SKUs; a SKU without a row there is left out."""
    page = shop.options.page_rows
    rows: list[Json] = []
    for source in sources:
        for wanted in sku_filters(skus, page):
            of = [wanted, Filter("source_code", source)]
            rows += await find(shop.rest, f"{SHOP}/inventory/source-items", of, rows=page)
    return [StockPush(str(row["sku"]), str(row["source_code"]), quantity(row["quantity"])) for row in rows]


async def push_stock(shop: Shop, rows: Sequence[StockPush]) -> list[RowError]:
    """Set quantities, all rows or none. The shop takes a SKU it does not know without a word.

    A SKU with blanks around it would have the whole batch refused, so it is left out and named.
    """
    errors = [RowError(index, "sku-blanks", row.item) for index, row in enumerate(rows) if row.item.strip() != row.item]
    sent = [_wire(shop, row) for row in rows if row.item.strip() == row.item]
    if sent:  # an empty list is refused
        await shop.rest.post(f"{SHOP}/inventory/source-items", {"sourceItems": sent})
    return errors


def _wire(shop: Shop, row: StockPush) -> Json:
    assert row.quantity >= 0, "the shop would take a negative quantity and sell nothing"
    return {
        "sku": row.item,
        "source_code": row.source,
        "quantity": quantity_out(row.quantity),
        # Magento does not work it out: without status 1 a quantity is not for sale.
        "status": IN_STOCK if row.quantity > 0 or shop.options.sells_at_zero else OUT_OF_STOCK,
    }
