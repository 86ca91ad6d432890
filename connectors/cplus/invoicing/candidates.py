"""Sales that may be one of our orders, typed again at the till: told with the reasons, for a person to choose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements, Value
from connectors.cplus.base.text import document
from connectors.cplus.base.when import to_utc
from connectors.cplus.invoicing.sales import trimmed
from connectors.cplus.settings import Options
from engine.amounts import CENT
from engine.errors import Refused
from engine.model.erp import GONE_FROM_ERP, SaleCandidate

REASONS_MIN = 2
"""A single likeness is chance: every till sells the same product at the same price all day."""

CANDIDATES_MAX = 20
TOLERANCE = Decimal("0.05")
"""How far two totals may be apart that were rounded on different ways."""

_ORDER = """
SELECT o.CODCLI, o.VALORTOTALORCAMENTO, c.CPF, c.CNPJ, {columns}
FROM ORCAMENTO o LEFT JOIN CLIENTE c ON c.CODCLI = o.CODCLI WHERE o.CODORC = ?
"""
_LINES = "SELECT CODPROD, QUANTIDADE FROM ORCAMENTOPROD WHERE CODORC = ?"
_SALES = """
SELECT m.CODMOVENDA, m.NUMPED, m.DATA, m.CODCLI, c.CPF, c.CNPJ, {columns}
FROM MOVENDA m LEFT JOIN CLIENTE c ON c.CODCLI = m.CODCLI
WHERE m.DATA >= ? AND COALESCE(m.FLAGCANCELADA, 'N') NOT IN ('Y', 'S')
AND NOT EXISTS (SELECT 1 FROM MOVENDAPROD l JOIN ORCAMENTOVENDA v ON v.CODMOVPROD = l.CODMOVPROD
                WHERE l.CODMOVENDA = m.CODMOVENDA)
AND EXISTS (SELECT 1 FROM MOVENDAPROD l WHERE l.CODMOVENDA = m.CODMOVENDA {same_goods})
ORDER BY m.CODMOVENDA DESC
"""
_SALE_LINES = "SELECT CODMOVENDA, CODPROD, QUANTIDADE FROM MOVENDAPROD WHERE CODMOVENDA IN ({})"

Goods = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Looks:
    """What an order and a sale are compared by."""

    customer: str
    documents: frozenset[str]
    name: str
    reference: str
    total: Decimal
    freight: Decimal
    goods: Goods


def find(session: Session, options: Options, key: str, now: datetime) -> tuple[SaleCandidate, ...]:
    """Sales like this order, the likest first, then the newest. `now` is local to the base.

    Looked at are sales that stand, led to by no order, of at least one of its products, of the last
    `sale_search_days`. Raises Refused("erp-order-gone").
    """
    layout = session.layout
    since = (now - timedelta(days=options.sale_search_days)).date()
    with session.reading() as base:  # no snapshot: a base that keeps no index on the day has to look long
        order = _order(base, layout, options, key)
        columns = layout.select(
            "MOVENDA",
            "m",
            ("HORA", "NOMECLI", "CNPJCPFCLIENTE", options.reference_column, "VALORTOTALNOTA", "VALORFRETE"),
        )
        skus = sorted(order.goods)
        same_goods = f"AND l.CODPROD IN ({', '.join('?' * len(skus))})" if skus else ""
        rows = base.rows(_SALES.format(columns=columns, same_goods=same_goods), (since, *skus))
        goods = _goods(base, [trimmed(row[0]) for row in rows])
    found: list[SaleCandidate] = []
    for code, number, day, customer, cpf, cnpj, hour, name, own_document, reference, total, freight in rows:
        looks = _Looks(
            trimmed(customer),
            _documents(cpf, cnpj, own_document),
            _name(name),
            trimmed(reference),
            Decimal(total or 0),
            Decimal(freight or 0),
            goods[trimmed(code)],
        )
        reasons = _reasons(order, looks)
        if len(reasons) >= REASONS_MIN:
            at = to_utc(
                datetime.combine(day, hour) if hour else datetime.combine(day, datetime.min.time()), options.zone
            )
            found.append(
                SaleCandidate(trimmed(code), trimmed(number), at, trimmed(name), looks.total.quantize(CENT), reasons)
            )
    return tuple(sorted(found, key=lambda sale: -len(sale.reasons))[:CANDIDATES_MAX])


def _order(base: Statements, layout: Layout, options: Options, key: str) -> _Looks:
    columns = layout.select("ORCAMENTO", "o", ("NOMECLI", options.reference_column, "VALORFRETE"))
    row = base.row(_ORDER.format(columns=columns), (key,))
    if row is None:
        raise Refused(GONE_FROM_ERP, key, key=key)
    customer, total, cpf, cnpj, name, reference, freight = row
    goods: dict[str, Decimal] = defaultdict(Decimal)
    for sku, quantity in base.rows(_LINES, (key,)):
        goods[trimmed(sku)] += Decimal(quantity)
    return _Looks(
        trimmed(customer),
        _documents(cpf, cnpj),
        _name(name),
        trimmed(reference),
        Decimal(total or 0),
        Decimal(freight or 0),
        goods,
    )


def _goods(base: Statements, codes: Sequence[str]) -> Mapping[str, Goods]:
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for code, sku, quantity in base.rows_in(_SALE_LINES, codes):
        found[trimmed(code)][trimmed(sku)] += Decimal(quantity)
    return found


def _reasons(order: _Looks, sale: _Looks) -> tuple[str, ...]:
    same_person = bool(order.documents & sale.documents) or (order.customer != "" and order.customer == sale.customer)
    goods_only = order.total - order.freight
    likenesses = {
        "document": same_person,
        "name": not same_person and order.name != "" and order.name == sale.name,
        "reference": order.reference != "" and order.reference == sale.reference,
        "value": abs(order.total - sale.total) <= TOLERANCE,
        "value-without-freight": order.freight > TOLERANCE and abs(goods_only - sale.total) <= TOLERANCE,
        "products": dict(order.goods) == dict(sale.goods),
    }
    return tuple(reason for reason, alike in likenesses.items() if alike)


def _documents(*values: Value) -> frozenset[str]:
    """CPF and CNPJ by letters and digits; zeros alone identify nobody."""
    bare = {document(trimmed(value)) for value in values}
    return frozenset(one for one in bare if one.strip("0"))


def _name(value: Value) -> str:
    return " ".join(trimmed(value).upper().split())
