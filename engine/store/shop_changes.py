"""Fields that a shop shows otherwise than was confirmed, in the store; and what publications become of it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from engine.publishing import Content, Facet
from engine.store import publications
from engine.store.database import touch
from engine.store.instants import to_text

ASKED, RESTORED, NOT_KEPT = "asked", "restored", "not-kept"
SEEN_CHARS = 16


def of_item(db: sqlite3.Connection, account: str, item: str) -> dict[str, sqlite3.Row]:
    """What is known of an item, by field."""
    rows = db.execute("SELECT * FROM shop_change WHERE account = ? AND item = ?", (account, item))
    return {row["field"]: row for row in rows}


def seen_as(row: sqlite3.Row) -> str:
    """A mark of the text that a person saw: it may be long, and he decides about no other."""
    return hashlib.sha256(str(row["shown"]).encode()).hexdigest()[:SEEN_CHARS]


def note(
    db: sqlite3.Connection, account: str, item: str, field: str, ours: Any, shown: Any, standing: str, now: datetime
) -> None:
    """Keep what the shop shows of a field."""
    db.execute(
        "INSERT INTO shop_change (account, item, field, ours, shown, standing, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, item, field) DO UPDATE SET ours = excluded.ours, shown = excluded.shown,"
        " standing = excluded.standing, seen_at = excluded.seen_at",
        (account, item, field, encode(ours), encode(shown), standing, to_text(now)),
    )
    touch(db, "catalogue")


def forget(db: sqlite3.Connection, account: str, item: str, fields: Collection[str]) -> None:
    """These fields differ no longer, or a person has said what holds."""
    db.executemany(
        "DELETE FROM shop_change WHERE account = ? AND item = ? AND field = ?",
        [(account, item, field) for field in fields],
    )


def take_over(db: sqlite3.Connection, account: str, item: str, values: Mapping[str, Any]) -> None:
    """What the shop shows of these fields is what we say from now on: nothing of it is to be sent."""
    row = db.execute(
        "SELECT wanted, confirmed FROM publication WHERE account = ? AND item = ? AND facet = 'content' AND part = ''",
        (account, item),
    ).fetchone()
    wanted, confirmed = (replace(_content(row[name]), **values) for name in ("wanted", "confirmed"))
    db.execute(
        "UPDATE publication SET wanted = ?, wanted_version = wanted_version + 1, confirmed = ? WHERE account = ? AND"
        " item = ? AND facet = 'content' AND part = ''",
        (encode(wanted), encode(confirmed), account, item),
    )
    touch(db, "publications", "listed")


def has_asked(db: sqlite3.Connection, account: str, item: str) -> bool:
    """Whether a person still has to say something about the item."""
    sql = "SELECT 1 FROM shop_change WHERE account = ? AND item = ? AND standing = 'asked'"
    return db.execute(sql, (account, item)).fetchone() is not None


def restore(db: sqlite3.Connection, account: str, item: str, field: str) -> None:
    """A person said that ours holds."""
    db.execute(
        "UPDATE shop_change SET standing = 'restored' WHERE account = ? AND item = ? AND field = ?",
        (account, item, field),
    )
    send_again(db, account, item)


def send_again(db: sqlite3.Connection, account: str, item: str) -> None:
    """The item's content is to be sent anew."""
    publications.send_again(db, account, Facet.CONTENT, [(item, "")])


def encode(value: Any) -> str:
    """A value of a field, or a whole content, as it is kept."""
    return msgspec.json.encode(value).decode()


def _content(text: str) -> Content:
    return msgspec.json.decode(text, type=Content)
