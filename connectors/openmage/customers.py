"""Registered customers, read and changed. What a change does not name stays as it was."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.magento.people import document_of, name_of, postcode_out, split_name
from connectors.magento.wire import Json
from connectors.openmage.faults import Absent
from connectors.openmage.orders import moment
from connectors.openmage.people import address_of, street
from connectors.openmage.regions import COUNTRY
from connectors.openmage.shop import Shop
from connectors.openmage.windows import changed
from engine.errors import IntegraError, Refused
from engine.model.people import Address, ChannelCustomer, Person

GROUP = "group"
STREET_FIELDS = ("street", "number", "complement", "district")
ADDRESS_FIELDS = (*STREET_FIELDS, "city", "state", "postcode", "phone")
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
    address = _main_address(await shop.api.read("customer_address.list", external_id))
    now: Address = address_of(address, shop.options.street_lines)
    wanted: Json = {}
    parts: dict[str, Any] = {key: changes[key] for key in STREET_FIELDS if key in changes}
    if parts:
        wanted["street"] = street(replace(now, **parts), shop.options.street_lines)
    if "city" in changes:
        wanted["city"] = changes["city"]
    if "state" in changes:
        wanted |= await shop.regions.fields(changes["state"])
    if "postcode" in changes:
        wanted["postcode"] = postcode_out(changes["postcode"])
    if "phone" in changes:
        wanted["telephone"] = changes["phone"]
    if address is not None:
        return "customer_address.update", (str(address["customer_address_id"]), wanted)
    if not {"street", "city", "state", "postcode"} <= changes.keys():
        raise Refused("customer-no-address", f"customer {external_id}", customer=external_id)
    person = await shop.api.read("customer.info", external_id)
    base = {"country_id": COUNTRY, "is_default_billing": True, "is_default_shipping": True, "telephone": "-"}
    base |= {"firstname": person["firstname"], "lastname": person["lastname"]}
    return "customer_address.create", (external_id, base | wanted)


def _customer(shop: Shop, row: Json, addresses: Sequence[Json]) -> ChannelCustomer:
    address = _main_address(addresses) or {}
    documents = (row.get(shop.options.document_field), address.get("vat_id"))
    return ChannelCustomer(
        external_id=str(row["customer_id"]),
        person=Person(
            name=name_of(row),
            email=str(row.get("email") or "").strip().lower(),
            phone=str(address.get("telephone") or "").strip(),
            document=document_of(documents),
            address=address_of(address, shop.options.street_lines),
        ),
        group=None if row.get("group_id") is None else str(row["group_id"]),
        updated_at=moment(row["updated_at"]),
    )


def _main_address(addresses: Sequence[Json]) -> Json | None:
    """The billing address, else where he wants his goods, else any: the ERP keeps one."""
    for flag in ("is_default_billing", "is_default_shipping"):
        if found := next((address for address in addresses if address.get(flag)), None):
            return found
    return addresses[0] if addresses else None
