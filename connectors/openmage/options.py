"""The options of an OpenMage or Magento 1 account, as they stand in settings.toml, with their defaults and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from connectors.magento.options import ADDRESS_LINES, Attributes, Categories, PaymentMethods
from engine.errors import Misconfigured

Rows = Annotated[int, msgspec.Meta(ge=1, le=500)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All options of an account; `url` is the shop's base address, without /api."""

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


def check(options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What is wrong with the options: (key, what is expected) pairs."""
    try:
        read = msgspec.convert(dict(options), Options)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$")
        named = re.search(r"field `(\w+)`", text)
        key = ".".join(part for part in (where.rstrip("`").strip("."), named[1] if named else "") if part)
        return [(key, text)]
    wrong = []
    if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#@\s]*)?", read.url):
        wrong.append(("url", "the shop's base address, https://..., without user name or password"))
    if sorted(read.street_lines) != sorted(ADDRESS_LINES):
        wrong.append(("street_lines", f"{', '.join(ADDRESS_LINES)}, in the order of the shop's address lines"))
    if not read.websites:
        wrong.append(("websites", "at least one website id"))
    return wrong


def parse(options: Mapping[str, Any]) -> Options:
    """The options of a checked table. Raises Misconfigured("settings") naming the first wrong key."""
    for key, expected in check(options):
        raise Misconfigured("settings", key=key, expected=expected)
    return msgspec.convert(dict(options), Options)
