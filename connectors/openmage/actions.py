"""What is done to an order once: taking its money, cancelling it, shipping it.

Each takes several calls here, and none can be repeated safely. What is left over by a try that broke off is found and
used by the next one, and a break after the first change counts as an unknown outcome: the order is read before more is
sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.magento_shapes.orders import going
from connectors.magento_shapes.refusals import refused_as
from connectors.magento_shapes.values import Json, quantity_out
from connectors.openmage.orders import read_order
from connectors.openmage.parcels import SHIPMENT, mail, write_track
from connectors.openmage.shop import Shop
from engine.errors import Misconfigured, OutcomeUnknown, Refused, RetryLater
from engine.model.channel import Shipment, Track

OPEN = "1"  # the state of an invoice whose money has not been taken
PAID = "2"
INVOICE = "sales_order_invoice"


async def capture(shop: Shop, external_id: str, *, notify: bool) -> None:
    """Invoice all that is left, and where that alone takes no money, as of a card, capture the invoice."""
    code = "channel-capture-refused"
    async with refused_as(code, external_id):
        order = await read_order(shop, external_id)
        invoices = await shop.api.read(f"{INVOICE}.list", {"order_id": str(order["order_id"])})
        waiting = [str(row["increment_id"]) for row in invoices if str(row.get("state")) == OPEN]
        if not waiting:
            invoice = str(await shop.api.write(f"{INVOICE}.create", external_id, [], None, notify))
            async with _begun():
                made = await shop.api.read(f"{INVOICE}.info", invoice)
            waiting = [invoice] if str(made.get("state")) != PAID else []
        for invoice in waiting:
            async with _begun():
                await shop.api.write(f"{INVOICE}.capture", invoice)


async def cancel(shop: Shop, external_id: str) -> None:
    """Cancel. Refused for what is invoiced, in review, or cancelled before."""
    async with refused_as("channel-cancel-refused", external_id):
        await shop.api.write("sales_order.cancel", external_id)


async def ship(shop: Shop, external_id: str, shipment: Shipment) -> None:
    """Record a shipment, then its tracking, then have it mailed: mailed at once it would lack the tracking.

    Quantities are cut to what is left; without any named, all that is left goes. Raises
    Refused("channel-ship-refused") where nothing is left, OutcomeUnknown where the parcel is recorded and its tracking
    or its mail is not.
    """
    order = await read_order(shop, external_id)
    left = {line: str(quantity_out(quantity)) for line, quantity in going(order, shipment, external_id).items()}
    known = await _shipments(shop, order)
    async with refused_as("channel-ship-refused", external_id):
        try:
            made = str(await shop.api.write(f"{SHIPMENT}.create", external_id, left, None, False, False))
        except OutcomeUnknown:
            # Most often only the answer is lost: then the parcel is there, and still wants its tracking.
            new = await _looked_for(shop, order, known)
            if new is None:
                raise
            made = new
    async with _begun():
        try:
            for code in shipment.codes:
                await write_track(shop, made, Track(shipment.carrier_label or shipment.carrier, code))
        except Refused as refused:
            raise OutcomeUnknown("channel-no-track", refused.detail, order=external_id) from refused
        try:
            if shipment.notify:
                await mail(shop, made)
        except Refused as refused:  # the shop's mail is out of order; the parcel has left all the same
            raise OutcomeUnknown("channel-no-mail", refused.detail, order=external_id) from refused


async def _shipments(shop: Shop, order: Json) -> set[str]:
    rows = await shop.api.read(f"{SHIPMENT}.list", {"order_id": str(order["order_id"])})
    return {str(row["increment_id"]) for row in rows}


async def _looked_for(shop: Shop, order: Json, known: set[str]) -> str | None:
    """The one shipment that was not there before; None where it cannot be told."""
    try:
        new = await _shipments(shop, order) - known
    except (RetryLater, Misconfigured):
        return None
    return new.pop() if len(new) == 1 else None


@asynccontextmanager
async def _begun() -> AsyncIterator[None]:
    """After a first change nothing is as it was: what would be tried again from the start is an unknown outcome."""
    try:
        yield
    except (RetryLater, Misconfigured) as error:
        raise OutcomeUnknown(error.code, error.detail, **error.params) from error
