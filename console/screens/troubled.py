"""What can be done with a cause of trouble and with each thing that it holds up, and the words for both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.actions import Action
from console.language import _, language, say, say_n
from console.reading.affected import CauseKey
from console.safe_text import SafeText, safe
from console.screens.overview_rows import cause_title, refused_sentence, refused_title
from console.screens.place import Place
from console.texts import explain
from console.widgets.dialogs import Ask, Confirm
from console.widgets.plain import Piece

GUIDE = {"pt_BR": "docs/causas.md", "en": "docs/causes.md"}


def name_of(cause: CauseKey) -> SafeText:
    """A cause in a few words, with its account or with what the shop refused."""
    if cause.source == "refused":
        return refused_title(cause.code, cause.facet)
    return cause_title(cause.account, cause.code)


def sentence_of(cause: CauseKey, params: Mapping[str, Any], detail: SafeText) -> SafeText:
    """What is wrong and what to do."""
    if cause.source == "refused":
        return refused_sentence(cause.code, detail)
    return explain(cause.code, params, detail or str(params.get("detail", "")))


def page_of(code: str) -> SafeText:
    """Where the guide tells of it."""
    return SafeText(f"{GUIDE[language()]}#{safe(code)}")


class Troubled(Place):
    """Asks, then has the engine do it to all that is pointed at."""

    def sent(self) -> None:
        """Commands are on their way: marks have done their work."""

    def do_retry(self, action: Action) -> None:
        """Try it again now."""
        self._send(action)

    def do_attend(self, action: Action) -> None:
        """It counts again."""
        self._send(action)

    def do_ignore(self, action: Action) -> None:
        """Ask why, then leave it aside."""
        meant = self.situation().troubles

        def answered(why: str | None) -> None:
            if why:
                asked = [{**one.args, "why": why} for one in meant]
                self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
                self.sent()

        title = meant[0].title if len(meant) == 1 else say_n("{n} cause", "{n} causes", len(meant))
        note = say("It is shown under “left aside” only, until it says something else or comes back.")
        reasons = [say("known, it is being dealt with"), say("it is meant so")]
        self.app.push_screen(
            Ask(
                say("{cause}: leave aside?", cause=title),
                [[Piece(note)]],
                suggestions=reasons,
                placeholder=say("reason"),
            ),
            answered,
        )

    def _send(self, action: Action) -> None:
        asked = [one.args for one in self.situation().troubles]
        self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
        self.sent()

    def ask_to_retry(self, action: Action, asked: list[Mapping[str, str | None]]) -> None:
        """Everything at once is asked about: a shop that struggles gets all of it anew."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.console_app.asking.send_all(action.verb, asked, label=_(action.label))

        title = say_n("Try {n} cause again?", "Try {n} causes again?", len(asked))
        self.app.push_screen(Confirm(title, [[Piece(_(action.help))]], _(action.label)), answered)
