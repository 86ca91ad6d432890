"""Falls of prices that are allowed ahead: those that hold or are to come, one more, and one taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from console.actions import Action
from console.allowance_text import how_far, of_what, when
from console.formats import date_and_time, moment
from console.language import N_, _, say
from console.reading import allowances
from console.reading.allowances import AllowedAhead
from console.reading.reader import fold
from console.reading.why_goods import goods_named
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.allow_dialog import AllowAhead, Wish
from console.screens.piles import Piles
from console.screens.place import bindings
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Piece
from console.widgets.rows import Column
from console.widgets.sources import Cell, Row
from engine.store.instants import to_text

ALL, NOW, TO_COME = "all", "now", "to-come"
NAMES = {ALL: N_("All"), NOW: N_("Now"), TO_COME: N_("To come")}
NAMED_MAX = 12


class Allowances(Piles[int, AllowedAhead]):
    """Stands on the plan. `products`: what was marked there."""

    BINDINGS: ClassVar[list[Any]] = bindings("allowances", "everywhere")
    place = "allowances"
    tab = "plan"
    topics = frozenset(allowances.TOPICS)
    names = NAMES
    everything = ALL

    def __init__(self, products: Sequence[str] = ()) -> None:
        super().__init__(ALL)
        self._products = products

    def columns(self) -> Sequence[Column]:
        """Whose, of what, how far, when."""
        return [
            Column(say("account"), 10, spare=True),
            Column(say("product"), 26),
            Column(say("how far"), 16),
            Column(say("when")),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("key or name of the product")

    def nothing(self) -> SafeText:
        """What would be here."""
        return say("No fall of prices is allowed ahead. n allows one.")

    def about(self) -> Line:
        """What this is about."""
        return [
            Piece(say("Allowed ahead"), "head"),
            Piece(SafeText("  ")),
            Piece(say("prices that the guard lets fall between two moments"), "dim"),
        ]

    def _read(self, db: sqlite3.Connection) -> dict[str, list[AllowedAhead]]:
        now = self.console_app.now()
        every = allowances.allowed_ahead(db, now)
        begun = [one for one in every if one.from_at is not None and one.from_at <= now]
        return {ALL: every, NOW: begun, TO_COME: [one for one in every if one not in begun]}

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """Those that hold, those to come."""
        return {pile: len(rows) for pile, rows in self._read(db).items()}

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[int]:
        """The next one first."""
        return [one.id for one in self._read(db)[pile] if fold(text) in fold(" ".join((*one.items, *one.names)))]

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[int], pile: str) -> Mapping[int, AllowedAhead]:
        """With their products."""
        return {one.id: one for one in self._read(db)[ALL] if one.id in keys}

    def draw(self, row: AllowedAhead) -> Row:
        """A row's cells."""
        now = self.console_app.now()
        holds = row.from_at is not None and row.from_at <= now
        return [
            Cell(row.account, "dim"),
            Cell(of_what(row), "strong"),
            Cell(how_far(row)),
            Cell(when(row, now), "warn" if holds else ""),
        ]

    async def sheet(self, row: AllowedAhead) -> Sequence[Line]:
        """All of its products, and who allowed it."""
        return list(self._sheet(row))

    def _sheet(self, row: AllowedAhead) -> Iterator[Line]:
        now = self.console_app.now()
        yield [Piece(how_far(row), "head")]
        yield [Piece(when(row, now))]
        yield [Piece(say("allowed by {who}, {when}", who=row.who, when=moment(row.at, now)), "dim")]
        yield []
        yield from _products(row.account, row.items, row.names)

    def situation(self) -> Situation:
        """What is meant."""
        attached = self.console_app.link.state.attached
        return Situation(attached=attached, reading=self.is_reading(), allowed=self.meant())

    def do_allow_ahead(self, action: Action) -> None:
        """Asked field by field, then shown whole."""
        accounts = [account.id for account in self.console_app.settings.account]

        async def find(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
            return await self.console_app.read(lambda db: {name: goods_named(db, name) for name in names})

        dialog = AllowAhead(accounts, self._products, find, self.console_app.now)
        self.app.push_screen(dialog, partial(self._show, action))

    def _show(self, action: Action, wish: Wish | None) -> None:
        if wish is None:
            return

        def answered(yes: bool | None) -> None:
            if yes:
                asked = {
                    "account": wish.account,
                    "items": list(wish.items),
                    "fall": wish.fall,
                    "from": to_text(wish.begins),
                    "until": to_text(wish.ends),
                }
                self.console_app.asking.send(action.verb, asked, label=_(action.label))

        begins, ends = date_and_time(wish.begins), date_and_time(wish.ends)
        told = say("By up to {n} % from {begins} until {ends}.", n=wish.fall, begins=begins, ends=ends)
        items = tuple(SafeText(item) for item in wish.items)
        lines = [[Piece(told)], *_products(SafeText(wish.account), items, ())]
        self.app.push_screen(Confirm(say("Let these prices fall?"), lines, _(action.label)), answered)

    def do_withdraw_allowance(self, action: Action) -> None:
        """What it has let pass has passed."""
        asked = [{"allowance": one.id} for one in self.meant()]
        self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
        self.sent()


def _products(account: SafeText, items: Sequence[SafeText], names: Sequence[SafeText]) -> Iterator[Line]:
    if not items:
        yield [Piece(say("every product of {account}", account=account), "warn")]
    for place, item in enumerate(items[:NAMED_MAX]):
        yield [Piece(SafeText(f"  {item}  {names[place] if place < len(names) else ''}"), "dim")]
    if len(items) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(items) - NAMED_MAX), "dim")]
