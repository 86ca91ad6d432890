"""Discounts by quantity (PRODUTOPRECOESCALONADO): so much per cent, or so many reais a piece, off the table's price.

Found in the newest layout only. FLAGTIPODESCONTO is read like that of orders: V an amount, anything else per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from connectors.cplus.base import cursors
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements
from engine.amounts import from_cents, to_cents, to_e4
from engine.model.goods import LeftOut

UNCLEAR = "price-step-unclear"

_TABLE = "PRODUTOPRECOESCALONADO"
_COLUMNS = ("CODPROD", "CODPRECO", "QUANTIDADE", "FLAGTIPODESCONTO", "ALIQDESCONTO", "VALORDESCONTO")
_VALUE = (
    "COALESCE(e.CODPRECO, '') || '/' || COALESCE(CAST(e.QUANTIDADE AS VARCHAR(24)), '') || COALESCE(e.FLAGTIPODESCONTO,"
    " '') || COALESCE(CAST(e.ALIQDESCONTO AS VARCHAR(24)), '') || '/' ||"
    " COALESCE(CAST(e.VALORDESCONTO AS VARCHAR(24)), '')"
)
_KEY = "e.CODPRODUTOPRECOESCALONADO || COALESCE(e.CODPROD, '')"
_STATE = f"SELECT COUNT(*), {cursors.hashed(_KEY, _VALUE)} FROM {_TABLE} e"  # noqa: S608
_STEPS = f"SELECT {', '.join(_COLUMNS)} FROM {_TABLE} ORDER BY CODPRODUTOPRECOESCALONADO"  # noqa: S608


def state(base: Statements, layout: Layout) -> list[list[str]]:
    """Differs after a step was changed."""
    return cursors.checksum(base, _STATE) if layout.has(_TABLE, *_COLUMNS) else []


def read(
    base: Statements, layout: Layout, listed: Mapping[tuple[str, str, int], int]
) -> tuple[dict[tuple[str, str, int], int], tuple[LeftOut, ...]]:
    """Cents by (SKU, table, least quantity in ten-thousandths), and the steps that say nothing clear.

    `listed` holds the cents of one piece, under the quantity 0; a product without such a price has no steps.
    """
    steps: dict[tuple[str, str, int], int] = {}
    unclear: list[str] = []
    rows = base.rows(_STEPS) if layout.has(_TABLE, *_COLUMNS) else []
    for sku, table, quantity, kind, percent, amount in rows:
        key = ((sku or "").strip(), (table or "").strip())
        if key[1] and (*key, 0) not in listed:
            continue
        cents = _cents(listed.get((*key, 0), 0), kind, percent, amount)
        if not quantity or quantity <= 1 or cents is None:
            unclear.append(key[0])
        else:
            steps[(*key, to_e4(quantity))] = cents
    return steps, (LeftOut(UNCLEAR, "", len(unclear), unclear[0]),) if unclear else ()


def _cents(one_piece: int, kind: str | None, percent: Decimal | None, amount: Decimal | None) -> int | None:
    """What a piece costs then; None where there is no discount, or nothing would be left."""
    price = from_cents(one_piece)
    off = amount if (kind or "").strip().upper() == "V" else price * (percent or 0) / 100
    return to_cents(price - off) if off and 0 < off < price else None
