"""Orders and their documents. Ids come back as numbers (orders) or as strings (documents), as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from connectors.sandbox.shop import document_view, order_view
from connectors.sandbox.shop.errors import NO_SUCH_ENTITY, Crash, NotFound
from connectors.sandbox.shop.router import Call, Route, listing
from connectors.sandbox.shop.shop import Shop
from connectors.sandbox.shop.wire import ZERO, Shape, read, read_list

COMMENT: Shape = {"comment": "string", "is_visible_on_front": "int", "extension_attributes": "mixed"}
TRACK: Shape = {
    **dict.fromkeys(("order_id", "entity_id", "parent_id"), "int"),
    **dict.fromkeys(("created_at", "updated_at", "description", "track_number", "title", "carrier_code"), "string"),
    **dict.fromkeys(("weight", "qty"), "float"),
    "extension_attributes": "mixed",
}
NEW_TRACK: Shape = {
    **dict.fromkeys(("track_number", "title", "carrier_code"), "string"),
    "extension_attributes": "mixed",
}
HISTORY: Shape = {
    **dict.fromkeys(("comment", "created_at", "entity_name", "status"), "string"),
    **dict.fromkeys(("entity_id", "is_customer_notified", "is_visible_on_front", "parent_id"), "int"),
    "extension_attributes": "mixed",
}
OVERWRITE: Shape = {
    "entity_id": "int",
    **dict.fromkeys(("increment_id", "state", "status", "ext_order_id", "ext_customer_id", "customer_note"), "string"),
    "extension_attributes": "mixed",
}
REFUND: Shape = {
    **dict.fromkeys(("shipping_amount", "adjustment_positive", "adjustment_negative"), "float"),
    "extension_attributes": {"return_to_stock_items": ("int",)},
}
SHIP: Shape = {"extension_attributes": {"source_code": "string"}}

Document = TypeVar("Document")

# ----------------------------------------------------------------- orders


def search(shop: Shop, call: Call) -> Any:
    """No items are null, not a list (recorded: orders/page_past_the_end)."""
    return listing(order_view.collection(shop.orders), call, order_view.full, empty=None)


def get(shop: Shop, call: Call) -> Any:
    return order_view.full(shop.orders.get(call.number("id")))


def items(shop: Shop, call: Call) -> Any:
    return listing(order_view.items_of_all(shop.orders), call, order_view.item_view, empty=None)


def overwrite(shop: Shop, call: Call) -> Any:
    return order_view.overwritten(shop.orders.overwrite(call.entity("entity", OVERWRITE)))


def status(shop: Shop, call: Call) -> Any:
    return shop.orders.get(call.number("id")).status


def cancel(shop: Shop, call: Call) -> Any:
    return shop.orders.cancel(call.number("id"))


def hold(shop: Shop, call: Call) -> Any:
    shop.orders.hold(call.number("id"))
    return True


def unhold(shop: Shop, call: Call) -> Any:
    shop.orders.unhold(call.number("id"))
    return True


def comment(shop: Shop, call: Call) -> Any:
    shop.orders.comment(call.number("id"), call.entity("statusHistory", HISTORY))
    return True


def mail_order(shop: Shop, call: Call) -> Any:
    shop.orders.mail("order", shop.orders.get(call.number("id")))
    return True


# ----------------------------------------------------------------- invoices


def invoice(shop: Shop, call: Call) -> Any:
    made = shop.documents.invoice(call.number("id"), call.quantities(), bool(call.find("notify")), _comment(call))
    return str(made.document_id)


def invoices(shop: Shop, call: Call) -> Any:
    return listing(document_view.collection(shop.documents.invoices), call, document_view.invoice, empty=None)


def get_invoice(shop: Shop, call: Call) -> Any:
    return document_view.invoice(_document(shop.documents.invoices, call))


def mail_invoice(shop: Shop, call: Call) -> Any:
    shop.orders.mail("invoice", _document(shop.documents.invoices, call).order)
    return True


# ----------------------------------------------------------------- shipments


def ship(shop: Shop, call: Call) -> Any:
    arguments = read(call.find("arguments") or {}, SHIP, "arguments")
    source = (arguments.get("extension_attributes") or {}).get("source_code")
    if source is not None and not shop.inventory.by_source:
        raise Crash("the modules of sources add this field")
    tracks = read_list(call.find("tracks") or [], NEW_TRACK, "tracks")
    made = shop.documents.ship(
        call.number("id"), call.quantities(), tracks, bool(call.find("notify")), _comment(call), source
    )
    return str(made.document_id)


def shipments(shop: Shop, call: Call) -> Any:
    return listing(document_view.collection(shop.documents.shipments), call, document_view.shipment, empty=None)


def get_shipment(shop: Shop, call: Call) -> Any:
    return document_view.shipment(_document(shop.documents.shipments, call))


def mail_shipment(shop: Shop, call: Call) -> Any:
    shop.orders.mail("shipment", _document(shop.documents.shipments, call).order)
    return True


def add_track(shop: Shop, call: Call) -> Any:
    return document_view.track(*shop.documents.add_track(call.entity("entity", TRACK)))


# ----------------------------------------------------------------- credit memos


def refund(shop: Shop, call: Call) -> Any:
    arguments = read(call.find("arguments") or {}, REFUND, "arguments")
    made = shop.documents.refund(
        call.number("id"),
        call.quantities(),
        arguments.get("shipping_amount"),
        (arguments.get("adjustment_positive") or ZERO, arguments.get("adjustment_negative") or ZERO),
        (arguments.get("extension_attributes") or {}).get("return_to_stock_items") or [],
        bool(call.find("notify")),
        _comment(call),
    )
    return str(made.document_id)


def creditmemos(shop: Shop, call: Call) -> Any:
    return listing(document_view.collection(shop.documents.creditmemos), call, document_view.creditmemo, empty=None)


def get_creditmemo(shop: Shop, call: Call) -> Any:
    return document_view.creditmemo(_document(shop.documents.creditmemos, call))


def _document(documents: Mapping[int, Document], call: Call) -> Document:
    found = documents.get(call.number("id"))
    if found is None:
        raise NotFound(NO_SUCH_ENTITY)
    return found


def _comment(call: Call) -> dict[str, Any] | None:
    given = call.find("comment")
    return read(given, COMMENT, "comment") if given else None


_VIEW = "Magento_Sales::actions_view"
ROUTES = (
    Route("GET", "V1/orders", search, _VIEW),
    Route("POST", "V1/orders", overwrite, "Magento_Sales::api_actions"),
    Route("GET", "V1/orders/items", items, _VIEW),
    Route("GET", "V1/orders/{id}", get, _VIEW),
    Route("GET", "V1/orders/{id}/statuses", status, _VIEW),
    Route("POST", "V1/orders/{id}/cancel", cancel, "Magento_Sales::cancel"),
    Route("POST", "V1/orders/{id}/hold", hold, "Magento_Sales::hold"),
    Route("POST", "V1/orders/{id}/unhold", unhold, "Magento_Sales::unhold"),
    Route("POST", "V1/orders/{id}/comments", comment, "Magento_Sales::comment"),
    Route("POST", "V1/orders/{id}/emails", mail_order, "Magento_Sales::emails"),
    Route("POST", "V1/order/{id}/invoice", invoice, "Magento_Sales::invoice"),
    Route("GET", "V1/invoices", invoices, "Magento_Sales::sales_invoice"),
    Route("GET", "V1/invoices/{id}", get_invoice, "Magento_Sales::sales_invoice"),
    Route("POST", "V1/invoices/{id}/emails", mail_invoice, "Magento_Sales::emails"),
    Route("POST", "V1/order/{id}/ship", ship, "Magento_Sales::ship"),
    Route("GET", "V1/shipments", shipments, "Magento_Sales::shipment"),
    Route("GET", "V1/shipment/{id}", get_shipment, "Magento_Sales::shipment"),
    Route("POST", "V1/shipment/{id}/emails", mail_shipment, "Magento_Sales::shipment"),
    Route("POST", "V1/shipment/track", add_track, "Magento_Sales::shipment"),
    Route("POST", "V1/order/{id}/refund", refund, "Magento_Sales::creditmemo"),
    Route("GET", "V1/creditmemos", creditmemos, "Magento_Sales::sales_creditmemo"),
    Route("GET", "V1/creditmemo/{id}", get_creditmemo, "Magento_Sales::sales_creditmemo"),
)
