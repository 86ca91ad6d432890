"""Asking before a direction of an account is paused, with a reason and until when, or resumed."""

from __future__ import annotations

from console.actions import Action
from console.language import _, say
from console.reading.accounts import AccountRow
from console.screens.place import Place
from console.texts import DIRECTIONS, word
from console.verbs.moments import until_text
from console.widgets.dialogs import Ask, Confirm
from console.widgets.plain import Piece

RESUME = "resume"


def ask_to_pause(place: Place, account: AccountRow, direction: str, action: Action) -> None:
    """Why, then until when."""
    title = say("Pause {direction} of {account}", direction=word(DIRECTIONS, direction), account=account.name)
    reasons = [say("stock-taking"), say("the shop is being changed"), say("prices are being revised")]
    asked: dict[str, str] = {"account": account.id, "direction": direction}

    def why(reason: str | None) -> None:
        if reason:
            asked["reason"] = reason
            note = [[Piece(say("Empty: until somebody resumes it. Or 30m, 2h, 1d, or a time as 2026-11-30T08:00."))]]
            place.app.push_screen(Ask(title, note, placeholder=say("until when"), needed=False), until)

    def until(typed: str | None) -> None:
        if typed is None:
            return
        try:
            limit = {"until": until_text(typed, place.console_app.now())} if typed else {}
        except (ValueError, OverflowError):
            place.flash(say("“{text}” is no time: 30m, 2h, 1d or 2026-11-30T08:00", text=typed), "warn")
            return
        place.console_app.asking.send(action.verb, {**asked, **limit}, label=_(action.label))

    note = [[Piece(say("Nothing moves this way until somebody resumes it. Orders already taken stay as they are."))]]
    place.app.push_screen(Ask(title, note, suggestions=reasons, placeholder=say("reason")), why)


def ask_to_resume(place: Place, account: AccountRow, direction: str) -> None:
    """Let it go on."""

    def answered(yes: bool | None) -> None:
        if yes:
            args = {"account": account.id, "direction": direction}
            place.console_app.asking.send(RESUME, args, label=say("resume"))

    title = say("Resume {direction} of {account}?", direction=word(DIRECTIONS, direction), account=account.name)
    place.app.push_screen(Confirm(title, yes=say("resume")), answered)
