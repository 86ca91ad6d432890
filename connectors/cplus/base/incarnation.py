"""Which incarnation of the base the open connections speak to: another file under the same path must not be written to.

A restore by gbak, and any other base, has another moment of creation. A file that was copied back has the same one, but
its transactions are counted from where the copy was made. Either needs a server that let go of the file, hence a new
connection: it is enough to look at each one as it is opened.
"""

from __future__ import annotations

import threading

from connectors.cplus.base.identity import epoch
from connectors.cplus.base.session import Session
from engine.errors import RetryLater


class BaseChanged(RetryLater):
    """The connection speaks to another file than the one that was accepted: "erp-base-changed"."""


class Incarnations:
    """Tells the incarnations apart, over all connections of one process. Used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._created = ""
        self._transaction = 0
        self._rewound = 0
        self._newest = ""
        self._accepted: str | None = None

    @property
    def newest(self) -> str:
        """What the connection that was opened last speaks to; empty before the first one."""
        with self._lock:
            return self._newest

    def opened(self, session: Session) -> None:
        """Look at a new connection."""
        created = epoch(session)
        with self._lock:
            # Asked with the lock held: of two connections opened at once the one asked later must be judged later.
            transaction = session.connection.info.next_transaction
            if created == self._created and transaction < self._transaction:
                self._rewound += 1
            self._created, self._transaction = created, transaction
            self._newest = session.incarnation = f"{created}#{self._rewound}"

    def reached(self, session: Session) -> None:
        """Note how far the base has come, so that an older copy of it is recognised."""
        transaction = session.connection.info.next_transaction
        with self._lock:
            self._transaction = max(self._transaction, transaction)

    def accept(self, session: Session) -> None:
        """Whoever asked knows now which base this is, and judges; writes go to this one only."""
        with self._lock:
            self._accepted = session.incarnation

    def guard(self, session: Session) -> None:
        """Before a write. Raises BaseChanged on a connection to another than the accepted one."""
        with self._lock:
            if self._accepted not in (None, session.incarnation):
                raise BaseChanged("erp-base-changed", f"created {session.incarnation}, known was {self._accepted}")
