"""Texts that somebody changed in a shop's own admin and nobody has said whose they are."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from console.formats import instant
from console.safe_text import SafeText, safe

_ASKED = """
SELECT s.account, s.item, s.field, s.ours, s.shown, s.seen_at, json_extract(c.wanted, '$.name') AS name
  FROM shop_change s LEFT JOIN publication c
    ON c.account = s.account AND c.item = s.item AND c.facet = 'content' AND c.part = ''
 WHERE s.standing = 'asked' AND (?1 IS NULL OR s.account = ?1) ORDER BY s.account, s.item, s.field
"""


@dataclass(frozen=True, slots=True)
class ShopChange:
    """One of them: what was confirmed there, and what the shop shows."""

    account: SafeText
    item: SafeText
    name: SafeText
    field: str
    ours: SafeText
    shown: SafeText
    seen_at: datetime | None


def asked(db: sqlite3.Connection, account: str | None = None) -> list[ShopChange]:
    """All that wait, of one account or of all."""
    return [
        ShopChange(
            account=safe(row["account"]),
            item=safe(row["item"]),
            name=safe(row["name"] or ""),
            field=row["field"],
            ours=safe(json.loads(row["ours"])),
            shown=safe(json.loads(row["shown"])),
            seen_at=instant(row["seen_at"]),
        )
        for row in db.execute(_ASKED, (account,)).fetchall()
    ]
