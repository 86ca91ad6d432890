"""Whether the Firebird user may do what Integra will do: the server judges the statements, none of them is run."""

# ruff: noqa: S608 - names of tables, columns and generators are our own or the base's

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.cplus.base.layout import OPTIONAL, REQUIRED
from connectors.cplus.settings import LINE_KEYS
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

_GENERATORS = "SELECT TRIM(RDB$GENERATOR_NAME) FROM RDB$GENERATORS WHERE COALESCE(RDB$SYSTEM_FLAG, 0) = 0"

_PLAIN = re.compile("[A-Z][A-Z0-9_$]*")

_STATEMENTS = {
    "SELECT": "SELECT {column} FROM {table} WHERE 1 = 0",
    "INSERT": "INSERT INTO {table} ({column}) VALUES (NULL)",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE 1 = 0",
    "DELETE": "DELETE FROM {table} WHERE 1 = 0",
}


def rights(base: Base) -> Iterator[Finding]:
    """Every table that is read or written and every generator that gives keys, as far as the base has them.

    What is missing is told as the statement that its owner has to type. (Firebird 2.5 has no rights on generators, and
    lets everybody use them.)
    """
    (user,) = base.row("SELECT TRIM(CURRENT_USER) FROM RDB$DATABASE")
    tried, missing = 0, list[str]()
    for grant, statement in (*_on_tables(base), *_on_generators(base)):
        tried += 1
        if not base.would_be_allowed(statement):
            missing.append(f"GRANT {grant} TO {_as_typed(user)};")
    if missing:
        yield Finding("rights.missing", Mark.WRONG, {"user": user, "n": len(missing)}, missing)
    else:
        yield Finding("rights.enough", Mark.OK, {"user": user, "n": tried})


def _on_tables(base: Base) -> Iterator[tuple[str, str]]:
    """Each right as a GRANT names it, and a statement that needs it."""
    wanted = [("SELECT", table, columns[0]) for table, columns in REQUIRED.items()]
    wanted += [("SELECT", table, next(iter(base.tables[table]))) for table in OPTIONAL if base.has(table)]
    wanted += [(deed, table, column) for table, column, deeds in WRITTEN for deed in deeds]
    if base.options.missing_stock_row == "insert":
        wanted.append(("INSERT", "PRODUTOESTOQUE", "RESERVADOORCAMENTO"))
    if base.options.payments == "write":
        wanted.append(("INSERT", "ORCAMENTOREC", "CODORCAMENTOREC"))
    for deed, table, column in wanted:
        if base.has(table, column):
            yield f"{deed} ON {table}", _STATEMENTS[deed].format(table=table, column=column)


def _on_generators(base: Base) -> Iterator[tuple[str, str]]:
    there = {str(name) for (name,) in base.rows(_GENERATORS)}
    for name in sorted(there & {*(LINE_KEYS | base.options.generators).values()}):
        yield f"USAGE ON SEQUENCE {name}", f"SELECT GEN_ID({name}, 0) FROM RDB$DATABASE"


def _as_typed(user: str) -> str:
    """Quoted where the name is none that Firebird would take as it stands."""
    return user if _PLAIN.fullmatch(user) else '"' + user.replace('"', '""') + '"'


QUESTIONS = (rights,)
