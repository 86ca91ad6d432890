"""The doorbell: a connection on which the server tells that somebody committed a change that the triggers logged.

Only a bell: what was changed is read from the log, and the log is looked at on a clock too. Firebird tells over a
second connection, from a port that the server chooses unless RemoteAuxPort names one; a firewall may swallow it, and
one that died stays silent. So it is set up anew every few minutes, in a thread that nobody waits for.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from firebird.driver import Connection
from firebird.driver.interfaces import iEventCallbackImpl, iEvents

from connectors.cplus.changes.triggers import EVENT

REARM_S = 240.0
AGAIN_S = 60.0
"""After a set-up that failed."""

LEAVE_S_MAX = 2.0

# Event parameter block: version 1, then length, name and the count that is known already, in 4 bytes (Interbase API).
_EVENTS = bytes([1, len(EVENT)]) + EVENT.encode() + bytes(4)

log = logging.getLogger("integra.cplus.doorbell")


class Doorbell:
    """Rings in its own thread, also after each set-up: what came before it may have gone unheard."""

    def __init__(self, connect: Callable[[], Connection], ring: Callable[[], None]) -> None:
        self._connect = connect
        self._ring = ring
        self._ended = threading.Event()
        self._again = threading.Event()
        self._stir = threading.Event()
        self._thread = threading.Thread(target=self._live, name="cplus-doorbell", daemon=True)
        self._thread.start()

    def rearm(self) -> None:
        """It missed something: set it up anew."""
        self._again.set()
        self._stir.set()

    def close(self) -> None:
        """Let go. One that hangs in its set-up is left behind: it holds nothing and ends with the process."""
        self._ended.set()
        self._stir.set()
        self._thread.join(LEAVE_S_MAX)

    def _live(self) -> None:
        while not self._ended.is_set():
            try:
                with contextlib.closing(self._connect()) as connection:
                    self._listen(connection)
            except Exception as error:
                log.info("the doorbell could not be set up: %s", error)
                self._ended.wait(AGAIN_S)

    def _listen(self, connection: Connection) -> None:
        self._again.clear()
        until = time.monotonic() + REARM_S
        told = _Told(self._stir)
        pending: iEvents | None = told.ask(connection)
        self._ring()
        try:
            while not (self._ended.is_set() or self._again.is_set()) and (left := until - time.monotonic()) > 0:
                self._stir.wait(left)
                self._stir.clear()
                if told.answered:
                    pending = None  # an answered request, let go of after the next one, takes that with it
                    pending = told.ask(connection)  # before the log is read: what comes from now on rings again
                    self._ring()
        finally:
            if pending is not None:
                pending.cancel()
                # The library lets go of what it has cancelled, which the driver does not count: a second time, when
                # Python forgets the object, would be memory that is somebody else's by then.
                pending._refcnt = 0


class _Told(iEventCallbackImpl):  # type: ignore[misc]  # the driver has no types
    """What the client library calls, from a thread of its own. (The driver's EventCollector fails when it is closed
    while an event comes in, and frees what is called before the library has let go of it.)"""

    def __init__(self, stir: threading.Event) -> None:
        super().__init__()
        self.answered = False
        self._stir = stir
        self._known = _EVENTS
        _kept.append(self)

    def ask(self, connection: Connection) -> iEvents:
        """Want to be told once of what goes beyond the count that is known."""
        self.answered = False
        return connection._att.que_events(self, self._known)

    def add_ref(self, _this: object = None) -> None:
        """Python counts, not the library; the driver's own takes no argument and is given one."""

    def release(self, _this: object = None) -> int:
        """The same."""
        return 1

    def events_arrived(self, events: bytes) -> None:
        """The count as it is now; without one when the request was cancelled."""
        if len(events) == len(_EVENTS):
            self._known = events
            self.answered = True
            self._stir.set()


_kept: deque[_Told] = deque(maxlen=8)
"""The library may be calling while its request is cancelled: the last ones stay."""
