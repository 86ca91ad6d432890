"""Registered customers as both generations tell them, and what a change of theirs is in their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from connectors.magento_shapes.people import (
    COUNTRY,
    address_of,
    document_of,
    is_masked,
    name_of,
    postcode_out,
    street_lines,
)
from connectors.magento_shapes.values import Json, moment
from engine.errors import Refused
from engine.model.people import Address, ChannelCustomer, Person

GROUP = "group"
STREET_FIELDS = ("street", "number", "complement", "district")
ADDRESS_FIELDS = (*STREET_FIELDS, "city", "state", "postcode", "phone")


class Regions(Protocol):
    """The states of a country as the shop numbers them."""

    async def fields(self, state: str) -> Json:
        """The address fields that name a state."""


def customer_of(
    row: Json, key: str, address: Json, documents: Sequence[object], lines: Sequence[str]
) -> ChannelCustomer:
    """A customer in the engine's words; `address` has its street as a list, `lines` names what each holds."""
    document = document_of(documents)
    return ChannelCustomer(
        external_id=key,
        person=Person(
            name=name_of(row),
            email=str(row.get("email") or "").strip().lower(),
            phone=str(address.get("telephone") or "").strip(),
            document=document,
            address=address_of(address, lines),
        ),
        group=None if row.get("group_id") is None else str(row["group_id"]),
        updated_at=moment(row["updated_at"]),
        hidden=frozenset({"document"} if not document and any(map(is_masked, documents)) else ()),
    )


def main_address(addresses: Sequence[Json], flags: Sequence[str]) -> Json | None:
    """The first with one of these flags (for bills, else for goods), else any: the ERP keeps one."""
    for flag in flags:
        if found := next((address for address in addresses if address.get(flag)), None):
            return found
    return addresses[0] if addresses else None


async def address_fields(changes: Mapping[str, str], now: Address, lines: Sequence[str], regions: Regions) -> Json:
    """What to write of an address that stands as `now`; its street as a list of lines."""
    wanted: Json = {}
    parts: dict[str, Any] = {key: changes[key] for key in STREET_FIELDS if key in changes}
    if parts:
        wanted["street"] = street_lines(replace(now, **parts), lines)
    if "city" in changes:
        wanted["city"] = changes["city"]
    if "state" in changes:
        wanted |= await regions.fields(changes["state"])
    if "postcode" in changes:
        wanted["postcode"] = postcode_out(changes["postcode"])
    if "phone" in changes:
        wanted["telephone"] = changes["phone"]
    return wanted


def new_address(changes: Mapping[str, str], person: Json, key: str, flags: Sequence[str]) -> Json:
    """What a first address has beside the changes. Raises Refused("customer-no-address") where these are not whole."""
    if not {"street", "city", "state", "postcode"} <= changes.keys():
        raise Refused("customer-no-address", f"customer {key}", customer=key)
    base: Json = {"country_id": COUNTRY, "telephone": "-"} | dict.fromkeys(flags, True)
    return base | {"firstname": person["firstname"], "lastname": person["lastname"]}
