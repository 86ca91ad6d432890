"""The options of the C-Plus connector: what each key means, its default, and what is wrong with a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from engine.model.erp import ErpStatus

T = TypeVar("T")

Text = Annotated[str, msgspec.Meta(min_length=1)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=9, pattern=r"^\S+$")]
OptionalCode = Annotated[str, msgspec.Meta(max_length=9, pattern=r"^\S*$")]
Column = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_$]*$")]
Field = Annotated[str, msgspec.Meta(pattern=r"^(\*|[A-Z][A-Z0-9_$]*\.[A-Z][A-Z0-9_$]*)$")]  # TABLE.COLUMN, or "*"

ANY_OTHER = "*"
"""The key of a table of options that stands for everything it does not name."""

LINE_KEYS = {"ORCAMENTOPROD.CODORCPROD": "SEQ_CODORCPROD"}
"""The one generator of C-Plus that public evidence knows."""


class Reservation(StrEnum):
    """Who keeps PRODUTOESTOQUE.RESERVADOORCAMENTO in step with the orders.

    The public evidence about C-Plus does not settle it, so the base decides: a trigger, nobody, or unwanted.
    """

    FLAG_AND_AMOUNT = "flag+amount"  # no trigger does it: we write the flag and the amount
    FLAG = "flag"  # a trigger of the base follows the flag
    NONE = "none"  # orders are never reserved; the engine holds the goods back by itself


class Releasing(StrEnum):
    """Who lowers RESERVADOORCAMENTO when an order becomes a sale; no public evidence shows it."""

    ERP = "erp"  # C-Plus does, for what it invoices
    INTEGRA = "integra"  # C-Plus leaves flag and amount: we give back what the order had reserved


class Kitting(StrEnum):
    """What selling a kit takes from stock. What FLAGVENDECOMPOSICAO does in C-Plus is not proven by public evidence."""

    PARTS = "parts"  # put together when it is sold: its parts, which are what is written to C-Plus
    OWN_STOCK = "own-stock"  # put together beforehand: the kit has a stock like any product
    FLAG = "flag"  # parts where the product's FLAGVENDECOMPOSICAO is set, else its own stock


class EditLocks(StrEnum):
    """Whether a row of CONTROLELOCK keeps us from changing the record that it names.

    That such a row stands while somebody edits is inferred from its columns; one that a crash left behind would stand
    for ever, so by default it counts while its connection is attached to the base.
    """

    WHILE_CONNECTED = "while-connected"
    ALWAYS = "always"
    NEVER = "never"


class Counting(StrEnum):
    """What a row of CODIGO holds, despite its column's name: other programs were seen taking it as the next number."""

    NEXT = "next"
    LAST = "last"


FRACTION_UNITS = ("KG", "G", "GR", "L", "LT", "ML", "M", "MT", "CM", "M2", "M3", "T", "TON")
"""Units of measure; the codes are the store's own, these are the usual ones."""


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
    charset: Literal["auto", "NONE", "UTF8"] = "auto"  # of the connection; auto: what the text columns are declared as
    time_zone: Text = "America/Sao_Paulo"  # of the base's dates and times
    lock_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    read_timeout_s: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60
    open_transaction_notice_min: Annotated[int, msgspec.Meta(ge=0, le=10_080)] = 240  # older ones are told
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
    customer_movement_type: OptionalCode = ""  # CODTIPOMOVIMENTO of new customers; empty = movement_type
    customer_payment_form: OptionalCode = ""  # CODFP of new customers
    company_without_registration: Literal["2", "9"] = "2"  # INDIEDEST where no INSCR is known: exempt, no contributor
    customer_shop_id: bool = False  # write the shop's id of a new customer into CODCLILOJAVIRTUAL
    default_price_table: OptionalCode = "000000001"  # CODPRECO where neither order nor customer says one
    reference_column: Column = "NUMPEDCLIENTE"  # of ORCAMENTO
    former_reference_columns: tuple[Column, ...] = ()
    reservation: Reservation = Reservation.FLAG_AND_AMOUNT
    releases_at_invoicing: Releasing = Releasing.ERP
    status_map: dict[Code, ErpStatus] = {}  # CODORCAMENTOSTATUS -> what it means
    sale_status_map: dict[Code, ErpStatus] = {}  # CODMOVENDASTATUS -> what it means
    sale_search_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 15  # how far back a sale typed again is looked for

    edit_locks: EditLocks = EditLocks.WHILE_CONNECTED
    missing_stock_row: Literal["short", "insert"] = "short"  # insert: a row of PRODUTOESTOQUE that holds nothing
    counters: dict[Field, Counting] = {}  # rows of CODIGO, as TABLE.COLUMN; those not named hold the next number
    generators: dict[Field, Column] = {}  # where CODIGO has no row, as TABLE.COLUMN; else the highest key counts

    change_log: bool = False  # Integra's triggers are installed: read their log and listen to their doorbell

    sku: Literal["CODPROD"] = "CODPROD"
    real_currency: OptionalCode = ""  # CODMOEDA of the real; empty = the one called so
    convert_currencies: bool = False  # by MOEDA.COTACAO; else prices in another currency are left out, and told
    purchase_open_status: tuple[Text, ...] = ()  # PEDIDO.STATUS of what is on order; none named = any not all received
    kits: Kitting = Kitting.PARTS
    kit_side: Literal["CODPROD", "REFERCODPROD"] = "CODPROD"  # of COMPOSICAO: where the kit stands
    kit_price: Literal["own", "sum"] = "own"  # sum: a kit without a price of its own costs what its parts cost
    fraction_units: tuple[Text, ...] = FRACTION_UNITS  # of PRODUTO.UNIDADE; everything else is sold by the piece
    ean_kind: OptionalCode = "000000002"  # CODTIPOCODIGO of bar codes
    description_columns: tuple[Column, ...] = ("DESCRICAOWEB", "OBSSITE")  # of PRODUTO; the first with text wins
    measure_factors: MeasureFactors = MeasureFactors()
    payment_forms: dict[str, Code] = {}  # the channel's payment method -> CODFP
    carriers: dict[str, Code] = {}  # the channel's shipping method -> CODTRANS
    freight_payers: dict[str, Literal["E", "D"]] = {}  # the shipping method -> FLAGFRETE; issuer where none is named
    movement_types: dict[str, Code] = {}  # the account's order_prefix -> CODTIPOMOVIMENTO, before `movement_type`
    intermediaries: dict[str, Code] = {}  # the account's order_prefix -> CODINTERMEDIADOR of the marketplace
    payments: Literal["none", "write"] = "none"  # write: the planned payment too (ORCAMENTOREC)
    payment_kinds: dict[str, Code] = {}  # the channel's payment method -> CODREC of the planned payment

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
        return _named(self.payment_forms, method)

    def carrier(self, method: str) -> str | None:
        """CODTRANS for a shipping method of the channel."""
        return _named(self.carriers, method)

    def freight_payer(self, method: str) -> str:
        """FLAGFRETE for a shipping method of the channel: the shop pays the carrier, unless told otherwise."""
        return _named(self.freight_payers, method) or "E"

    def movement_type_of(self, prefix: str) -> str | None:
        """CODTIPOMOVIMENTO for the orders of an account."""
        return _named(self.movement_types, prefix) or self.movement_type or None

    def intermediary(self, prefix: str) -> str | None:
        """CODINTERMEDIADOR for the orders of an account."""
        return _named(self.intermediaries, prefix)

    def payment_kind(self, method: str) -> str | None:
        """CODREC for a payment method of the channel."""
        return _named(self.payment_kinds, method)

    def counting(self, table: str, column: str) -> Counting:
        """What CODIGO holds for this column."""
        return _named(self.counters, f"{table}.{column}") or Counting.NEXT

    def generator(self, table: str, column: str) -> str | None:
        """The generator that gives this column's keys where CODIGO does not; it need not exist."""
        return (LINE_KEYS | self.generators).get(f"{table}.{column}")


def _named(table: Mapping[str, T], key: str) -> T | None:
    return table.get(key) or table.get(ANY_OTHER)


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
