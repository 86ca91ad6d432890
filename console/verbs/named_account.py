"""The account that a word on the command line means."""

from __future__ import annotations

from console.language import say
from console.verbs.context import Context, complain

EVERY = "*"
"""Said in place of an account to pause or resume all of them."""


def is_known(context: Context, account: str, *, or_every: bool = False) -> bool:
    """Whether the settings have it; else it is said which there are. Raises Misconfigured."""
    known = [one.id for one in context.settings().account]
    if account in known or (or_every and account == EVERY):
        return True
    complain(say("There is no account {account}. There are: {known}.", account=account, known=", ".join(known) or "—"))
    return False
