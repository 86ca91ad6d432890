"""Who works here: a person's role, PIN and login, switched off and on again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from console.actions import Action
from console.field_texts import ROLES
from console.language import _, say, say_n
from console.reading.grace import InGrace, in_grace
from console.reading.reader import NotReadable
from console.safe_text import SafeText
from console.screens.piles import Piles
from console.setting_rows import SettingRow
from console.widgets.dialogs import Ask, Confirm
from console.widgets.plain import Line, Piece

NAMED_MAX = 10


class Operators(Piles[str, SettingRow]):
    """What is done with the person under the cursor."""

    def person(self) -> SettingRow:
        """The one meant."""
        row = self.under_cursor()
        assert row is not None, "the table of actions asked for a person"
        return row

    def _say(self, action: Action, name: str, said: Mapping[str, Any]) -> None:
        self.console_app.asking.send(action.verb, {"name": name, **said}, label=_(action.label))

    def do_new_person(self, action: Action) -> None:
        """The login, then what he may; a PIN comes with a login that several share."""

        def named(name: str | None) -> None:
            if name:
                self._ask_role(action, name)

        note = say("The Unix login, or on a login that several share a name of his own: a-z, 0-9, - and _.")
        self.app.push_screen(Ask(say("A new person"), [[Piece(note)]], placeholder=say("name")), named)

    def do_role(self, action: Action) -> None:
        """What the person may."""
        self._ask_role(action, self.person().key)

    def _ask_role(self, action: Action, name: str) -> None:
        roles = {_(word): role for role, word in ROLES.items() if role != "disabled"}

        def answered(chosen: str | None) -> None:
            if chosen is None:
                return
            role = roles.get(SafeText(chosen.casefold()))
            if role is None:
                self.flash(say("a role is one of: {roles}", roles=", ".join(roles)), "warn")
            else:
                self._say(action, name, {"role": role})

        title = say("What may {who} do?", who=name)
        question = Ask(title, suggestions=list(roles), heading=say("role"), placeholder=say("role"))
        self.app.push_screen(question, answered)

    def do_pin(self, action: Action) -> None:
        """The login that several share, then the PIN. It goes to the engine and is kept nowhere as it was typed."""
        row = self.person()
        shared = str((row.person or {}).get("shared_login", ""))

        def on_login(login: str | None) -> None:
            if login:
                note = say("4 characters or more. Let him type it himself.")
                title = say("PIN of {who}", who=row.key)
                ask = Ask(title, [[Piece(note)]], placeholder=say("PIN"), secret=True)
                self.app.push_screen(ask, lambda pin: typed(login, pin))

        def typed(login: str, pin: str | None) -> None:
            if pin:
                self._say(action, row.key, {"shared_login": login, "pin": pin})

        note = say("The Unix login that several people use at one place. It must not be the engine's own.")
        title = say("Where does {who} sign in?", who=row.key)
        self.app.push_screen(Ask(title, [[Piece(note)]], placeholder=say("login"), typed=SafeText(shared)), on_login)

    def do_switch_person(self, action: Action) -> None:
        """Switched off with what he decided and has not left, so that somebody looks at it; or on again."""
        row = self.person()
        if not (row.person or {}).get("enabled"):
            self._say(action, row.key, {"enabled": True})
            return

        async def ask() -> None:
            now = self.console_app.now()
            try:
                waiting = await self.console_app.read(lambda db: in_grace(db, now))
            except NotReadable:
                waiting = []
            own = [one for one in waiting if one.who == row.key]
            title = say("Switch {who} off?", who=row.key)
            self.app.push_screen(Confirm(title, _consequences(own), say("switch off")), answered)

        def answered(yes: bool | None) -> None:
            if yes:
                self._say(action, row.key, {"enabled": False})

        self.background(ask)


def _consequences(waiting: Sequence[InGrace]) -> list[Line]:
    lines: list[Line] = [[Piece(say("Every console of his ends at once, and what he has open is free."))]]
    if waiting:
        told = say_n(
            "{n} decision of his has not left yet and leaves unless somebody takes it back:",
            "{n} decisions of his have not left yet and leave unless somebody takes them back:",
            len(waiting),
        )
        lines += [[], [Piece(told, "warn")]]
        lines += [[Piece(SafeText(f"  {one.number}  {one.buyer}"), "dim")] for one in waiting[:NAMED_MAX]]
    if len(waiting) > NAMED_MAX:
        lines.append([Piece(say("  and {n} more", n=len(waiting) - NAMED_MAX), "dim")])
    return lines
