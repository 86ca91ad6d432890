"""integra pause, resume, go-live: what is switched on for an account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from console.language import _, say
from console.reading.accounts import AccountRow, all_accounts
from console.standing_text import missing_orders
from console.texts import MODE_REASONS, VERDICT, refusal, word
from console.verbs.context import Context, Exit, complain, confirmed, tell
from console.verbs.moments import until_text
from engine.runtime.client import Answer


def _told(answer: Answer) -> int:
    if answer.ok:
        print(_("Done."))
        return Exit.DONE
    complain(refusal(answer.code, answer.params))
    return Exit.NEEDS_PERSON


def pause(context: Context, account: str, direction: str, reason: str, until: str | None) -> int:
    """Nothing moves that way until then, or until resumed."""
    args: dict[str, Any] = {"account": account, "direction": direction, "reason": reason}
    if until is not None:
        try:
            args["until"] = until_text(until, datetime.now(UTC))
        except (ValueError, OverflowError):
            complain(_("--until takes a time such as 30m, 2h, 1d or 2026-11-30T08:00"))
            return Exit.WRONG_USAGE
    with context.engine() as engine:
        return _told(engine.ask("pause", args))


def resume(context: Context, account: str, direction: str) -> int:
    """It moves again."""
    with context.engine() as engine:
        return _told(engine.ask("resume", {"account": account, "direction": direction}))


def go_live(context: Context, account: str, yes: bool) -> int:
    """Show the verdict of adoption and, when a person says yes, approve the first write."""
    with context.engine() as engine:
        found = next(row for row in context.read(all_accounts) if row.id == account)
        if not found.observes:
            print(say("{account} is live already.", account=account))
            return Exit.DONE
        if found.verdict is None:
            complain(say("{account} is still looking through the shop; try again when it is done.", account=account))
            return Exit.NEEDS_PERSON
        _show_verdict(found)
        first = say("Approve the first write to {account}? [y/N] ", account=found.name)
        question = say("Let {account} write again? [y/N] ", account=found.name) if found.was_live else first
        if not yes and not confirmed(question):
            return Exit.NEEDS_PERSON
        return _told(engine.ask("go_live", {"account": account}, found.row_version))


def _show_verdict(account: AccountRow) -> None:
    if account.missing_orders:
        tell(missing_orders(account), "!! ")
    tell(say("{account}: {reason}", account=account.name, reason=word(MODE_REASONS, account.mode_reason)))
    for name, value in (account.verdict or {}).items():
        print(f"{value!s:>8}  {word(VERDICT, name)}")
