"""The settings: what holds for all and for each shop, its switches, and who may do what; changed in place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from console import setting_rows, settings_table
from console.actions import Action
from console.language import N_, _, say
from console.reading.accounts import all_accounts
from console.reading.reader import fold
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.screens.pausing import ask_to_pause, ask_to_resume
from console.screens.people import Operators
from console.screens.place import bindings
from console.setting_rows import SettingRow
from console.widgets.dialogs import Ask
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Row
from engine.runtime.client import Answer
from engine.settings import Settings as Loaded

TOLD = "settings told"
"""Our own news: the engine has said what holds."""


class Settings(Operators):
    """General ones, those of each account, and the people."""

    BINDINGS: ClassVar[list[Any]] = bindings("settings", "everywhere")
    place = "settings"
    tab = "settings"
    topics = frozenset({"*", "accounts", "audit", TOLD})

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(setting_rows.GENERAL)
        accounts = {account.id: account.id for account in loaded.account}
        self.names = {setting_rows.GENERAL: N_("General"), **accounts, setting_rows.PEOPLE: N_("People")}
        self._told: Mapping[str, Any] = {}
        self._rows: dict[str, dict[str, SettingRow]] = {}

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """What it is called, and what holds."""
        return [Column(say("setting"), 32), Column(say("now"), 20), Column(say("key"), spare=False)]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("words of the name, or its key in settings.toml")

    def nothing(self) -> SafeText:
        """What would be here."""
        if not self._told:
            return say("No engine answers: it is the one that knows what holds.")
        return say("Nobody is named: whoever the system lets in decides. Name the first with n.")

    async def load(self, topics: frozenset[str]) -> None:
        """What the store has at once, what the engine says when it answers."""
        if topics & self.topics - {TOLD}:
            self.console_app.asking.look("settings", {}, self._heard)
        await super().load(topics)

    def _heard(self, answer: Answer) -> None:
        if answer.ok and answer.result["settings"] != self._told:
            self._told = answer.result["settings"]
            self.reload(frozenset({TOLD}))

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """Read with the keys."""
        return {pile: len(rows) for pile, rows in self._rows.items()}

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[str]:
        """All piles, some dozens of rows each."""
        accounts, now = all_accounts(db), self.console_app.now()
        self._rows = {
            name: {row.key: row for row in setting_rows.rows_of(name, self._told, accounts, now)} for name in self.names
        }
        words = fold(text).split()
        return [
            row.key
            for row in self._rows[pile].values()
            if all(word in fold(f"{row.label} {row.key} {row.told}") for word in words)
        ]

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[str], pile: str) -> Mapping[str, SettingRow]:
        """Read with their keys."""
        return {key: row for key, row in self._rows[pile].items() if key in keys}

    def draw(self, row: SettingRow) -> Row:
        """A row's cells."""
        key = row.key if row.knob is not None else ""
        return [Cell(row.label, "strong"), Cell(row.value, row.tone), Cell(safe(key), "dim")]

    async def sheet(self, row: SettingRow) -> Sequence[Line]:
        """What it means, and how it is changed."""
        return list(_sheet(row))

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The row under the cursor."""
        return Situation(attached=self.console_app.link.state.attached, setting=self.under_cursor(), pile=self.pile)

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """The way in which this row is changed."""
        row = self.under_cursor()
        if row is not None:
            self.action_do("switch" if row.direction else "role" if row.person is not None else "edit_setting")

    def do_edit_setting(self, action: Action) -> None:
        """Typed, and looked at before it is sent; the engine looks at the whole once more."""
        row = self.under_cursor()
        assert row is not None, "the table of actions asked for a setting"
        assert row.knob is not None, "likewise"
        knob, key = row.knob, row.key

        def answered(text: str | None) -> None:
            if text is None:
                return
            try:
                value = settings_table.parsed(knob, text, account=key.startswith("account."))
            except settings_table.Unfit as unfit:
                self.flash(say("{setting}: expected: {expected}", setting=row.label, expected=unfit.expected), "warn")
                return
            self._send(action, key, value)

        choices = [SafeText(choice) for choice in knob.choices] or _yes_or_no(knob)
        lines = [[Piece(row.told)], [Piece(say("Empty: as settings.toml says, else the default."), "dim")]]
        question = Ask(
            row.label, lines, suggestions=choices, heading=say("choices"), typed=settings_table.typed(row.now),
            needed=False,
        )  # fmt: skip
        self.app.push_screen(question, answered)

    def do_reset_setting(self, action: Action) -> None:
        """What the file says, else the default."""
        row = self.under_cursor()
        assert row is not None, "the table of actions asked for a setting"
        self._send(action, row.key, None)

    def _send(self, action: Action, key: str, value: Any) -> None:
        self.console_app.asking.send(action.verb, {"key": key, "value": value}, label=_(action.label))

    def do_switch(self, action: Action) -> None:
        """Off with a reason, or on again."""
        row = self.under_cursor()
        assert row is not None, "the table of actions asked for a direction"
        assert row.account is not None, "likewise"
        assert row.direction is not None, "likewise"
        if row.direction.paused(self.console_app.now()):
            ask_to_resume(self, row.account, row.direction.name)
        else:
            ask_to_pause(self, row.account, row.direction.name, action)

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")


def _yes_or_no(knob: settings_table.Knob) -> list[SafeText]:
    return [_(settings_table.YES), _(settings_table.NO)] if knob.kind == settings_table.FLAG else []


def _sheet(row: SettingRow) -> Iterator[Line]:
    yield [Piece(row.label, "head")]
    yield [Piece(row.told, row.tone)]
    yield []
    label = say("now")
    yield Labelled([Piece(SafeText(f"{label:<8}"), "dim"), Piece(row.value, "strong")])
    if row.knob is not None:
        label = say("key")
        yield Labelled([Piece(SafeText(f"{label:<8}"), "dim"), Piece(safe(row.key))])
