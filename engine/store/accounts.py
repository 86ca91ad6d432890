"""Accounts in the store: their mode, the base they are bound to, their directions, cursors and price groups."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from engine.model.erp import ErpIdentity
from engine.store.database import touch
from engine.store.instants import to_text
from engine.store.tasks import Held

DIRECTIONS = ("orders", "stock", "prices", "content", "media", "customers")
LIVE, OBSERVE = "live", "observe"
OTHER_BASE, OLDER_BASE, RESTORED_BASE = "other-base", "older-base", "restored-base"
ERP = ""  # the owner of cursors and problems that belong to the ERP, not to an account


def ensure(db: sqlite3.Connection, account: str, kind: str, name: str) -> None:
    """Make the rows of a configured account; a new one observes."""
    db.execute(
        "INSERT INTO account (id, kind, name) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,"
        " name = excluded.name",
        (account, kind, name or account),
    )
    db.executemany(
        "INSERT INTO direction (account, name) VALUES (?, ?) ON CONFLICT DO NOTHING", [(account, d) for d in DIRECTIONS]
    )
    touch(db, "accounts")


def get(db: sqlite3.Connection, account: str) -> sqlite3.Row | None:
    """The account's row."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone()
    return row


def is_live(db: sqlite3.Connection, account: str) -> bool:
    """Whether a person has approved that the account is written to."""
    row = get(db, account)
    return row is not None and row["mode"] == LIVE


def held(db: sqlite3.Connection, account: str, direction: str, now: datetime) -> Held | None:
    """What keeps this direction of the account from its work by a person's word; None where nothing does."""
    row = db.execute(
        "SELECT a.mode = 'live', d.enabled OR d.paused_until <= ? FROM account a JOIN direction d"
        " ON d.account = a.id AND d.name = ? WHERE a.id = ?",
        (to_text(now), direction, account),
    ).fetchone()
    if row is None or not row[0]:
        return Held.OBSERVES
    return None if row[1] else Held.PAUSED


def bind(db: sqlite3.Connection, account: str, base: ErpIdentity) -> None:
    """Bind an account to the base that answers now."""
    db.execute(
        "UPDATE account SET base_server = ?, base_path = ?, base_cnpj = ?, base_epoch = ? WHERE id = ?",
        (base.server, base.path, base.cnpj, base.epoch, account),
    )


def estrangement(row: sqlite3.Row, base: ErpIdentity, *, lacks_orders: bool) -> str | None:
    """Why the base that answers is not the one the account is bound to; None when it is (or none was bound yet)."""
    if row["base_path"] is None:
        return None
    if _is_another(row, base):
        return OTHER_BASE
    if lacks_orders or (row["mode"], row["mode_reason"]) == (OBSERVE, OLDER_BASE):
        return OLDER_BASE
    return RESTORED_BASE if row["base_epoch"] not in (None, base.epoch) else None


def may_lack_orders(db: sqlite3.Connection, row: sqlite3.Row, base: ErpIdentity) -> bool:
    """Whether orders that were written may be gone: the file is a new one, or has not given out a code of ours yet."""
    if row["base_path"] is not None and _is_another(row, base):
        return False
    newest = db.execute("SELECT MAX(erp_key) FROM sales_order WHERE erp_written_at IS NOT NULL").fetchone()[0]
    return newest is not None and (row["base_epoch"] != base.epoch or base.last_order_code < newest)


def _is_another(row: sqlite3.Row, base: ErpIdentity) -> bool:
    return (row["base_server"], row["base_path"], row["base_cnpj"]) != (base.server, base.path, base.cnpj)


def is_unbound(db: sqlite3.Connection, account: str) -> bool:
    """Whether the account is not bound to any base: new, or a person has just approved the one that answers."""
    row = get(db, account)
    return row is not None and row["base_path"] is None


def set_mode(db: sqlite3.Connection, account: str, mode: str, reason: str) -> None:
    """Switch between observing and writing."""
    db.execute(
        "UPDATE account SET mode = ?, mode_reason = ?, row_version = row_version + 1 WHERE id = ?",
        (mode, reason, account),
    )
    touch(db, "accounts")


def look_again(db: sqlite3.Connection, account: str) -> None:
    """Have the shop looked through once more; until that is done nobody approves anything of the account."""
    db.execute("UPDATE account SET adopted_at = NULL, row_version = row_version + 1 WHERE id = ?", (account,))
    touch(db, "accounts")


def cursor(db: sqlite3.Connection, account: str, name: str) -> str | None:
    """How far a read has come; None = nothing yet."""
    row = db.execute("SELECT value FROM cursor WHERE account = ? AND name = ?", (account, name)).fetchone()
    return None if row is None else str(row[0])


def set_cursor(db: sqlite3.Connection, account: str, name: str, value: str) -> None:
    """Move a cursor; belongs into the transaction that stores what it passed."""
    db.execute(
        "INSERT INTO cursor (account, name, value) VALUES (?, ?, ?) ON CONFLICT (account, name) DO UPDATE SET"
        " value = excluded.value WHERE value <> excluded.value",
        (account, name, value),
    )


def forget_cursors(db: sqlite3.Connection, account: str) -> None:
    """What they passed is not what is there now: the next reads look at everything."""
    db.execute("DELETE FROM cursor WHERE account = ?", (account,))


def price_groups(db: sqlite3.Connection, account: str) -> Mapping[str, str]:
    """Price table -> the channel's group id."""
    rows = db.execute("SELECT price_table, external_id FROM price_group WHERE account = ?", (account,))
    return {row["price_table"]: row["external_id"] for row in rows}


def set_price_groups(db: sqlite3.Connection, account: str, groups: Iterable[tuple[str, str, str]]) -> None:
    """Store (price table, group id, group name) of an account."""
    db.executemany(
        "INSERT INTO price_group (account, price_table, external_id, name) VALUES (?, ?, ?, ?) ON CONFLICT"
        " (account, price_table) DO UPDATE SET external_id = excluded.external_id, name = excluded.name",
        [(account, *group) for group in groups],
    )
