"""Options that an account of either generation has, with their defaults, and what is wrong with a table of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, Protocol, TypeVar

import msgspec

from engine.errors import Misconfigured

ADDRESS_LINES = ("street", "number", "complement", "district")

Categories = dict[str, Annotated[int, msgspec.Meta(ge=1)]]
"""Path of the ERP's groups, "Roupas > Camisetas", -> id of the category that it is in the shop."""
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,59}$")]

T = TypeVar("T", bound=msgspec.Struct)


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


class Selling(Protocol):
    """The options that say which of a shop is ours and how its people are read."""

    @property
    def websites(self) -> tuple[int, ...]: ...

    @property
    def street_lines(self) -> tuple[str, ...]: ...

    @property
    def payments(self) -> PaymentMethods: ...


Wrong = tuple[str, str]
"""A key, and what is expected of it."""


def convert(options: Mapping[str, Any], kind: type[T]) -> T | Sequence[Wrong]:
    """The options as `kind`, or what is wrong with the first that does not fit."""
    try:
        return msgspec.convert(dict(options), kind)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `$")
        named = re.search(r"field `(\w+)`", text)
        key = ".".join(part for part in (where.rstrip("`").strip("."), named[1] if named else "") if part)
        return [(key, text)]


def wrong_selling(read: Selling) -> Iterator[Wrong]:
    """What no type says of them."""
    if sorted(read.street_lines) != sorted(ADDRESS_LINES):
        yield "street_lines", f"{', '.join(ADDRESS_LINES)}, in the order of the shop's address lines"
    if not read.websites:
        yield "websites", "at least one website id"


def parse(options: Mapping[str, Any], kind: type[T], wrong: Sequence[Wrong]) -> T:
    """The options of a checked table. Raises Misconfigured("settings") naming the first of the wrong keys."""
    for key, expected in wrong:
        raise Misconfigured("settings", key=key, expected=expected)
    return msgspec.convert(dict(options), kind)
