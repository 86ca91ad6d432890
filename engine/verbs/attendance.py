"""A person is at his screen: told by his console, and kept for the card that he finds when he comes back."""

from __future__ import annotations

from engine.runtime.commands import READERS, Ask, AsyncVerb, Outcome
from engine.store import attendance
from engine.store.database import Store


def attendance_verb(store: Store) -> AsyncVerb:
    """at_screen {}: whoever asks has pressed a key. It comes each minute, so nothing of it goes into the audit."""

    async def note(ask: Ask) -> Outcome:
        await store.write(lambda db: attendance.seen(db, ask.who, ask.now))
        return Outcome()

    return AsyncVerb("at_screen", READERS, note, recorded=False)
