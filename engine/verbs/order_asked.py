"""The order that a command is about."""

from __future__ import annotations

import sqlite3

from engine.runtime.commands import Ask, Outcome
from engine.store import orders
from engine.verbs.refusal import refusal


def find_order(db: sqlite3.Connection, ask: Ask) -> sqlite3.Row | Outcome:
    """The order meant, or why the command cannot be taken: none, or changed since the asker's screen showed it."""
    row = orders.get(db, int(ask.args.get("order", 0)))
    if row is None:
        return refusal("no-such-order")
    if ask.row_version is not None and ask.row_version != row["row_version"]:
        newest = db.execute(
            "SELECT who, what FROM order_event WHERE order_id = ? ORDER BY id DESC LIMIT 1", (row["id"],)
        ).fetchone()
        return refusal("stale", order=row["number"], who=newest["who"], what=newest["what"])
    return row


def order_subject(row: sqlite3.Row) -> str:
    """How the audit names it."""
    return f"order {row['number']}@{row['account']}"
