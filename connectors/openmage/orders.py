"""Orders as the shop tells them. The state decides, never the status: merchants name statuses as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from connectors.magento_shapes import orders as shapes
from connectors.magento_shapes.orders import Told
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json, amount
from connectors.openmage.options import Options
from connectors.openmage.people import lines_split
from connectors.openmage.shop import Shop
from connectors.openmage.windows import changed
from engine.errors import IntegraError
from engine.model.channel import ChannelOrder

ORDERS_PER_READ = 20


async def orders(shop: Shop, updated_since: datetime, now: datetime) -> AsyncIterator[Sequence[ChannelOrder]]:
    """Orders of our websites changed at or after that time, oldest change first.

    The list lacks lines and addresses, so each order is read. Its time is that of the list: an order that changed
    between the two must not carry the reader past others that have not been read.
    """
    stores = await _stores(shop)
    async for rows in changed(shop, "sales_order.list", updated_since, now, "order_id"):
        ours = [row for row in rows if row.get("store_id") is None or str(row["store_id"]) in stores]
        for start in range(0, len(ours), ORDERS_PER_READ):
            part = ours[start : start + ORDERS_PER_READ]
            found = await shop.api.read_many([("sales_order.info", (str(row["increment_id"]),)) for row in part])
            page = []
            for row, answer in zip(part, found, strict=True):
                if isinstance(answer, Absent):
                    continue
                if isinstance(answer, IntegraError):
                    raise answer
                page.append(channel_order({**answer, "updated_at": row["updated_at"]}, shop.options))
            yield page


async def order(shop: Shop, external_id: str) -> ChannelOrder | None:
    """One order as it stands."""
    try:
        return channel_order(await read_order(shop, external_id), shop.options)
    except Absent:
        return None


async def read_order(shop: Shop, external_id: str) -> Json:
    """The order as it came. Raises Absent."""
    found: Json = await shop.api.read("sales_order.info", external_id)
    return found


def channel_order(row: Json, options: Options) -> ChannelOrder:
    """The order in the engine's words; its number is its key, as all calls want it."""
    billing = lines_split(row.get("billing_address") or {})
    delivery = lines_split(row.get("shipping_address") or {}) or billing
    told = Told(
        key=str(row["increment_id"]),
        billing=billing,
        delivery=delivery,
        shipping_method=str(row.get("shipping_method") or ""),
        payment_label=_payment_label(row.get("payment") or {}),
        documents=(row.get("customer_taxvat"), billing.get("vat_id"), delivery.get("vat_id")),
        paid=amount(row.get("total_paid")) >= amount(row.get("grand_total")),  # `total_due` is empty here
    )
    return shapes.channel_order(row, told, options)


def _payment_label(payment: Json) -> str:
    """The method's title, where a module keeps it."""
    values = payment.get("additional_information")
    title = values.get("method_title") if isinstance(values, dict) else None
    return title if isinstance(title, str) else ""


async def _stores(shop: Shop) -> set[str]:
    """The store views of our websites."""
    rows = await shop.api.read("store.list")
    return {str(row["store_id"]) for row in rows if int(row["website_id"]) in shop.options.websites}
