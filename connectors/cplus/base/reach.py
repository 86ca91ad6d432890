"""How far back a window of stamps reaches: to the begin of the oldest transaction that was open when it was set.

C-Plus stamps a row when it is changed, and others see it when it is committed: a screen left open overnight commits in
the morning what was stamped the evening before. So a window moves on only when all have ended that were open before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.cplus.base.cursors import OVERLAP, Window
from connectors.cplus.base.session import Session, Statements

# Whoever is not the base's owner sees his own transactions only; the whole comparison finds then what was missed.
_OLDEST_BEGIN = """
SELECT CAST(MIN(MON$TIMESTAMP) AS TIMESTAMP) FROM MON$TRANSACTIONS
WHERE MON$STATE = 1 AND MON$READ_ONLY = 0 AND MON$TRANSACTION_ID <> CURRENT_TRANSACTION
"""


def oldest_active(session: Session) -> int:
    """To be asked before the snapshot begins: every transaction below has ended, and the snapshot shows it."""
    return int(session.connection.info.oat)


@dataclass(frozen=True, slots=True)
class Reach:
    """`begins`: of the window, local to the base. Once all transactions below `number` have ended it may be `next`."""

    begins: datetime
    next: datetime
    number: int

    @classmethod
    def anew(cls, base: Statements, window: Window, now: datetime) -> Reach:
        """After a read of everything in this snapshot, at which transactions of any age may be open."""
        following = window.next(base, now)
        row = base.row(_OLDEST_BEGIN)
        begins = following if row is None or row[0] is None else min(following, row[0] - OVERLAP)
        return cls(begins, following, base.number)

    def is_of(self, base: Statements) -> bool:
        """Whether it was set in this base: in one restored, or put back from a copy, the numbers start again."""
        return base.number >= self.number

    def moved(self, base: Statements, window: Window, oldest: int, now: datetime) -> Reach:
        """After a read of the window in this snapshot; `oldest` was `oldest_active` before it."""
        if not self.is_of(base):
            return Reach.anew(base, window, now)
        return Reach(self.next, window.next(base, now), base.number) if oldest >= self.number else self

    def parts(self) -> list[Any]:
        """Fit to stand in a cursor."""
        return [self.begins.isoformat(), self.next.isoformat(), self.number]

    @classmethod
    def of(cls, parts: Any) -> Reach:
        """From a cursor. Raises TypeError or ValueError for one that is not ours."""
        begins, following, number = parts
        return cls(datetime.fromisoformat(begins), datetime.fromisoformat(following), int(number))
