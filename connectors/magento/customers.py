"""Registered customers, read and changed. A change reads the customer first and sends him back whole.

Magento drops addresses that a save does not list, and resets what it leaves out; both have lost data in other shops.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from connectors.magento.search import Filter, changed_since, find_all
from connectors.magento.shop import Shop
from connectors.magento.transport import SHOP, path_of
from connectors.magento.wire import custom_values
from connectors.magento_shapes.customers import (
    ADDRESS_FIELDS,
    GROUP,
    address_fields,
    customer_of,
    main_address,
    new_address,
)
from connectors.magento_shapes.people import (
    address_of,
    is_masked,
    split_name,
)
from connectors.magento_shapes.refusals import Absent
from connectors.magento_shapes.values import Json
from engine.model.people import PERSON_FIELDS, ChannelCustomer, Person

FLAGS = ("default_billing", "default_shipping")


async def customers(shop: Shop, updated_since: datetime) -> AsyncIterator[Sequence[ChannelCustomer]]:
    """Customers of our websites changed at or after that time.

    Magento does not count a change of an address alone as a change of the customer (magento/magento2#5013): only a
    reading of all, with an early time, sees those.
    """
    async for rows in changed_since(shop.rest, f"{SHOP}/customers/search", updated_since, "entity_id", "id"):
        ours = [_customer(shop, row) for row in rows if _is_ours(shop, row)]
        if ours:
            yield ours


async def customer(shop: Shop, external_id: str) -> ChannelCustomer | None:
    """One customer as he stands."""
    try:
        return _customer(shop, await _read(shop, external_id))
    except Absent:
        return None


async def update_customer(shop: Shop, external_id: str, changes: Mapping[str, str]) -> None:
    """Write these fields. Raises Refused("customer-no-address") where one needs an address and there is none."""
    assert changes.keys() <= {*PERSON_FIELDS, GROUP}
    person = await _read(shop, external_id)
    for stale in ("created_at", "updated_at"):
        person.pop(stale, None)  # sent back, the old time would hide the change from whoever polls for it
    _leave_out_masked(shop, person)
    if "name" in changes:
        person |= split_name(changes["name"])
    if "email" in changes:
        person["email"] = changes["email"]
    if "document" in changes:
        _set_document(shop, person, changes["document"])
    if GROUP in changes:
        # The second keeps Magento from moving him by his VAT number again.
        person |= {"group_id": int(changes[GROUP]), "disable_auto_group_change": 1}
    if changes.keys() & set(ADDRESS_FIELDS):
        await _set_address(shop, person, changes)
    # An attribute without a value is refused on the way back.
    person["custom_attributes"] = [a for a in person.get("custom_attributes") or () if a.get("value") is not None]
    await shop.rest.put(f"{SHOP}/customers{path_of(external_id)}", {"customer": person})


async def find_customer(shop: Shop, email: str) -> ChannelCustomer | None:
    """The customer with this e-mail in our websites."""
    rows = await find_all(shop.rest, f"{SHOP}/customers/search", [Filter("email", email)])
    return next((_customer(shop, row) for row in rows if _is_ours(shop, row)), None)


async def create_customer(shop: Shop, person: Person, group: str) -> str:
    """Register a person, without a password and without his address: he is compared with the ERP's next.

    Magento mails him a link to choose a password, and no parameter can silence that.
    """
    entity: Json = {
        "email": person.email,
        "website_id": shop.options.websites[0],
        "group_id": int(group),
        "disable_auto_group_change": 1,
        **split_name(person.name),
    }
    if person.document:
        _set_document(shop, entity, person.document)
    made = await shop.rest.post(f"{SHOP}/customers", {"customer": entity})
    return str(made["id"])


async def _read(shop: Shop, external_id: str) -> Json:
    found: Json = await shop.rest.get(f"{SHOP}/customers{path_of(external_id)}")
    return found


def _is_ours(shop: Shop, row: Json) -> bool:
    return int(row.get("website_id") or 0) in shop.options.websites


def _customer(shop: Shop, row: Json) -> ChannelCustomer:
    address = main_address(row.get("addresses") or (), FLAGS) or {}
    field = shop.options.document_field
    documents = (row.get(field), custom_values(row).get(field), address.get("vat_id"))
    return customer_of(row, str(row["id"]), address, documents, shop.options.street_lines)


def _leave_out_masked(shop: Shop, person: Json) -> None:
    """A document of which only a part is shown stays as it is in the shop: sent back, the asterisks would be stored."""
    field = shop.options.document_field
    places = [(person, name) for name in {field, "taxvat"}]
    places += [(address, "vat_id") for address in person.get("addresses") or ()]
    for entity, name in places:
        if is_masked(entity.get(name)):
            del entity[name]
    attributes = person.get("custom_attributes") or ()
    kept = [a for a in attributes if a["attribute_code"] != field or not is_masked(a.get("value"))]
    person["custom_attributes"] = kept


def _set_document(shop: Shop, person: Json, document: str) -> None:
    field = shop.options.document_field
    if field == "taxvat":
        person[field] = document
    else:
        others = [a for a in person.get("custom_attributes") or () if a["attribute_code"] != field]
        person["custom_attributes"] = [*others, {"attribute_code": field, "value": document}]
    address = main_address(person.get("addresses") or (), FLAGS)
    if address and address.get("vat_id"):  # gateways read it there
        address["vat_id"] = document


async def _set_address(shop: Shop, person: Json, changes: Mapping[str, str]) -> None:
    """Change the main address in place; where there is none, make one for both uses."""
    address = main_address(person.get("addresses") or (), FLAGS)
    if address is None:
        address = new_address(changes, person, str(person.get("id")), FLAGS)
        person["addresses"] = [address]
    lines = shop.options.street_lines
    address |= await address_fields(changes, address_of(address, lines), lines, shop.regions)
