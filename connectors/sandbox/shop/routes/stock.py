"""Sources, stocks, source items, salable quantities, and the legacy stock item."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop import product_view
from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import BareCrash, Crash, Refused
from connectors.sandbox.shop.inventory import LINK, SOURCE, SOURCE_ITEM
from connectors.sandbox.shop.product_shapes import STOCK_ITEM
from connectors.sandbox.shop.products import Product
from connectors.sandbox.shop.router import Call, Later, Route, listing
from connectors.sandbox.shop.shop import Shop

OUTSIDE_THE_FRAMEWORK = "An error has happened during application run. See exception log for details.\n"


def sources(shop: Shop, call: Call) -> Any:
    collection = Collection(
        rows=shop.inventory.sources.values,
        value=lambda row, name: row.view().get(name),
        knows=lambda name: name in SOURCE,
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, lambda row: row.view(), optional=True)


def add_source(shop: Shop, call: Call) -> Any:
    shop.inventory.add_source(call.entity("source", SOURCE))
    return []


def stocks(shop: Shop, call: Call) -> Any:
    collection = Collection(
        rows=shop.inventory.stocks.values,
        value=lambda row, name: row.view().get(name),
        knows=lambda name: name in ("stock_id", "name"),
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, lambda row: row.view(), optional=True)


def links(shop: Shop, call: Call) -> Any:
    rows = [
        {"stock_id": stock_id, "source_code": code, "priority": priority}
        for (stock_id, code), priority in shop.inventory.links.items()
    ]
    collection = Collection(
        rows=lambda: rows,
        value=lambda row, name: row[name],
        knows=lambda name: name in ("stock_id", "source_code", "priority"),
        unknown=lambda name: Crash(f"no column {name}"),
    )
    return listing(collection, call, dict)


def add_links(shop: Shop, call: Call) -> Any:
    for row in call.rows("links", LINK):
        shop.inventory.link(row.get("stock_id") or 0, row.get("source_code") or "", row.get("priority") or 1)
    return []


def resolve(shop: Shop, call: Call) -> Any:
    """The stock of a website (recorded: stock/stock_of_website)."""
    return shop.inventory.stock_of(call.text("website")).view()


def source_items(shop: Shop, call: Call) -> Any:
    collection = Collection(
        rows=shop.inventory.all_items,
        value=getattr,
        knows=lambda name: name in ("sku", "source_code", "quantity", "status"),
        unknown=lambda name: Crash(f"no column {name}"),
        index={"sku": shop.inventory.items_of},
    )
    return listing(collection, call, lambda row: row.view())


def save_source_items(shop: Shop, call: Call) -> Any:
    rows = call.rows("sourceItems", SOURCE_ITEM)

    def save() -> list[Any]:
        shop.inventory.save_items(rows)
        return []

    return Later(save)


def delete_source_items(shop: Shop, call: Call) -> Any:
    shop.inventory.delete_items(call.rows("sourceItems", SOURCE_ITEM))
    return []


def salable_quantity(shop: Shop, call: Call) -> Any:
    """An unknown SKU falls out of the REST framework: 500 in plain text (recorded: stock/salable_of_unknown_sku)."""
    product = shop.catalogue.find(call.text("sku"))
    if product is None:
        raise BareCrash(OUTSIDE_THE_FRAMEWORK)
    if product.configurable:
        raise Refused("Can't check requested quantity for products without Source Items support.")
    return shop.inventory.salable(product.sku, call.number("stock"))


def export_salable(shop: Shop, call: Call) -> Any:
    """A search of products, answered with quantities; what no source of the stock has is left out.

    As the module InventoryExportStock reads: a grid has 0 and may be for sale, and what the shop does not count has 0
    and is.
    """
    stock = shop.inventory.stock_of(call.text("website"))
    sources = shop.inventory.sources_of(stock.stock_id)

    def view(product: Product) -> dict[str, Any] | None:
        if product.configurable:
            return {"sku": product.sku, "qty": 0, "is_salable": product.in_stock}
        if all(shop.inventory.item(product.sku, source) is None for source in sources):
            return None
        salable = shop.inventory.salable(product.sku, stock.stock_id)
        return {"sku": product.sku, "qty": salable, "is_salable": salable > 0}

    answer = listing(product_view.collection(shop.catalogue, call.view), call, view)
    return answer | {"items": [item for item in answer["items"] if item is not None]}


def is_salable(shop: Shop, call: Call) -> Any:
    product = shop.catalogue.find(call.text("sku"))
    if product is None:
        return False
    if product.configurable:
        variants = shop.catalogue.variants_of(product)
        stock = call.number("stock")
        return product.in_stock and any(shop.inventory.salable(v.sku, stock) > 0 for v in variants)
    return shop.inventory.salable(product.sku, call.number("stock")) > 0


def stock_item(shop: Shop, call: Call) -> Any:
    return product_view.stock_item(shop.catalogue, shop.catalogue.get(call.text("sku")))


def save_stock_item(shop: Shop, call: Call) -> Any:
    """Answers the item's id as a number; the SKU finds it, not the id (recorded: stock/stock_item_put)."""
    product = shop.catalogue.get(call.text("sku"))
    shop.catalogue.set_stock_item(product, call.entity("stockItem", STOCK_ITEM))
    return product.stock_item_id


_SOURCES = "Magento_InventoryApi::source"
_STOCKS = "Magento_InventoryApi::stock"
_ITEMS = "Magento_InventoryApi::source"
_ASSIGN = "Magento_InventoryApi::stock_source_item_assign"
_SALABLE = "Magento_InventorySalesApi::stock"
_LEGACY = "Magento_CatalogInventory::cataloginventory"
ROUTES = (
    Route("GET", "V1/inventory/sources", sources, _SOURCES),
    Route("POST", "V1/inventory/sources", add_source, "Magento_InventoryApi::source_edit"),
    Route("GET", "V1/inventory/stocks", stocks, _STOCKS),
    Route("GET", "V1/inventory/stock-source-links", links, "Magento_InventoryApi::stock_source_link"),
    Route("POST", "V1/inventory/stock-source-links", add_links, "Magento_InventoryApi::stock_source_link"),
    Route("GET", "V1/inventory/stock-resolver/website/{website}", resolve, _SALABLE),
    Route("GET", "V1/inventory/source-items", source_items, _ITEMS),
    Route("POST", "V1/inventory/source-items", save_source_items, _ASSIGN),
    Route("POST", "V1/inventory/source-items-delete", delete_source_items, _ASSIGN),
    Route("GET", "V1/inventory/get-product-salable-quantity/{sku}/{stock}", salable_quantity, _SALABLE),
    Route("GET", "V1/inventory/export-stock-salable-qty/website/{website}", export_salable, _STOCKS),
    Route("GET", "V1/inventory/is-product-salable/{sku}/{stock}", is_salable, _SALABLE),
    Route("GET", "V1/stockItems/{sku}", stock_item, _LEGACY),
    Route("PUT", "V1/products/{sku}/stockItems/{item}", save_stock_item, _LEGACY),
)
