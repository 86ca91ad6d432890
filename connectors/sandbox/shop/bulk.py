"""Asynchronous product saves: what was accepted waits in a queue until a consumer takes it, if one runs.

Recorded: an accepted operation is open (4) until it is complete (1) or failed (3); its body is kept while it is open
and where it failed; one that kills the consumer stays open for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from connectors.sandbox.shop.errors import NotFound, Refused, ShopError, required
from connectors.sandbox.shop.product_shapes import PRODUCT
from connectors.sandbox.shop.product_view import saved
from connectors.sandbox.shop.products import Catalogue
from connectors.sandbox.shop.wire import number, read, stamp

COMPLETE, FAILED, OPEN = 1, 3, 4
TOPIC = "async.magento.catalog.api.productrepositoryinterface.save.post"
SUCCESS = "Service execution success Magento\\Catalog\\Model\\ProductRepository\\Interceptor::save"
DEADLOCK = (
    "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction"
)


@dataclass
class Operation:
    """One save of a bulk; `place` is its index there."""

    bulk_id: str
    place: int
    body: Mapping[str, Any]
    view: int
    at: datetime
    status: int = OPEN
    message: str | None = None
    error_code: int | None = None
    result: Any = None

    @property
    def sku(self) -> str:
        return str(self.body["product"].get("sku"))

    def short(self) -> dict[str, Any]:
        """As `status` lists it."""
        return {
            "id": self.place,
            "status": self.status,
            "result_message": self.message,
            "error_code": self.error_code,
        }

    def detailed(self) -> dict[str, Any]:
        """As `detailed-status` and the search list it."""
        kept = {"entity_id": None, "entity_link": "", "meta_information": _json(self.body), "store_id": str(self.view)}
        return {
            "id": self.place,
            "bulk_uuid": self.bulk_id,
            "topic_name": TOPIC,
            "serialized_data": None if self.status == COMPLETE else _json(kept),
            "result_serialized_data": None if self.result is None else _json(self.result),
            **{key: value for key, value in self.short().items() if key != "id"},
        }


@dataclass
class Queue:
    """The bulks of a shop. `consumers` run side by side, each taking `seconds` for a save; 0 of them = none runs.

    `deadlocks` are SKUs whose next save the database gives up; one of `kills` takes the consumer with it.
    """

    clock: Callable[[], datetime]
    catalogue: Catalogue
    consumers: int = 1
    seconds: float = 0.0
    deadlocks: set[str] = field(default_factory=set)
    kills: Collection[str] = ()
    bulks: dict[str, list[Operation]] = field(default_factory=dict)
    _waiting: list[Operation] = field(default_factory=list)
    _free_at: list[datetime] = field(default_factory=list)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def accept(self, bodies: Sequence[Any], view: int) -> dict[str, Any]:
        """Queue saves. Raises Refused for all of them where one has no product, or one of a wrong type."""
        for body in bodies:
            if not isinstance(body, dict) or body.get("product") is None:
                raise required("product")
            read(body["product"], PRODUCT, "product")
        bulk_id = f"00000000-0000-4000-8000-{next(self._ids):012x}"
        now = self.clock()
        self.bulks[bulk_id] = [Operation(bulk_id, place, body, view, now) for place, body in enumerate(bodies)]
        self._waiting += self.bulks[bulk_id]
        accepted = [
            {"id": place, "data_hash": hashlib.sha256(_json(body).encode()).hexdigest(), "status": "accepted"}
            for place, body in enumerate(bodies)
        ]
        return {"bulk_uuid": bulk_id, "request_items": accepted, "errors": False}

    def work(self) -> None:
        """Carry out what the consumers have had the time for."""
        now = self.clock()
        self._free_at = sorted(self._free_at)[: self.consumers]
        self._free_at += [now - timedelta(seconds=self.seconds)] * (self.consumers - len(self._free_at))
        while self._waiting and self._free_at:
            operation = self._waiting[0]
            done_at = max(min(self._free_at), operation.at) + timedelta(seconds=self.seconds)
            if done_at > now:
                return
            self._free_at[self._free_at.index(min(self._free_at))] = done_at
            del self._waiting[0]
            if operation.sku in self.kills:
                self.consumers -= 1
                self._free_at.pop()
                continue
            self._carry_out(operation)

    def operations(self, bulk_id: str) -> list[Operation]:
        """Raises NotFound."""
        if bulk_id not in self.bulks:
            raise NotFound("Bulk uuid %bulkUuid not exist", {"bulkUuid": bulk_id})
        return self.bulks[bulk_id]

    def status(self, bulk_id: str, view: Callable[[Operation], dict[str, Any]]) -> dict[str, Any]:
        """The answer of both status calls. Raises NotFound."""
        operations = self.operations(bulk_id)
        return {
            "operations_list": [view(operation) for operation in operations],
            "user_type": 1,
            "bulk_id": bulk_id,
            "description": f"Topic {TOPIC}",
            "start_time": stamp(operations[0].at if operations else self.clock()),
            "user_id": 1,
            "operation_count": len(operations),
        }

    def _carry_out(self, operation: Operation) -> None:
        try:
            if operation.sku in self.deadlocks:
                self.deadlocks.discard(operation.sku)
                raise Refused(DEADLOCK)
            product = self.catalogue.save(read(operation.body["product"], PRODUCT, "product"), operation.view)
        except ShopError as error:
            operation.status, operation.message, operation.error_code = FAILED, _filled(error), 0
        else:
            operation.status, operation.message = COMPLETE, SUCCESS
            operation.result = saved(self.catalogue, product, operation.view)


def _filled(error: ShopError) -> str:
    """The sentence with its values: here they are not told apart."""
    values = error.parameters or ()
    named = values if isinstance(values, Mapping) else {str(place): value for place, value in enumerate(values, 1)}
    message = error.message
    for name, value in named.items():
        message = message.replace(f"%{name}", str(value))
    return message


def _json(value: Any) -> str:
    return json.dumps(value, default=number, ensure_ascii=False, separators=(",", ":"))
