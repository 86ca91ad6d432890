"""What can go wrong with the outside world, as a caller can act on it.

Every error carries a stable `code` (it names a page of the guide and groups problems on the screen) and `params`, plain
values for the sentence that the console composes in the operator's language. `str(error)` is for logs.
"""

from __future__ import annotations

Param = str | int | bool | None


class IntegraError(Exception):
    """Root of the engine's errors; not raised itself."""

    def __init__(self, code: str, detail: str = "", **params: Param) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.params = params


class RetryLater(IntegraError):
    """Nothing was changed on the other side; the same call may succeed later (unreachable, busy, lock conflict).

    `after_s` is the wait in seconds that the other side asked for, when it said one.
    """

    def __init__(self, code: str, detail: str = "", *, after_s: float | None = None, **params: Param) -> None:
        super().__init__(code, detail, **params)
        self.after_s = after_s


class ErpAway(RetryLater):
    """The ERP as a whole is out of reach: whatever needs it fails, and works again once anybody gets through to it."""


class OutcomeUnknown(IntegraError):
    """The request left and no answer came: it may have been applied, may still be applied, or never will be."""


class Refused(IntegraError):
    """The other side said no; the same request would be refused again."""


class TooMany(Refused):
    """So many at once are never taken there, and nothing of these was; `limit` are."""

    def __init__(self, code: str, detail: str = "", *, limit: int, **params: Param) -> None:
        super().__init__(code, detail, limit=limit, **params)
        self.limit = limit


class Misconfigured(IntegraError):
    """A setting, a credential or a right is wrong: nothing of this account works until a person changes it."""


class NeedsPerson(IntegraError):
    """The engine cannot decide this by itself; the order or the row waits with a reason."""


class CodeTaken(IntegraError):
    """The ERP key that was taken for us belongs to another's row: take a new one."""


class Collision(RetryLater):
    """Two works met on the other side, and its database gave this one up (a deadlock): worth another try at once."""


class StillOpen(RetryLater):
    """Our own first try holds the key in a transaction that has not ended: wait, then look again."""


class InUse(RetryLater):
    """Somebody has just this record open on the other side: it waits for him, everything else goes on.

    `who` among the params names him.
    """
