"""What of an account's catalogue is held until a person looks: many products that leave at once, many changed texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from engine.store.database import touch

MANY_LEAVING, MANY_TEXTS = "many-leaving", "many-texts"
MIN_ITEMS = 20
"""Below so many a percentage says nothing."""


@dataclass(frozen=True, slots=True)
class ContentLimits:
    """In per cent of what the shop shows; more than that is held."""

    leaving: int
    texts: int


# What is told of the JSON is as the engine itself writes it; inside a text its quotes are escaped.
_LEAVES = "on_sale = 1 AND instr(wanted, '\"enabled\":false') > 0"
_TEXTS = ("name", "short_description", "description")
_SAYS_OTHERWISE = (
    "("
    + " OR ".join(f"json_extract(wanted, '$.{text}') IS NOT json_extract(confirmed, '$.{text}')" for text in _TEXTS)
    + ")"
)
_CHANGING = """
 FROM publication INDEXED BY publication_todo
WHERE account = :account AND facet = 'content' AND todo AND guard_passed IS NULL AND confirmed IS NOT NULL
  AND wanted IS NOT confirmed
"""
_COUNT_SHOWN = (
    "SELECT COUNT(*) FROM publication INDEXED BY publication_on_sale WHERE account = :account AND on_sale = 1"
)
_HOLD = """
UPDATE publication INDEXED BY publication_todo SET held_by = :guard
 WHERE account = :account AND facet = 'content' AND todo AND guard_passed IS NULL AND confirmed IS NOT NULL
   AND wanted IS NOT confirmed AND held_by IS NULL AND {is_meant}
"""


def hold(db: sqlite3.Connection, account: str, limits: ContentLimits) -> None:
    """Hold what leaves or says something else with too many others; held, it stays so until a person looks.

    Unless the ERP takes it back. What is only now made in the shop is no change.
    """
    values: Mapping[str, object] = {"account": account}
    most = int(db.execute(f"SELECT COUNT(*) {_CHANGING}", values).fetchone()[0])
    if most < MIN_ITEMS:  # the texts are not looked into for an ordinary day's changes
        return
    shown = int(db.execute(_COUNT_SHOWN, values).fetchone()[0])
    held = 0
    for guard, is_meant, percent in (
        (MANY_LEAVING, _LEAVES, limits.leaving),
        (MANY_TEXTS, _SAYS_OTHERWISE, limits.texts),
    ):
        if most * 100 <= shown * percent:
            continue
        meant = int(db.execute(f"SELECT COUNT(*) {_CHANGING} AND {is_meant}", values).fetchone()[0])
        if meant >= MIN_ITEMS and meant * 100 > shown * percent:
            held += db.execute(_HOLD.format(is_meant=is_meant), {**values, "guard": guard}).rowcount
    if held:
        touch(db, "publications")
