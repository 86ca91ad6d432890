"""The orders that carry a reference of ours, found in one look at the base.

No index on the columns of references is known, so that each search reads all orders there ever were: a tenth of a
second and more in a base of ten years, for every order that comes in. Nobody but this process writes such references,
so one search per prefix is enough for as long as the base is the same one, and what we write is added.
"""

# ruff: noqa: S608 - names of tables and columns are our own or the base's; every value is a parameter

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence

from connectors.cplus.base.session import Session, Statements
from connectors.cplus.orders import reference as references
from connectors.cplus.settings import Options
from engine.errors import Refused


class ReferenceIndex:
    """CODORC by reference. Used by the threads of all connections of one ERP."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._lock = threading.Lock()
        self._incarnation = ""
        self._keys: dict[tuple[str, str], dict[str | int, set[str]]] = {}  # (column, prefix) -> held reference -> keys
        self._ours: dict[tuple[str, str | int], set[str]] = defaultdict(set)  # (column, held reference) -> keys

    def keys(self, session: Session, base: Statements, reference: str) -> Sequence[str]:
        """Orders that carry the reference in any column that was ever used for it.

        Raises Refused for a reference that today's column cannot hold; see `reference.held`.
        """
        found: set[str] = set()
        for column, held in self._columns(session, reference).items():
            place = (column, _prefix(held))
            with self._lock:
                self._belong_to(session)
                known = self._keys.get(place)
            if known is None:
                known = _read(base, *place)
                with self._lock:
                    self._keys[place] = known
            with self._lock:
                # What was written while the others were being read is known by itself.
                found |= known.get(held, set()) | self._ours.get((column, held), set())
        return sorted(found)

    def add(self, session: Session, reference: str, key: str) -> None:
        """An order of ours is about to be written; whether it then stands there, the base is asked."""
        column = self._options.reference_column
        held = references.held(session.layout, column, reference)
        with self._lock:
            self._belong_to(session)
            self._ours[column, held].add(key)

    def drop(self, session: Session, reference: str, key: str) -> None:
        """What was about to be written under this key is not there: the key is another's."""
        column = self._options.reference_column
        held = references.held(session.layout, column, reference)
        with self._lock:
            self._ours[column, held].discard(key)

    def _belong_to(self, session: Session) -> None:
        """Forget what was known of another file. With the lock held."""
        if self._incarnation != session.incarnation:
            self._incarnation = session.incarnation
            self._keys.clear()
            self._ours.clear()

    def _columns(self, session: Session, reference: str) -> dict[str, str | int]:
        layout, options = session.layout, self._options
        values = {options.reference_column: references.held(layout, options.reference_column, reference)}
        for column in options.former_reference_columns:
            if layout.has("ORCAMENTO", column):
                try:
                    values[column] = references.held(layout, column, reference)
                except Refused:
                    continue  # so it never stood there
        return values


def _prefix(held: str | int) -> str:
    """The account's part of a reference; empty where it has none."""
    if isinstance(held, int):
        return ""
    prefix, dash, _ = held.partition("-")
    return prefix + dash if dash else ""


def _read(base: Statements, column: str, prefix: str) -> dict[str | int, set[str]]:
    where = f"{column} STARTING WITH CAST(? AS VARCHAR(500))" if prefix else f"{column} IS NOT NULL"
    known: dict[str | int, set[str]] = defaultdict(set)
    for held, key in base.rows(f"SELECT {column}, CODORC FROM ORCAMENTO WHERE {where}", (prefix,) if prefix else ()):
        known[held.rstrip() if isinstance(held, str) else held].add(str(key).strip())
    return dict(known)
