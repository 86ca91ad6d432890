"""The options of an OpenMage or Magento 1 account, as they stand in settings.toml, with their defaults and limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from connectors.magento_shapes import options as shapes
from connectors.magento_shapes.options import (
    ADDRESS_LINES,
    Attributes,
    Categories,
    PaymentMethods,
    convert,
    wrong_selling,
)
from connectors.openmage.address import base_of, is_base

Rows = Annotated[int, msgspec.Meta(ge=1, le=500)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All options of an account; `url` is the shop's address as it was typed, `base` as it is used."""

    url: str
    user: Annotated[str, msgspec.Meta(min_length=1)]  # the API user; its key is the secret
    websites: tuple[int, ...] = (1,)
    attributes: Attributes = Attributes()
    attribute_set: int = 4
    root_category: int = 2
    categories: Categories = {}
    tax_class: int | None = None  # of new products; None: what the shop gives by itself
    default_group: int = 1  # of customers who buy at the base price; 1 is Magento's "General"
    document_field: str = "taxvat"  # an attribute of the customer
    street_lines: tuple[str, ...] = ADDRESS_LINES
    payments: PaymentMethods = PaymentMethods()
    stock_batch_rows: Rows = 200
    price_batch_rows: Rows = 50
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=300)] = 60.0

    @property
    def base(self) -> str:
        """The address below which the shop's API stands."""
        return base_of(self.url)


def check(options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What is wrong with the options: (key, what is expected) pairs."""
    read = convert(options, Options)
    if not isinstance(read, Options):
        return read
    wrong = []
    if not is_base(read.url):
        wrong.append(("url", "the shop's base address, https://..., without user name or password"))
    wrong += wrong_selling(read)
    return wrong


def parse(options: Mapping[str, Any]) -> Options:
    """The options of a checked table. Raises Misconfigured("settings") naming the first wrong key."""
    return shapes.parse(options, Options, check(options))
