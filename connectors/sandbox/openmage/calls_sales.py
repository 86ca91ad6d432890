"""The API's calls for orders and their documents."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.sandbox.openmage import order_view
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.sales import CARRIERS, Invoice, Shipment
from connectors.sandbox.openmage.shop import OpenMage
from connectors.sandbox.openmage.values import Row, decimal, four, pick, stamp


def order_list(shop: OpenMage, filters: Any = None) -> list[Row]:
    return pick((order_view.listed(one) for one in shop.sales.orders.values()), filters)


def order_info(shop: OpenMage, number: Any) -> Row:
    return order_view.full(shop.sales.order(number))


def order_comment(shop: OpenMage, number: Any, status: Any, text: Any = "", notify: Any = False) -> bool:
    """The status is an argument that cannot be left out."""
    shop.sales.comment(shop.sales.order(number), str(status), str(text))
    return True


def order_cancel(shop: OpenMage, number: Any) -> bool:
    shop.sales.cancel(shop.sales.order(number))
    return True


def invoice_list(shop: OpenMage, filters: Any = None) -> list[Row]:
    return pick((order_view.invoice(one) for one in shop.sales.invoices.values()), filters)


def invoice_info(shop: OpenMage, number: Any) -> Row:
    return order_view.invoice(_invoice(shop, number)) | {"items": [], "comments": []}


def invoice_create(
    shop: OpenMage, number: Any, quantities: Any = None, comment: Any = None, email: Any = False, include: Any = False
) -> str:
    order = shop.sales.order(number, "order_not_exists")
    return shop.sales.invoice(order, _quantities(quantities), bool(email)).number


def invoice_capture(shop: OpenMage, number: Any) -> bool:
    shop.sales.capture(_invoice(shop, number))
    return True


def shipment_list(shop: OpenMage, filters: Any = None) -> list[Row]:
    rows = [
        {
            "increment_id": one.number, "created_at": stamp(one.created_at), "shipment_id": str(one.shipment_id),
            "total_qty": four(sum((q for _, q in one.quantities), Decimal(0))), "order_id": str(one.order.order_id),
        }
        for one in shop.sales.shipments.values()
    ]  # fmt: skip
    return pick(rows, filters)


def shipment_info(shop: OpenMage, number: Any) -> Row:
    return order_view.shipment(_shipment(shop, number))


def shipment_create(
    shop: OpenMage, number: Any, quantities: Any = None, comment: Any = None, email: Any = False, include: Any = False
) -> str:
    order = shop.sales.order(number, "order_not_exists")
    said = None if comment is None else str(comment)
    return shop.sales.ship(order, _quantities(quantities), said, bool(email)).number


def shipment_track(shop: OpenMage, number: Any, carrier: Any, title: Any, track: Any, weight: Any = None) -> str:
    found = shop.sales.track(_shipment(shop, number), str(carrier), str(title), str(track))
    return str(found.track_id)


def shipment_send(shop: OpenMage, number: Any, comment: Any = "") -> bool:
    shop.sales.send_info(_shipment(shop, number))
    return True


def shipment_carriers(shop: OpenMage, number: Any) -> Row:
    shop.sales.order(number, "order_not_exists")
    return dict(CARRIERS)


def creditmemo_create(
    shop: OpenMage, number: Any, data: Any = None, comment: Any = None, notify: Any = False, include: Any = False
) -> str:
    """Without a freight it is all that is left of it."""
    order = shop.sales.order(number, "order_not_exists")
    values = data if isinstance(data, Mapping) else {}
    freight = decimal(values["shipping_amount"]) if "shipping_amount" in values else order.freight_left()
    return shop.sales.credit(order, _quantities(values.get("qtys")), freight, bool(notify)).number


def _quantities(sent: Any) -> dict[str, Decimal]:
    return {str(key): decimal(value) for key, value in sent.items()} if isinstance(sent, Mapping) else {}


def _invoice(shop: OpenMage, number: Any) -> Invoice:
    found = shop.sales.invoices.get(str(number))
    if found is None:
        raise ApiFault("not_exists")
    return found


def _shipment(shop: OpenMage, number: Any) -> Shipment:
    found = shop.sales.shipments.get(str(number))
    if found is None:
        raise ApiFault("not_exists")
    return found
