"""Writing into an order's lines where their goods come from; a line of several places becomes a line for each.

Whatever a row of ORCAMENTOPROD holds is kept: what counts for the whole line (amounts, tax bases) is shared out so that
the sums stay what they were to the last digit, and the rest is repeated.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from connectors.cplus.base.counters import take_line_keys
from connectors.cplus.base.layout import Layout
from connectors.cplus.base.session import Statements, Value
from connectors.cplus.orders.sharing import Line, Share, parts_of
from connectors.cplus.settings import Options

_AMOUNTS = ("VALOR", "BASE")
_PER_UNIT = ("VALORUNIT", "VALORUNIDADE")
_OWN = "GUID"  # names this one row to others: a copy has none until C-Plus gives it one


def place(base: Statements, layout: Layout, options: Options, line: Line, shares: Sequence[Share]) -> None:
    """Let these shares of a line stand in its order, each with its company and sector."""
    if len(shares) > 1:
        _split(base, layout, options, line, shares)
    elif shares[0].place != line.place:
        _update(base, line.key, _where(shares[0]))


def _split(base: Statements, layout: Layout, options: Options, line: Line, shares: Sequence[Share]) -> None:
    columns = layout.columns("ORCAMENTOPROD")
    names = ", ".join(columns)
    found = base.row(f"SELECT {names} FROM ORCAMENTOPROD WHERE CODORCPROD = ?", (line.key,))
    assert found is not None, "the line was read in this transaction, and its order's row is ours"
    row = dict(zip(columns, found, strict=True))
    quantities = [share.quantity for share in shares]
    amounts = {
        column: parts_of(value, quantities)
        for column, value in row.items()
        if isinstance(value, Decimal) and column.startswith(_AMOUNTS) and not column.startswith(_PER_UNIT)
    }
    parts = [
        {**{column: of_shares[number] for column, of_shares in amounts.items()}, "QUANTIDADE": share.quantity}
        | _where(share)
        for number, share in enumerate(shares)
    ]
    _update(base, line.key, parts[0])
    keys = take_line_keys(base, layout, options, len(shares) - 1)
    number = _last_number(base, layout, row["CODORC"])
    marks = ", ".join("?" * len(columns))
    for step, (key, part) in enumerate(zip(keys, parts[1:], strict=True), start=1):
        values = row | part | {"CODORCPROD": key, _OWN: None, "NUMEROITEM": number + step}
        base.execute(f"INSERT INTO ORCAMENTOPROD ({names}) VALUES ({marks})", [values[column] for column in columns])


def _where(share: Share) -> dict[str, Value]:
    company, sector = share.place
    return {"CODEMPRESAESTOQUE": company, "CODSETORESTOQUE": sector}


def _update(base: Statements, key: str, values: Mapping[str, Value]) -> None:
    columns = ", ".join(f"{column} = ?" for column in values)
    base.execute(f"UPDATE ORCAMENTOPROD SET {columns} WHERE CODORCPROD = ?", (*values.values(), key))


def _last_number(base: Statements, layout: Layout, order: Value) -> int:
    if not layout.has("ORCAMENTOPROD", "NUMEROITEM"):
        return 0
    row = base.row("SELECT MAX(NUMEROITEM) FROM ORCAMENTOPROD WHERE CODORC = ?", (order,))
    return int(row[0] or 0) if row is not None else 0
