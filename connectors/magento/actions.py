"""What is done to an order once: taking its money, cancelling it, shipping it.

None of these can be repeated safely; after an unknown outcome the order is read before anything is sent again.
"""

from __future__ import annotations

from connectors.magento.orders import read_order
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento_shapes.orders import going
from connectors.magento_shapes.parcels import CARRIER
from connectors.magento_shapes.refusals import refused_as
from connectors.magento_shapes.values import Json, quantity_out
from engine.errors import Refused
from engine.model.channel import Shipment


async def capture(shop: Shop, external_id: str, *, notify: bool) -> None:
    """Invoice all that is left: an authorised card is captured, an offline payment noted as received."""
    body = {"capture": True, "notify": notify, "appendComment": False}
    async with refused_as("channel-capture-refused", external_id):
        await shop.rest.post(f"{SHOP}/order{path_of(external_id)}/invoice", body)


async def cancel(shop: Shop, external_id: str) -> None:
    """Cancel. The shop says no with status 200 and a body of `false` (in review, complete, cancelled before)."""
    async with refused_as("channel-cancel-refused", external_id):
        if await shop.rest.post(f"{SHOP}/orders{path_of(external_id)}/cancel") is not True:
            raise Refused("channel-cancel-refused", f"order {external_id}: the shop answered false")


async def ship(shop: Shop, external_id: str, shipment: Shipment) -> None:
    """Record a shipment. Quantities are cut to what is left; without any named, all that is left goes.

    The source is always named: left out, Magento takes the goods from `default`, even where that is no source of the
    shop's stock. Raises Refused("channel-ship-refused") where nothing is left.
    """
    left = going(await read_order(shop, external_id), shipment, external_id)
    body: Json = {
        "items": [{"order_item_id": int(line), "qty": quantity_out(quantity)} for line, quantity in left.items()],
        "notify": shipment.notify,
        "appendComment": False,
    }
    if shop.options.inventory == "sources":
        body["arguments"] = {"extension_attributes": {"source_code": shipment.source or shop.options.source}}
    title = shipment.carrier_label or shipment.carrier
    tracks = [{"track_number": code, "title": title, "carrier_code": CARRIER} for code in shipment.codes]
    if tracks:
        body["tracks"] = tracks
    async with refused_as("channel-ship-refused", external_id):
        await shop.rest.post(f"{SHOP}/order{path_of(external_id)}/ship", body)
