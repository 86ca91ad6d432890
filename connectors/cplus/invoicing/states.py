"""How orders stand in C-Plus: reserved, cancelled, invoiced as far as it is, returned, packed, and their status.

An order has become a sale when ORCAMENTO.DATAFATURADO or NUMCUPOM is set or a line of it is linked to a sale; where
every sale that is linked or carries its reference was undone since, it is none any more.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Row, Session, Statements
from connectors.cplus.base.text import yes
from connectors.cplus.base.when import to_utc
from connectors.cplus.invoicing import documents, sales
from connectors.cplus.invoicing.sales import Ended, Quantities, Sale, Sold, trimmed
from connectors.cplus.settings import Options, Releasing
from engine.amounts import CENT
from engine.errors import Refused
from engine.model.erp import GONE_FROM_ERP, ErpOrderState, ErpStatus

_LINES = (
    "SELECT p.CODORC, p.CODORCPROD, p.CODPROD, p.QUANTIDADE, {columns} FROM ORCAMENTOPROD p WHERE p.CODORC IN ({{}})"
)
_NO_LINKS: Mapping[str, str] = {}
_NO_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an order that staff have not cancelled."""

    key: str
    sku: str
    quantity: Decimal
    counted: Decimal | None  # what C-Plus itself counts as invoiced of it


def read(
    base: Statements, layout: Layout, options: Options, keys: Sequence[str], linked: Mapping[str, str] = _NO_LINKS
) -> tuple[ErpOrderState, ...]:
    """The states of these orders; keys that no order has are left out. `linked`: see `engine.ports.Erp.snapshot`."""
    wanted = sorted(set(keys))
    columns = layout.select(
        "ORCAMENTO",
        "o",
        ("CODORC", "NUMEROORCAMENTO", options.reference_column, "FLAGRESERVADO", "FLAGCANCELADO", "DATAFATURADO",
         "NUMCUPOM", "VALORTOTALORCAMENTO", "CODORCAMENTOSTATUS", "DATA"),
    )  # fmt: skip
    headers = base.rows_in(f"SELECT {columns} FROM ORCAMENTO o WHERE o.CODORC IN ({{}})", wanted)
    if not headers:
        return ()
    found = [trimmed(header[0]) for header in headers]
    by_hand = {key: linked[key] for key in found if key in linked}
    sold = sales.of_orders(base, layout, options, found, _ended(headers), by_hand)
    documents.fill_in(base, layout, [sale for of_order in sold.values() for sale in of_order.sales])
    lines = _lines(base, layout, found)
    names = _status_names(base, layout)
    return tuple(
        _state(header, sold.get(trimmed(header[0])), lines.get(trimmed(header[0]), []), names, options, linked)
        for header in headers
    )


def is_sold(base: Statements, layout: Layout, options: Options, key: str) -> bool:
    """Whether it is a sale that stands; asked in the transaction that has claimed its row."""
    return any(state.sold for state in read(base, layout, options, [key]))


def one(session: Session, options: Options, key: str) -> ErpOrderState:
    """How an order stands. Raises Refused("erp-order-gone")."""
    with session.reading() as base:
        found = read(base, session.layout, options, [key])
    if not found:
        raise Refused(GONE_FROM_ERP, key, key=key)
    return found[0]


def invoice_xml(session: Session, options: Options, key: str, linked: str) -> bytes | None:
    """The authorised file of an order's newest standing sale; see `engine.ports.Erp.invoice_xml`."""
    with session.reading() as base:
        found = read(base, session.layout, options, [key], {key: linked} if linked else _NO_LINKS)
        if not found or not found[0].nfe_key:
            return None
        return documents.authorised_xml(base, session.layout, found[0].nfe_key)


def _state(
    header: Row,
    sold: Sold | None,
    lines: Sequence[_Line],
    names: Mapping[tuple[str, str], str],
    options: Options,
    linked: Mapping[str, str],
) -> ErpOrderState:
    key, number, reference, reserved, cancelled, invoiced_at, coupon, total, status, day = header
    key = trimmed(key)
    by_hand = key in linked
    flagged = not by_hand and (invoiced_at is not None or coupon is not None)
    made = sold.sales if sold is not None else []
    standing = sold.standing if sold is not None else []
    last = next(reversed(standing or made), None)
    at = to_utc(invoiced_at, options.zone) if flagged and isinstance(invoiced_at, datetime) else None
    if at is None and last is not None:
        at = last.at
    if at is None and (flagged or standing):
        # A fiscal coupon leaves its number and no date: on the order's own day at the earliest.
        at = to_utc(datetime.combine(day or _NO_DAY, time()), options.zone)
    if sold is None:
        invoiced, complete = _counted(lines) if flagged else ({}, False)
        complete = complete or (flagged and yes(cancelled))
    else:
        invoiced = sold.invoiced
        complete = bool(standing) and (by_hand or yes(cancelled) or not _left(lines, sold))
    status_name, meaning = _status(trimmed(status), last, names, options)
    is_sold = bool(standing) or (flagged and not made)
    return ErpOrderState(
        key=key,
        number=trimmed(number) or key,
        reference=trimmed(reference),
        reserved=yes(reserved),
        cancelled=yes(cancelled),
        invoiced_at=at,
        total=Decimal(total or 0).quantize(CENT),
        holds=_by_sku((line.sku, line.quantity) for line in lines),
        invoiced=tuple(sorted(invoiced.items())),
        complete=complete,
        returned=tuple(sorted((sku, back) for sku, back in sold.returned.items() if back)) if sold is not None else (),
        sale_number=last.number if last is not None else trimmed(coupon),
        nfe_key=last.nfe_key if last is not None else "",
        nfe_number=last.nfe_number if last is not None else "",
        nfe_cancelled=any(sale.nfe_cancelled for sale in standing),
        sale_cancelled=bool(made) and not standing,
        packed=meaning is ErpStatus.PACKED or (bool(standing) and all(sale.packed for sale in standing)),
        status_name=status_name,
        status=meaning,
        release_due=(
            options.releases_at_invoicing is Releasing.INTEGRA and is_sold and yes(reserved) and not yes(cancelled)
        ),
    )


def _ended(headers: Sequence[Row]) -> list[Ended]:
    """The orders that C-Plus marked as invoiced."""
    return [
        Ended(
            trimmed(key),
            trimmed(reference),
            invoiced_at.date() if isinstance(invoiced_at, datetime) else day or _NO_DAY,
        )
        for key, _, reference, _, _, invoiced_at, coupon, _, _, day in headers
        if invoiced_at is not None or coupon is not None
    ]


def _left(lines: Sequence[_Line], sold: Sold) -> bool:
    """Whether something of these lines is not invoiced yet."""
    if sold.linked:
        return any(line.quantity > sold.taken[line.key] for line in lines)
    return any(quantity > sold.invoiced[sku] for sku, quantity in _by_sku((line.sku, line.quantity) for line in lines))


def _lines(base: Statements, layout: Layout, keys: Sequence[str]) -> dict[str, list[_Line]]:
    """The lines of these orders that are not cancelled."""
    columns = layout.select("ORCAMENTOPROD", "p", ("QUANTIDADETOTALFATURADA", "FLAGITEMCANCELADO", "FLAGCANCELADO"))
    found: dict[str, list[_Line]] = defaultdict(list)
    for order, key, sku, quantity, counted, *flags in base.rows_in(_LINES.format(columns=columns), keys):
        if not any(yes(flag) for flag in flags):
            found[trimmed(order)].append(_Line(trimmed(key), trimmed(sku), Decimal(quantity), counted))
    return found


def _counted(lines: Sequence[_Line]) -> tuple[Quantities, bool]:
    """What is invoiced of an order whose sale is not linked: what C-Plus counted on its lines, else all; and whether
    that is all of it."""
    counts = any(line.counted for line in lines)
    invoiced: Quantities = defaultdict(Decimal)
    for line in lines:
        invoiced[line.sku] += (line.counted or Decimal(0)) if counts else line.quantity
    complete = not counts or all((line.counted or 0) >= line.quantity for line in lines)
    return invoiced, complete


def _by_sku(quantities: Iterable[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    total: Quantities = defaultdict(Decimal)
    for sku, quantity in quantities:
        total[sku] += quantity
    return tuple(sorted(total.items()))


# --- the status -------------------------------------------------------------------------------------------------------

_ORDER, _SALE = "ORCAMENTOSTATUS", "MOVENDASTATUS"


def _status_names(base: Statements, layout: Layout) -> dict[tuple[str, str], str]:
    """The store's own names of statuses by table and key; a handful of rows."""
    return {
        (table, trimmed(code)): trimmed(name)
        for table in (_ORDER, _SALE)
        if layout.has(table, f"COD{table}", f"NOME{table}")
        for code, name in base.rows(f"SELECT COD{table}, NOME{table} FROM {table}")
    }


def _status(
    of_order: str, last: Sale | None, names: Mapping[tuple[str, str], str], options: Options
) -> tuple[str, ErpStatus | None]:
    """Name and meaning: the sale's own status once it has one, else the order's."""
    if last is not None and last.status:
        return names.get((_SALE, last.status), last.status), options.sale_status_map.get(last.status)
    return names.get((_ORDER, of_order), of_order), options.status_map.get(of_order)
