"""The catalogue: what each shop shows of each product and why, and what is said of it there in place of C-Plus."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial
from time import monotonic
from typing import Any, ClassVar

from textual.timer import Timer

from console.actions import Action
from console.catalogue_texts import PILES
from console.language import N_, say, say_n
from console.reading import catalogue
from console.reading.catalogue import ListingRow
from console.reading.reader import NotReadable
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.screens.catalogue_sheet import cells, sheet, why_lines
from console.screens.listing_editing import Listings
from console.screens.piles import MARKS_MAX
from console.screens.place import bindings
from console.widgets.plain import Line, Piece
from console.widgets.reading_page import ReadingPage
from console.widgets.rows import Column, Rows
from console.widgets.sources import Row
from engine.store import mirror

NOTHING = {
    catalogue.ALL: N_("No product is known yet. Those of C-Plus are listed here as soon as its catalogue was read."),
    catalogue.ON_SALE: N_("Nothing is on sale in this shop as yet. What it shows is listed here."),
    catalogue.WAITING: N_("Nothing waits: the shop shows all as it shall be."),
    catalogue.INCOMPLETE: N_("Nothing lacks a photo, weight, price or bar code. What does is listed here."),
    catalogue.WITHHELD: N_("Nothing is withheld. What you keep from this shop (x) is listed here."),
    catalogue.UNFLAGGED: N_("Every product is marked online in C-Plus. Those that are not are listed here."),
}
COUNTING_SHARE = 0.05
"""Counting the piles of a million products takes a second: it is done again after twenty times as long."""


class Catalogue(Listings):
    """One account's at a time."""

    BINDINGS: ClassVar[list[Any]] = bindings("catalogue", "everywhere")
    place = "catalogue"
    tab = "catalogue"
    topics = frozenset(catalogue.TOPICS)
    sheet_topics = frozenset({"stock-levels", "problems"})
    names = PILES
    everything = catalogue.ALL
    counted_max = catalogue.LISTED_MAX

    def __init__(self) -> None:
        super().__init__(catalogue.ALL)
        self._counted: tuple[int, float, Mapping[str, int]] = (-1, 0.0, {})
        self._outdated = False
        self._counts_again: Timer | None = None
        self._only: tuple[str, ...] = ()

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """What it is, what it shall show, and what the shop shows."""
        return [
            Column(say("code"), 14),
            Column(say("name")),
            Column(say("stock"), 7, right=True),
            Column(say("price"), 11, right=True),
            Column(say("state"), 18, spare=True),
            Column(say("the shop shows"), 19, spare=True),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("SKU, code, bar code, or words of the name")

    def nothing(self) -> SafeText:
        """What would be here."""
        if self.account is None:
            return say("There is no shop in the settings.")
        return say(NOTHING[self.pile])

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """Not at every change: the piles may be large."""
        account = self.account
        if account is None:
            return {}
        self._options = mirror.payment_options(db)
        place, until, counted = self._counted
        self._outdated = place == self._place and monotonic() < until
        if not self._outdated:
            began = monotonic()
            counted = catalogue.counts(db, account)
            took = monotonic() - began
            self._counted = (self._place, began + took / COUNTING_SHARE, counted)
        return counted

    async def load(self, topics: frozenset[str]) -> None:
        """What was not counted is counted when its time comes, if nothing else happens until then."""
        await super().load(topics)
        if self._outdated and self._counts_again is None and self.stands:
            self._counts_again = self.set_timer(max(0.1, self._counted[1] - monotonic()), self._count_again)

    def _count_again(self) -> None:
        self._counts_again = None
        self.reload(frozenset({"catalogue"}))

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[str]:
        """By key; of a pasted list, what was found."""
        if self._only:
            return self._only
        return [] if self.account is None else catalogue.keys(db, self.account, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[str], pile: str) -> Mapping[str, ListingRow]:
        """With what the shop shows."""
        return {} if self.account is None else catalogue.rows(db, self.account, keys)

    def draw(self, row: ListingRow) -> Row:
        """A row's cells."""
        return cells(row)

    def about(self) -> Line:
        """Which shop; what of it is not listed."""
        account = self.account
        if account is None:
            return []
        several = say("  (Tab: another shop)") if len(self.console_app.settings.account) > 1 else SafeText("")
        line = [Piece(safe(account.name or account.id), "head"), Piece(several, "dim")]
        if self._only:
            listed = say_n("  {n} product of the pasted list; Esc: all", "  {n} products of the pasted list; Esc: all",
                           len(self._only))  # fmt: skip
            return [*line, Piece(listed, "warn")]
        if len(self.pages) >= catalogue.LISTED_MAX:
            return [*line, Piece(say("  the first {n} are listed: filter (/)", n=catalogue.LISTED_MAX), "warn")]
        return [*line, Piece(say("  paste a list of SKUs here to mark them"), "dim")]

    async def sheet(self, row: ListingRow) -> Sequence[Line]:
        """All about it."""
        return list(sheet(row, await self._read_sheet(row), self.console_app.now()))

    def situation(self) -> Situation:
        """The products meant, and what was changed last."""
        return Situation(
            attached=self.console_app.link.state.attached,
            reading=self.is_reading(),
            listings=self.meant(),
            shops=len(self.console_app.settings.account),
            undoable=self._sending.undoable,
        )

    # --- reading about one --------------------------------------------------------------------------------------------

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """The sheet in full."""
        self._open_page(lambda row, told: list(sheet(row, told, self.console_app.now())))

    def do_why(self, action: Action) -> None:
        """The sum alone."""
        self._open_page(
            lambda row, told: [[Piece(row.name or row.label, "head")], *why_lines(told, self.console_app.now())]
        )

    def _open_page(self, lines: Any) -> None:
        row = self.under_cursor()
        if row is None:
            return

        async def show() -> None:
            try:
                told = await self._read_sheet(row)
            except NotReadable:
                return
            self.app.push_screen(ReadingPage(lines(row, told)))

        self.background(show)

    # --- going about --------------------------------------------------------------------------------------------------

    def come_to_item(self, account: str, item: str) -> None:
        """An item of an account, from another screen."""
        accounts = [one.id for one in self.console_app.settings.account]
        if account in accounts:
            self._place, self._only = accounts.index(account), ()
            self._forget_marks()
        self.come_to(catalogue.ALL, item)

    def do_next_account(self, action: Action) -> None:
        """The next shop, from the beginning."""
        self._place = (self._place + 1) % max(1, len(self.console_app.settings.account))
        self._only = ()
        self._forget_marks()
        self.query_one(Rows).cursor = 0
        self.reload(frozenset({"*"}))

    def scanned(self, text: str) -> None:
        """A product's code leads to it; a list of them marks them all. Anything else is looked for as an order."""
        names = [safe(name) for name in re.split(r"[\s,;]+", text) if name][:MARKS_MAX]
        self.background(partial(self._take_list, text, names))

    async def _take_list(self, text: str, names: Sequence[SafeText]) -> None:
        account = self.account
        if account is None:
            return

        def read(db: sqlite3.Connection) -> tuple[dict[SafeText, str | None], Mapping[str, ListingRow]]:
            found = {name: catalogue.item_named(db, account, name) for name in names}
            return found, catalogue.rows(db, account, [item for item in found.values() if item])

        try:
            found, rows = await self.console_app.read(read)
        except NotReadable:
            return
        missing = [name for name, item in found.items() if item is None]
        if len(names) == 1 and missing:
            super().scanned(text)
            return
        if len(names) == 1:
            self.come_to(catalogue.ALL, next(iter(rows), None))
            return
        self.come_to(catalogue.ALL)
        self._only = tuple(sorted(rows))
        self._marked = dict(rows)
        self.query_one(Rows).marks = set(rows)
        self.reload(frozenset({"*"}))
        told = say_n("{n} product marked", "{n} products marked", len(rows))
        if missing:
            title = say_n("{told}; {n} not found:", "{told}; {n} not found:", len(missing), told=told)
            self.app.push_screen(ReadingPage([[Piece(title, "warn")], *([Piece(name)] for name in missing)]))
        else:
            self.flash(told)

    def do_back(self, action: Action) -> None:
        """A pasted list is left before the screen is."""
        if self._only and not self.query_one("#filter").display:
            self._only = ()
            self._forget_marks()
            self.reload(frozenset({"*"}))
        else:
            super().do_back(action)

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")
