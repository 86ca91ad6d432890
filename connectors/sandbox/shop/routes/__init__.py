"""The REST routes by subject: each module turns calls into acts of the shop's parts, and holds its table of routes.

No rule of the trade stands here, and every row was recorded on a real shop or is described by its vendor.
"""

from __future__ import annotations

from connectors.sandbox.shop.router import Router
from connectors.sandbox.shop.routes import attributes, bulk, carts, catalogue, customers, prices, sales, stock, store

ROUTER = Router([
    *store.ROUTES,
    *catalogue.ROUTES,
    *bulk.ROUTES,
    *attributes.ROUTES,
    *prices.ROUTES,
    *stock.ROUTES,
    *customers.ROUTES,
    *carts.ROUTES,
    *sales.ROUTES,
])  # fmt: skip
