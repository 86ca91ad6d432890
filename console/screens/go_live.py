"""The question before an account writes for the first time, or again after it was set back, wherever it is asked."""

from __future__ import annotations

from console.actions import Action
from console.language import _, say
from console.reading.accounts import AccountRow
from console.screens.overview_questions import verdict_lines
from console.screens.place import Place
from console.widgets.dialogs import Confirm


def ask_to_go_live(place: Place, account: AccountRow, action: Action) -> None:
    """Show the verdict, and ask for the write from the version that was shown."""
    app = place.console_app

    def answered(yes: bool | None) -> None:
        if yes:
            asked = {"account": account.id}
            app.asking.send(action.verb, asked, row_version=account.row_version, label=_(action.label))

    first = say("Approve the first write to {account}?", account=account.name)
    title = say("Let {account} write again?", account=account.name) if account.was_live else first
    app.push_screen(Confirm(title, verdict_lines(account, app.now()), say("approve")), answered)
