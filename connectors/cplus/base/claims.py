"""One engine at a time writes into a base: the connection that writes carries a claim, which the others see.

The claim is a variable of the connection (RDB$SET_CONTEXT) and shows in MON$CONTEXT_VARIABLES (Firebird 2.5 and later),
so no row of the base is touched, and a claim goes with its connection however that ends. What is written is committed
on the connection that carries the claim, so no claim that has gone can be written under.

Each announces its claim before it looks, and looks in a transaction begun after that, since MON$ tables show one moment
per transaction: of two that come at once at least one sees the other. Two that announce at once are told apart by their
marks; a claim that would hold is looked around for once more, and of two that would hold both step back.

SYSDBA and the base's owner see the claims of everybody, any other user those of connections under his own name.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from firebird.driver.types import DatabaseError

from connectors.cplus.base.session import Session
from engine.errors import RetryLater
from engine.model.engine_mark import EngineMark
from engine.model.erp import OTHER_ENGINE

VARIABLE = "INTEGRA_ENGINE"
HOLDING, COMING = "holding", "coming"

# A value takes 255 bytes (Firebird 2.5); a mark is below 210.
_SET = f"SELECT RDB$SET_CONTEXT('USER_SESSION', '{VARIABLE}', CAST(? AS VARCHAR(255))) FROM RDB$DATABASE"  # noqa: S608
_CLEAR = f"SELECT RDB$SET_CONTEXT('USER_SESSION', '{VARIABLE}', NULL) FROM RDB$DATABASE"  # noqa: S608
_LOOK = """
SELECT v.MON$VARIABLE_VALUE, a.MON$REMOTE_ADDRESS, CAST(a.MON$TIMESTAMP AS TIMESTAMP),
    IIF(a.MON$ATTACHMENT_ID = CURRENT_CONNECTION, 1, 0)
FROM MON$CONTEXT_VARIABLES v JOIN MON$ATTACHMENTS a ON a.MON$ATTACHMENT_ID = v.MON$ATTACHMENT_ID
WHERE v.MON$VARIABLE_NAME = ?
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's claim as the server shows it; `mark` is None where it is none that we can read."""

    stage: str
    mark: EngineMark | None
    address: str  # without the port; "" of the embedded engine
    since: str  # when its connection was opened, by the server's clock
    is_mine: bool

    def refusal(self) -> RetryLater:
        """What a writer is told who meets it."""
        host, pid = (self.mark.host, self.mark.pid) if self.mark is not None else ("?", 0)
        detail = f"{host}, process {pid}, address {self.address}"
        address = self.address or host
        return RetryLater(OTHER_ENGINE, detail, host=host, pid=pid, address=address, since=self.since)


class Claims:
    """The claim of one engine over its connections; None as its mark: of nobody who stays. Used by several threads."""

    def __init__(self, mark: EngineMark | None) -> None:
        self._mark = mark
        self._lock = threading.Lock()
        self._openings = 0
        self._seen_at: int | None = None
        self._held = False

    @property
    def is_known(self) -> bool:
        """Whether ours was seen to be the only one, and no connection was opened since, as is done when one broke."""
        with self._lock:
            return self._mark is None or self._seen_at == self._openings

    @property
    def is_held(self) -> bool:
        """Whether a connection of ours may carry a claim that others must heed."""
        with self._lock:
            return self._held

    def opened(self) -> None:
        """A connection was opened, perhaps in place of one that broke: ours may be gone, and another's there."""
        with self._lock:
            self._openings += 1

    def guard(self, session: Session) -> None:
        """Before a write. Raises like `take`; costs nothing on a connection that holds the claim."""
        if not session.holds_claim:
            self.take(session)

    def take(self, session: Session) -> None:
        """Hold the claim on this connection, or see that it still is the only one.

        Raises RetryLater("erp-other-engine") naming host, pid, address and since of who holds it: ours is taken back.
        """
        if self._mark is None:
            return
        with self._lock:
            opening = self._openings
        try:
            if not session.holds_claim:
                self._announce(session, COMING)
                self._heed(session, (HOLDING, COMING))
                self._announce(session, HOLDING)
            self._heed(session, (HOLDING,))
        except BaseException:
            self.let_go(session)
            raise
        session.holds_claim = True
        with self._lock:
            self._seen_at, self._held = opening, True

    def let_go(self, session: Session) -> None:
        """Carry no claim: others may write."""
        session.holds_claim = False
        with contextlib.suppress(DatabaseError), session.reading() as base:  # one that is lost carries none
            base.row(_CLEAR)
        with self._lock:
            self._seen_at, self._held = None, False

    def _announce(self, session: Session, stage: str) -> None:
        with session.reading() as base:
            base.row(_SET, (f"{stage} {self._mark}",))

    def _heed(self, session: Session, stages: Sequence[str]) -> None:
        """Raises for the first claim of another engine at one of these stages; of two that come, for the later mark."""
        assert self._mark is not None
        claims = _claims(session)
        mine = next((claim.address for claim in claims if claim.is_mine), "")
        for claim in claims:
            other = claim.mark
            if claim.stage not in stages or claim.is_mine:
                continue
            if other is not None and self._mark.outlives(other, same_address=claim.address == mine):
                continue
            if claim.stage == COMING and other is not None and self._mark.life < other.life:
                continue
            raise claim.refusal()


def _claims(session: Session) -> list[Claim]:
    with session.reading() as base:
        rows = base.rows(_LOOK, (VARIABLE,))
    return [_claim(*row) for row in rows]


def _claim(value: str | None, address: str | None, since: datetime, is_mine: int) -> Claim:
    """What is no claim of this version counts as one that holds."""
    stage, _, mark = (value or "").strip().partition(" ")
    # Firebird 3.0 and later write the client's port behind its address.
    where, when = (address or "").strip().partition("/")[0], f"{since:%Y-%m-%d %H:%M}"
    try:
        return Claim(stage if stage == COMING else HOLDING, EngineMark.parse(mark), where, when, bool(is_mine))
    except ValueError:
        return Claim(HOLDING, None, where, when, bool(is_mine))
