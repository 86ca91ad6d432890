"""The options of the C-Plus connector: what each key means, its default, and what is wrong with a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=9, pattern=r"^\S+$")]
OptionalCode = Annotated[str, msgspec.Meta(max_length=9, pattern=r"^\S*$")]
Column = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_$]*$")]

DEFAULT_METHOD = "*"
"""The key of `payment_forms` and `carriers` that stands for every method not named."""


class Reservation(StrEnum):
    """Who keeps PRODUTOESTOQUE.RESERVADOORCAMENTO in step with the orders.

    The public evidence about C-Plus does not settle it, so the base decides: a trigger, nobody, or unwanted.
    """

    FLAG_AND_AMOUNT = "flag+amount"  # no trigger does it: we write the flag and the amount
    FLAG = "flag"  # a trigger of the base follows the flag
    NONE = "none"  # orders are never reserved; the engine holds the goods back by itself


class MeasureFactors(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What C-Plus's numbers are multiplied with to give kilograms and centimetres."""

    weight: Decimal = Decimal(1)
    height: Decimal = Decimal(1)
    width: Decimal = Decimal(1)
    length: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse what would turn a measure into nothing."""
        if min(self.weight, self.height, self.width, self.length) <= 0:
            raise ValueError("numbers above zero")


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The options, checked. Codes are C-Plus's own keys, with their leading zeros."""

    path: Text  # of the base on its server (or its alias)
    host: str = ""  # empty = the embedded engine opens the file
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 3050
    user: Text = "SYSDBA"
    charset: Literal["NONE", "WIN1252", "ISO8859_1", "UTF8"] = "NONE"
    time_zone: Text = "America/Sao_Paulo"  # of the base's dates and times
    lock_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    read_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    write_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=600)] = 30

    companies: Annotated[tuple[int, ...], msgspec.Meta(min_length=1)] = (1,)  # whose stock counts, in order of taking
    sectors: Annotated[tuple[Code, ...], msgspec.Meta(min_length=1)] = ("000000001",)  # likewise
    order_company: int = 1  # EMPRESA of the orders
    seller: OptionalCode = ""  # CODVENDED
    user_code: OptionalCode = ""  # CODUSER
    movement_type: OptionalCode = ""  # CODTIPOMOVIMENTO, which also gives the CFOP
    order_status: OptionalCode = ""  # CODORCAMENTOSTATUS
    customer_tag: OptionalCode = ""  # CODCARACTERISTICAPESSOA of customers from the shop
    account_plan: OptionalCode = ""  # CODPC of new customers
    default_price_table: OptionalCode = "000000001"  # CODPRECO where neither order nor customer says one
    reference_column: Column = "NUMPEDCLIENTE"  # of ORCAMENTO
    former_reference_columns: tuple[Column, ...] = ()
    reservation: Reservation = Reservation.FLAG_AND_AMOUNT

    sku: Literal["CODPROD"] = "CODPROD"
    ean_kind: OptionalCode = "000000002"  # CODTIPOCODIGO of bar codes
    description_columns: tuple[Column, ...] = ("DESCRICAOWEB", "OBSSITE")  # of PRODUTO; the first with text wins
    measure_factors: MeasureFactors = MeasureFactors()
    payment_forms: dict[str, Code] = {}  # the channel's payment method -> CODFP
    carriers: dict[str, Code] = {}  # the channel's shipping method -> CODTRANS

    @property
    def zone(self) -> tzinfo:
        """The time zone of the base."""
        return ZoneInfo(self.time_zone)

    @property
    def places(self) -> tuple[tuple[int, str], ...]:
        """Company and sector, in the order in which goods are taken."""
        return tuple((company, sector) for company in self.companies for sector in self.sectors)

    def payment_form(self, method: str) -> str | None:
        """CODFP for a payment method of the channel."""
        return self.payment_forms.get(method) or self.payment_forms.get(DEFAULT_METHOD)

    def carrier(self, method: str) -> str | None:
        """CODTRANS for a shipping method of the channel."""
        return self.carriers.get(method) or self.carriers.get(DEFAULT_METHOD)


_FIELDS = {field.name: field for field in msgspec.structs.fields(Options)}


def check(options: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """What is wrong, as (key, what is expected) pairs; empty when `parse` will take the table."""
    wrong = [(key, "no such key") for key in options if key not in _FIELDS]
    for key, field in _FIELDS.items():
        if key not in options:
            if field.required:
                wrong.append((key, "a value"))
            continue
        try:
            msgspec.convert(options[key], field.type)
        except msgspec.ValidationError as error:
            wrong.append((key, str(error)))
    zone = options.get("time_zone")
    if isinstance(zone, str) and not _zone_is_known(zone):
        wrong.append(("time_zone", "the name of a time zone, like America/Sao_Paulo"))
    return wrong


def parse(options: Mapping[str, Any]) -> Options:
    """The table as `Options`; it must have passed `check`."""
    return msgspec.convert(dict(options), Options)


def _zone_is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
