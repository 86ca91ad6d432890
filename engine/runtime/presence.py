"""Which console has which order open: told by each of them, kept in memory, forgotten when it falls silent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.runtime.commands import READERS, Ask, Outcome, Verb

LEASE_S = 5.0
"""A console tells each second; one that is gone or stalled holds nothing open for longer than this."""
CONSOLES_MAX = 64


@dataclass(frozen=True, slots=True)
class _Held:
    who: str
    order: int
    until: datetime


class Presence:
    """The verb looking_at {console, order?}: answers {"others": [[order, who], ...]}. Nothing of it is stored."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}

    def verb(self) -> Verb:
        """For everybody who may look."""
        return Verb("looking_at", READERS, self._tell, recorded=False)

    def forget(self, who: str) -> None:
        """Whatever he had open is open no more."""
        self._held = {key: held for key, held in self._held.items() if held.who != who}

    def _tell(self, _db: sqlite3.Connection, ask: Ask) -> Outcome:
        console, order = str(ask.args.get("console", ""))[:64], ask.args.get("order")
        self._held.pop(console, None)
        self._held = {key: held for key, held in self._held.items() if held.until > ask.now}
        others = sorted((held.order, held.who) for held in self._held.values())
        if isinstance(order, int) and len(self._held) < CONSOLES_MAX:
            self._held[console] = _Held(ask.who, order, ask.now + timedelta(seconds=LEASE_S))
        return Outcome({"others": [list(pair) for pair in others]})
