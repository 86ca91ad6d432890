"""Who was registered in a shop before us, in the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from engine.model.people import Person


class FoundCustomer(NamedTuple):
    """One of them: `standing` and `reason` as `adoption.people` judges, `codes` the ERP's keys that he may have."""

    external_id: str
    person: Person
    standing: str
    reason: str
    codes: tuple[str, ...]


def store(db: sqlite3.Connection, account: str, found: Iterable[FoundCustomer]) -> None:
    """Keep what was found, in the place of what was found of them before."""
    db.executemany(
        "INSERT OR REPLACE INTO shop_customer (account, external_id, name, email, document, standing, reason, codes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                account, one.external_id, one.person.name, one.person.email, one.person.document, str(one.standing),
                one.reason, json.dumps(one.codes),
            )
            for one in found
        ],
    )  # fmt: skip


def clear(db: sqlite3.Connection, account: str) -> None:
    """Forget them: they are personal data, and of use only until an account goes live."""
    db.execute("DELETE FROM shop_customer WHERE account = ?", (account,))


def counts(db: sqlite3.Connection, account: str) -> dict[str, int]:
    """How many of each standing."""
    rows = db.execute("SELECT standing, COUNT(*) FROM shop_customer WHERE account = ? GROUP BY standing", (account,))
    return dict(rows.fetchall())
