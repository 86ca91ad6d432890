"""Opening sessions on the base that the options name."""

from __future__ import annotations

from dataclasses import replace

from firebird.driver import Connection

from connectors.cplus.base import charsets, layout
from connectors.cplus.base.firebird import Database, connect
from connectors.cplus.base.logins import Logins
from connectors.cplus.base.session import BeginCount, Session
from connectors.cplus.settings import Options
from engine.errors import Misconfigured
from engine.ports import Surroundings

MARK = "INTEGRA"
"""The variable of the connection's own that Integra's triggers, where the owner has them, know our writes by."""

_MARK = f"SELECT RDB$SET_CONTEXT('USER_SESSION', '{MARK}', '1') FROM RDB$DATABASE"  # noqa: S608


class Opener:
    """Opens one session after the other on a base; `begins` counts the transactions of all of them."""

    def __init__(self, options: Options, password: str, surroundings: Surroundings) -> None:
        self.begins = BeginCount()
        self._database = Database(
            path=options.path,
            host=options.host or None,
            port=options.port,
            user=options.user,
            password=password,
            charset=charsets.NONE if options.charset == charsets.AUTO else options.charset,
        )
        self._options = options
        self._chance = surroundings.random
        self._logins = Logins(surroundings.clock)

    @property
    def database(self) -> Database:
        """The base with the charset that it was last found to be spoken to in."""
        return self._database

    def connection(self) -> Connection:
        """A bare connection, its layout unread.

        Raises DatabaseError, and Misconfigured("erp-login-refused") without asking the server too often.
        """
        return self._logins.attempt(lambda: connect(self._database))

    def session(self) -> Session:
        """A session with its layout read. Raises DatabaseError, and Misconfigured for a base that is not C-Plus's."""
        session = self._connected()
        charset = session.layout.charset
        if charset != self._database.charset:
            session.close()
            if self._options.charset != charsets.AUTO:
                raise Misconfigured("erp-charset-wrong", f"its columns are {charset}", expected=charset)
            self._database = replace(self._database, charset=charset)
            session = self._connected()
        return session

    def _connected(self) -> Session:
        session = Session(self.connection(), self.begins, self._options.lock_timeout_s, self._chance)
        try:
            session.layout = layout.read(session)
            _mark(session)
        except BaseException:
            session.close()
            raise
        return session


def _mark(session: Session) -> None:
    with session.reading() as base:
        base.row(_MARK)
