"""What keeps an account or its rows from moving, as status and a single sync both tell it."""

from __future__ import annotations

from collections.abc import Iterator

from console.language import say, say_n
from console.reading.accounts import AccountRow
from console.reading.problems import HeldRows
from console.safe_text import SafeText
from console.texts import GUARDS, MODE_REASONS, MODES, word
from console.wrapping import wrapped


def mode_lines(account: AccountRow) -> Iterator[str]:
    """Whether it is live, or why it only observes."""
    mode = word(MODES, account.mode)
    if account.observes:
        mode = say("{mode}: {reason}", mode=mode, reason=word(MODE_REASONS, account.mode_reason))
    yield from wrapped(f"{account.id} ({account.name}): {mode}", rest="  ")


def missing_orders(account: AccountRow) -> SafeText:
    """How many of its orders a restored base lacks, and where they are."""
    return say_n(
        "{n} order is gone from C-Plus: see it in the queue Problem",
        "{n} orders are gone from C-Plus: see them in the queue Problem",
        account.missing_orders,
    )


def held_lines(held: HeldRows) -> Iterator[str]:
    """How many rows which guard holds."""
    told = say_n(
        "{n} row of {account} held: {guard}",
        "{n} rows of {account} held: {guard}",
        held.rows,
        account=held.account,
        guard=word(GUARDS, held.guard),
    )
    yield from wrapped(told)
