"""Addresses as Magento 1 holds them: flat, their street one text with a line for each part."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.magento import people
from connectors.magento.wire import Json
from connectors.openmage.regions import state_of
from engine.model.people import Address


def address_of(row: Json | None, order: Sequence[str]) -> Address:
    """A customer's or an order's address; `order` names what each street line holds."""
    if not row:
        return Address()
    street = str(row.get("street") or "").splitlines()
    return people.address_of({**row, "street": street, "region": state_of(row.get("region"))}, order)


def street(address: Address, order: Sequence[str]) -> str:
    """The street of an address; a blank line holds its place."""
    return "\n".join(people.street_lines(address, order))
