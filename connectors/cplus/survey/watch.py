"""Watching one product while a person reserves, cancels and invoices it in C-Plus's own screens. Reads only.

Each look is one short snapshot: the product's stock rows, the orders and sales that name it, locks and counters.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from connectors.cplus.base.actor import Actor
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.session import Session, Statements, Value
from connectors.cplus.base.text import yes
from connectors.cplus.base.when import to_local
from connectors.cplus.settings import Options
from connectors.cplus.survey import foreign_triggers
from connectors.cplus.survey.habit import ZERO, Habit, OrderView, Proposal, Seen, View
from engine.errors import Refused
from engine.ports import Surroundings

T = TypeVar("T")

KEYS: Mapping[str, tuple[str, ...]] = {
    "PRODUTOESTOQUE": ("CODPROD", "CODEMPRESA", "CODSETORESTOQUE"),
    "ORCAMENTO": ("CODORC",),
    "ORCAMENTOPROD": ("CODORCPROD",),
    "MOVENDA": ("CODMOVENDA",),
    "MOVENDAPROD": ("CODMOVPROD",),
    "ORCAMENTOVENDA": ("CODORCPROD", "CODMOVPROD"),
    "CONTROLELOCK": ("NOMEENTIDADE", "IDENTIDADE"),
    "CODIGO": ("NOMETABELA", "NOMECAMPO"),
}
"""The tables that are looked at, and what names a row; one that the base lacks is left out."""

KNOWN_ORDERS_MAX = 200
"""Orders from before the watch that are followed, the newest ones; of later ones all are."""

LOCKS_MAX = 200

# Who the customer is shows nothing about reservations and does not belong in a file sent to support.
_PERSONAL = ("NOME", "CONTATO", "ENTREGA", "OBS", "CPF", "CNPJ", "DESCRICAO")

_COLUMNS = """
SELECT TRIM(r.RDB$RELATION_NAME), TRIM(r.RDB$FIELD_NAME)
FROM RDB$RELATION_FIELDS r JOIN RDB$FIELDS f ON f.RDB$FIELD_NAME = r.RDB$FIELD_SOURCE
WHERE r.RDB$RELATION_NAME IN ({}) AND f.RDB$FIELD_TYPE <> 261
ORDER BY r.RDB$RELATION_NAME, r.RDB$FIELD_POSITION
"""

RowKey = tuple[str, str]
Row = Mapping[str, str]
Picture = Mapping[RowKey, Row]
"""Rows by table and key, each value as text; what is NULL is left out."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A value that moved, `at` local to the base; None = nothing there. Column "" is a row come or gone, as a whole."""

    at: datetime
    table: str
    key: str
    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What moved since the last look, and the steps that are over."""

    movements: tuple[Movement, ...]
    seen: Sequence[Seen]


class Watch:
    """The watch over one product. Raises the errors of a port's call; after one, the next look goes on."""

    def __init__(self, options: Options, password: str, surroundings: Surroundings) -> None:
        self._options = options
        self._clock = surroundings.clock
        self._actor = Actor("cplus-watch", Opener(options, password, surroundings).session)
        self._subject: _Subject | None = None
        self._picture: Picture = {}
        self._habit = Habit()

    async def begin(self, sku: str) -> tuple[str, Decimal, Decimal]:
        """Take the first picture; tells name, pieces on hand, pieces reserved. Raises Refused."""
        name, subject, self._habit.triggers = await self._do(lambda session: _subject(session, sku))
        self._subject = subject
        self._picture = await self._do(subject.picture)
        view = _view(self._picture)
        self._habit.take(view, self._now())
        return name, view.on_hand, view.reserved

    async def look(self) -> Look:
        """What moved since the last look."""
        assert self._subject is not None, "begin comes first"
        picture = await self._do(self._subject.picture)
        now = self._now()
        movements = tuple(_movements(self._picture, picture, now))
        self._picture = picture
        return Look(movements, self._habit.take(_view(picture), now))

    def finish(self) -> Proposal:
        """What was learnt; a step under way counts as over."""
        self._habit.finish(self._now())
        return self._habit.proposal()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._actor.close()

    async def _do(self, work: Callable[[Session], T]) -> T:
        return await self._actor.run(work, self._options.read_timeout_s)

    def _now(self) -> datetime:
        return to_local(self._clock.now(), self._options.zone)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is looked at: the product, the orders known at the start, and the keys after which rows are new."""

    sku: str
    columns: Mapping[str, tuple[str, ...]]
    orders: tuple[str, ...]
    last_line: Value
    last_sale_line: Value

    def picture(self, session: Session) -> Picture:
        """All rows, from one moment."""
        found: dict[RowKey, Row] = {}
        with session.reading(snapshot=True) as base:
            found |= self._rows(base, "PRODUTOESTOQUE", "WHERE CODPROD = ?", [self.sku])
            new = "WHERE CODPROD = ? AND {key} > ?"
            lines = self._rows(base, "ORCAMENTOPROD", new.format(key="CODORCPROD"), [self.sku, self.last_line])
            known = self._rows_in(base, "ORCAMENTOPROD", "CODORC", self.orders)
            lines |= {place: row for place, row in known.items() if row.get("CODPROD") == self.sku}
            links = self._rows_in(base, "ORCAMENTOVENDA", "CODORCPROD", _values(lines, "CODORCPROD"))
            sales = self._rows(base, "MOVENDAPROD", new.format(key="CODMOVPROD"), [self.sku, self.last_sale_line])
            found |= lines | links | sales
            found |= self._rows_in(base, "ORCAMENTO", "CODORC", _values(lines, "CODORC"))
            found |= self._rows_in(base, "MOVENDA", "CODMOVENDA", _values(sales, "CODMOVENDA"))
            found |= self._rows(base, "CONTROLELOCK", f"ROWS {LOCKS_MAX}")
            found |= self._rows(base, "CODIGO", "")
        return found

    def _rows_in(self, base: Statements, table: str, column: str, values: Iterable[str]) -> dict[RowKey, Row]:
        if not self._has_key(table):
            return {}
        sql = f"SELECT {', '.join(self.columns[table])} FROM {table} WHERE {column} IN ({{}})"
        return self._named(table, base.rows_in(sql, sorted(set(values))))

    def _rows(self, base: Statements, table: str, where: str, values: Sequence[Value] = ()) -> dict[RowKey, Row]:
        if not self._has_key(table):
            return {}
        return self._named(table, base.rows(f"SELECT {', '.join(self.columns[table])} FROM {table} {where}", values))

    def _has_key(self, table: str) -> bool:
        return set(KEYS[table]) <= set(self.columns.get(table, ()))

    def _named(self, table: str, rows: Iterable[Sequence[Value]]) -> dict[RowKey, Row]:
        found: dict[RowKey, Row] = {}
        for values in rows:
            pairs = zip(self.columns[table], values, strict=True)
            row = {column: str(value).strip() for column, value in pairs if value is not None}
            found[table, "/".join(row.get(column, "") for column in KEYS[table])] = row
        return found


def _subject(session: Session, sku: str) -> tuple[str, _Subject, tuple[str, ...]]:
    if not session.layout.could_be_key("PRODUTO", "CODPROD", sku):
        raise Refused("erp-no-such-product", sku, sku=sku)
    with session.reading() as base:
        product = base.row("SELECT NOMEPROD FROM PRODUTO WHERE CODPROD = ?", (sku,))
        if product is None:
            raise Refused("erp-no-such-product", sku, sku=sku)
        columns: dict[str, list[str]] = {}
        for table, column in base.rows_in(_COLUMNS, list(KEYS)):
            columns.setdefault(table, []).append(column)
        orders = base.rows(
            f"SELECT DISTINCT CODORC FROM ORCAMENTOPROD WHERE CODPROD = ? ORDER BY CODORC DESC ROWS {KNOWN_ORDERS_MAX}",
            (sku,),
        )
        subject = _Subject(
            sku=sku,
            columns={table: tuple(found) for table, found in columns.items()},
            orders=tuple(str(key).strip() for (key,) in orders),
            last_line=_highest(base, session, "ORCAMENTOPROD", "CODORCPROD"),
            last_sale_line=_highest(base, session, "MOVENDAPROD", "CODMOVPROD"),
        )
        triggers = foreign_triggers.setting(base, "PRODUTOESTOQUE", "RESERVADOORCAMENTO")
    return str(product[0] or "").strip(), subject, triggers


def _highest(base: Statements, session: Session, table: str, column: str) -> Value:
    row = base.row(f"SELECT MAX({column}) FROM {table}")
    nothing = 0 if session.layout.is_integer(table, column) else ""
    return nothing if row is None or row[0] is None else row[0]


def _values(rows: Mapping[RowKey, Row], column: str) -> list[str]:
    return [row[column] for row in rows.values() if column in row]


def _movements(before: Picture, after: Picture, at: datetime) -> Iterator[Movement]:
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place), after.get(place)
        if old is None or new is None:
            yield Movement(at, *place, "", _told(old), _told(new))
            continue
        for column in sorted(old.keys() | new.keys()):
            if old.get(column) != new.get(column):
                yield Movement(at, *place, column, old.get(column), new.get(column))


def _told(row: Row | None) -> str | None:
    """A row on one line, without what is zero and without the person it is about."""
    if row is None:
        return None
    shown = (f"{name}={value}" for name, value in row.items() if not name.startswith(_PERSONAL) and not _is_zero(value))
    return ", ".join(shown)


def _is_zero(value: str) -> bool:
    return not value.strip("0.")


def _view(picture: Picture) -> View:
    of = {table: [row for (name, _), row in picture.items() if name == table] for table in KEYS}
    linked_lines = {row.get("CODORCPROD", "") for row in of["ORCAMENTOVENDA"]}
    linked_sales = {row.get("CODMOVPROD", "") for row in of["ORCAMENTOVENDA"]}
    headers = {row["CODORC"]: row for row in of["ORCAMENTO"]}
    cancelled_sales = {row["CODMOVENDA"] for row in of["MOVENDA"] if yes(row.get("FLAGCANCELADA"))}
    orders: dict[str, OrderView] = {}
    for line in of["ORCAMENTOPROD"]:
        header = headers.get(line.get("CODORC", ""))
        if header is None:
            continue
        former = orders.get(header["CODORC"])
        invoiced = "DATAFATURADO" in header or "NUMCUPOM" in header or line["CODORCPROD"] in linked_lines
        orders[header["CODORC"]] = OrderView(
            quantity=(former.quantity if former else ZERO) + Decimal(line.get("QUANTIDADE", "0")),
            reserved=yes(header.get("FLAGRESERVADO")),
            cancelled=yes(header.get("FLAGCANCELADO")),
            invoiced=invoiced or (former is not None and former.invoiced),
        )
    return View(
        on_hand=sum((Decimal(row.get("ESTATU", "0")) for row in of["PRODUTOESTOQUE"]), ZERO),
        reserved=sum((Decimal(row.get("RESERVADOORCAMENTO", "0")) for row in of["PRODUTOESTOQUE"]), ZERO),
        orders=orders,
        sales={
            row["CODMOVPROD"]: Decimal(row.get("QUANTIDADE", "0"))
            for row in of["MOVENDAPROD"]
            if row["CODMOVPROD"] not in linked_sales and row.get("CODMOVENDA") not in cancelled_sales
        },
    )
