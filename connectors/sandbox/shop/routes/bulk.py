"""Asynchronous calls: products handed over in bulk, and what became of them."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.shop.bulk import Operation
from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import Crash, Refused
from connectors.sandbox.shop.router import Call, Route, listing
from connectors.sandbox.shop.shop import Shop
from connectors.sandbox.shop.wire import stamp

FIELDS = ("bulk_uuid", "topic_name", "status", "error_code", "start_time")


def create_products(shop: Shop, call: Call) -> Any:
    """A list of the bodies of POST products (recorded: bulk/products, bulk/empty, bulk/malformed_item)."""
    if call.body == {}:
        return shop.queue.accept([], call.view)
    if not isinstance(call.body, list):
        raise Refused("Decoding error.")
    return shop.queue.accept(call.body, call.view)


def status(shop: Shop, call: Call) -> Any:
    return shop.queue.status(call.text("uuid"), Operation.short)


def detailed_status(shop: Shop, call: Call) -> Any:
    return shop.queue.status(call.text("uuid"), Operation.detailed)


def count_by_status(shop: Shop, call: Call) -> Any:
    operations = shop.queue.operations(call.text("uuid"))
    return sum(operation.status == call.number("status") for operation in operations)


def search(shop: Shop, call: Call) -> Any:
    collection = Collection[Operation](
        rows=lambda: [operation for operations in shop.queue.bulks.values() for operation in operations],
        value=_value,
        knows=FIELDS.__contains__,
        unknown=lambda name: Crash(f"operations have no column {name}"),
    )
    return listing(collection, call, lambda o: {"extension_attributes": {"start_time": stamp(o.at)}, **o.detailed()})


def _value(operation: Operation, field: str) -> Any:
    return stamp(operation.at) if field == "start_time" else operation.detailed()[field]


_SAVE = "Magento_Catalog::products"
_LOOK = "Magento_AsynchronousOperations::system_magento_logging_bulk_operations"

ROUTES = (
    Route("POST", "async/bulk/V1/products", create_products, _SAVE),
    Route("GET", "V1/bulk/{uuid}/status", status, _LOOK),
    Route("GET", "V1/bulk/{uuid}/detailed-status", detailed_status, _LOOK),
    Route("GET", "V1/bulk/{uuid}/operation-status/{status}", count_by_status, _LOOK),
    Route("GET", "V1/bulk/", search, _LOOK),
)
