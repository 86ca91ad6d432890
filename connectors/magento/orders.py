"""Orders as the shop tells them. The state decides, never the status: merchants name statuses as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from connectors.magento.options import Options
from connectors.magento.search import changed_since
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes import orders as shapes
from connectors.magento_shapes.orders import Told
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, amount
from engine.model.channel import ChannelOrder


async def orders(shop: Shop, updated_since: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
    """Orders of our websites changed at or after that time, oldest change first."""
    async for rows in changed_since(shop.rest, f"{SHOP}/orders", updated_since, "entity_id", "entity_id"):
        views = await shop.views.ours(int(row["store_id"]) for row in rows if row.get("store_id") is not None)
        # A store view that was deleted leaves its orders without one.
        ours = [channel_order(row, shop.options) for row in rows if row.get("store_id") in {*views, None}]
        if ours:
            yield ours


async def order(shop: Shop, external_id: str) -> ChannelOrder | None:
    """One order as it stands."""
    try:
        return channel_order(await read_order(shop, external_id), shop.options)
    except Absent:
        return None


async def read_order(shop: Shop, external_id: str) -> Json:
    """The order as it came. Raises Absent."""
    found: Json = await shop.rest.get(f"{SHOP}/orders{path_of(external_id)}")
    return found


def channel_order(row: Json, options: Options) -> ChannelOrder:
    """The order in the engine's words."""
    billing: Json = row.get("billing_address") or {}
    shipping = _shipping(row)
    delivery: Json = shipping.get("address") or billing
    told = Told(
        key=str(row["entity_id"]),
        billing=billing,
        delivery=delivery,
        shipping_method=str(shipping.get("method") or ""),
        payment_label=_payment_label(row, row.get("payment") or {}),
        documents=_documents(row, billing, delivery, options),
        paid=amount(row.get("total_due")) <= 0,
    )
    return shapes.channel_order(row, told, options)


def _payment_label(row: Json, payment: Json) -> str:
    """The method's title: named in the extension, first in the list of values without names elsewhere."""
    pairs = (row.get("extension_attributes") or {}).get("payment_additional_info") or ()
    title = next((pair.get("value") for pair in pairs if pair.get("key") == "method_title"), None)
    values = payment.get("additional_information")
    first = values[0] if isinstance(values, list) and values else None
    return next((text for text in (title, first) if isinstance(text, str) and text), "")


def _shipping(row: Json) -> Json:
    assignments = (row.get("extension_attributes") or {}).get("shipping_assignments") or ()
    return dict(assignments[0].get("shipping") or {}) if assignments else {}


def _documents(row: Json, billing: Json, delivery: Json, options: Options) -> Iterator[object]:
    """Where a CPF or CNPJ may stand, the likeliest first: a guest's is in an address, or where a module puts it."""
    yield row.get("customer_taxvat")
    yield billing.get("vat_id")
    yield delivery.get("vat_id")
    holders = (row, billing, delivery)
    extensions = (holder.get("extension_attributes") for holder in holders)
    places = [place for place in (*holders, *extensions) if isinstance(place, dict)]
    for code in options.document_attributes:
        for place in places:
            value = place.get(code)
            yield value if isinstance(value, str | int) else None
