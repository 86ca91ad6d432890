"""Whether the Firebird user may do what Integra will do: the server judges the statements, none of them is run."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.base.layout import OPTIONAL, REQUIRED
from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark

# table, a column that is always there, what is done to the table
WRITTEN = (
    ("CODIGO", "ULTIMOCODIGO", ("UPDATE",)),
    ("CLIENTE", "CODCLI", ("INSERT", "UPDATE")),
    ("CLIENTECARACTERISTICA", "CODCLIENTECARACTERISTICA", ("INSERT",)),
    ("ORCAMENTO", "CODORC", ("INSERT", "UPDATE")),
    ("ORCAMENTOPROD", "CODORCPROD", ("INSERT", "UPDATE")),
    ("PRODUTO", "LAST_CHANGE", ("UPDATE",)),
    ("PRODUTOCARACTERISTICA", "CODPRODUTOCARACTERISTICA", ("INSERT", "DELETE")),
    ("PRODUTOESTOQUE", "RESERVADOORCAMENTO", ("UPDATE",)),
)

_STATEMENTS = {
    "SELECT": "SELECT {column} FROM {table} WHERE 1 = 0",
    "INSERT": "INSERT INTO {table} ({column}) VALUES (NULL)",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE 1 = 0",
    "DELETE": "DELETE FROM {table} WHERE 1 = 0",
}


def rights(base: Base) -> Iterator[Finding]:
    """Every table that is read or written, as far as the base has it."""
    wanted = [("SELECT", table, columns[0]) for table, columns in REQUIRED.items()]
    wanted += [("SELECT", table, next(iter(base.tables[table]))) for table in OPTIONAL if base.has(table)]
    wanted += [(deed, table, column) for table, column, deeds in WRITTEN for deed in deeds]
    if base.options.missing_stock_row == "insert":
        wanted.append(("INSERT", "PRODUTOESTOQUE", "RESERVADOORCAMENTO"))
    if base.options.payments == "write":
        wanted.append(("INSERT", "ORCAMENTOREC", "CODORCAMENTOREC"))
    missing = [
        f"{deed} {table}"
        for deed, table, column in wanted
        if base.has(table, column) and not base.would_be_allowed(_STATEMENTS[deed].format(table=table, column=column))
    ]
    (user,) = base.row("SELECT TRIM(CURRENT_USER) FROM RDB$DATABASE")
    if missing:
        yield Finding("rights.missing", Mark.WRONG, {"user": user, "n": len(missing)}, missing)
    else:
        yield Finding("rights.enough", Mark.OK, {"user": user, "n": len(wanted)})


QUESTIONS = (rights,)
