"""The special price: one per product, for everybody, from one day to the end of another by the shop's calendar.

Magento compares the dates with the store view's own clock and counts the last day whole, so days are sent as they are,
at midnight. (Adobe Commerce keeps special prices as scheduled updates that must begin in the future; not provided for.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from connectors.magento.price_calls import PRICES, Priced, batch
from connectors.magento.shop import Shop
from connectors.magento_shapes.values import Json, amount, amount_out, same
from engine.publishing import Period, RowError

ALL_STORES = 0
MIDNIGHT = "00:00:00"


class Row(NamedTuple):
    """A special price to send; `amount` None removes it."""

    place: int
    sku: str
    amount: Decimal | None
    period: Period


async def push(shop: Shop, rows: Sequence[Row]) -> list[RowError]:
    """Set and remove special prices; the rows not named in the answer were taken."""
    changed = [row for row in rows if row.amount is not None]
    removed = [row for row in rows if row.amount is None]
    errors = await batch(shop, "special-price", changed, [_wire(row) for row in changed], _of_sku)
    if removed:
        # Only what is named as it stands is removed; a row that does not match is passed over in silence.
        there = await shop.rest.ask(f"{PRICES}/special-price-information", {"skus": [row.sku for row in removed]})
        stale = [price for price in there or () if any(same(price["sku"], row.sku) for row in removed)]
        errors += await batch(shop, "special-price-delete", removed, stale, _of_sku)
    return errors


def read(values: Mapping[str, Any]) -> tuple[Decimal, Period] | None:
    """The special price among a product's custom values."""
    price = values.get("special_price")
    if price in (None, ""):
        return None
    return amount(price), Period(_day(values.get("special_from_date")), _day(values.get("special_to_date")))


def _of_sku(_named: Sequence[Any], rows: Sequence[Priced]) -> Sequence[Priced]:
    return rows


def _wire(row: Row) -> Json:
    assert row.amount is not None
    wire: Json = {"sku": row.sku, "price": amount_out(row.amount), "store_id": ALL_STORES}
    for key, day in (("price_from", row.period.first), ("price_to", row.period.last)):
        if day is not None:
            wire[key] = f"{day.isoformat()} {MIDNIGHT}"
    return wire


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
