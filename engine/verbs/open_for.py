"""Whether a person's word may be written into the ERP for an account: one that observes or is paused writes nothing."""

from __future__ import annotations

from engine.account import Account
from engine.runtime.commands import Outcome
from engine.store import accounts
from engine.verbs.refusal import refusal


async def why_not(account: Account, direction: str) -> Outcome | None:
    """Why nothing of this direction (`accounts.DIRECTIONS`) may be written now; None when it may.

    Raises what the ERP raises until it has said which base it is.
    """
    if await account.may_write(direction):
        return None
    if (refused := await account.know_base()) is not None:
        return refusal(refused.code, **refused.params)
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None or row["mode"] != accounts.LIVE:
        return refusal("account-observes", account=account.id)
    return refusal("direction-paused", account=account.id, direction=direction)
