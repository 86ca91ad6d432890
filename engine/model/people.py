"""Customers and their addresses, as the ERP and a channel tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anybody registered in a shop: who has changed since then is everybody."""


@dataclass(frozen=True, slots=True)
class Address:
    """A Brazilian postal address; `postcode` is 8 digits, `state` two letters."""

    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a parcel, and where."""

    name: str
    phone: str
    address: Address


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's data as one side has it. `document` is CPF or CNPJ without punctuation (CNPJ may hold letters)."""

    name: str
    email: str = ""
    phone: str = ""
    document: str = ""
    address: Address = field(default_factory=Address)


PERSON_FIELDS = (
    "name", "email", "phone", "document",
    "street", "number", "complement", "district", "city", "state", "postcode",
)  # fmt: skip
"""The fields of a person that both sides keep and either may edit; names of `Person` and `Address`."""


@dataclass(frozen=True, slots=True)
class ErpCustomer:
    """A customer row of the ERP."""

    code: str
    person: Person
    price_table: str | None = None
    blocked: bool = False
    credit_limit: Decimal = Decimal(0)
    for_shop: bool = False  # marked as a customer of the online shop
    block_reason: str = ""  # why he is blocked, where the ERP says it


@dataclass(frozen=True, slots=True)
class ChannelCustomer:
    """A registered customer of a channel; `group` is the channel's own id of the price group.

    hidden: fields that the channel has and does not show whole (***.456.***-**); they are empty in `person`.
    """

    external_id: str
    person: Person
    group: str | None
    updated_at: datetime
    hidden: frozenset[str] = frozenset()
