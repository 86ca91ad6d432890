"""What is said of some goods for a time: promotions, prices by quantity, and orders to suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.catalogue import SPECIALS_FROM, Item

PROMOTION = "000000001"
PROMOTED, STEPPED, ON_ORDER = 3, 3, 4  # so many products of each
OPEN_ORDER, DONE_ORDER = "000001", "000002"


def rows(items: Sequence[Item], today: date) -> r.Rows:
    """Rows of the base's offers; none in a small base. They concern single goods near the end of the catalogue."""
    tables = ("PROMOCAO", "PROMOCAOPRODUTO", "PRODUTOPRECOESCALONADO", "PEDIDO", "PEDIDOITEM")
    plain = [item for item in items if not item.grid and not item.parts and item.online and r.VAREJO in item.prices]
    sound = [item for item in plain if item.active and item.sellable and item.kind.unit == "UN"]
    if len(items) < SPECIALS_FROM:
        return {table: [] for table in tables}
    goods = iter(reversed(sound))
    promoted, stepped, ordered = ([next(goods) for _ in range(n)] for n in (PROMOTED, STEPPED, ON_ORDER))
    return {
        "PROMOCAO": [
            {
                "CODPROMOCAO": PROMOTION,
                "NOMEPROMOCAO": "QUINZENA DA CASA",
                "DATAINI": today - timedelta(days=3),
                "DATAFIN": today + timedelta(days=11),
            }
        ],
        "PROMOCAOPRODUTO": [
            {
                "CODPROMOCAOPRODUTO": r.key(n),
                "CODPROMOCAO": PROMOTION,
                "CODPROD": item.key,
                "PRECO": (item.prices[r.VAREJO] * Decimal("0.85")).quantize(Decimal("0.01")),
            }
            for n, item in enumerate(promoted, start=1)
        ],
        "PRODUTOPRECOESCALONADO": [
            {
                "CODPRODUTOPRECOESCALONADO": r.key(n),
                "CODPROD": item.key,
                "CODPRECO": r.VAREJO,
                "QUANTIDADE": quantity,
                "FLAGTIPODESCONTO": "A",
                "ALIQDESCONTO": percent,
            }
            for n, (item, quantity, percent) in enumerate(
                ((item, quantity, percent) for item in stepped for quantity, percent in ((6, 5), (12, 10))), start=1
            )
        ],
        "PEDIDO": [
            _order(OPEN_ORDER, today - timedelta(days=8), today + timedelta(days=9)),
            _order(DONE_ORDER, today - timedelta(days=40), today - timedelta(days=30)),
        ],
        "PEDIDOITEM": [
            {
                "CODPEDIDOITEM": r.key(n),
                "CODPED": order,
                "CODPROD": item.key,
                "QUANTIDADE": 12,
                "QUANTIDADERECEBIDA": received,
            }
            for n, (item, order, received) in enumerate(
                (pair for item in ordered for pair in ((item, OPEN_ORDER, 2), (item, DONE_ORDER, 12))), start=1
            )
        ],
    }


def _order(code: str, placed: date, expected: date) -> r.Row:
    return {
        "CODPED": code,
        "CODEMPRESA": r.COMPANY,
        "CODSETORESTOQUE": r.DEPOSITO,
        "DATA": placed,
        "PREVISAO": expected,
    }
