"""Reading price tables and prices."""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Sequence

from connectors.cplus import cursors
from connectors.cplus.session import Session
from connectors.cplus.text import yes
from engine.amounts import e4_to_cents
from engine.model import Price, PriceTable

# A row with QUANTIDADEMINIMA above 1 is a price for that quantity, not the price of the product.
_WHERE = "WHERE p.PRECO > 0{quantity}"
_STATE = """
SELECT p.CODPRECO, COUNT(*), CAST(SUM(CAST(p.PRECO * 10000 AS BIGINT)) AS BIGINT), {hashed}
FROM PRODUTOPRECO p {where} GROUP BY p.CODPRECO ORDER BY p.CODPRECO
"""
_PRICES = "SELECT p.CODPROD, p.CODPRECO, CAST(p.PRECO * 10000 AS BIGINT) FROM PRODUTOPRECO p {where}"


def tables(session: Session) -> tuple[PriceTable, ...]:
    """All price tables. One that C-Plus computes by formula counts as not active: its stored prices mean nothing."""
    layout = session.layout
    columns = layout.select("PRECO", "p", ("CODPRECO", "NOMEPRECO", "FLAGINATIVA", "FLAGUSAFORMULA"))
    with session.reading() as base:
        rows = base.rows(f"SELECT {columns} FROM PRECO p ORDER BY p.CODPRECO")
    return tuple(
        PriceTable(key.strip(), (name or "").strip(), active=not yes(inactive) and not yes(formula))
        for key, name, inactive, formula in rows
    )


def read(session: Session, cursor: str | None) -> tuple[Sequence[Price] | None, str]:
    """All prices above zero, in cents; None when count, sum and hash of every table are as before."""
    layout = session.layout
    quantity = " AND COALESCE(p.QUANTIDADEMINIMA, 0) <= 1" if layout.has("PRODUTOPRECO", "QUANTIDADEMINIMA") else ""
    where = _WHERE.format(quantity=quantity)
    hashed = cursors.hashed("p.CODPROD", "CAST(p.PRECO AS VARCHAR(24))")
    with session.reading(snapshot=True) as base:
        seen = cursors.write(prices=cursors.checksum(base, _STATE.format(hashed=hashed, where=where)))
        if seen == cursor:
            return None, seen
        rows = base.rows(_PRICES.format(where=where))
    names: dict[str, str] = {}
    found = [
        Price(sku.strip(), names.setdefault(table, table.strip()), cents)
        for sku, table, e4 in rows
        if (cents := e4_to_cents(e4)) > 0
    ]
    return found, seen
