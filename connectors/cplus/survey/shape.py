"""Tables and columns: what this base lacks, what is a number here and text elsewhere, and how wide the keys are."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.base.layout import REQUIRED
from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark

# A column that not every layout has -> what is lost without it, as the console words it.
LOSSES = (
    ("CLIENTE", "NUMEROLOGRADOURO", "street-number"),
    ("CLIENTE", "COMPLEMENTOLOGRADOURO", "address-complement"),
    ("CLIENTE", "INDIEDEST", "taxpayer-kind"),
    ("MOVENDA", "CODMOVENDASTATUS", "sale-status"),
    ("NFCELETRONICA", "CHAVEACESSONFCELETRONICA", "nfce"),
    ("ORCAMENTO", "DATAFATURADO", "invoiced-at"),
    ("ORCAMENTO", "NUMEROORCAMENTO", "order-number"),
    ("ORCAMENTO", "ENTREGANUMERO", "delivery-number"),
    ("ORCAMENTO", "CODINTERMEDIADOR", "intermediary"),
    ("ORCAMENTOPROD", "FLAGITEMCANCELADO", "cancelled-line"),
    ("PRECO", "FLAGINATIVA", "inactive-table"),
    ("PRODUTO", "ALTURA", "measures"),
    ("PRODUTO", "NOMEPRODWEB", "web-name"),
    ("PRODUTO", "OBSSITE", "site-text"),
    ("PRODUTO", "PRAZOENTREGA", "delivery-days"),
)

# Keys that are numbers in older layouts.
_KEYS = (
    ("CLIENTECARACTERISTICA", "CODCLIENTECARACTERISTICA"),
    ("PRODUTOCARACTERISTICA", "CODCARACTERISTICA"),
    ("PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA"),
    ("PRODUTOCODIGO", "ID"),
    ("SECAO", "CODSEC"),
)


def columns(base: Base) -> Iterator[Finding]:
    """Columns without which nothing works, and those whose lack costs something."""
    missing = [f"{t}.{c}" for t, known in REQUIRED.items() for c in known if not base.has(t, c)]
    if missing:
        yield Finding("shape.missing", Mark.WRONG, {"n": len(missing)}, missing)
    else:
        yield Finding("shape.complete", Mark.OK, {"tables": len(base.tables)})
    for table, column, loss in LOSSES:
        if not base.has(table, column):
            yield Finding(f"shape.lost-{loss}", Mark.UNKNOWN, {"column": f"{table}.{column}"})


def keys(base: Base) -> Iterator[Finding]:
    """Which layout it is, by its keys."""
    numbers = [f"{t}.{c}" for t, c in _KEYS if (column := base.column(t, c)) is not None and column.is_integer]
    yield Finding("shape.number-keys" if numbers else "shape.text-keys", Mark.OK, {"n": len(numbers)}, numbers)


def customer_code(base: Base) -> Iterator[Finding]:
    """CLIENTE.CODIGO, which may not be empty and differs in length from store to store."""
    column = base.column("CLIENTE", "CODIGO")
    if column is None:
        return
    rows = base.rows(
        "SELECT CHAR_LENGTH(TRIM(CODIGO)), COUNT(*) FROM (SELECT FIRST 2000 CODIGO FROM CLIENTE)"
        " GROUP BY 1 ORDER BY 2 DESC"
    )
    yield Finding("shape.customer-code", Mark.OK, {"width": column.width}, [f"{length}: {n}" for length, n in rows[:5]])


def shop_customer_id(base: Base) -> Iterator[Finding]:
    """CLIENTE.CODCLILOJAVIRTUAL: its kind, and whether somebody writes it."""
    column = base.column("CLIENTE", "CODCLILOJAVIRTUAL")
    if column is None:
        yield Finding("shape.no-shop-customer-id", Mark.OK)
        return
    (used,) = base.row("SELECT COUNT(CODCLILOJAVIRTUAL) FROM CLIENTE")
    kind = f"VARCHAR({column.width})" if column.is_text else "INTEGER"
    yield Finding("shape.shop-customer-id", Mark.OK, {"kind": kind, "used": used})


QUESTIONS = (columns, keys, customer_code, shop_customer_id)
