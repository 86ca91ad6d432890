"""Who is connected, and as whom: people who sign in on a login that several share, and those whose standing changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import anyio
import anyio.to_thread

from engine.errors import Refused
from engine.runtime.commands import Ask
from engine.runtime.pins import Tries, opens
from engine.runtime.standing import Standing, standing
from engine.settings import OperatorSettings
from engine.store.audit import audit
from engine.store.database import Store

SIGN_IN, SIGN_OUT = "sign_in", "sign_out"


@dataclass(eq=False, slots=True)
class Session:
    """One connection. Ended, it answers what it was asked and takes nothing more."""

    login: str
    masters: bool
    standing: Standing
    signed_in: str = ""
    ended: bool = False
    waiting: anyio.CancelScope | None = None

    def end(self) -> None:
        """At once where nothing is being done for it."""
        self.ended = True
        if self.waiting is not None:
            self.waiting.cancel()


class People:
    """`pin_of` answers how the PIN of a name is kept, None where there is none."""

    def __init__(
        self,
        store: Store,
        operators: Callable[[], Mapping[str, OperatorSettings]],
        pin_of: Callable[[str], str | None],
    ) -> None:
        self._store = store
        self._operators = operators
        self._pin_of = pin_of
        self._tries = Tries()
        self._sessions: set[Session] = set()

    def enter(self, login: str, *, masters: bool) -> Session:
        """Somebody connects."""
        session = Session(login, masters, standing(login, self._operators(), masters=masters))
        self._sessions.add(session)
        return session

    def leave(self, session: Session) -> None:
        """He went away."""
        self._sessions.discard(session)

    def changed(self) -> list[str]:
        """The settings changed: sessions whose standing is another now are ended. Answers whose they were."""
        ended = [session for session in self._sessions if self._now(session) != session.standing]
        for session in ended:
            session.end()
        return [session.standing.who for session in ended]

    def _now(self, session: Session) -> Standing:
        return standing(session.login, self._operators(), masters=session.masters, signed_in=session.signed_in)

    async def sign_in(self, session: Session, ask: Ask) -> Standing:
        """sign_in {name, pin}: from now on the session is that person's. The PIN is kept nowhere.

        Raises Refused: "pin-elsewhere", "pin-wrong", "pin-too-often" (wait_s).
        """
        name, pin = str(ask.args.get("name", "")), str(ask.args.get("pin", ""))
        if name not in session.standing.people:
            raise Refused("pin-elsewhere", who=name)
        wait_s = self._tries.wait_s(name, ask.now)
        if wait_s:
            raise Refused("pin-too-often", who=name, wait_s=round(wait_s))
        self._tries.failed(name, ask.now)
        kept = self._pin_of(name)
        right = kept is not None and await anyio.to_thread.run_sync(opens, pin, kept)
        if right:
            self._tries.passed(name)
            session.signed_in = name
            session.standing = self._now(session)
        await self._store.write(partial(_note, ask=ask, login=session.login, name=name, right=right))
        if not right:
            raise Refused("pin-wrong", who=name)
        return session.standing

    def sign_out(self, session: Session) -> Standing:
        """sign_out: whoever sits down next says who he is."""
        session.signed_in = ""
        session.standing = self._now(session)
        return session.standing


def _note(db: sqlite3.Connection, *, ask: Ask, login: str, name: str, right: bool) -> None:
    what = SIGN_IN if right else f"refused:{SIGN_IN}"
    audit(db, ask, what, f"operator {name}", None, {"login": login} if right else {"code": "pin-wrong", "params": {}})
