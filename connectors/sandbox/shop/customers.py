"""Customer groups, and customers with their addresses.

A change in the address book does not move the customer's `updated_at` (magento/magento2 issues 5013 and 9419): it is
another table. Only where the default address itself becomes another one does the customer's row change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from connectors.sandbox.shop.criteria import Collection
from connectors.sandbox.shop.errors import NO_SUCH_FIELD_VALUE, Crash, NotFound, Refused
from connectors.sandbox.shop.mail import Mail
from connectors.sandbox.shop.regions import region_of
from connectors.sandbox.shop.wire import Shape, collate, stamp

GUESTS = 0
GENERAL = 1
GROUP_CODE_LENGTH = 32
STREET_LINES = 4
"""What a Brazilian shop configures: street, number, complement, district. Magento's default is 2."""

GROUP: Shape = {
    "id": "int",
    "code": "string",
    "tax_class_id": "int",
    "tax_class_name": "string",
    "extension_attributes": "mixed",
}
REGION: Shape = {"region_code": "string", "region": "string", "region_id": "int", "extension_attributes": "mixed"}
ADDRESS: Shape = {
    **dict.fromkeys(("id", "customer_id", "region_id"), "int"),
    **dict.fromkeys(
        (
            "country_id", "company", "telephone", "fax", "postcode", "city", "firstname", "lastname", "middlename",
            "prefix", "suffix", "vat_id",
        ),
        "string",
    ),
    "region": REGION,
    "street": ("string",),
    "default_shipping": "boolean",
    "default_billing": "boolean",
    "extension_attributes": "mixed",
    "custom_attributes": "mixed",
}  # fmt: skip
CUSTOMER: Shape = {
    **dict.fromkeys(
        ("id", "group_id", "gender", "store_id", "website_id", "disable_auto_group_change"), "int"
    ),
    **dict.fromkeys(
        (
            "default_billing", "default_shipping", "confirmation", "created_at", "updated_at", "created_in", "dob",
            "email", "firstname", "lastname", "middlename", "prefix", "suffix", "taxvat",
        ),
        "string",
    ),
    "addresses": (ADDRESS,),
    "extension_attributes": "mixed",
    "custom_attributes": "mixed",
}  # fmt: skip

_PLAIN_ADDRESS = (
    "country_id", "company", "telephone", "fax", "postcode", "city", "firstname", "lastname", "middlename", "prefix",
    "suffix", "vat_id",
)  # fmt: skip
_PLAIN_CUSTOMER = ("firstname", "lastname", "middlename", "prefix", "suffix", "dob", "gender", "taxvat")
_ADDRESS_REQUIRED = ("firstname", "lastname", "city", "telephone", "postcode", "country_id")


@dataclass
class Group:
    group_id: int
    code: str
    tax_class_id: int = 3

    def view(self) -> dict[str, Any]:
        return {
            "id": self.group_id,
            "code": self.code,
            "tax_class_id": self.tax_class_id,
            "tax_class_name": "Retail Customer",
        }


class Groups:
    """Customer groups: the price tables of the shop."""

    def __init__(self) -> None:
        start = ("NOT LOGGED IN", "General", "Wholesale", "Retailer")
        self.by_id = {number: Group(number, code) for number, code in enumerate(start)}
        self._ids = count(len(start))

    def get(self, group_id: int) -> Group:
        """Raises NotFound."""
        if group_id not in self.by_id:
            raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "id", "fieldValue": group_id})
        return self.by_id[group_id]

    def by_code(self, code: str) -> Group | None:
        """Case and accents aside."""
        return next((group for group in self.by_id.values() if collate(group.code) == collate(code)), None)

    def save(self, data: Mapping[str, Any], group_id: int | None = None) -> Group:
        """Create a group, or change one. Renaming changes the key under which tier prices know it."""
        code = data.get("code") or ""
        group = self.get(group_id) if group_id is not None else None
        if group is None or code:
            _need(code, "code")
            if len(code) > GROUP_CODE_LENGTH:
                raise Refused("The maximum length of a customer group code is 32.")
            other = self.by_code(code)
            if other is not None and other is not group:
                raise Refused("Customer Group already exists.")
        if group is None:
            group = Group(next(self._ids), code)
            self.by_id[group.group_id] = group
        group.code = code or group.code
        group.tax_class_id = data.get("tax_class_id") or group.tax_class_id
        return group

    def collection(self) -> Collection[Group]:
        """For GET /V1/customerGroups/search."""
        return Collection(
            rows=self.by_id.values,
            value=lambda group, name: group.view()["id" if name == "customer_group_id" else name],
            knows=lambda name: name in ("id", "customer_group_id", "code", "tax_class_id"),
            unknown=lambda name: Crash(f"no column {name}"),
        )


@dataclass
class Address:
    address_id: int
    fields: dict[str, Any]
    street: list[str]
    region: dict[str, Any]

    def view(self, customer: Customer) -> dict[str, Any]:
        """As inside a customer (recorded: customers/created)."""
        result: dict[str, Any] = {
            "id": self.address_id,
            "customer_id": customer.customer_id,
            "region": dict(self.region),
            "region_id": self.region["region_id"],
            "street": list(self.street),
            **{name: value for name, value in self.fields.items() if value is not None},
        }
        if customer.default_shipping == self.address_id:
            result["default_shipping"] = True
        if customer.default_billing == self.address_id:
            result["default_billing"] = True
        return result


@dataclass
class Customer:
    customer_id: int
    email: str
    created_at: str
    updated_at: str
    group_id: int = GENERAL
    fields: dict[str, Any] = field(default_factory=dict)
    addresses: list[Address] = field(default_factory=list)
    default_billing: int | None = None
    default_shipping: int | None = None
    disable_auto_group_change: int = 0

    def view(self) -> dict[str, Any]:
        """Recorded: customers/created; what was never set is absent."""
        defaults = {"default_billing": self.default_billing, "default_shipping": self.default_shipping}
        return {
            "id": self.customer_id,
            "group_id": self.group_id,
            **{name: str(value) for name, value in defaults.items() if value is not None},
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "created_in": "Default Store View",
            "email": self.email,
            "store_id": 1,
            "website_id": 1,
            **{name: value for name, value in self.fields.items() if value is not None},
            "addresses": [address.view(self) for address in self.addresses],
            "disable_auto_group_change": self.disable_auto_group_change,
            "extension_attributes": {"is_subscribed": False},
        }

    def address(self, address_id: int) -> Address:
        """Raises NotFound."""
        for address in self.addresses:
            if address.address_id == address_id:
                return address
        raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "addressId", "fieldValue": address_id})


class Customers:
    def __init__(self, clock: Callable[[], datetime], groups: Groups, send: Callable[[Mail], None]) -> None:
        self._clock = clock
        self._send = send
        self.groups = groups
        self.by_id: dict[int, Customer] = {}
        self._by_email: dict[str, int] = {}
        self._ids = count(1)
        self._address_ids = count(1)

    def get(self, customer_id: int) -> Customer:
        """Raises NotFound."""
        if customer_id not in self.by_id:
            raise NotFound(NO_SUCH_FIELD_VALUE, {"fieldName": "customerId", "fieldValue": customer_id})
        return self.by_id[customer_id]

    def find(self, email: str) -> Customer | None:
        customer_id = self._by_email.get(collate(email))
        return self.by_id[customer_id] if customer_id is not None else None

    def create(self, data: Mapping[str, Any], trusted: bool = True) -> Customer:
        """A new account. It sends a welcome mail, and no parameter can silence that.

        Without a trusted caller the group sent is ignored.
        """
        for name in ("firstname", "lastname", "email"):
            _need(data.get(name), name)
        self._check_email(data["email"], None)
        now = stamp(self._clock())
        customer = Customer(0, data["email"], now, now)
        addresses = [self._address(entry) for entry in data.get("addresses") or []]
        self._apply(customer, data, trusted)
        customer.customer_id = next(self._ids)
        for address, entry in zip(addresses, data.get("addresses") or [], strict=True):
            address.address_id = next(self._address_ids)
            customer.addresses.append(address)
            _choose_defaults(customer, address, entry)
        self.by_id[customer.customer_id] = customer
        self._by_email[collate(customer.email)] = customer.customer_id
        self._send(Mail("welcome", customer.email, None, self._clock()))
        return customer

    def update(self, customer_id: int, data: Mapping[str, Any]) -> Customer:
        """Change the fields sent. `addresses`, when sent, is the full list: what is not in it is deleted."""
        customer = self.get(customer_id)
        email = data.get("email") or customer.email
        self._check_email(email, customer)
        for name in ("firstname", "lastname"):
            if name in data:
                _need(data[name], name)
        entries = data.get("addresses")
        parsed = [(entry, self._address(entry)) for entry in entries or []]
        for entry in entries or []:
            if entry.get("id") is not None:
                customer.address(entry["id"])
        self._apply(customer, data, trusted=True)
        del self._by_email[collate(customer.email)]
        customer.email = email
        self._by_email[collate(email)] = customer.customer_id
        if entries is not None:
            customer.addresses = []
            for entry, address in parsed:
                known = entry.get("id")
                address.address_id = known if known is not None else next(self._address_ids)
                customer.addresses.append(address)
                _choose_defaults(customer, address, entry)
            _drop_lost_defaults(customer)
        customer.updated_at = stamp(self._clock())
        return customer

    def save_address(self, customer_id: int, data: Mapping[str, Any], address_id: int | None = None) -> Address:
        """What a customer does in the address book; the customer's `updated_at` stays, unless a default moves."""
        customer = self.get(customer_id)
        old = customer.address(address_id) if address_id is not None else None
        before = (customer.default_billing, customer.default_shipping)
        known: dict[str, Any] = {**old.fields, "street": old.street, "region": old.region} if old else {}
        if old is not None and "region_id" in data and "region" not in data:
            del known["region"]
        address = self._address({**known, **data})
        address.address_id = old.address_id if old else next(self._address_ids)
        if old is None:
            customer.addresses.append(address)
        else:
            customer.addresses[customer.addresses.index(old)] = address
        _choose_defaults(customer, address, data)
        if (customer.default_billing, customer.default_shipping) != before:
            customer.updated_at = stamp(self._clock())
        return address

    def delete(self, customer_id: int) -> None:
        """Orders keep what they know of the customer."""
        customer = self.get(customer_id)
        del self.by_id[customer_id], self._by_email[collate(customer.email)]

    def collection(self) -> Collection[Customer]:
        """For GET /V1/customers/search."""
        names = {"entity_id", "email", "created_at", "updated_at", "group_id", "website_id", "store_id"}

        def value(customer: Customer, name: str) -> Any:
            match name:
                case "entity_id":
                    return customer.customer_id
                case "website_id" | "store_id":
                    return 1
                case "email" | "created_at" | "updated_at" | "group_id":
                    return getattr(customer, name)
            return customer.fields.get(name)

        def by_email(email: str) -> Iterable[Customer]:
            found = self.find(email)
            return [found] if found else []

        return Collection(
            rows=self.by_id.values,
            value=value,
            knows=lambda name: name in names or name in _PLAIN_CUSTOMER,
            unknown=lambda name: Refused('The "%1" attribute name is invalid. Reset the name and try again.', [name]),
            index={"email": by_email},
        )

    def _check_email(self, email: str, own: Customer | None) -> None:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
            raise Refused('"Email" is not a valid email address.')
        other = self.find(email)
        if other is not None and other is not own:
            raise Refused("A customer with the same email address already exists in an associated website.")

    def _apply(self, customer: Customer, data: Mapping[str, Any], trusted: bool) -> None:
        if trusted and data.get("group_id") is not None:
            if data["group_id"] not in self.groups.by_id:
                raise Refused("The specified customer group id does not exist.")
            customer.group_id = data["group_id"]
        customer.fields |= {name: data[name] for name in _PLAIN_CUSTOMER if name in data}
        if data.get("disable_auto_group_change") is not None:
            customer.disable_auto_group_change = data["disable_auto_group_change"]

    def _address(self, data: Mapping[str, Any]) -> Address:
        """An address from JSON, checked; its id is still to come."""
        for name in _ADDRESS_REQUIRED:
            _need(data.get(name), name)
        street = list(data.get("street") or [])
        _need("".join(street), "street")
        if len(street) > STREET_LINES:
            raise Refused(f'"Street Address" cannot contain more than {STREET_LINES} lines.')
        fields = {name: data[name] for name in _PLAIN_ADDRESS if data.get(name) is not None}
        return Address(0, fields, street, region_of(data))


def _need(value: Any, name: str) -> None:
    if not value:
        raise Refused('"%fieldName" is required. Enter and try again.', {"fieldName": name})


def _choose_defaults(customer: Customer, address: Address, data: Mapping[str, Any]) -> None:
    if data.get("default_billing"):
        customer.default_billing = address.address_id
    if data.get("default_shipping"):
        customer.default_shipping = address.address_id


def _drop_lost_defaults(customer: Customer) -> None:
    known = {address.address_id for address in customer.addresses}
    if customer.default_billing not in known:
        customer.default_billing = None
    if customer.default_shipping not in known:
        customer.default_shipping = None
