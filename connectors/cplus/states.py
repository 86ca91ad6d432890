"""How orders stand in C-Plus: reserved, cancelled, invoiced, with the sale's number and the NF-e's key.

An order has become a sale when ORCAMENTO.DATAFATURADO or NUMCUPOM is set or a line is linked by ORCAMENTOVENDA to a
line of MOVENDA; the fiscal document carries the sale's number in DOCUMENTO.NUMEROPEDIDO.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from connectors.cplus.layout import Layout
from connectors.cplus.session import Row, Session, Statements, Value
from connectors.cplus.settings import Options
from connectors.cplus.text import yes
from connectors.cplus.when import to_utc
from engine.amounts import CENT
from engine.errors import Refused
from engine.model import ErpOrderState

AUTHORISED = frozenset({"100", "150"})
"""Answers of SEFAZ that mean an NF-e is authorised (150: past its time)."""

OPEN = """
COALESCE(FLAGCANCELADO, 'N') NOT IN ('Y', 'S') AND NUMCUPOM IS NULL {not_invoiced}
AND NOT EXISTS (SELECT 1 FROM ORCAMENTOPROD p JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
                WHERE p.CODORC = ORCAMENTO.CODORC)
"""

_SALES = """
SELECT p.CODORC, p.CODPROD, v.QUANTIDADEVENDA, m.CODMOVENDA, m.NUMPED, m.FLAGCANCELADA, m.DATA, {hour}, m.CODEMPRESA
FROM ORCAMENTOPROD p
JOIN ORCAMENTOVENDA v ON v.CODORCPROD = p.CODORCPROD
LEFT JOIN MOVENDAPROD l ON l.CODMOVPROD = v.CODMOVPROD
LEFT JOIN MOVENDA m ON m.CODMOVENDA = l.CODMOVENDA
WHERE p.CODORC IN ({{}}) ORDER BY m.CODMOVENDA
"""
_LINES = "SELECT p.CODORC, p.CODPROD, p.QUANTIDADE, {columns} FROM ORCAMENTOPROD p WHERE p.CODORC IN ({{}})"
_DOCUMENTS = """
SELECT d.NUMEROPEDIDO, d.CODDOCUMENTO, d.NUMNOTA, {columns}
FROM DOCUMENTO d WHERE d.NUMEROPEDIDO IN ({{}}) AND COALESCE(d.FLAGCANCELADA, 'N') NOT IN ('Y', 'S')
"""
_ELECTRONIC = """
SELECT n.NOMEENTIDADEORIGEM, n.IDENTIDADEORIGEM, n.CODIGORETORNONFELETRONICA, n.CHAVEACESSONFELETRONICA
FROM NFELETRONICA n WHERE n.IDENTIDADEORIGEM IN ({})
"""


@dataclass(slots=True)
class _Sale:
    """A sale made from an order."""

    code: str
    number: str
    cancelled: bool
    at: datetime | None
    company: int | None
    nfe_key: str = ""
    nfe_number: str = ""


def is_open(layout: Layout) -> str:
    """The SQL condition on ORCAMENTO that an order may still be reserved, released or cancelled."""
    return OPEN.format(not_invoiced="AND DATAFATURADO IS NULL" if layout.has("ORCAMENTO", "DATAFATURADO") else "")


def read(base: Statements, layout: Layout, options: Options, keys: Sequence[str]) -> tuple[ErpOrderState, ...]:
    """The states of these orders; keys that no order has are left out."""
    wanted = sorted(set(keys))
    columns = layout.select(
        "ORCAMENTO",
        "o",
        ("CODORC", "NUMEROORCAMENTO", options.reference_column, "FLAGRESERVADO", "FLAGCANCELADO", "DATAFATURADO",
         "NUMCUPOM", "VALORTOTALORCAMENTO"),
    )  # fmt: skip
    headers = base.rows_in(f"SELECT {columns} FROM ORCAMENTO o WHERE o.CODORC IN ({{}})", wanted)
    if not headers:
        return ()
    found = [_text(header[0]) for header in headers]
    sales, taken = _sales(base, layout, options, found)
    _add_documents(base, layout, [sale for of_order in sales.values() for sale in of_order])
    unlinked = [_text(h[0]) for h in headers if (h[5] or h[6]) is not None and _text(h[0]) not in sales]
    lines = _invoiced_lines(base, layout, unlinked, taken)
    return tuple(_state(header, sales, lines, options) for header in headers)


def one(session: Session, options: Options, key: str) -> ErpOrderState:
    """How an order stands. Raises Refused("erp-order-gone")."""
    with session.reading() as base:
        found = read(base, session.layout, options, [key])
    if not found:
        raise Refused("erp-order-gone", key, key=key)
    return found[0]


def _state(
    header: Row, sales: dict[str, list[_Sale]], lines: dict[str, tuple[tuple[str, Decimal], ...]], options: Options
) -> ErpOrderState:
    key, number, reference, reserved, cancelled, invoiced_at, coupon, total = header
    key = _text(key)
    made = sales.get(key, [])
    standing = [sale for sale in made if not sale.cancelled]
    last = next(reversed(standing or made), None)
    at = to_utc(invoiced_at, options.zone) if isinstance(invoiced_at, datetime) else None
    if at is None and last is not None:
        at = last.at
    return ErpOrderState(
        key=key,
        number=_text(number) or key,
        reference=_text(reference),
        reserved=yes(reserved),
        cancelled=yes(cancelled),
        invoiced_at=at,
        total=Decimal(total or 0).quantize(CENT),
        invoiced=lines.get(key, ()),
        sale_number=last.number if last is not None else _text(coupon),
        nfe_key=last.nfe_key if last is not None else "",
        nfe_number=last.nfe_number if last is not None else "",
        sale_cancelled=bool(made) and not standing,
    )


def _sales(
    base: Statements, layout: Layout, options: Options, keys: Sequence[str]
) -> tuple[dict[str, list[_Sale]], dict[str, dict[str, Decimal]]]:
    """The sales of each order in the order of their keys, and the quantities that the standing ones took, by SKU."""
    hour = "m.HORA" if layout.has("MOVENDA", "HORA") else "NULL"
    sales: dict[str, list[_Sale]] = defaultdict(list)
    taken: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for order, sku, quantity, code, number, cancelled, day, hour_of_day, company in base.rows_in(
        _SALES.format(hour=hour), keys
    ):
        of_order = sales[_text(order)]
        if not of_order or of_order[-1].code != _text(code):
            at = to_utc(_moment(day, hour_of_day), options.zone)
            of_order.append(_Sale(_text(code), _text(number), yes(cancelled), at, company))
        if not of_order[-1].cancelled:
            taken[_text(order)][_text(sku)] += Decimal(quantity or 0)
    return dict(sales), taken


def _invoiced_lines(
    base: Statements, layout: Layout, unlinked: Sequence[str], taken: dict[str, dict[str, Decimal]]
) -> dict[str, tuple[tuple[str, Decimal], ...]]:
    """Invoiced quantities: what the sales took; where no sale is linked, what the lines say, else the whole line."""
    linked = dict(taken)
    columns = layout.select("ORCAMENTOPROD", "p", ("QUANTIDADETOTALFATURADA", "FLAGITEMCANCELADO"))
    for key, sku, quantity, invoiced, cancelled in base.rows_in(_LINES.format(columns=columns), unlinked):
        if not yes(cancelled):
            of_order = linked.setdefault(_text(key), defaultdict(Decimal))
            of_order[_text(sku)] += Decimal(invoiced or quantity)
    return {key: tuple(sorted(quantities.items())) for key, quantities in linked.items()}


def _add_documents(base: Statements, layout: Layout, sales: Sequence[_Sale]) -> None:
    """Fill in number and key of the NF-e; a key whose NF-e SEFAZ has not authorised is left out."""
    by_number: dict[str, list[_Sale]] = defaultdict(list)
    for sale in sales:
        by_number[sale.number].append(sale)
    by_number.pop("", None)
    if not by_number:
        return
    columns = layout.select("DOCUMENTO", "d", ("CHAVEACESSONFELETRONICA", "CODEMPRESA"))
    documents: dict[str, tuple[str, str, str]] = {}  # sale -> document, number, key
    for number, document, note, key, company in base.rows_in(_DOCUMENTS.format(columns=columns), sorted(by_number)):
        for sale in by_number[_text(number)]:
            if company is None or sale.company is None or company == sale.company:
                documents[sale.code] = (_text(document), _text(note), _text(key))
    origins = [*documents, *(document for document, _, _ in documents.values())]
    electronic = _electronic(base, layout, origins)
    for sale in sales:
        if sale.code not in documents:
            continue
        document, note, key = documents[sale.code]
        answers = electronic.get(("DOCUMENTO", document), []) + electronic.get(("MOVENDA", sale.code), [])
        authorised = [own or key for answer, own in answers if answer in AUTHORISED]
        sale.nfe_number = note
        sale.nfe_key = authorised[-1] if authorised else ("" if answers else key)


def _electronic(
    base: Statements, layout: Layout, origins: Iterable[str]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """SEFAZ's answer and the key, by table and key of what the NF-e was made from."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    if layout.has("NFELETRONICA", "NOMEENTIDADEORIGEM", "CODIGORETORNONFELETRONICA", "CHAVEACESSONFELETRONICA"):
        for table, origin, answer, key in base.rows_in(_ELECTRONIC, sorted(set(origins))):
            found[_text(table).upper(), _text(origin)].append((_text(answer), _text(key)))
    return found


def _moment(day: date | None, hour: time | None) -> datetime | None:
    return None if day is None else datetime.combine(day, hour or time())


def _text(value: Value) -> str:
    return "" if value is None else str(value).strip()
