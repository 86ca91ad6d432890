"""A credit memo for goods that came back. The shop makes it without the gateway: the money is given back elsewhere."""

from __future__ import annotations

from connectors.magento_shapes.orders import credited
from connectors.magento_shapes.refusals import refused_as
from connectors.magento_shapes.values import amount_out, quantity_out
from connectors.openmage.orders import read_order
from connectors.openmage.shop import Shop
from engine.model.channel import Refund


async def refund(shop: Shop, external_id: str, refund: Refund) -> None:
    """Credit these lines, cut to what is billed and not credited yet.

    Left out, the shop would credit all freight that is left, so it is always named. Whether it counts the goods back
    in is a setting of its own; the next write of their stock replaces its number anyway. Raises
    Refused("channel-refund-refused") where nothing is left.
    """
    going, freight = credited(await read_order(shop, external_id), refund, external_id)
    data = {
        "qtys": {line: str(quantity_out(one)) for line, one in going.items()},
        "shipping_amount": str(amount_out(freight)),
        "adjustment_positive": "0",
        "adjustment_negative": "0",
    }
    async with refused_as("channel-refund-refused", external_id):
        await shop.api.write("sales_order_creditmemo.create", external_id, data, None, refund.notify, False)
