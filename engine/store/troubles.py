"""What failed or was skipped, as people see it (view `trouble`), and what of it they leave aside."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from engine.store.database import touch
from engine.store.instants import to_text


@dataclass(frozen=True, slots=True)
class Meant:
    """What a person points at: a cause on an account ("" = C-Plus), of it only `subject`, and nothing that came later.

    source: problem | refused | order; facet "" but of what was refused; `until`: the newest `since` that he has seen.
    """

    source: str
    account: str
    code: str
    facet: str = ""
    subject: str | None = None
    until: str | None = None


_MEANT = (
    "source = :source AND account = :account AND code = :code AND facet = :facet"
    " AND (:subject IS NULL OR subject = :subject) AND (:until IS NULL OR since IS NULL OR since <= :until)"
)
_LEAVE_ASIDE = f"""
INSERT OR REPLACE INTO ignored (account, code, facet, subject, seen, why, who, at)
SELECT account, code, facet, subject, seen, :why, :who, :now FROM trouble WHERE {_MEANT}
"""
# What healed, or says something else by now, is forgotten.
_OVER = """
DELETE FROM ignored WHERE (account, code, facet, subject) NOT IN (
    SELECT account, code, facet, subject FROM trouble WHERE ignored_at IS NOT NULL)
"""


def _named(meant: Meant) -> dict[str, str | None]:
    return {name: getattr(meant, name) for name in Meant.__slots__}


def found(db: sqlite3.Connection, meant: Meant) -> list[sqlite3.Row]:
    """subject, item and order_id of all of it."""
    return db.execute(f"SELECT subject, item, order_id FROM trouble WHERE {_MEANT}", _named(meant)).fetchall()


def leave_aside(db: sqlite3.Connection, meant: Meant, why: str, who: str, now: datetime) -> int:
    """Nobody needs to see it until it changes; answers how much it is."""
    db.execute(_OVER)
    left = db.execute(_LEAVE_ASIDE, {**_named(meant), "why": why, "who": who, "now": to_text(now)}).rowcount
    touch(db, "problems")
    return left


def attend(db: sqlite3.Connection, meant: Meant) -> int:
    """It counts again."""
    db.execute(_OVER)
    wanted = f"SELECT subject FROM trouble WHERE {_MEANT}"
    back = db.execute(
        f"DELETE FROM ignored WHERE account = :account AND code = :code AND facet = :facet AND subject IN ({wanted})",
        _named(meant),
    ).rowcount
    touch(db, "problems")
    return back


def hasten_refused(db: sqlite3.Connection, meant: Meant) -> None:
    """What the channel refused is sent again at once, though it be the same."""
    db.execute(
        "UPDATE publication SET next_at = NULL, attempts = 0 WHERE account = :account AND todo AND error_code = :code"
        " AND facet = :facet AND (:subject IS NULL OR rtrim('item:' || item || ' ' || part) = :subject)",
        {name: value for name, value in _named(meant).items() if name not in ("source", "until")},
    )
    touch(db, "publications")
