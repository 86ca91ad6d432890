"""Sources, stocks, source items and reservations: Magento's multi-source inventory (MSI 1.2.6).

Salable quantity of a stock = quantities of its sources that are in stock + reservations (negative while goods are
owed). An order reserves; a shipment lowers a source and takes the reservation back. Nothing checks that a SKU exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NO_SUCH_FIELD_VALUE, NotFound, Refused, required
from connectors.sandbox.shop.wire import ZERO, Shape, collate, decimal_of

DEFAULT_SOURCE = "default"
DEFAULT_STOCK = 1
WEBSITE = "base"
SHIPPED = "shipment_created"

SOURCE: Shape = {
    "source_code": "string",
    "name": "string",
    "enabled": "boolean",
    "description": "string",
    "latitude": "float",
    "longitude": "float",
    "region_id": "int",
    "use_default_carrier_config": "boolean",
    "carrier_links": "mixed",
    "extension_attributes": "mixed",
    **dict.fromkeys(
        ("email", "contact_name", "region", "country_id", "city", "street", "postcode", "phone", "fax"), "string"
    ),
}
LINK: Shape = {"stock_id": "int", "source_code": "string", "priority": "int", "extension_attributes": "mixed"}
SOURCE_ITEM: Shape = {
    "sku": "string",
    "source_code": "string",
    "quantity": "mixed",
    "status": "mixed",
    "extension_attributes": "mixed",
}


@dataclass
class Source:
    code: str
    name: str
    description: str | None = None
    country_id: str = "BR"
    postcode: str = "00000-000"
    enabled: bool = True

    def view(self) -> dict[str, Any]:
        """Recorded: stock/sources."""
        own = {"description": self.description} if self.description else {}
        return {
            "source_code": self.code,
            "name": self.name,
            "enabled": self.enabled,
            **own,
            "latitude": 0,
            "longitude": 0,
            "country_id": self.country_id,
            "postcode": self.postcode,
            "use_default_carrier_config": True,
            "carrier_links": [],
            "extension_attributes": {"is_pickup_location_active": False, "frontend_name": self.name},
        }


@dataclass
class Stock:
    stock_id: int
    name: str
    websites: list[str] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """Recorded: stock/stocks."""
        channels = [{"type": "website", "code": code} for code in self.websites]
        return {"stock_id": self.stock_id, "name": self.name, "extension_attributes": {"sales_channels": channels}}


@dataclass
class SourceItem:
    """`status`: 1 in stock, 0 out of stock; Magento does not derive it from the quantity when it is sent."""

    sku: str
    source_code: str
    quantity: Decimal
    status: int

    def view(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "source_code": self.source_code,
            "quantity": self.quantity,
            "status": self.status,
        }


@dataclass(frozen=True)
class Reservation:
    """One entry of the ledger; `quantity` is negative where goods are owed. `event` as MSI names it."""

    sku: str
    stock_id: int
    quantity: Decimal
    event: str
    increment_id: str


class Inventory:
    def __init__(self) -> None:
        self.sources = {DEFAULT_SOURCE: Source(DEFAULT_SOURCE, "Default Source", "Default Source")}
        self.stocks = {DEFAULT_STOCK: Stock(DEFAULT_STOCK, "Default Stock", [WEBSITE])}
        self.links: dict[tuple[int, str], int] = {(DEFAULT_STOCK, DEFAULT_SOURCE): 1}
        self.by_source = True
        """False: the modules of sources are taken out, and an order lowers the one quantity of a product itself."""
        self.items: dict[str, dict[str, SourceItem]] = {}
        """Collated SKU -> source code -> item."""
        self.ledger: list[Reservation] = []
        self.on_change: Callable[[Iterable[str]], None] = lambda skus: None
        self._reserved: defaultdict[tuple[str, int], Decimal] = defaultdict(lambda: ZERO)
        self._stock_ids = count(2)

    # ------------------------------------------------------------- sources and stocks

    def add_source(self, data: Mapping[str, Any]) -> Source:
        """Create or change a source."""
        code = data.get("source_code")
        if not code or not data.get("name"):
            raise required("source_code" if not code else "name")
        source = Source(
            code, data["name"], data.get("description"), data.get("country_id") or "BR",
            data.get("postcode") or "00000-000", bool(data.get("enabled", True)),
        )  # fmt: skip
        self.sources[code] = source
        return source

    def add_stock(self, name: str, sources: Sequence[str] = (), websites: Sequence[str] = ()) -> Stock:
        """A new stock of these sources; the websites named sell from it from now on."""
        stock = Stock(next(self._stock_ids), name)
        self.stocks[stock.stock_id] = stock
        for website in websites:
            for other in self.stocks.values():
                other.websites = [code for code in other.websites if code != website]
            stock.websites.append(website)
        for code in sources:
            self.link(stock.stock_id, code)
        return stock

    def link(self, stock_id: int, source_code: str, priority: int = 1) -> None:
        """Let a stock sell from a source."""
        if stock_id == DEFAULT_STOCK and source_code != DEFAULT_SOURCE:
            message = "Can not save link related to Default Source or Default Stock"
            raise Refused("Validation Failed", errors=[{"message": message, "parameters": []}])
        if stock_id not in self.stocks or source_code not in self.sources:
            raise Refused("Could not save StockSourceLinks")
        self.links[(stock_id, source_code)] = priority

    def stock_of(self, website: str) -> Stock:
        """The stock that a website sells from."""
        for stock in self.stocks.values():
            if website in stock.websites:
                return stock
        raise NotFound("No linked stock found")

    def sources_of(self, stock_id: int) -> list[str]:
        return [code for (stock, code) in self.links if stock == stock_id and self.sources[code].enabled]

    # ------------------------------------------------------------- source items

    def item(self, sku: str, source_code: str) -> SourceItem | None:
        return self.items.get(collate(sku), {}).get(source_code)

    def all_items(self) -> Iterable[SourceItem]:
        return (item for by_source in self.items.values() for item in by_source.values())

    def items_of(self, sku: str) -> Iterable[SourceItem]:
        return self.items.get(collate(sku), {}).values()

    def save_items(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Set quantities and states, all or nothing. A SKU that no product has and a negative quantity pass."""
        if not rows:
            raise Refused("Input data is empty")
        errors = [error for row in rows for error in _row_errors(row)]
        if errors:
            first = errors[0]
            message = first["message"].replace("%field", first["parameters"]["field"])
            raise Refused(f"Validation Failed: {message}", errors=errors)
        if any(row["source_code"] not in self.sources for row in rows):
            raise Refused("Could not save Source Item")
        for row in rows:
            self.put(row["sku"], row["source_code"], decimal_of(row["quantity"]) or ZERO, int(row["status"]))
        self.on_change([row["sku"] for row in rows])

    def delete_items(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take SKUs off sources; what is not there is no error."""
        if not rows:
            raise Refused("Input data is empty")
        for row in rows:
            self.items.get(collate(row.get("sku") or ""), {}).pop(row.get("source_code") or "", None)
        self.on_change([row.get("sku") or "" for row in rows])

    def put(self, sku: str, source_code: str, quantity: Decimal, status: int) -> None:
        """Set one source item, telling nobody."""
        by_source = self.items.setdefault(collate(sku), {})
        item = by_source.get(source_code)
        if item is None:
            by_source[source_code] = SourceItem(sku, source_code, quantity, status)
        else:
            item.quantity, item.status = quantity, status

    def move(self, sku: str, source_code: str, quantity: Decimal) -> None:
        """Add goods to a source, or take them (negative): at nothing left the item goes out of stock.

        Raises Refused where the source has too little, or nothing at all, of the SKU.
        """
        item = self.item(sku, source_code)
        if item is None or item.quantity + quantity < 0:
            raise Refused("Not all of your products are available in the requested quantity.")
        item.quantity += quantity
        item.status = int(item.quantity > 0)
        self.on_change([sku])

    def rename(self, old: str, new: str) -> None:
        """Source items and reservations follow a product's new SKU."""
        by_source = self.items.pop(collate(old), {})
        for item in by_source.values():
            item.sku = new
        if by_source:
            self.items[collate(new)] = by_source
        for stock_id in self.stocks:
            owed = self._reserved.pop((collate(old), stock_id), None)
            if owed is not None:
                self._reserved[(collate(new), stock_id)] = owed

    def forget(self, sku: str) -> None:
        """Source items go with their product."""
        self.items.pop(collate(sku), None)

    # ------------------------------------------------------------- salable quantity

    def reserve(self, sku: str, stock_id: int, quantity: Decimal, event: str, increment_id: str) -> None:
        """Write to the ledger; negative owes goods, positive takes that back."""
        if not self.by_source:
            if event != SHIPPED and (item := self.item(sku, DEFAULT_SOURCE)) is not None:
                self.put(sku, DEFAULT_SOURCE, item.quantity + quantity, int(item.quantity + quantity > 0))
                self.on_change([sku])
            return
        self.ledger.append(Reservation(sku, stock_id, quantity, event, increment_id))
        self._reserved[(collate(sku), stock_id)] += quantity

    def reserved(self, sku: str, stock_id: int) -> Decimal:
        """The sum of the ledger for a SKU: zero or negative where all is well."""
        return self._reserved.get((collate(sku), stock_id), ZERO)

    def salable(self, sku: str, stock_id: int) -> Decimal:
        """What a visitor could still buy."""
        if stock_id not in self.stocks:
            raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "stock_id", "fieldValue": stock_id})
        by_source = self.items.get(collate(sku), {})
        sources = self.sources_of(stock_id)
        on_hand = sum((by_source[c].quantity for c in sources if c in by_source and by_source[c].status), ZERO)
        return on_hand + self.reserved(sku, stock_id)


def _row_errors(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    def error(message: str, name: str) -> dict[str, Any]:
        return {"message": message, "parameters": {"field": name}}

    found = []
    for name in ("sku", "source_code"):
        text = row.get(name) or ""
        if not text.strip():
            found.append(error('"%field" can not be empty.', name))
        elif text != text.strip():
            found.append(error('"%field" can not contain leading or trailing spaces.', name))
    found += [
        error('"%field" should be numeric.', name)
        for name in ("quantity", "status")
        if decimal_of(row.get(name)) is None
    ]
    if decimal_of(row.get("status")) not in (None, 0, 1):
        found.append(error('"%field" should a known status.', "status"))
    return found
