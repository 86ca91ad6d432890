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
from console.language import N_, _, say, say_n
from console.listing_text import MANY_AT_ONCE, is_one_line, said, typed_of
from console.reading import catalogue
from console.reading.catalogue import ListingRow
from console.reading.listing_sheet import ListingSheet, listing_sheet
from console.reading.reader import NotReadable
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.screens.catalogue_sheet import cells, preview, sheet, why_lines
from console.screens.listing_dialogs import ChooseField, EditValue
from console.screens.listing_sending import Sending
from console.screens.piles import MARKS_MAX, Piles
from console.screens.place import bindings
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Piece
from console.widgets.reading_page import ReadingPage
from console.widgets.rows import Column, Rows
from console.widgets.sources import Row
from engine.listing_fields import FIELDS, About, checked
from engine.settings import AccountSettings
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


class Catalogue(Piles[str, ListingRow]):
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
        self._place = 0
        self._counted: tuple[int, float, Mapping[str, int]] = (-1, 0.0, {})
        self._outdated = False
        self._counts_again: Timer | None = None
        self._options: tuple[str, ...] = ()
        self._only: tuple[str, ...] = ()
        self._sending = Sending(self)

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountSettings | None:
        """The shop that is shown."""
        accounts = self.console_app.settings.account
        return accounts[self._place % len(accounts)] if accounts else None

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

    async def _read_sheet(self, row: ListingRow) -> ListingSheet:
        account = self.account
        assert account is not None, "a row is an account's"
        return await self.console_app.read(lambda db: listing_sheet(db, account, row))

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

    # --- changing -----------------------------------------------------------------------------------------------------

    def do_edit_listing(self, action: Action) -> None:
        """Which field, what it shall say, and for several products what that does."""
        rows = self.meant()
        names = list(FIELDS) if len(rows) == 1 else list(MANY_AT_ONCE)

        def chosen(name: str | None) -> None:
            if name is not None:
                self._edit(rows, name)

        fields = [(name, self._now(rows, name)) for name in names]
        self.app.push_screen(ChooseField(self._title(rows), fields), chosen)

    def _edit(self, rows: Sequence[ListingRow], name: str) -> None:
        now = rows[0].own[name] if len({str(row.own[name]) for row in rows}) == 1 else None
        if not is_one_line(now):
            self.flash(say("It has several lines: change it in a file (integra catalogue --csv FILE)."), "warn")
            return

        def check(field: str, value: Any) -> Any:
            in_order = [checked(field, value, self._judged(row)) for row in rows]
            return in_order[0]

        def edited(answer: tuple[Any] | None) -> None:
            if answer is not None:
                self._change(rows, {name: answer[0]})

        lines = [[Piece(self._title(rows), "dim")]]
        if name == "payment_options":
            lines.append([Piece(say("C-Plus offers: {options}", options=", ".join(self._options) or "—"), "dim")])
        self.app.push_screen(EditValue(name, typed_of(name, now), lines, check), edited)

    def do_return_field(self, action: Action) -> None:
        """One field, or the only one, says what C-Plus says again."""
        rows = self.meant()
        own = [name for name in FIELDS if name != "withheld" and any(row.own[name] is not None for row in rows)]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._change(rows, {name: None})

        if len(own) == 1:
            chosen(own[0])
        else:
            title = say("Which shall be as in C-Plus again?")
            self.app.push_screen(ChooseField(title, [(name, self._now(rows, name)) for name in own]), chosen)

    def do_withhold(self, action: Action) -> None:
        """Keep them from this shop, or no longer where all are kept."""
        rows = self.meant()
        self._change(rows, {"withheld": not all(row.own["withheld"] for row in rows)}, asks=True)

    def _change(self, rows: Sequence[ListingRow], fields: Mapping[str, Any], *, asks: bool = False) -> None:
        """One field of one product can simply be taken back; before all else stands what it does."""
        account = self.account
        assert account is not None, "rows are an account's"
        changes = {row.item: dict(fields) for row in rows}
        seen = {row.item: row.seen for row in rows}

        def go(yes: bool | None) -> None:
            if yes:
                self._sending.send(account.id, changes, seen)
                self.sent()

        if len(rows) == 1 and not asks:
            go(True)
        else:
            lines = list(preview(rows, changes))
            self.app.push_screen(Confirm(self._title(rows), lines, say("change")), go)

    def do_undo_listing(self, action: Action) -> None:
        """What was said before."""
        self._sending.undo()

    def do_flag_online(self, action: Action) -> None:
        """Write the mark into C-Plus, or take it away where all have it."""
        account, rows = self.account, self.meant()
        assert account is not None, "rows are an account's"
        online = not all(row.flagged for row in rows)

        def go(yes: bool | None) -> None:
            if yes:
                asked = [{"account": account.id, "sku": row.item, "online": online} for row in rows]
                self.console_app.send_all("flag_online", asked, label=_(action.label))
                self.sent()

        mark = safe(account.online_tag)
        title = (
            say("Mark as online in C-Plus (characteristic {mark})?", mark=mark)
            if online
            else say("Take the online mark away in C-Plus (characteristic {mark})?", mark=mark)
        )
        lines: list[Line] = [[Piece(SafeText(f"  {row.label}  {row.name}"))] for row in rows[:12]]
        if len(rows) > len(lines):
            lines.append([Piece(say("  and {n} more", n=len(rows) - len(lines)), "dim")])
        self.app.push_screen(Confirm(title, lines, _(action.label)), go)

    def _judged(self, row: ListingRow) -> About:
        return About(row.item, self._options, whole=row.whole, is_grid=row.is_grid)

    def _now(self, rows: Sequence[ListingRow], name: str) -> SafeText:
        values = {str(row.own[name]): row.own[name] for row in rows}
        return said(name, next(iter(values.values()))) if len(values) == 1 else say("differs")

    def _title(self, rows: Sequence[ListingRow]) -> SafeText:
        if len(rows) == 1:
            return SafeText(f"{rows[0].label}  {rows[0].name}")
        return say_n("{n} product", "{n} products", len(rows))

    # --- going about --------------------------------------------------------------------------------------------------

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
