"""A store that was put back from a copy, or lost: what it does not know any more, and how nothing is done twice for it.

Every account observes until a person has seen what is missing. Orders are found again in the channel and, by their
reference, in the ERP; effects are read back before or instead of being done again, as after an unknown outcome.
"""

from __future__ import annotations

import logging
import sqlite3
from datetime import datetime

from engine.store import accounts, copies
from engine.store.audit import Actor, audit
from engine.store.instants import to_text
from engine.store.problems import clear_problem, raise_problem
from engine.store.reading_back import look_at_all

RESTORED_STORE, LOST_STORE = "restored-store", "lost-store"
SUBJECT = "store"

log = logging.getLogger("integra.store")


def draw_conclusions(db: sqlite3.Connection, now: datetime) -> None:
    """Of a store that was just put back from a copy; of any other, nothing."""
    if not copies.is_copy(db):
        return
    copies.take_for_the_store(db)
    accounts.forget_cursors(db, accounts.ERP)  # its log of changes may have been read, and emptied, further than that
    newest = db.execute("SELECT MAX(started_at) FROM task").fetchone()[0] or to_text(now)
    for row in db.execute("SELECT * FROM account").fetchall():
        look_at_all(db, row["id"], now)
        if row["mode"] != accounts.LIVE:
            continue
        accounts.set_mode(db, row["id"], accounts.OBSERVE, RESTORED_STORE)
        accounts.look_again(db, row["id"])
        raise_problem(db, row["id"], RESTORED_STORE, SUBJECT, {"copied_at": newest}, "", "problem", now)
        audit(db, Actor("engine", now), "observe", f"account {row['id']}", accounts.LIVE, RESTORED_STORE)
    log.warning("the store was put back from a copy", extra={"of": newest})


def tell_lost(db: sqlite3.Connection, account: str, orders: int, now: datetime) -> None:
    """A new account was looked through, and so many of its orders stand in the ERP by our hand already."""
    row = accounts.get(db, account)
    if not orders or row is None or row["mode_reason"] not in ("new", LOST_STORE):
        return
    accounts.set_mode(db, account, accounts.OBSERVE, LOST_STORE)
    raise_problem(db, account, LOST_STORE, SUBJECT, {"orders": orders}, "", "problem", now)


def is_forgetful(row: sqlite3.Row) -> bool:
    """Whether the account's store may lack orders that we took in: it is new, or was put back from a copy."""
    return row["approved_at"] is None or row["mode_reason"] == RESTORED_STORE


def approved(db: sqlite3.Connection, account: str) -> None:
    """A person has seen it."""
    clear_problem(db, account, None, SUBJECT)
