"""The audit trail: who did what to what, when, before and after, and why. Written in the transaction of the deed."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.store.database import touch
from engine.store.instants import to_text


class Author(Protocol):
    """Whoever an entry is put down to: a command's `Ask`, or an `Actor`."""

    @property
    def who(self) -> str:
        """Login name, or "engine"."""

    @property
    def now(self) -> datetime:
        """When, aware."""

    @property
    def id(self) -> str | None:
        """The command's id; None where nobody asked."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An author without a command, such as the engine itself."""

    who: str
    now: datetime
    id: str | None = None


def audit(
    db: sqlite3.Connection, by: Author, what: str, subject: str, before: Any = None, after: Any = None, why: str = ""
) -> None:
    """Add an entry. subject is "order 17", "sku 000000009@loja"; before and after are plain values, kept as JSON."""
    db.execute(
        "INSERT INTO audit (at, who, what, subject, before, after, why, command_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (to_text(by.now), by.who, what, subject, _json(before), _json(after), why, by.id),
    )
    touch(db, "audit")


def newest_entry(db: sqlite3.Connection) -> int:
    """The id of the newest entry, 0 with none: a mark to ask `audited_since` from."""
    return int(db.execute("SELECT COALESCE(max(id), 0) FROM audit").fetchone()[0])


def audited_since(db: sqlite3.Connection, mark: int, command_id: str) -> bool:
    """Whether this command has left an entry after the mark."""
    found = db.execute("SELECT 1 FROM audit WHERE id > ? AND command_id = ? LIMIT 1", (mark, command_id))
    return found.fetchone() is not None


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
