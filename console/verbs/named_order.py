"""The order that a number on the command line means."""

from __future__ import annotations

import sqlite3

from console.language import say
from console.verbs.context import Context, complain


def named_order(context: Context, name: str) -> tuple[int, int] | None:
    """Our id and the row version of NUMBER, or of ACCOUNT/NUMBER where several shops have it; else says why not."""
    account, _, number = name.rpartition("/")
    found = context.read(lambda db: _found(db, account, number))
    if len(found) == 1:
        return found[0]
    complain(
        say("There is no order {number}.", number=name)
        if not found
        else say("Several shops have an order {number}: say which, as ACCOUNT/{number}.", number=number)
    )
    return None


def _found(db: sqlite3.Connection, account: str, number: str) -> list[tuple[int, int]]:
    rows = db.execute(
        "SELECT id, row_version FROM sales_order WHERE number = ?1 AND (?2 = '' OR account = ?2)", (number, account)
    )
    return [(row["id"], row["row_version"]) for row in rows]
