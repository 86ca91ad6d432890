"""By which a person names planned changes: a number of just these, so that nothing else passes by it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable

DIGITS = 6
"""Few enough to type."""
_PARTS = ("account", "item", "facet", "part", "confirmed", "wanted", "held_by")


def number_of(rows: Iterable[sqlite3.Row]) -> str:
    """Of these changes together, in whatever order they come."""
    said = "\n".join(sorted(json.dumps([row[name] for name in _PARTS]) for row in rows))
    return f"{int(hashlib.sha256(said.encode()).hexdigest(), 16) % 10**DIGITS:0{DIGITS}}"
