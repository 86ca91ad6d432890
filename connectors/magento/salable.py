"""What the shop would still sell of each SKU: what its sources have in stock, less what its open orders reserve.

The export is a search of products, answered with quantities (MSI's module InventoryExportStock). It leaves out what no
source of the stock has, and says 0 and yet for sale of what the shop does not count and of a grid: those are left out
here too. Its `total_count` counts the page in some versions, so nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.magento.search import Filter, find, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.stock import IN_STOCK
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, quantity
from engine.errors import Misconfigured
from engine.ports import Clock
from engine.publishing import Salable

EXPORT = f"{SHOP}/inventory/export-stock-salable-qty/website"
KNOWN_FOR = timedelta(minutes=15)
"""The merchant may give the stock another source; a pass over a large shop asks hundreds of times."""


class SalableQuantities:
    """Reads them of the stock of the account; which website and which sources it has is kept for a while."""

    def __init__(self, shop: Shop, clock: Clock) -> None:
        self._shop = shop
        self._clock = clock
        self._website: str | None = None
        self._linked: tuple[str, ...] = ()
        self._known_at: datetime | None = None

    async def read(self, skus: Sequence[str], sources: Sequence[str]) -> list[Salable] | None:
        """What is salable of these SKUs out of these sources; None where a right or the route is missing."""
        try:
            await self._know()
            if self._website is None:  # no website sells from this stock
                return []
            others = [source for source in self._linked if source not in sources]
            elsewhere = await self._elsewhere(skus, others) if others else {}
            rows = await self._rows(skus, f"{EXPORT}{path_of(self._website)}")
        except Absent:
            return None
        except Misconfigured as wrong:
            if wrong.code != "channel-rights":
                raise
            return None
        return [
            Salable(str(row["sku"]), quantity(row["qty"]) - elsewhere.get(str(row["sku"]), Decimal(0)))
            for row in rows
            if quantity(row["qty"]) or not row["is_salable"]
        ]

    async def _know(self) -> None:
        now = self._clock.now()
        if self._known_at is not None and now - self._known_at < KNOWN_FOR:
            return
        of = [Filter("stock_id", self._shop.options.stock_id)]
        stocks = await find(self._shop.rest, f"{SHOP}/inventory/stocks", of)
        channels = (stocks[0].get("extension_attributes") or {}).get("sales_channels") or () if stocks else ()
        self._website = next((str(one["code"]) for one in channels if one.get("type") == "website"), None)
        links = await find(self._shop.rest, f"{SHOP}/inventory/stock-source-links", of)
        self._linked = tuple(str(link["source_code"]) for link in links)
        self._known_at = now

    async def _elsewhere(self, skus: Sequence[str], sources: Sequence[str]) -> dict[str, Decimal]:
        """What sources of the stock that are not ours offer besides."""
        found: dict[str, Decimal] = {}
        for source in sources:
            of = [Filter("source_code", source), Filter("status", IN_STOCK)]
            for row in await self._rows(skus, f"{SHOP}/inventory/source-items", of):
                sku = str(row["sku"])
                found[sku] = found.get(sku, Decimal(0)) + quantity(row["quantity"])
        return found

    async def _rows(self, skus: Sequence[str], path: str, of: Sequence[Filter] = ()) -> list[Json]:
        page = self._shop.options.page_rows
        rows: list[Json] = []
        for wanted in sku_filters(skus, page):
            rows += await find(self._shop.rest, path, [wanted, *of], rows=page)
        return rows
