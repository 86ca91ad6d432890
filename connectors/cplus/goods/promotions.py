"""Promotions (PROMOCAO, PROMOCAOPRODUTO): a price of a product from one day to another.

Found in the newest layout only. One that asks for a quantity or for certain payment terms (CODFP) is not a price that
a shop can show everybody, and is left out.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from connectors.cplus.base import cursors
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from engine.amounts import to_cents
from engine.model.goods import LeftOut, Promotion

FOR_QUANTITY = "promotion-for-quantity"
FOR_PAYMENT = "promotion-for-payment"

_FROM = """
FROM PROMOCAOPRODUTO i JOIN PROMOCAO p ON p.CODPROMOCAO = i.CODPROMOCAO
WHERE i.PRECO > 0 AND (p.DATAFIN IS NULL OR p.DATAFIN >= ?)
"""
_REQUIRED = {"PROMOCAO": ("CODPROMOCAO", "DATAINI", "DATAFIN"), "PROMOCAOPRODUTO": ("CODPROD", "CODPROMOCAO", "PRECO")}
_KEY = "COALESCE(i.CODPROD, '')"


def state(base: Statements, layout: Layout, today: date) -> list[list[str]]:
    """Differs after a promotion that is not over was changed, begun or ended."""
    if not _exist(layout):
        return []
    # Texts of columns that not every layout has: NULL there, which COALESCE makes empty.
    extra = layout.select("PROMOCAO", "p", ("CODFP", "NOMEPROMOCAO")).split(", ")
    least = layout.select("PROMOCAOPRODUTO", "i", ("QUANTIDADEMINIMA",))
    values = ("p.CODPROMOCAO", "i.PRECO", "p.DATAINI", "p.DATAFIN", least, *extra)
    text = " || '/' || ".join(f"COALESCE(CAST({value} AS VARCHAR(200)), '')" for value in values)
    return cursors.checksum(base, f"SELECT COUNT(*), {cursors.hashed(_KEY, text)} {_FROM}", (today,))


def read(base: Statements, layout: Layout, today: date) -> tuple[tuple[Promotion, ...], tuple[LeftOut, ...]]:
    """The promotions that are not over, and those that cannot be told, by their name."""
    if not _exist(layout):
        return (), ()
    extra = layout.select("PROMOCAO", "p", ("CODFP", "NOMEPROMOCAO"))
    least = layout.select("PROMOCAOPRODUTO", "i", ("QUANTIDADEMINIMA",))
    rows = base.rows(
        f"SELECT i.CODPROD, i.PRECO, p.DATAINI, p.DATAFIN, p.CODPROMOCAO, {least}, {extra} {_FROM}"
        " ORDER BY i.CODPROMOCAOPRODUTO",
        (today,),
    )
    found: set[Promotion] = set()
    left_out: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sku, price, first, last, key, quantity, terms, name in rows:
        reason = FOR_QUANTITY if (quantity or 0) > 1 else FOR_PAYMENT if (terms or "").strip() else None
        if reason is None:
            found.add(Promotion((sku or "").strip(), to_cents(price), first, last))
        else:
            left_out[reason, (name or key).strip()].append((sku or "").strip())
    told = (LeftOut(code, about, len(skus), skus[0]) for (code, about), skus in left_out.items())
    return tuple(found), tuple(told)


def _exist(layout: Layout) -> bool:
    return all(layout.has(table, *columns) for table, columns in _REQUIRED.items())
