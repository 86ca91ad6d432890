"""A credit memo for goods that came back. It is made without the gateway: the money itself is given back elsewhere."""

from __future__ import annotations

from connectors.magento.orders import read_order
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.orders import credited
from connectors.magento_shapes.refusals import refused_as
from connectors.magento_shapes.values import Json, amount_out, quantity_out
from engine.model.channel import Refund

REFUSED = "channel-refund-refused"


async def refund(shop: Shop, external_id: str, refund: Refund) -> None:
    """Credit these lines, cut to what is billed and not credited yet, and have the goods counted back in.

    Left out, the shop would credit all freight that is left, so it is always named. Raises
    Refused("channel-refund-refused") where nothing is left.
    """
    order = await read_order(shop, external_id)
    going, freight = credited(order, refund, external_id)
    items = [{"order_item_id": int(line), "qty": quantity_out(one)} for line, one in going.items()]
    body: Json = {
        "items": items,
        "notify": refund.notify,
        "appendComment": False,
        "arguments": {
            "shipping_amount": amount_out(freight),
            "adjustment_positive": 0,
            "adjustment_negative": 0,
            "extension_attributes": {"return_to_stock_items": [item["order_item_id"] for item in items]},
        },
    }
    async with refused_as(REFUSED, external_id):
        await shop.rest.post(f"{SHOP}/order{path_of(external_id)}/refund", body)
