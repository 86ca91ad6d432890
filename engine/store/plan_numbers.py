"""By which a person names planned changes: a number of just these, or the value shown, so that nothing else passes."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable

DIGITS = 6
"""Few enough to type."""
VALUE_CHARS_MAX = 100
"""Of a value that is said as it is; a description is as long as a page."""
_PARTS = ("account", "item", "facet", "part", "confirmed", "wanted", "held_by")


def number_of(rows: Iterable[sqlite3.Row]) -> str:
    """Of these changes together, in whatever order they come."""
    said = "\n".join(sorted(json.dumps([row[name] for name in _PARTS]) for row in rows))
    return f"{int(hashlib.sha256(said.encode()).hexdigest(), 16) % 10**DIGITS:0{DIGITS}}"


def said_as(value: str | None) -> str | None:
    """A value as a person's word names it: itself, or the digest of a long one."""
    if value is None or len(value) <= VALUE_CHARS_MAX:
        return value
    return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"
