"""The options of a Magento account, as they stand in settings.toml, with their defaults and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from connectors.magento.access.address import base_of, is_base, is_origin
from connectors.magento_shapes import options as shapes
from connectors.magento_shapes.options import (
    ADDRESS_LINES,
    Attributes,
    Categories,
    Code,
    PaymentMethods,
    convert,
    wrong_selling,
)
from connectors.magento_shapes.values import slug

Rows = Annotated[int, msgspec.Meta(ge=1, le=1000)]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All options of an account; `url` is the shop's address as it was typed, `base` as it is used."""

    url: str
    signing_url: str = ""  # scheme and host as the shop's PHP sees them, where a proxy stands before it
    inventory: Literal["sources", "product"] = "sources"  # a quantity for each source (MSI), or one for the product
    source: str = "default"
    sells_at_zero: bool = False  # at 0 a product stays for sale where the shop lets it be ordered beyond its stock
    stock_id: int = 1
    websites: tuple[int, ...] = (1,)
    attributes: Attributes = Attributes()
    axes: dict[str, Code] = {}  # grid axis of the ERP -> attribute code; others: slug of the axis
    attribute_set: int = 4
    root_category: int = 2
    categories: Categories = {}
    tax_class: int | None = None  # of new products; None: what the shop gives by itself
    customer_tax_class: int = 3  # of new customer groups
    default_group: int = 1  # of customers who buy at the base price; 1 is Magento's "General"
    document_field: str = "taxvat"  # a field or custom attribute of the customer
    document_attributes: tuple[Code, ...] = ()  # of an order or its addresses, where modules put a guest's CPF or CNPJ
    street_lines: tuple[str, ...] = ADDRESS_LINES
    payments: PaymentMethods = PaymentMethods()
    review_url: str = ""  # where payments in review are decided: {order_id} or {number}; empty: at the gateway's page
    stock_batch_rows: Rows = 500  # at most: how many go at once is learnt
    price_batch_rows: Rows = 1000
    calls_at_once: Annotated[int, msgspec.Meta(ge=1, le=8)] = 4  # at most, of product saves
    queue_rows: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0  # new products left to its queue at once; 0: not used
    page_rows: Rows = 500  # of products in one answer
    timeout_s: Annotated[float, msgspec.Meta(ge=1, le=300)] = 30.0

    @property
    def base(self) -> str:
        """The address below which /rest stands."""
        return base_of(self.url)

    def axis_code(self, axis: str) -> str:
        """The attribute code of a grid axis."""
        return self.axes.get(axis) or slug(axis, "_")


def check(options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What is wrong with the options: (key, what is expected) pairs."""
    read = convert(options, Options)
    if not isinstance(read, Options):
        return read
    wrong = []
    if not is_base(read.url):
        wrong.append(("url", "the shop's base address, https://..., without user name or password"))
    if read.signing_url and not is_origin(read.signing_url):
        wrong.append(("signing_url", "scheme and host of the shop as its own server sees them, https://host"))
    if read.review_url and not _is_endpoint(read.review_url, read.url):
        wrong.append(("review_url", "https://... with {order_id} or {number}, without user name or password"))
    wrong += wrong_selling(read)
    return wrong


_ENDPOINT = re.compile(r"(https?://[^/?#@\s{}]+)/([^#@\s{}]|\{order_id\}|\{number\})*")


def _is_endpoint(url: str, shop: str) -> bool:
    """Whether it names the order, over TLS; without TLS only where the shop itself is called so."""
    found = _ENDPOINT.fullmatch(url)
    if found is None or ("{order_id}" not in url and "{number}" not in url):
        return False
    return found[1].startswith("https://") or shop.startswith(f"{found[1]}/") or shop == found[1]


def parse(options: Mapping[str, Any]) -> Options:
    """The options of a checked table. Raises Misconfigured("settings") naming the first wrong key."""
    return shapes.parse(options, Options, check(options))
