"""Integra's own triggers in a C-Plus base, for owners who want them: a log of what was changed, and a doorbell.

Nothing is installed unasked. The log only takes rows in, each with a number of its own, so that two tills never wait
for each other on it; a trigger fires after those of the base and never fails the sale that fired it. What Integra
itself writes is not logged: its connections are marked (`opening.MARK`).
"""

# ruff: noqa: S608 - every name in these statements is a word of ours

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firebird.driver.types import DatabaseError

from connectors.cplus.base.actor import Actor
from connectors.cplus.base.opening import MARK, Opener
from connectors.cplus.base.session import Session, Statements
from connectors.cplus.settings import Options
from engine.errors import NeedsPerson, RetryLater
from engine.ports import Surroundings

LOG = "INTEGRA_CHANGE"
SEQUENCE = "INTEGRA_CHANGE_ID"
INDEX = "INTEGRA_CHANGE_TX"
EVENT = "INTEGRA_CHANGE"
POSITION = 32_000
"""Of 32,767: after the triggers that C-Plus may have."""

PRIVILEGES_ON_SEQUENCES_SINCE = 3.0  # Firebird

_IN_USE = frozenset({335544453})

_ANY = "INSERT OR UPDATE OR DELETE"


class Watched(NamedTuple):
    """A table, the part of the engine's work that its rows belong to, the column that is logged, and on what."""

    table: str
    part: str
    key: str
    on: str = _ANY


WATCHED = (
    Watched("PRODUTOESTOQUE", "stock", "CODPROD"),
    Watched("PRODUTOPRECO", "prices", "CODPROD"),
    Watched("PRODUTOPRECOESCALONADO", "prices", "CODPRODUTOPRECOESCALONADO"),
    Watched("PRECO", "prices", "CODPRECO"),
    Watched("PROMOCAO", "prices", "CODPROMOCAO"),
    Watched("PROMOCAOPRODUTO", "prices", "CODPROD"),
    Watched("PRODUTO", "catalogue", "CODPROD"),
    Watched("PRODUTOCARACTERISTICA", "catalogue", "CODPROD"),
    Watched("PRODUTOCODIGO", "catalogue", "CODPROD"),
    Watched("PRODUTOGRADE", "catalogue", "CODPRODGRADE"),
    Watched("COMPOSICAO", "catalogue", "CODPROD"),
    Watched("PRODUTOFOTO", "photos", "CODPROD"),
    Watched("CLIENTE", "customers", "CODCLI"),
    Watched("CLIENTECARACTERISTICA", "customers", "CODCLI"),
    Watched("ORCAMENTO", "orders", "CODORC"),
    Watched("ORCAMENTOVENDA", "orders", "CODORCPROD"),
    # A counter sale writes these too, and is told by its stock: only what happens to a sale later says anything new.
    Watched("MOVENDA", "orders", "CODMOVENDA", "UPDATE OR DELETE"),
    Watched("DOCUMENTO", "orders", "CODDOCUMENTO"),
    Watched("NFELETRONICA", "orders", "IDENTIDADEORIGEM"),
)
PARTS = frozenset(watched.part for watched in WATCHED)


def name_of(table: str) -> str:
    """The trigger's name; 31 characters are the most that Firebird 2.5 takes."""
    return f"INTEGRA_{table}"


def source_of(watched: Watched) -> str:
    """The body of a trigger. What goes wrong in it is swallowed: the whole comparison finds the change later."""
    row = f"COALESCE(NEW.{watched.key}, OLD.{watched.key})"
    return f"""AS
BEGIN
  IF (RDB$GET_CONTEXT('USER_SESSION', '{MARK}') IS NULL) THEN
  BEGIN
    INSERT INTO {LOG} (ID, TRANSACTION_ID, PART, ROW_KEY)
    VALUES (GEN_ID({SEQUENCE}, 1), CURRENT_TRANSACTION, '{watched.part}', CAST({row} AS VARCHAR(60)));
    POST_EVENT '{EVENT}';
  END
  WHEN ANY DO
  BEGIN
  END
END"""


@dataclass(frozen=True, slots=True)
class State:
    """How the triggers stand: those of tables that this base has. `log`, `sequence` = the log's are there."""

    log: bool
    sequence: bool
    whole: tuple[str, ...]
    missing: tuple[str, ...]
    inactive: tuple[str, ...]
    altered: tuple[str, ...]  # another text than this version of Integra would install

    @property
    def works(self) -> bool:
        """Whether the log tells of everything."""
        return self.log and not (self.missing or self.inactive or self.altered)

    @property
    def nothing(self) -> bool:
        """Whether nothing of ours is there."""
        return not (self.log or self.sequence or self.whole or self.inactive or self.altered)

    @property
    def outdated(self) -> bool:
        """Whether another version of Integra installed them: what drops or switches off triggers does not rewrite them.

        Those that are missing beside them may be of tables that version did not watch.
        """
        return self.log and bool(self.altered)

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps the log from being relied on, by name."""
        return (*(() if self.log else (LOG,)), *self.missing, *self.inactive, *self.altered)


_COLUMNS = """
SELECT TRIM(r.RDB$RELATION_NAME), TRIM(r.RDB$FIELD_NAME) FROM RDB$RELATION_FIELDS r
JOIN RDB$RELATIONS t ON t.RDB$RELATION_NAME = r.RDB$RELATION_NAME AND t.RDB$VIEW_BLR IS NULL
WHERE r.RDB$RELATION_NAME IN ({})
"""
_TRIGGERS = """
SELECT TRIM(RDB$TRIGGER_NAME), TRIM(RDB$RELATION_NAME), COALESCE(RDB$TRIGGER_INACTIVE, 0), RDB$TRIGGER_SOURCE
FROM RDB$TRIGGERS WHERE RDB$TRIGGER_NAME IN ({})
"""
_HAS_TABLE = "SELECT 1 FROM RDB$RELATIONS WHERE RDB$RELATION_NAME = ?"
_HAS_SEQUENCE = "SELECT 1 FROM RDB$GENERATORS WHERE RDB$GENERATOR_NAME = ?"


def state(session: Session) -> State:
    """Look at the base's own catalogue."""
    with session.reading() as base:
        return _state(base, _watched(base))


def _watched(base: Statements) -> tuple[Watched, ...]:
    """The tables of this base that are to be logged: those that have the column."""
    columns = {(table, column) for table, column in base.rows_in(_COLUMNS, [watched.table for watched in WATCHED])}
    return tuple(watched for watched in WATCHED if (watched.table, watched.key) in columns)


def _ours(base: Statements) -> Mapping[str, tuple[bool, str]]:
    """Triggers by our names that fill our log: inactive or not, and their text. Others of such a name are not ours."""
    rows = base.rows_in(_TRIGGERS, [name_of(watched.table) for watched in WATCHED])
    return {name: (bool(inactive), str(source or "")) for name, _, inactive, source in rows if LOG in str(source or "")}


def _state(base: Statements, wanted: Sequence[Watched]) -> State:
    there = _ours(base)
    found: dict[str, list[str]] = {"whole": [], "missing": [], "inactive": [], "altered": []}
    for watched in wanted:
        name = name_of(watched.table)
        inactive, source = there.get(name, (False, ""))
        if name not in there:
            verdict = "missing"
        elif inactive:
            verdict = "inactive"
        else:
            verdict = "whole" if _same(source, source_of(watched)) else "altered"
        found[verdict].append(name)
    log, sequence = _stand(base)
    return State(log, sequence, **{verdict: tuple(names) for verdict, names in found.items()})


def _stand(base: Statements) -> tuple[bool, bool]:
    """Whether the table of the log is there, and its sequence; either may have been dropped by hand."""
    return base.row(_HAS_TABLE, (LOG,)) is not None, base.row(_HAS_SEQUENCE, (SEQUENCE,)) is not None


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()


def script(wanted: Sequence[Watched], *, sequence_privileges: bool) -> tuple[str, ...]:
    """The statements of an installation, in their order, fit for one transaction.

    The rights come before the first trigger: a till that may not write the log could not sell.
    """
    return (
        f"CREATE TABLE {LOG} (ID BIGINT NOT NULL, TRANSACTION_ID BIGINT NOT NULL,"
        " PART VARCHAR(10) NOT NULL, ROW_KEY VARCHAR(60))",
        f"CREATE INDEX {INDEX} ON {LOG} (TRANSACTION_ID)",
        f"CREATE SEQUENCE {SEQUENCE}",
        f"GRANT SELECT, INSERT, DELETE ON {LOG} TO PUBLIC",
        *((f"GRANT USAGE ON SEQUENCE {SEQUENCE} TO PUBLIC",) if sequence_privileges else ()),
        *(_create(watched) for watched in wanted),
    )


def _create(watched: Watched) -> str:
    head = f"CREATE TRIGGER {name_of(watched.table)} FOR {watched.table} ACTIVE AFTER {watched.on} POSITION {POSITION}"
    return f"{head}\n{source_of(watched)}"


def _drops(base: Statements) -> Iterator[str]:
    yield from (f"DROP TRIGGER {name}" for name in _ours(base))


class Triggers:
    """The tool that installs and removes them. Calls raise the errors of a port's call."""

    def __init__(self, options: Options, password: str, surroundings: Surroundings) -> None:
        self._timeout_s = options.write_timeout_s
        self._actor = Actor("cplus-triggers", Opener(options, password, surroundings).session)

    async def state(self) -> State:
        """How they stand."""
        return await self._actor.run(state, self._timeout_s)

    async def script(self) -> tuple[str, ...]:
        """What `install` would execute in this base."""
        return await self._actor.run(_script_for, self._timeout_s)

    async def install(self) -> State:
        """Install all of them in one transaction, in place of what an earlier version left; tells how they stand then.

        Raises NeedsPerson("erp-trigger-name-taken") where a trigger of such a name is not ours.
        """
        return await self._actor.run(_install, self._timeout_s)

    async def remove(self) -> State:
        """Remove them, then the log; nothing else. Raises RetryLater("erp-log-in-use"): the triggers are gone then.

        Firebird up to 3.0 keeps a table for as long as a connection that used it stays, later ones while a transaction
        does: the next call removes the log.
        """
        return await self._actor.run(_remove, self._timeout_s)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._actor.close()


def _script_for(session: Session) -> tuple[str, ...]:
    privileges = session.connection.info.engine_version >= PRIVILEGES_ON_SEQUENCES_SINCE
    with session.reading() as base:
        return script(_watched(base), sequence_privileges=privileges)


def _install(session: Session) -> State:
    statements = _script_for(session)
    with session.reading() as base:
        ours = _ours(base)
        rows = base.rows_in(_TRIGGERS, [name_of(watched.table) for watched in WATCHED])
        taken = sorted({str(name) for name, *_ in rows} - ours.keys())
        log, sequence = _stand(base)
    if taken:
        raise NeedsPerson("erp-trigger-name-taken", ", ".join(taken), names=", ".join(taken))
    there = {*((LOG, INDEX) if log else ()), *((SEQUENCE,) if sequence else ())}
    creating = [statement for statement in statements if statement.split()[2] not in there]

    def work(base: Statements) -> None:
        for statement in (*_drops(base), *creating):
            base.execute(statement)

    session.write(work)
    return state(session)


def _remove(session: Session) -> State:
    def drop_triggers(base: Statements) -> None:
        for statement in tuple(_drops(base)):
            base.execute(statement)

    def drop_log(base: Statements) -> None:
        if base.row(_HAS_TABLE, (LOG,)) is not None:
            base.execute(f"DROP TABLE {LOG}")
        if base.row(_HAS_SEQUENCE, (SEQUENCE,)) is not None:
            base.execute(f"DROP SEQUENCE {SEQUENCE}")

    session.write(drop_triggers)
    try:
        session.write(drop_log)
    except DatabaseError as error:
        if _IN_USE & set(error.gds_codes):
            raise RetryLater("erp-log-in-use", str(error), table=LOG) from error
        raise
    return state(session)
