"""Registered customers, read and changed. What a change does not name stays as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.magento_shapes.customers import (
    ADDRESS_FIELDS,
    GROUP,
    address_fields,
    customer_of,
    main_address,
    new_address,
)
from connectors.magento_shapes.people import address_of, split_name
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from connectors.openmage.people import lines_joined, lines_split
from connectors.openmage.shop import Shop
from connectors.openmage.windows import changed
from engine.errors import IntegraError
from engine.model.people import ChannelCustomer, Person

FLAGS = ("is_default_billing", "is_default_shipping")
CUSTOMERS_PER_READ = 50


async def customers(shop: Shop, updated_since: datetime, now: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
    """Customers of our websites changed at or after that time.

    A change of an address alone does not count as one of the customer: only a reading of all sees those.
    """
    async for rows in changed(shop, "customer.list", updated_since, now, "customer_id"):
        ours = [row for row in rows if int(row.get("website_id") or 0) in shop.options.websites]
        for start in range(0, len(ours), CUSTOMERS_PER_READ):
            part = ours[start : start + CUSTOMERS_PER_READ]
            found = await shop.api.read_many([("customer_address.list", (str(row["customer_id"]),)) for row in part])
            page = []
            for row, addresses in zip(part, found, strict=True):
                if isinstance(addresses, Absent):
                    continue
                if isinstance(addresses, IntegraError):
                    raise addresses
                page.append(_customer(shop, row, addresses))
            yield page


async def customer(shop: Shop, external_id: str) -> ChannelCustomer | None:
    """One customer as he stands; None for one of another website."""
    try:
        row = await shop.api.read("customer.info", external_id)
        addresses = await shop.api.read("customer_address.list", external_id)
    except Absent:
        return None
    if int(row.get("website_id") or 0) not in shop.options.websites:
        return None
    return _customer(shop, row, addresses)


async def update_customer(shop: Shop, external_id: str, changes: Mapping[str, str]) -> None:
    """Write these fields, the customer's own and those of his main address in one request."""
    calls: list[tuple[str, Sequence[Any]]] = []
    if own := _own_fields(shop, changes):
        calls.append(("customer.update", (external_id, own)))
    if changes.keys() & set(ADDRESS_FIELDS):
        calls.append(await _address_call(shop, external_id, changes))
    for answer in await shop.api.write_many(calls):
        if isinstance(answer, IntegraError):
            raise answer


async def find_customer(shop: Shop, email: str) -> ChannelCustomer | None:
    """The customer with this e-mail in our websites."""
    for row in await shop.api.read("customer.list", {"email": email}):
        found = await customer(shop, str(row["customer_id"]))
        if found is not None:
            return found
    return None


async def create_customer(shop: Shop, person: Person, group: str) -> str:
    """Register a person, without a password (he asks the shop for one) and without his address: he is compared next."""
    entity = {
        "email": person.email,
        "website_id": str(shop.options.websites[0]),
        "group_id": group,
        **split_name(person.name),
    }
    if person.document:
        entity[shop.options.document_field] = person.document
    return str(await shop.api.write("customer.create", entity))


def _own_fields(shop: Shop, changes: Mapping[str, str]) -> Json:
    own: Json = {}
    if "name" in changes:
        own |= split_name(changes["name"])
    if "email" in changes:
        own["email"] = changes["email"]
    if "document" in changes:
        own[shop.options.document_field] = changes["document"]
    if GROUP in changes:
        own["group_id"] = changes[GROUP]
    return own


async def _address_call(shop: Shop, external_id: str, changes: Mapping[str, str]) -> tuple[str, Sequence[Any]]:
    """Change the main address in place; where there is none, make one for both uses."""
    found = await shop.api.read("customer_address.list", external_id)
    address = main_address(found, FLAGS)
    lines = shop.options.street_lines
    now = address_of(lines_split(address or {}), lines)
    wanted = lines_joined(await address_fields(changes, now, lines, shop.regions))
    if address is not None:
        return "customer_address.update", (str(address["customer_address_id"]), wanted)
    person = await shop.api.read("customer.info", external_id)
    return "customer_address.create", (external_id, new_address(changes, person, external_id, FLAGS) | wanted)


def _customer(shop: Shop, row: Json, addresses: Sequence[Json]) -> ChannelCustomer:
    address = lines_split(main_address(addresses, FLAGS) or {})
    documents = (row.get(shop.options.document_field), address.get("vat_id"))
    return customer_of(row, str(row["customer_id"]), address, documents, shop.options.street_lines)
