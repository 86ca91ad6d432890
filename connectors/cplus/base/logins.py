"""One refused login speaks for all connections: a person must correct it, and servers lock out who tries too often.

(Firebird itself makes whoever was wrong a few times wait 8 seconds.)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from firebird.driver import Connection
from firebird.driver.types import DatabaseError

from connectors.cplus.base.firebird import Kind, classify
from engine.errors import Misconfigured
from engine.ports import Clock

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
TURN_S_MAX = 10.0
"""How long one attempt waits for the outcome of another; one that hangs in a silent line says nothing."""


class Logins:
    """The attempts of all connections of one ERP. Used by several threads.

    Until a login was accepted they come one after the other, so that the second need not find out for itself.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._accepted = False
        self._wait = FIRST_WAIT
        self._refused_at: datetime | None = None
        self._said = ""

    def attempt(self, connect: Callable[[], Connection]) -> Connection:
        """Connect. Raises DatabaseError, and Misconfigured("erp-login-refused"), at once while it is too early."""
        if self._accepted:
            return self._attempt(connect)
        has_turn = self._turn.acquire(timeout=TURN_S_MAX)
        try:
            return self._attempt(connect)
        finally:
            if has_turn:
                self._turn.release()

    def _attempt(self, connect: Callable[[], Connection]) -> Connection:
        if self._refused_at is not None:
            # A clock that was set back holds nobody up.
            if timedelta() <= self._clock.now() - self._refused_at < self._wait:
                raise Misconfigured("erp-login-refused", self._said)
            self._wait = min(2 * self._wait, LONGEST_WAIT)
        try:
            connection = connect()
        except DatabaseError as error:
            if classify(error).kind is not Kind.LOGIN_REFUSED:
                raise
            self._accepted, self._refused_at = False, self._clock.now()
            why = str(error).replace("\n", " ")
            self._said = f"{why}; tried again from {self._refused_at + self._wait:%H:%M:%S %Z}"
            raise Misconfigured("erp-login-refused", self._said) from error
        self._accepted, self._refused_at, self._wait = True, None, FIRST_WAIT
        return connection
