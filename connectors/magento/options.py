"""The options of a Magento account, as they stand in settings.toml, with their defaults and limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import msgspec

from connectors.magento.access.address import base_of, is_base, is_origin
from connectors.magento.wire import slug
from engine.errors import Misconfigured

ADDRESS_LINES = ("street", "number", "complement", "district")

Rows = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Categories = dict[str, Annotated[int, msgspec.Meta(ge=1)]]
"""Path of the ERP's groups, "Roupas > Camisetas", -> id of the category that it is in the shop."""
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class Attributes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Codes of the product attributes that hold what Magento has no field for; created as text where missing."""

    delivery_days: Code = "prazo_entrega"
    payment_options: Code = "formas_pagamento"
    height: Code = "volume_altura"
    width: Code = "volume_largura"
    length: Code = "volume_comprimento"
    brand: Code = "marca"
    gtin: Code = "gtin"


class PaymentMethods(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Codes of payment methods, `*` standing for anything; a method that fits both lists counts as card."""

    card: tuple[str, ...] = (
        "*creditcard*", "*credit_card*", "*debitcard*", "*googlepay*", "*_cc", "*_cc_*", "*twocc*", "*two_cc*",
        "*cartao*", "mercadopago_custom", "pagarme_debit", "rede",
    )  # fmt: skip
    offline: tuple[str, ...] = (
        "checkmo", "banktransfer", "cashondelivery", "purchaseorder", "free", "*boleto*", "*billet*", "*pix*",
        "*customticket*", "*bank_transfer*",
    )  # fmt: skip

    def is_card(self, method: str) -> bool:
        """True where an approval takes the money (authorised first, captured by our invoice)."""
        return any(fnmatchcase(method.lower(), pattern) for pattern in self.card)

    def is_offline(self, method: str) -> bool:
        """True where the money comes by another way and a person says that it came."""
        return not self.is_card(method) and any(fnmatchcase(method.lower(), pattern) for pattern in self.offline)


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
    try:
        read = msgspec.convert(dict(options), Options)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$")
        unknown = re.search(r"field `(\w+)`", text)
        key = ".".join(part for part in (where.rstrip("`").strip("."), unknown[1] if unknown else "") if part)
        return [(key, text)]
    wrong = []
    if not is_base(read.url):
        wrong.append(("url", "the shop's base address, https://..., without user name or password"))
    if read.signing_url and not is_origin(read.signing_url):
        wrong.append(("signing_url", "scheme and host of the shop as its own server sees them, https://host"))
    if read.review_url and not _is_endpoint(read.review_url, read.url):
        wrong.append(("review_url", "https://... with {order_id} or {number}, without user name or password"))
    if sorted(read.street_lines) != sorted(ADDRESS_LINES):
        wrong.append(("street_lines", f"{', '.join(ADDRESS_LINES)}, in the order of the shop's address lines"))
    if not read.websites:
        wrong.append(("websites", "at least one website id"))
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
    for key, expected in check(options):
        raise Misconfigured("settings", key=key, expected=expected)
    return msgspec.convert(dict(options), Options)
