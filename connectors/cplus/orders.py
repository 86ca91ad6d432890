"""Writing an order: header, lines and reservation in one transaction, under a key taken before.

Every retry inserts the header under the same CODORC as the first statement of its transaction, so that the base's own
primary key keeps two tries from both standing, whatever became of the first.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from firebird.driver.types import DatabaseError

from connectors.cplus import people, states, text
from connectors.cplus.counters import key_width, take_key, take_line_keys, take_number
from connectors.cplus.firebird import Kind, classify
from connectors.cplus.layout import Layout
from connectors.cplus.reserve import Reserving
from connectors.cplus.session import Session, Statements, Value
from connectors.cplus.settings import Options
from engine.amounts import CENT, ZERO
from engine.errors import CodeTaken, Refused, StillOpen
from engine.model import ErpLine, ErpOrder, ErpOrderState, OrderCodes, WrittenOrder

_E4 = Decimal("0.0001")
_NOTHING = dict.fromkeys(
    (
        "VALORTOTAL", "ALIQDESCONTO", "ALIQACRESCIMO", "VALORENTRADA", "VALORSEGURO", "VALOROUTRASDESPESAS", "BASEICMS",
        "VALORICMS", "BASESUBSTTRIBUTARIA", "VALORSUBSTTRIBUTARIA", "VALORTOTALIPI", "VALORTOTALCOFINS",
        "VALORTOTALPIS", "VALORTOTALSERVICOS", "VALORTOTALISS", "RENTABILIDADE", "VALORFCP", "VALORFCPSUBSTTRIBUTARIA",
        "VALORICMSDESONERADO",
    ),
    ZERO,
)  # fmt: skip
_HEADER_HABITS: Mapping[str, Value] = {
    **_NOTHING,
    "FLAGCLI": "Y", "FLAGSTATUS": "O", "FLAGRESERVADO": "N", "FLAGCANCELADO": "N", "FLAGESTOQUELIBERADO": "Y",
    "FLAGPREVENDA": "N", "FLAGDELIVERY": "N", "FLAGIMPRESSO": "N", "FLAGDESCAUTORIZADO": "N", "FLAGALTPAF": "N",
    "FLAGPALM": 0, "CAMPOVALOR1": Decimal(100), "QUANTIDADEVOLUMES": 1, "FLAGTIPODESCONTO": "V",
    "FLAGTIPOACRESCIMO": "V", "FLAGENTREGAENDERECOIGUAL": "N",
    "FLAGFRETE": "E",  # the shop pays the carrier; what the buyer paid for it is in VALORFRETE
    "INDPRESENCA": "2",  # sold over the internet (NF-e, indPres)
}  # fmt: skip
_LINE_HABITS: Mapping[str, Value] = {
    **dict.fromkeys(
        (
            "ALIQICMS", "ALIQDESCONTOITEM", "ALIQACRESCIMOITEM", "VALORACRESCIMOITEM", "VALORFRETERATEADO",
            "VALORSEGURORATEADO", "VALOROUTRASDESPRATEADO", "VALORACRESCIMORATEADO", "VALORDESCONTORATEADO",
        ),
        ZERO,
    ),
    "FLAGTIPODESCONTOITEM": "V", "FLAGTIPOACRESCIMOITEM": "V", "FLAG1": "Y", "FLAG2": "Y", "FLAG3": "N",
    "FLAGCANCELADO": "N", "FLAGITEMCANCELADO": "N", "FLAGALTPAF": "N",
}  # fmt: skip
"""A combination of flags that orders of other programs have carried through C-Plus for years; some are unexplained."""

_PRODUCT = ("CODPROD", "CODIGO", "NOMEPROD", "UNIDADE", "CUSTOREAL", "CODCALCULOICMS", "CODCLASSIFICACAOFISCAL")
_KEY_HIT = re.compile(r'key value is \("([^"]+)"')


@dataclass(frozen=True, slots=True)
class Registers:
    """What other tables say for an order: read before its transaction, so that its first statement is the header."""

    cfop: str | None
    same_state: bool
    products: Mapping[str, tuple[Value, ...]]


def take_codes(session: Session) -> OrderCodes:
    """A free CODORC, and the number people see where the base has one of its own."""
    layout = session.layout
    key = take_key(session, "ORCAMENTO", "CODORC")
    if not layout.has("ORCAMENTO", "NUMEROORCAMENTO"):
        return OrderCodes(key, key)
    digits = key_width(layout, "ORCAMENTO", "NUMEROORCAMENTO")
    return OrderCodes(key, take_number(session, "ORCAMENTO", "NUMEROORCAMENTO", digits))


def check_totals(order: ErpOrder) -> None:
    """Refused("erp-total-differs") unless products + freight + surcharge - discount is the total, to the cent."""
    computed = sum(map(line_total, order.lines), ZERO) + order.freight + order.surcharge - order.discount
    if not order.lines or any(line.quantity <= 0 for line in order.lines):
        raise Refused("erp-order-without-goods", order.reference)
    if cents(computed) != cents(order.total):
        detail = f"the lines give {cents(computed)}, the order says {cents(order.total)}"
        raise Refused("erp-total-differs", detail, computed=str(cents(computed)), total=str(cents(order.total)))


def line_total(line: ErpLine) -> Decimal:
    """Quantity by unit price, rounded, less the line's discount."""
    return cents(line.quantity * line.unit_price) - cents(line.discount)


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent, before the driver rounds half to even."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def write(
    session: Session,
    options: Options,
    codes: OrderCodes,
    order: ErpOrder,
    now: datetime,
) -> WrittenOrder:
    """Insert and reserve; see `engine.ports.Erp.write_order`. `now` is local to the base."""
    layout = session.layout
    check_totals(order)
    registers = _registers(session, options, order)
    header = _header(layout, options, codes, order, registers, now)
    reserving = Reserving(layout, options)

    def work(base: Statements) -> WrittenOrder:
        try:
            base.execute(*layout.insert("ORCAMENTO", header))
        except DatabaseError as error:
            if classify(error).kind in (Kind.UNIQUE, Kind.LOCK_TIMEOUT, Kind.CONFLICT):
                raise _KeyMet(error) from error
            raise
        _insert_lines(base, layout, options, codes, order, registers, now)
        reserved, short = reserving.reserve(base, codes.key, now) if reserving.wanted else (False, ())
        return WrittenOrder(codes, reserved, short)

    try:
        return session.write(work)
    except _KeyMet as met:
        return _standing(session, options, codes, order.reference, met)


def find(session: Session, options: Options, reference: str) -> tuple[ErpOrderState, ...]:
    """Orders that carry the reference in any column that was ever used for it."""
    layout = session.layout
    keys: set[str] = set()
    columns = (options.reference_column, *options.former_reference_columns)
    with session.reading() as base:
        for column in filter(lambda column: layout.has("ORCAMENTO", column), columns):
            if layout.is_integer("ORCAMENTO", column):
                if not reference.isdigit() or len(reference) > 9:
                    continue
                rows = base.rows(f"SELECT CODORC FROM ORCAMENTO WHERE {column} = ?", (int(reference),))
            else:
                sql = f"SELECT CODORC FROM ORCAMENTO WHERE {column} = CAST(? AS VARCHAR(500))"
                rows = base.rows(sql, (text.hold(reference, layout.encoding)[:500],))
            keys |= {str(key).strip() for (key,) in rows}
        return states.read(base, layout, options, sorted(keys))


class _KeyMet(Exception):
    """The header's key is there already, or in a transaction that has not ended; `column` is whose key, when known."""

    def __init__(self, error: DatabaseError) -> None:
        super().__init__(str(error))
        hit = _KEY_HIT.search(str(error))
        self.column = hit[1] if hit else "CODORC"


def _standing(session: Session, options: Options, codes: OrderCodes, reference: str, met: _KeyMet) -> WrittenOrder:
    """Whose is the order under the key that was to be ours?"""
    layout = session.layout
    with session.reading() as base:
        found = states.read(base, layout, options, [codes.key])
        if not found:
            if met.column != "CODORC":
                raise CodeTaken("erp-code-taken", f"{met.column} of another order")
            raise StillOpen("erp-order-open", codes.key)
        there = found[0]
        if there.reference != reference:
            raise CodeTaken("erp-code-taken", codes.key)
        looks_short = not there.reserved and not there.cancelled and there.invoiced_at is None
        reserving = Reserving(layout, options)
        short: tuple[str, ...] = ()
        if looks_short and reserving.wanted:
            # Unreserved is short, even where the goods have come since: whoever asks then reserves them.
            short = reserving.short(base, codes.key)
            short = short or tuple(dict.fromkeys(line.sku for line in reserving.lines(base, codes.key)))
    return WrittenOrder(OrderCodes(there.key, there.number), there.reserved, short)


def _registers(session: Session, options: Options, order: ErpOrder) -> Registers:
    """Raises Refused: "erp-unknown-sku", "erp-customer-gone"."""
    layout = session.layout
    skus = sorted({line.sku for line in order.lines})
    with session.reading() as base:
        columns = layout.select("PRODUTO", "p", _PRODUCT)
        possible = [sku for sku in skus if layout.could_be_key("PRODUTO", "CODPROD", sku)]
        rows = base.rows_in(f"SELECT {columns} FROM PRODUTO p WHERE p.CODPROD IN ({{}})", possible)
        products = {str(row[0]).strip(): row for row in rows}
        for sku in skus:
            if sku not in products:
                raise Refused("erp-unknown-sku", sku, sku=sku)
        customer = base.row("SELECT ESTADO FROM CLIENTE WHERE CODCLI = ?", (order.customer_code,))
        if customer is None:
            raise Refused("erp-customer-gone", order.customer_code, customer=order.customer_code)
        company = base.row("SELECT ESTADO FROM EMPRESA WHERE CODEMPRESA = ?", (options.order_company,))
        movement = base.row(
            "SELECT CODCFOPDENTROUF, CODCFOPFORAUF FROM TIPOMOVIMENTO WHERE CODTIPOMOVIMENTO = ?",
            (options.movement_type,),
        )
    at_home = str((company or ("",))[0] or "").strip().upper()
    towards = (order.delivery.state or str(customer[0] or "")).strip().upper()
    same_state = towards in (at_home, "")
    cfop = None if movement is None else movement[0 if same_state else 1]
    return Registers(cfop, same_state, products)


def _header(
    layout: Layout, options: Options, codes: OrderCodes, order: ErpOrder, registers: Registers, now: datetime
) -> dict[str, Value]:
    _, sector = options.places[0]
    remarks = (order.reference, order.payment_method, order.shipping_method, order.delivery_name, order.note)
    reference = layout.fit("ORCAMENTO", options.reference_column, order.reference)
    if str(reference) != order.reference:
        detail = f"ORCAMENTO.{options.reference_column} cannot hold {order.reference!r}"
        raise Refused("erp-reference-too-long", detail, reference=order.reference, column=options.reference_column)
    return {
        **_HEADER_HABITS,
        **people.address_columns(layout, people.DELIVERY, order.delivery),
        "CODORC": codes.key,
        "NUMEROORCAMENTO": codes.number,
        "CODCLI": order.customer_code,
        "NOMECLI": text.upper(text.line(order.customer_name, layout.encoding), layout.encoding),
        "CONTATO": text.upper(text.line(order.delivery_name, layout.encoding), layout.encoding) or None,
        "ENTREGATELEFONE": order.delivery_phone or None,
        "CODVENDED": options.seller or None,
        "CODUSER": options.user_code or None,
        "CODEMPRESA": options.order_company,
        "CODSETORESTOQUE": sector,
        "CODPRECO": order.price_table or options.default_price_table or None,
        "CODTIPOMOVIMENTO": options.movement_type or None,
        "CODCFOP": registers.cfop,
        "IDENTIFICADORDESTINO": "1" if registers.same_state else "2",
        "CODFP": options.payment_form(order.payment_method),
        "CODTRANS": options.carrier(order.shipping_method),
        "CODORCAMENTOSTATUS": options.order_status or None,
        "DATA": now.date(),
        "HORA": now.time(),
        "TEMPO": now.time(),
        "DATACADASTRO": now.date(),
        "OBS": "\n".join(filter(None, remarks)),
        "VALORTOTALPRODUTOS": sum(map(line_total, order.lines), ZERO),
        "VALORFRETE": cents(order.freight),
        "VALORDESCONTO": cents(order.discount),
        "VALORACRESCIMO": cents(order.surcharge),
        "VALORTOTALORCAMENTO": cents(order.total),
        options.reference_column: order.reference,
    }


def _insert_lines(
    base: Statements,
    layout: Layout,
    options: Options,
    codes: OrderCodes,
    order: ErpOrder,
    registers: Registers,
    now: datetime,
) -> None:
    company, sector = options.places[0]
    keys = take_line_keys(base, layout, len(order.lines))
    for number, (key, line) in enumerate(zip(keys, order.lines, strict=True), start=1):
        product = dict(zip(_PRODUCT, registers.products[line.sku], strict=True))
        row = {
            **_LINE_HABITS,
            "CODORCPROD": key,
            "CODORC": codes.key,
            "NUMEROORCAMENTO": codes.number,
            "NUMEROITEM": number,
            "CODPROD": line.sku,
            "CODIGOPRODUTO": product["CODIGO"],
            "DESCRICAOPRODUTO": product["NOMEPROD"] or line.name,
            "UNIDADE": product["UNIDADE"],
            "CUSTOREAL": product["CUSTOREAL"],
            "CODCALCULOICMS": product["CODCALCULOICMS"],
            "CODCLASSIFICACAOFISCAL": product["CODCLASSIFICACAOFISCAL"],
            "CODCFOP": registers.cfop,
            "CODEMPRESA": options.order_company,
            "CODEMPRESAESTOQUE": company,
            "CODSETORESTOQUE": sector,
            "CODPRECO": order.price_table or options.default_price_table or None,
            "QUANTIDADE": line.quantity.quantize(_E4, rounding=ROUND_HALF_UP),
            "VALORUNITARIO": line.unit_price.quantize(_E4, rounding=ROUND_HALF_UP),
            "PRECOTABELA": line.unit_price.quantize(_E4, rounding=ROUND_HALF_UP),
            "VALORDESCONTOITEM": cents(line.discount),
            "VALORTOTAL": line_total(line),
            "DATAINCLUSAO": now,
        }
        base.execute(*layout.insert("ORCAMENTOPROD", row))
