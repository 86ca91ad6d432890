"""The Firebird server: what it is, who keeps transactions open, and how it finds out that a client has died."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.cplus.base import charsets
from connectors.cplus.survey.asking import Base
from engine.survey import Finding, Mark, Proposal

DIALECT = 3
LONG_MINUTES = 30
GAP_MAX = 100_000
"""Transactions between the oldest active one and the next: beyond it every reader wades through old versions of rows
(Firebird sweeps by itself at a gap of 20,000 where that is left on, and cannot while a transaction stands open)."""
CONFIG_SINCE = 4.0

_DEAD_CLIENT_KEYS = ("ConnectionIdleTimeout", "DummyPacketInterval")
# Read-only and read committed: holds nothing back (MON$ISOLATION_MODE 0 and 1 are consistency and snapshot).
_OPEN = """
SELECT DATEDIFF(MINUTE, t.MON$TIMESTAMP, CURRENT_TIMESTAMP), a.MON$REMOTE_PROCESS
FROM MON$TRANSACTIONS t JOIN MON$ATTACHMENTS a ON a.MON$ATTACHMENT_ID = t.MON$ATTACHMENT_ID
WHERE t.MON$ATTACHMENT_ID <> CURRENT_CONNECTION AND NOT (t.MON$READ_ONLY = 1 AND t.MON$ISOLATION_MODE >= 2)
ORDER BY t.MON$TIMESTAMP
"""
# Firebird's own rule; its version 4.0 can grant the right by a role too.
_SEES_ALL = """
SELECT TRIM(CURRENT_USER),
    IIF(CURRENT_USER = 'SYSDBA' OR CURRENT_ROLE = 'RDB$ADMIN' OR CURRENT_USER = TRIM(RDB$OWNER_NAME), 1, 0)
FROM RDB$RELATIONS WHERE RDB$RELATION_NAME = 'RDB$DATABASE'
"""
_MONITORS = "SELECT IIF(RDB$SYSTEM_PRIVILEGE(MONITOR_ANY_ATTACHMENT), 1, 0) FROM RDB$DATABASE"
PRIVILEGES_SINCE = 4.0


def version(base: Base) -> Iterator[Finding]:
    """Engine, on-disk structure and dialect; C-Plus keeps dates and times apart, so dialect 3."""
    (engine,) = base.row("SELECT RDB$GET_CONTEXT('SYSTEM', 'ENGINE_VERSION') FROM RDB$DATABASE")
    major, minor, page, dialect = base.row(
        "SELECT MON$ODS_MAJOR, MON$ODS_MINOR, MON$PAGE_SIZE, MON$SQL_DIALECT FROM MON$DATABASE"
    )
    params = {"engine": engine, "ods": f"{major}.{minor}", "page": page, "dialect": dialect}
    yield Finding("server.version", Mark.OK if dialect == DIALECT else Mark.WRONG, params)


def charset(base: Base) -> Iterator[Finding]:
    """The declared charset of the base, and of its text columns, which decide."""
    (declared,) = base.row("SELECT RDB$CHARACTER_SET_NAME FROM RDB$DATABASE")
    columns: dict[str, int] = {}
    for table in base.tables.values():
        for column in table.values():
            if column.is_text:
                columns[column.charset or "NONE"] = columns.get(column.charset or "NONE", 0) + 1
    evidence = [f"{name}: {count}" for name, count in sorted(columns.items(), key=lambda item: -item[1])]
    params = {"declared": declared or "NONE"}
    if {"UTF8", "NONE"} <= set(columns):
        yield Finding("server.charset-mixed", Mark.WRONG, params, evidence)
        return
    fits = base.options.charset in (charsets.AUTO, charsets.UTF8 if "UTF8" in columns else charsets.NONE)
    yield Finding("server.charset", Mark.OK, params, evidence, () if fits else (Proposal("charset", charsets.AUTO),))


def open_transactions(base: Base) -> Iterator[Finding]:
    """Whether somebody keeps a transaction open for long."""
    (user,) = base.row("SELECT TRIM(CURRENT_USER) FROM RDB$DATABASE")
    rows = base.rows(_OPEN)
    long = [(int(minutes or 0), process or "?") for minutes, process in rows if int(minutes or 0) >= LONG_MINUTES]
    evidence = [f"{minutes} min: {_program(process)}" for minutes, process in long[:5]]
    if long:
        params = {"n": len(long), "minutes": long[0][0]}
        yield Finding("server.transaction-long", Mark.WRONG, params, evidence)
    elif user != "SYSDBA" and not rows:
        # Others' transactions show to the administrator and the base's owner only.
        yield Finding("server.transactions-unseen", Mark.UNKNOWN, {"user": user})
    else:
        yield Finding("server.transactions", Mark.OK, {"n": len(rows), "minutes": LONG_MINUTES})


def other_engines(base: Base) -> Iterator[Finding]:
    """Whether an engine on another machine is seen whatever user it logs in as, so that two never write here."""
    user, sees_all = base.row(_SEES_ALL)
    if not sees_all and base.engine >= PRIVILEGES_SINCE:
        (sees_all,) = base.row(_MONITORS)
    if sees_all:
        yield Finding("server.engines-seen", Mark.OK, {"user": user})
    else:
        yield Finding("server.engines-unseen", Mark.UNKNOWN, {"user": user})


def gap(base: Base) -> Iterator[Finding]:
    """How far the oldest active transaction lies behind, and when Firebird sweeps."""
    oldest, active, following, sweep = base.row(
        "SELECT MON$OLDEST_TRANSACTION, MON$OLDEST_ACTIVE, MON$NEXT_TRANSACTION, MON$SWEEP_INTERVAL FROM MON$DATABASE"
    )
    behind = int(following) - int(active)
    params = {"gap": behind, "garbage": int(active) - int(oldest), "sweep": sweep}
    yield Finding("server.gap" if behind <= GAP_MAX else "server.gap-wide", _ok(behind <= GAP_MAX), params)


def dead_client(base: Base) -> Iterator[Finding]:
    """How the server finds a client that went away without a word: it holds its locks until then.

    Firebird 4.0 shows its configuration (RDB$CONFIG); before that only firebird.conf on the server tells.
    """
    if not base.options.host:
        return
    if base.engine < CONFIG_SINCE:
        yield Finding("server.dead-client-unseen", Mark.UNKNOWN)
        return
    rows = base.rows("SELECT RDB$CONFIG_NAME, RDB$CONFIG_VALUE FROM RDB$CONFIG")
    values = {name: value for name, value in rows if name in _DEAD_CLIENT_KEYS}
    evidence = [f"{name} = {value}" for name, value in sorted(values.items())]
    found = any((value or "0").strip() not in ("", "0") for value in values.values())
    yield Finding("server.dead-client" if found else "server.dead-client-off", _ok(found), {}, evidence)


def _ok(right: bool) -> Mark:
    return Mark.OK if right else Mark.WRONG


def _program(path: str) -> str:
    """The program's own name: the folders before it may hold a person's name."""
    return path.replace("\\", "/").rpartition("/")[2]


QUESTIONS = (version, charset, open_transactions, other_engines, gap, dead_client)
