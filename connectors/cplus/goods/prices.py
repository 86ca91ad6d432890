"""Reading price tables and prices: of one piece, and for a quantity.

A read is repeated only when count, sum and hash of what it rests on have moved: an aggregate over each table, no rows.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from connectors.cplus.base import cursors
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.base.text import yes
from connectors.cplus.goods import composition, currencies, kit_prices, price_steps, promotions
from connectors.cplus.settings import Options
from engine.amounts import E4_PER_UNIT
from engine.model.goods import LeftOut, Price, PriceList, PriceTable, QuantityPrice

OTHER_CURRENCY = "price-other-currency"

_CENTS_E8 = 1_000_000  # a cent, where a price and a rate of four decimals each were multiplied

_STATE = """
SELECT p.CODPRECO, COUNT(*), CAST(SUM(CAST(p.PRECO * 10000 AS BIGINT)) AS BIGINT), {hashed}
FROM PRODUTOPRECO p WHERE p.PRECO > 0 GROUP BY p.CODPRECO ORDER BY p.CODPRECO
"""
# In the order of their keys: where a product stands twice in a table, the newer row counts.
_PRICES = """
SELECT p.CODPROD, p.CODPRECO, CAST(p.PRECO * 10000 AS BIGINT), {quantity}, {currency}
FROM PRODUTOPRECO p WHERE p.PRECO > 0 ORDER BY p.CODPRODUTOPRECO
"""


class _Row(NamedTuple):
    """A row of PRODUTOPRECO; price and least quantity in ten-thousandths."""

    sku: str
    table: str
    price_e4: int
    from_e4: int
    currency: str


def tables(session: Session) -> tuple[PriceTable, ...]:
    """All price tables. The stored prices of one that C-Plus computes by formula mean nothing."""
    with session.reading() as base:
        return _tables(base, session.layout)


def _tables(base: Statements, layout: Layout) -> tuple[PriceTable, ...]:
    columns = layout.select("PRECO", "p", ("CODPRECO", "NOMEPRECO", "FLAGINATIVA", "FLAGUSAFORMULA"))
    rows = base.rows(f"SELECT {columns} FROM PRECO p ORDER BY p.CODPRECO")
    return tuple(
        PriceTable(
            key.strip(), (name or "").strip(), active=not yes(inactive) and not yes(formula), computed=yes(formula)
        )
        for key, name, inactive, formula in rows
    )


def read(session: Session, options: Options, cursor: str | None, today: date) -> tuple[PriceList | None, str]:
    """All prices above zero, in cents; None when nothing they rest on has moved. `today` is local to the base."""
    layout = session.layout
    with session.reading(snapshot=True) as base:
        usable = {table.key for table in _tables(base, layout) if table.active}
        rates = currencies.read(base, layout, options)
        parts = composition.read(base, layout, options).kits.parts if options.kit_price == "sum" else ()
        seen = cursors.write(
            prices=[row for row in cursors.checksum(base, _state(layout)) if row[0] in usable],
            rates=rates.cursor(),
            steps=price_steps.state(base, layout),
            promotions=promotions.state(base, layout, today),
            kits=kit_prices.state(parts),
        )
        if seen == cursor:
            return None, seen
        rows = [row for row in _rows(base, layout) if row.table in usable]
        listed, left_out = _in_reais(rows, rates.reais_e4)
        pieces = {(sku, table): cents for (sku, table, from_e4), cents in listed.items() if not from_e4}
        listed |= {(*key, 0): cents for key, cents in kit_prices.summed(parts, pieces).items()}
        steps, unclear = price_steps.read(base, layout, listed)
        offers, not_for_all = promotions.read(base, layout, today)
    named = [LeftOut(OTHER_CURRENCY, rates.name(code), len(skus), skus[0]) for code, skus in left_out.items()]
    return (
        PriceList(
            tuple(_prices(listed)), tuple(_quantity_prices(listed, steps)), offers, (*named, *unclear, *not_for_all)
        ),
        seen,
    )


def _state(layout: Layout) -> str:
    parts = ["CAST(p.PRECO AS VARCHAR(24))"]
    if layout.has("PRODUTOPRECO", "QUANTIDADEMINIMA"):
        parts.append("COALESCE(CAST(p.QUANTIDADEMINIMA AS VARCHAR(24)), '')")
    if layout.has("PRODUTOPRECO", "CODMOEDA"):
        parts.append("COALESCE(p.CODMOEDA, '')")
    return _STATE.format(hashed=cursors.hashed("p.CODPROD", " || '/' || ".join(parts)))


def _rows(base: Statements, layout: Layout) -> list[_Row]:
    has_quantity = layout.has("PRODUTOPRECO", "QUANTIDADEMINIMA")
    quantity = "CAST(COALESCE(p.QUANTIDADEMINIMA, 0) * 10000 AS BIGINT)" if has_quantity else "0"
    currency = layout.select("PRODUTOPRECO", "p", ("CODMOEDA",))
    names: dict[str, str] = {}
    return [
        _Row(sku.strip(), names.setdefault(table, table.strip()), price_e4, from_e4, (code or "").strip())
        for sku, table, price_e4, from_e4, code in base.rows(_PRICES.format(quantity=quantity, currency=currency))
    ]


def _in_reais(
    rows: Sequence[_Row], reais_e4: Mapping[str, int]
) -> tuple[dict[tuple[str, str, int], int], dict[str, list[str]]]:
    """Cents by (SKU, table, least quantity; 0 = of one piece); and the SKUs of those in a currency without a rate."""
    listed: dict[tuple[str, str, int], int] = {}
    left_out: dict[str, list[str]] = {}
    for row in rows:
        rate = reais_e4.get(row.currency)
        if rate is None:
            left_out.setdefault(row.currency, []).append(row.sku)
            continue
        cents = (row.price_e4 * rate + _CENTS_E8 // 2) // _CENTS_E8
        if cents > 0:
            from_e4 = row.from_e4 if row.from_e4 > E4_PER_UNIT else 0
            listed[row.sku, row.table, from_e4] = cents
    return listed, left_out


def _prices(listed: Mapping[tuple[str, str, int], int]) -> list[Price]:
    return [Price(sku, table, cents) for (sku, table, from_e4), cents in listed.items() if not from_e4]


def _quantity_prices(
    listed: Mapping[tuple[str, str, int], int], steps: Mapping[tuple[str, str, int], int]
) -> list[QuantityPrice]:
    """A price written out for a quantity counts before a step of the same quantity."""
    return [QuantityPrice(*key, cents) for key, cents in {**steps, **listed}.items() if key[2]]
