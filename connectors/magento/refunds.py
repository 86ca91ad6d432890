"""A credit memo for goods that came back. It is made without the gateway: the money itself is given back elsewhere."""

from __future__ import annotations

from decimal import Decimal

from connectors.magento.orders import read_order
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.orders import sold_items
from connectors.magento_shapes.refusals import refused_as
from connectors.magento_shapes.values import Json, amount, amount_out, quantity, quantity_out
from engine.amounts import ZERO
from engine.errors import Refused
from engine.model.channel import Refund

REFUSED = "channel-refund-refused"


async def refund(shop: Shop, external_id: str, refund: Refund) -> None:
    """Credit these lines, cut to what is billed and not credited yet, and have the goods counted back in.

    Left out, the shop would credit all freight that is left, so it is always named. Raises
    Refused("channel-refund-refused") where nothing is left.
    """
    order = await read_order(shop, external_id)
    left = {str(item["item_id"]): _left(item) for item in sold_items(order)}
    going = {line: min(asked, left.get(line, ZERO)) for line, asked in refund.quantities}
    items = [{"order_item_id": int(line), "qty": quantity_out(one)} for line, one in going.items() if one > 0]
    if not items:
        raise Refused(REFUSED, f"order {external_id}: nothing left to credit", order=external_id)
    body: Json = {
        "items": items,
        "notify": refund.notify,
        "appendComment": False,
        "arguments": {
            "shipping_amount": amount_out(_freight(order) if refund.freight else ZERO),
            "adjustment_positive": 0,
            "adjustment_negative": 0,
            "extension_attributes": {"return_to_stock_items": [item["order_item_id"] for item in items]},
        },
    }
    async with refused_as(REFUSED, external_id):
        await shop.rest.post(f"{SHOP}/order{path_of(external_id)}/refund", body)


def _left(item: Json) -> Decimal:
    return max(quantity(item.get("qty_invoiced")) - quantity(item.get("qty_refunded")), ZERO)


def _freight(order: Json) -> Decimal:
    return max(amount(order.get("shipping_invoiced")) - amount(order.get("shipping_refunded")), ZERO)
