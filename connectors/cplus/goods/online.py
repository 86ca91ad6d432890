"""Marking a product for a shop, or unmarking it: a row of PRODUTOCARACTERISTICA."""

from __future__ import annotations

from datetime import datetime

from connectors.cplus.base.counters import take_key
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.settings import Options
from engine.errors import Refused

_WHERE = "FROM PRODUTOCARACTERISTICA WHERE CODPROD = ? AND CODCARACTERISTICA = ?"


def mark(session: Session, options: Options, sku: str, tag: str, online: bool, now: datetime) -> None:
    """Add or remove the tag, and stamp the product as changed. Raises Refused: "erp-unknown-sku", "erp-unknown-tag"."""
    layout = session.layout
    value = layout.fit("PRODUTOCARACTERISTICA", "CODCARACTERISTICA", tag)
    possible = layout.could_be_key("PRODUTO", "CODPROD", sku)
    with session.reading() as base:
        if not possible or base.row("SELECT 1 FROM PRODUTO WHERE CODPROD = ?", (sku,)) is None:
            raise Refused("erp-unknown-sku", sku, sku=sku)
        if base.row("SELECT 1 FROM CARACTERISTICA WHERE CODCARACTERISTICA = CAST(? AS VARCHAR(20))", (tag,)) is None:
            raise Refused("erp-unknown-tag", tag, tag=tag)
        if (base.row(f"SELECT 1 {_WHERE}", (sku, value)) is not None) == online:
            return
    key = take_key(session, options, "PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA") if online else ""

    def work(base: Statements) -> None:
        base.execute("UPDATE PRODUTO SET LAST_CHANGE = ? WHERE CODPROD = ?", (now, sku))
        if not online:
            base.execute(f"DELETE {_WHERE}", (sku, value))
        elif (
            base.row(f"SELECT 1 {_WHERE}", (sku, value)) is None
        ):  # the product's row is ours now: nobody adds it twice
            row = {
                "CODPRODUTOCARACTERISTICA": key,
                "CODPROD": sku,
                "CODCARACTERISTICA": tag,
                "DATACARACTERISTICA": now.date(),
            }
            base.execute(*layout.insert("PRODUTOCARACTERISTICA", row))

    session.write(work)
