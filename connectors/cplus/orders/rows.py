"""What stands in ORCAMENTO and ORCAMENTOPROD of an order, column by column, and the registers it is taken from."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from connectors.cplus.base import text
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Value
from connectors.cplus.orders import reference
from connectors.cplus.people import mapping
from connectors.cplus.settings import Options
from engine.amounts import CENT, ZERO
from engine.errors import Refused
from engine.model.erp import ErpLine, ErpOrder, OrderCodes

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

_PRODUCT = (
    "CODPROD", "CODIGO", "NOMEPROD", "UNIDADE", "CUSTOREAL", "CODCALCULOICMS", "CODCLASSIFICACAOFISCAL", "FLAGINATIVO",
    "FLAGNAOVENDER",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registers:
    """What other tables say for an order: read before its transaction, so that its first statement is the header."""

    cfop: str | None
    same_state: bool
    products: Mapping[str, Mapping[str, Value]]


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


def registers(session: Session, options: Options, order: ErpOrder) -> Registers:
    """Raises Refused: "erp-unknown-sku", "erp-inactive-sku", "erp-customer-gone"."""
    layout = session.layout
    skus = sorted({line.sku for line in order.lines})
    with session.reading() as base:
        columns = layout.select("PRODUTO", "p", _PRODUCT)
        possible = [sku for sku in skus if layout.could_be_key("PRODUTO", "CODPROD", sku)]
        rows = base.rows_in(f"SELECT {columns} FROM PRODUTO p WHERE p.CODPROD IN ({{}})", possible)
        products = {str(row[0]).strip(): dict(zip(_PRODUCT, row, strict=True)) for row in rows}
        for sku in skus:
            if sku not in products:
                raise Refused("erp-unknown-sku", sku, sku=sku)
            if text.yes(products[sku]["FLAGINATIVO"]) or text.yes(products[sku]["FLAGNAOVENDER"]):
                raise Refused("erp-inactive-sku", sku, sku=sku, name=str(products[sku]["NOMEPROD"] or "").strip())
        state = layout.select("CLIENTE", "c", ("ESTADO",))
        customer = base.row(f"SELECT {state} FROM CLIENTE c WHERE c.CODCLI = ?", (order.customer_code,))
        if customer is None:
            raise Refused("erp-customer-gone", order.customer_code, customer=order.customer_code)
        company = base.row("SELECT ESTADO FROM EMPRESA WHERE CODEMPRESA = ?", (options.order_company,))
        movement = base.row(
            "SELECT CODCFOPDENTROUF, CODCFOPFORAUF FROM TIPOMOVIMENTO WHERE CODTIPOMOVIMENTO = ?",
            (options.movement_type_of(order.prefix),),
        )
    at_home = str((company or ("",))[0] or "").strip().upper()
    towards = (order.delivery.state or str(customer[0] or "")).strip().upper()
    same_state = towards in (at_home, "")
    cfop = None if movement is None else movement[0 if same_state else 1]
    return Registers(cfop, same_state, products)


def header(
    layout: Layout, options: Options, codes: OrderCodes, order: ErpOrder, found: Registers, now: datetime
) -> dict[str, Value]:
    """The order's row. Raises Refused for a reference that its column cannot hold; see `reference.held`."""
    _, sector = options.places[0]
    column = options.reference_column
    phone = order.delivery_phone if column == "ENTREGATELEFONE" else ""  # its own place is taken
    remarks = (order.reference, order.payment_method, order.shipping_method, order.delivery_name, phone, order.note)
    return {
        **_HEADER_HABITS,
        **mapping.address_columns(layout, mapping.DELIVERY, order.delivery),
        "CODORC": codes.key,
        "NUMEROORCAMENTO": codes.number,
        "CODCLI": order.customer_code,
        "NOMECLI": text.upper(text.line(order.customer_name)),
        "CONTATO": text.upper(text.line(order.delivery_name)) or None,
        "ENTREGATELEFONE": order.delivery_phone or None,
        "CODVENDED": options.seller or None,
        "CODUSER": options.user_code or None,
        "CODEMPRESA": options.order_company,
        "CODSETORESTOQUE": sector,
        "CODPRECO": order.price_table or options.default_price_table or None,
        "CODTIPOMOVIMENTO": options.movement_type_of(order.prefix),
        "CODINTERMEDIADOR": options.intermediary(order.prefix),
        "CODCFOP": found.cfop,
        "IDENTIFICADORDESTINO": "1" if found.same_state else "2",
        "CODFP": options.payment_form(order.payment_method),
        "CODTRANS": options.carrier(order.shipping_method),
        "FLAGFRETE": options.freight_payer(order.shipping_method),
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
        column: reference.held(layout, column, order.reference),
    }


def line_row(
    options: Options,
    codes: OrderCodes,
    order: ErpOrder,
    number: int,
    line: ErpLine,
    found: Registers,
    now: datetime,
) -> dict[str, Value]:
    """The row of the order's line of this number, counted from 1, still without a key."""
    company, sector = options.places[0]
    product = found.products[line.sku]
    return {
        **_LINE_HABITS,
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
        "CODCFOP": found.cfop,
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
