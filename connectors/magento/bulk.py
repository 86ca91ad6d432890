"""New products left to the shop's queue, which a consumer of the shop works off, if one runs.

`accepted` only means that an operation waits. It stays open (4) until a consumer has got to it, for ever where none
runs or where it stumbled; then it is complete (1) or failed (2, 3). A deadlocked save ends as 3 like any refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from connectors.magento.content import new_product
from connectors.magento.failures import passes
from connectors.magento.search import Filter, find, find_all, sku_filters
from connectors.magento.shop import Shop
from connectors.magento.transport import ALL, SHOP
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.errors import Refused
from engine.publishing import ContentPush, HandedOver, Made, Making

QUEUED = "/rest/all/async/bulk/V1/products"
TOPIC = "async.magento.catalog.api.productrepositoryinterface.save.post"
COMPLETE, FAILED_PASSING, OPEN = 1, 2, 4


async def hand_over(shop: Shop, pushes: Sequence[ContentPush]) -> HandedOver | None:
    """Queue the products that the shop has not and that no open operation may still make.

    Asking for the open ones comes first, so that a right that is missing is told before anything has left. A product
    that cannot be made as it is is left out too: sent alone, it is told why.
    """
    not_these = await _queued(shop) | (await _ids(shop, (push.item for push in pushes))).keys()
    bodies: list[Json] = []
    taken: list[int] = []
    for place, push in enumerate(pushes):
        if push.item.casefold() in not_these:
            continue
        try:
            new = await new_product(shop, push)
        except Refused:
            continue
        not_these.add(push.item.casefold())
        bodies.append(new.body(new.url_keys[0]))
        taken.append(place)
    if not bodies:
        return None
    answer = await shop.rest.post(QUEUED, bodies)
    accepted = sorted(int(item["id"]) for item in answer["request_items"] if item["status"] == "accepted")
    return HandedOver(str(answer["bulk_uuid"]), tuple(taken[place] for place in accepted))


async def handed_over(shop: Shop, ticket: str, skus: Mapping[int, str]) -> dict[int, Made]:
    """How far these are; one that is told as complete counts as made once the shop shows it."""
    try:
        answer = await shop.rest.get(f"{SHOP}/bulk/{ticket}/status")
    except Absent:  # the shop clears its list of old ones
        return {}
    # Their ids are places in the bulk, or count on through all bulks in some versions: in order in both.
    operations = sorted(answer["operations_list"], key=lambda operation: int(operation["id"]))
    told = {place: operation for place, operation in enumerate(operations) if place in skus}
    ids = await _ids(shop, (skus[place] for place, operation in told.items() if operation["status"] == COMPLETE))
    return {place: _made(operation, ids.get(skus[place].casefold())) for place, operation in told.items()}


def _made(operation: Json, remote_id: str | None) -> Made:
    status, message = operation["status"], str(operation.get("result_message") or "")
    if status == OPEN:
        return Made(Making.OPEN)
    if status == COMPLETE and remote_id is not None:
        return Made(Making.MADE, remote_id)
    if status in (COMPLETE, FAILED_PASSING) or passes(message):
        return Made(Making.COLLIDED)
    return Made(Making.REFUSED, code="channel-refused", detail=message)


async def _ids(shop: Shop, skus: Iterable[str]) -> dict[str, str]:
    """SKU in lower case -> id, of those that the shop has."""
    rows = shop.options.page_rows
    found: dict[str, str] = {}
    for wanted in sku_filters(skus, rows):
        products = await find(shop.rest, f"{ALL}/products", [wanted], rows=rows, fields="items[id,sku]")
        found |= {str(product["sku"]).casefold(): str(product["id"]) for product in products}
    return found


async def _queued(shop: Shop) -> set[str]:
    """SKUs in lower case that an operation may still make, whoever handed it over."""
    waiting = await find_all(shop.rest, f"{SHOP}/bulk/", [Filter("status", OPEN), Filter("topic_name", TOPIC)])
    bodies = (msgspec.json.decode(row["serialized_data"])["meta_information"] for row in waiting)
    return {str(msgspec.json.decode(body)["product"].get("sku")).casefold() for body in bodies}
