"""Registered customers with their addresses, and the groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from connectors.sandbox.openmage.errors import ApiFault

GROUPS = {0: "NOT LOGGED IN", 1: "General", 2: "Wholesale", 3: "Retailer"}
FIELDS = ("firstname", "lastname", "email", "taxvat", "group_id", "website_id", "store_id")
ADDRESS_FIELDS = (
    "firstname", "lastname", "company", "city", "country_id", "region", "region_id", "postcode", "street", "telephone",
    "vat_id",
)  # fmt: skip
REQUIRED = ("firstname", "lastname", "street", "city", "telephone")


@dataclass
class Address:
    address_id: int
    fields: dict[str, str]


@dataclass
class Customer:
    customer_id: int
    fields: dict[str, str]
    created_at: datetime
    updated_at: datetime
    addresses: list[Address] = field(default_factory=list)
    default_billing: int | None = None
    default_shipping: int | None = None


class People:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ids = count(1)
        self._address_ids = count(1)
        self.groups = dict(GROUPS)
        self.customers: dict[int, Customer] = {}

    def get(self, customer_id: object, fault: str = "not_exists") -> Customer:
        found = self.customers.get(int(str(customer_id))) if str(customer_id).isdigit() else None
        if found is None:
            raise ApiFault(fault)
        return found

    def create(self, data: Mapping[str, Any]) -> Customer:
        """Nobody is mailed. Recorded: customer/duplicate."""
        email = str(data.get("email") or "")
        if any(one.fields["email"].casefold() == email.casefold() for one in self.customers.values()):
            raise ApiFault("data_invalid", "This customer email already exists")
        now = self._clock()
        fields = {"website_id": "1", "store_id": "1", "group_id": "1"} | _texts(data, FIELDS)
        customer = Customer(next(self._ids), fields, now, now)
        self.customers[customer.customer_id] = customer
        return customer

    def update(self, customer: Customer, data: Mapping[str, Any]) -> None:
        """What is absent or null stays as it was."""
        customer.fields |= _texts(data, FIELDS)
        customer.updated_at = self._clock()

    def address(self, address_id: object) -> tuple[Customer, Address]:
        for customer in self.customers.values():
            for address in customer.addresses:
                if str(address.address_id) == str(address_id):
                    return customer, address
        raise ApiFault("not_exists")

    def add_address(self, customer: Customer, data: Mapping[str, Any]) -> Address:
        """The customer's own time of change stays."""
        address = Address(next(self._address_ids), _texts(data, ADDRESS_FIELDS))
        _check(address.fields)
        customer.addresses.append(address)
        self._defaults(customer, address, data)
        return address

    def change_address(self, customer: Customer, address: Address, data: Mapping[str, Any]) -> None:
        changed = address.fields | _texts(data, ADDRESS_FIELDS)
        _check(changed)
        address.fields = changed
        self._defaults(customer, address, data)

    def _defaults(self, customer: Customer, address: Address, data: Mapping[str, Any]) -> None:
        if data.get("is_default_billing"):
            customer.default_billing = address.address_id
        if data.get("is_default_shipping"):
            customer.default_shipping = address.address_id


def _texts(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(data[name]) for name in names if data.get(name) is not None}


def _check(fields: Mapping[str, str]) -> None:
    missing = [name for name in REQUIRED if not fields.get(name)]
    if missing:
        raise ApiFault("data_invalid", "\n".join(f"Please enter the {name}." for name in missing))
