"""What people ask of the engine: each command once, whoever repeats it, with its answer and its audit entry stored."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio

from engine.errors import IntegraError, Param
from engine.runtime.supervisor import first_cause
from engine.store.audit import audit, audited_since, newest_entry
from engine.store.database import Store
from engine.store.instants import to_text

OWNER = "owner"
OPERATOR = "operator"
VIEWER = "viewer"
DISABLED = "disabled"
EVERYONE = frozenset({OWNER, OPERATOR})
"""Who may decide."""
READERS = EVERYONE | {VIEWER}
OWNER_ONLY = frozenset({OWNER})

ID_CHARS_MAX = 64
SUBJECTS = ("order", "customer", "item", "sku", "account", "key")
"""The argument that names what a command is about, for an entry that its verb did not write itself."""

KEPT_NOWHERE = "pin"
"""An argument: every console can read the store."""

_UNFINISHED = "null"
"""The result of a command that was begun and whose end nobody noted: it may be begun again."""

log = logging.getLogger("integra.commands")


@dataclass(frozen=True, slots=True)
class Ask:
    """One command as it came in. `row_version` is the one the asker's screen showed, None where no row is meant."""

    id: str
    verb: str
    args: Mapping[str, Any]
    who: str
    role: str
    row_version: int | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a verb decided. With an error, (code, params), all that it wrote is undone and only the refusal is kept."""

    result: Mapping[str, Any] = field(default_factory=dict)
    wake: tuple[tuple[str, str], ...] = ()  # (account, task), "*" allowed
    error: tuple[str, Mapping[str, Param]] | None = None


def _never(_: Mapping[str, Any]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Verb:
    """A command that is decided within one transaction of the store.

    `apply` writes its own audit entry where it knows before and after; else one is written for it. A verb with
    `recorded=False` only reads: it gets no transaction, no entry, no replay.
    """

    name: str
    roles: frozenset[str]
    apply: Callable[[sqlite3.Connection, Ask], Outcome]
    owner_if: Callable[[Mapping[str, Any]], bool] = _never  # arguments that only the owner may use
    recorded: bool = True


@dataclass(frozen=True, slots=True)
class AsyncVerb:
    """A command that must first touch the ERP or a channel, with a write that is absolute and so may be repeated."""

    name: str
    roles: frozenset[str]
    act: Callable[[Ask], Awaitable[Outcome]]
    owner_if: Callable[[Mapping[str, Any]], bool] = _never
    recorded: bool = True


AnyVerb = Verb | AsyncVerb
Answer = dict[str, Any]
"""{"ok": true, "result": {...}} or {"ok": false, "error": {"code": str, "params": {...}}}"""


class Commands:
    """Takes each command once by its id. `wake(account, task)` is called when what it wakes for is stored."""

    def __init__(self, store: Store, verbs: Sequence[AnyVerb], wake: Callable[[str, str], None]) -> None:
        self._store = store
        self._verbs = {verb.name: verb for verb in verbs}
        self._wake = wake
        self._acting: dict[str, anyio.Event] = {}

    async def recover(self, now: datetime) -> None:
        """At start: commands that a former life began and did not finish get the answer that their end is unknown."""
        unknown = Outcome(error=("outcome-unknown", {}))

        def note(db: sqlite3.Connection) -> None:
            for row in db.execute("SELECT * FROM command WHERE result = ?", (_UNFINISHED,)).fetchall():
                args = json.loads(row["args"])
                ask = Ask(row["id"], row["verb"], args, row["asked_by"], "", None, now)
                _finish(db, ask, unknown, newest_entry(db))

        await self._store.write(note)

    async def ask(self, ask: Ask) -> Answer:
        """Decide a command, or replay its answer when the id has been seen. Raises no Exception: it answers it."""
        verb = self._verbs.get(ask.verb)
        if not 0 < len(ask.id) <= ID_CHARS_MAX:
            return _answer(Outcome(error=("bad-request", {"key": "id", "chars_max": ID_CHARS_MAX})))
        if verb is None:
            return _answer(Outcome(error=("unknown-verb", {"verb": ask.verb[:ID_CHARS_MAX]})))
        try:
            if ask.role not in verb.roles or (ask.role != OWNER and verb.owner_if(ask.args)):
                return await self._decide(ask, lambda db, ask: _not_allowed(ask))
            if not verb.recorded:
                return await self._look(ask, verb)
            if isinstance(verb, Verb):
                return await self._decide(ask, verb.apply)
            return await self._act(ask, verb)
        except Exception as raised:
            return _answer(_outcome_of(raised, ask))

    async def _look(self, ask: Ask, verb: AnyVerb) -> Answer:
        """A verb that only reads."""
        if isinstance(verb, AsyncVerb):
            return self._told(await verb.act(ask))
        apply = verb.apply
        return self._told(await self._store.read(lambda db: apply(db, ask)))

    async def _decide(self, ask: Ask, apply: Callable[[sqlite3.Connection, Ask], Outcome]) -> Answer:
        """Decision, answer and audit entry in one transaction."""

        def work(db: sqlite3.Connection) -> tuple[Answer, Outcome]:
            known = _replay(db, ask)
            if known is not None:
                return known, Outcome()
            mark = newest_entry(db)
            _begin(db, ask)
            outcome = _applied(db, ask, apply)
            return _finish(db, ask, outcome, mark), outcome

        answer, outcome = await self._store.write(work)
        self._told(outcome)
        return answer

    async def _act(self, ask: Ask, verb: AsyncVerb) -> Answer:
        """The command is stored as begun before it touches anything outside, and its end after."""
        while ask.id in self._acting:
            await self._acting[ask.id].wait()
        self._acting[ask.id] = ended = anyio.Event()

        def begin(db: sqlite3.Connection) -> tuple[Answer | None, int]:
            known = _replay(db, ask)
            if known is None:
                _begin(db, ask)
            return known, newest_entry(db)

        try:
            known, mark = await self._store.write(begin)
            if known is not None:
                return known
            try:
                outcome = await verb.act(ask)
            except Exception as raised:
                outcome = _outcome_of(raised, ask)
            answer = await self._store.write(lambda db: _finish(db, ask, outcome, mark))
            self._told(outcome)
            return answer
        finally:
            del self._acting[ask.id]
            ended.set()

    def _told(self, outcome: Outcome) -> Answer:
        if outcome.error is None:
            for account, task in outcome.wake:
                self._wake(account, task)
        return _answer(outcome)


def _applied(db: sqlite3.Connection, ask: Ask, apply: Callable[[sqlite3.Connection, Ask], Outcome]) -> Outcome:
    """What the verb decided; with an error, nothing of what it wrote."""
    db.execute("SAVEPOINT verb")
    try:
        outcome = apply(db, ask)
    except sqlite3.OperationalError:  # the disk: SQLite has rolled back the whole, and nothing can be noted
        raise
    except Exception as raised:
        outcome = _outcome_of(raised, ask)
    if outcome.error is not None:
        db.execute("ROLLBACK TO verb")
    db.execute("RELEASE verb")
    return outcome


def _replay(db: sqlite3.Connection, ask: Ask) -> Answer | None:
    """The answer that this id got, None for a new one. Another command under a known id is refused."""
    row = db.execute("SELECT * FROM command WHERE id = ?", (ask.id,)).fetchone()
    if row is None:
        return None
    if (row["verb"], row["args"], row["asked_by"]) != (ask.verb, _json(_without_secret(ask)), ask.who):
        return _answer(Outcome(error=("id-reused", {"id": ask.id})))
    answer: Answer | None = json.loads(row["result"])
    return answer


def _begin(db: sqlite3.Connection, ask: Ask) -> None:
    db.execute(
        """
        INSERT INTO command (id, verb, args, asked_by, asked_at, result) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        """,
        (ask.id, ask.verb, _json(_without_secret(ask)), ask.who, to_text(ask.now), _UNFINISHED),
    )


def _finish(db: sqlite3.Connection, ask: Ask, outcome: Outcome, mark: int) -> Answer:
    """Keep the answer, and an audit entry where the verb has written none of its own since `mark`."""
    answer = _answer(outcome)
    db.execute("UPDATE command SET result = ? WHERE id = ?", (_json(answer), ask.id))
    if outcome.error is not None:
        code, params = outcome.error
        after = {"code": code, "params": dict(params)}
        audit(db, ask, f"refused:{ask.verb}", _subject(ask), None, after, str(ask.args.get("reason", "")))
    elif not audited_since(db, mark, ask.id):
        audit(db, ask, ask.verb, _subject(ask), None, _without_secret(ask), str(ask.args.get("reason", "")))
    return answer


def _outcome_of(raised: Exception, ask: Ask) -> Outcome:
    error = first_cause(raised)
    note = {"command": ask.id, "who": ask.who}
    if isinstance(error, IntegraError):
        log.warning("%s: %s", ask.verb, error, extra={**note, "code": error.code})
        return Outcome(error=(error.code, error.params))
    log.error("%s failed unexpectedly", ask.verb, exc_info=raised, extra=note)
    return Outcome(error=("unexpected", {"type": type(error).__name__}))


def _not_allowed(ask: Ask) -> Outcome:
    return Outcome(error=("not-allowed", {"verb": ask.verb, "role": ask.role}))


def _answer(outcome: Outcome) -> Answer:
    if outcome.error is None:
        return {"ok": True, "result": dict(outcome.result)}
    code, params = outcome.error
    return {"ok": False, "error": {"code": code, "params": dict(params)}}


def _subject(ask: Ask) -> str:
    named = next((key for key in SUBJECTS if key in ask.args), None)
    return ask.verb if named is None else f"{named} {ask.args[named]}"


def _without_secret(ask: Ask) -> dict[str, Any]:
    return {name: value for name, value in ask.args.items() if name != KEPT_NOWHERE}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
