"""A screen of rows that lie in piles and wait for a person: the piles with their counts, a filter, the list of one
pile, marks, and a sheet about the row under the cursor. Thousands of rows are read page by page.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Generic, TypeVar

from textual.containers import Container, VerticalScroll
from textual.widget import Widget

from console.actions import Action
from console.language import _, say
from console.reading.reader import NotReadable
from console.safe_text import SafeText
from console.screens.place import Place
from console.widgets.choices import Choices
from console.widgets.plain import Field, Line, Page, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import PAGE_ROWS, Pages, Row

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")

SHEET_S = 0.1
"""The sheet waits until the cursor rests."""
MARKS_MAX = 1_000


Found = tuple[Mapping[str, int], Sequence[K], Mapping[K, R], Mapping[K, R], int]
"""Counts, the keys of the pile, the rows of its page, those of the marks, and how many rows elsewhere have a text that
none here has."""


class Piles(Place, Generic[K, R]):
    """What lies in the piles, and what is done with it, is said by the screens that are made of this."""

    CSS_PATH = "piles.tcss"
    tab = "overview"
    topics: ClassVar[frozenset[str]]
    """What the list hangs on."""
    sheet_topics: ClassVar[frozenset[str]] = frozenset()
    """What the sheet hangs on besides."""
    names: Mapping[str, str]
    urgent: ClassVar[frozenset[str]] = frozenset()
    """Piles that stand out as soon as anything lies in them."""
    everything: ClassVar[str] = ""
    """The pile of all rows, if there is one: what a filter does not find in a pile may be there."""
    counted_max: ClassVar[int | None] = None
    """Where no more rows of a pile are counted than one above this."""

    def __init__(self, pile: str) -> None:
        super().__init__()
        self.pile = pile
        self._text = ""
        self._counts: Mapping[str, int] = {}
        self.pages: Pages[K, R] = Pages([], self._fetch, self.draw)
        self._marked: dict[K, R] = {}
        self._wanted: K | None = None
        self._sheets = 0

    # --- what a screen says -------------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """Of the list."""
        raise NotImplementedError

    def hint(self) -> SafeText:
        """What the filter looks in."""
        raise NotImplementedError

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """Rows in each pile; called in the reader's thread, as the next two."""
        raise NotImplementedError

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[K]:
        """The keys of a pile."""
        raise NotImplementedError

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[K], pile: str) -> Mapping[K, R]:
        """The rows with these keys, as far as they are there."""
        raise NotImplementedError

    def draw(self, row: R) -> Row:
        """A row's cells."""
        raise NotImplementedError

    def about(self) -> Line:
        """The line above all; without one, the list has the room."""
        return ()

    def nothing(self) -> SafeText:
        """What an empty pile says."""
        return say("nothing here")

    async def sheet(self, row: R) -> Sequence[Line]:
        """All about the row under the cursor. Raises NotReadable."""
        raise NotImplementedError

    # --- reading and showing ------------------------------------------------------------------------------------------

    def body(self) -> Iterable[Widget]:
        """Piles, filter, list and sheet."""
        yield Plain(id="about")
        yield Choices()
        field = Field(self.hint(), id="filter")
        field.display = False
        yield field
        yield Container(
            Rows(self.columns(), empty=say("looking …"), id="list"),
            VerticalScroll(Page(id="page"), id="preview", can_focus=False),
            id="both",
        )

    def on_mount(self) -> None:
        """The list is where keys go."""
        super().on_mount()
        self.query_one(Rows).focus()

    async def load(self, topics: frozenset[str]) -> None:
        """The keys of the pile and the rows around the cursor, swapped in at once."""
        if not topics & self.topics:
            if topics & self.sheet_topics:
                self._sheet_soon()
            return
        rows = self.query_one(Rows)
        pile, text, around, marks = self.pile, self._text, self._wanted or rows.key, list(self._marked)

        def read(db: sqlite3.Connection) -> Found[K, R]:
            keys = self.read_keys(db, pile, text)
            start = _place_of(around, keys, min(rows.cursor, len(keys)))
            first = max(0, start - PAGE_ROWS // 2)
            page = self.read_rows(db, keys[first : first + PAGE_ROWS], pile)
            there = set(keys) if marks and not text else ()
            marked = self.read_rows(db, [key for key in marks if text or key in there], pile)
            looked_for = text and not keys and self.everything not in ("", pile)
            elsewhere = len(self.read_keys(db, self.everything, text)) if looked_for else 0
            return self.read_counts(db), keys, page, marked, elsewhere

        counts, keys, page, marked, elsewhere = await self.console_app.read(read)
        if (pile, text) != (self.pile, self._text):
            return  # another pile was chosen meanwhile; its own load follows
        self._counts = counts
        self.pages = Pages(keys, self._fetch, self.draw)
        self.pages.supply(page)
        self._marked = {key: marked[key] for key in marks if key in marked and key in rows.marks}
        rows.marks = set(self._marked) | {key for key in rows.marks if key not in marks}
        rows.show(self.pages, empty=self._nothing_found(text, elsewhere))
        if self._wanted is not None:
            rows.go_to(self._wanted)
            self._wanted = None
        self.show_around()

    def _nothing_found(self, text: str, elsewhere: int) -> SafeText:
        if not text:
            return self.nothing()
        if elsewhere:
            pile = _(self.names[self.everything])
            return say("nothing here has “{text}”; {n} in {pile}", text=text, n=elsewhere, pile=pile)
        return say("nothing here has “{text}”", text=text)

    def show_around(self) -> None:
        """The lines above the list, and the sheet."""
        about, line = self.query_one("#about", Plain), self.about()
        about.display = bool(line)
        about.show_in_place(line)
        self._show_piles()
        self._marks_changed()
        self._sheet_soon()

    def _show_piles(self) -> None:
        urgent = {pile for pile in self.urgent if self._counts.get(pile)}
        self.query_one(Choices).show_choices(self.names, self._counts, self.pile, urgent, self.counted_max)

    def _marks_changed(self) -> None:
        """What is counted above, and what the keys would be about."""
        self.console_app.show_status(self)
        self.offer_keys()

    def _fetch(self, keys: list[K]) -> None:
        pages, pile = self.pages, self.pile

        async def fetch() -> None:
            try:
                pages.supply(await self.console_app.read(lambda db: self.read_rows(db, keys, pile)))
            except NotReadable:
                return
            if pages is self.pages and self.stands:
                self.query_one(Rows).refresh()
                self.offer_keys()
                self._sheet_soon()

        self.background(fetch)

    def on_rows_moved(self, _event: Rows.Moved) -> None:
        """The keys follow at once, the sheet when the cursor rests."""
        self.offer_keys()
        self._sheet_soon()

    def _sheet_soon(self) -> None:
        self._sheets += 1
        number = self._sheets
        self.set_timer(SHEET_S, lambda: self.background(partial(self._show_sheet, number)))

    async def _show_sheet(self, number: int) -> None:
        if number != self._sheets or not self.stands:
            return
        row = self.under_cursor()
        lines: Sequence[Line] = ()
        if row is not None:
            try:
                lines = await self.sheet(row)
            except NotReadable:
                return
        if number == self._sheets and self.stands:
            self.query_one("#page", Page).show(*lines)
            self.query_one("#preview").scroll_home(animate=False)

    # --- rows meant ---------------------------------------------------------------------------------------------------

    def under_cursor(self) -> R | None:
        """The row under the cursor, once it is read."""
        rows = self.query_one(Rows)
        return self.pages.value(self.pages.key(rows.cursor)) if rows.cursor < len(self.pages) else None

    def meant(self) -> tuple[R, ...]:
        """The marked rows, else the one under the cursor."""
        if self.query_one(Rows).marks:
            return tuple(self._marked.values())
        row = self.under_cursor()
        return () if row is None else (row,)

    def is_reading(self) -> bool:
        """Marked rows are still being read."""
        return self.query_one(Rows).marks != set(self._marked)

    def marked(self) -> int:
        """How many rows are marked."""
        return len(self.query_one(Rows).marks)

    def come_to(self, pile: str, key: K | None = None, text: str = "") -> None:
        """The same from another screen: only the given filter hides rows."""
        self._end_filter()
        if text:
            field = self.query_one("#filter", Field)
            field.display = True
            field.value = self._text = text
        self.show_pile(pile, key)

    def show_pile(self, pile: str, key: K | None = None) -> None:
        """Show this pile, with the cursor on that row. The filter stays."""
        rows = self.query_one(Rows)
        if pile != self.pile:
            self.pile = pile
            rows.cursor = 0
            self._forget_marks()
        self._wanted = key
        self._show_piles()
        self.reload(frozenset({"*"}))

    def _forget_marks(self) -> None:
        self.query_one(Rows).unmark()
        self._marked.clear()
        self._marks_changed()

    # --- keys ---------------------------------------------------------------------------------------------------------

    def do_queue_left(self, action: Action) -> None:
        """The pile to the left."""
        self._step(-1)

    def do_queue_right(self, action: Action) -> None:
        """The pile to the right."""
        self._step(1)

    def _step(self, by: int) -> None:
        piles = list(self.names)
        self.show_pile(piles[(piles.index(self.pile) + by) % len(piles)])

    def do_filter(self, action: Action) -> None:
        """Type a part of what the row is known by."""
        field = self.query_one("#filter", Field)
        field.display = True
        field.focus()

    def on_input_changed(self, event: Field.Changed) -> None:
        """Results as one types."""
        if event.value.strip() != self._text:
            self._text = event.value.strip()
            self.reload(frozenset({"*"}))

    def on_input_submitted(self) -> None:
        """Into the list; the filter stays."""
        self.query_one("#filter").display = bool(self._text)
        self.query_one(Rows).focus()

    def do_mark(self, action: Action) -> None:
        """Mark and go on."""
        rows, row = self.query_one(Rows), self.under_cursor()
        if row is None:
            return
        key = self.pages.key(rows.cursor)
        rows.mark()
        if key in rows.marks:
            self._marked[key] = row
        else:
            self._marked.pop(key, None)
        self._marks_changed()

    def do_mark_all(self, action: Action) -> None:
        """Mark the whole list."""
        rows = self.query_one(Rows)
        if len(rows.source) > MARKS_MAX:
            self.flash(say("More than {n} rows: filter them first.", n=MARKS_MAX), "warn")
            return
        rows.mark_all()
        self._marks_changed()
        pages, pile, keys = self.pages, self.pile, list(self.pages.ids)

        async def read() -> None:
            try:
                found = await self.console_app.read(lambda db: self.read_rows(db, keys, pile))
            except NotReadable:
                return
            if pages is self.pages:
                self._marked = {key: found[key] for key in keys if key in found}
                rows.marks = set(found)
                self._marks_changed()

        self.background(read)

    def do_unmark(self, action: Action) -> None:
        """No marks."""
        self._forget_marks()

    def sent(self) -> None:
        """The marks have done their work."""
        self._forget_marks()

    def do_back(self, action: Action) -> None:
        """The innermost thing first: filter, marks, then the overview."""
        if self.query_one("#filter").display:
            self._end_filter()
            self.query_one(Rows).focus()
        elif self.marked():
            self._forget_marks()
        else:
            self.go_back()

    def _end_filter(self) -> None:
        field = self.query_one("#filter", Field)
        field.value = ""
        field.display = False
        if self._text:
            self._text = ""
            self.reload(frozenset({"*"}))

    def go_back(self) -> None:
        """To where it was opened."""
        self.dismiss()

    def do_escape(self, action: Action) -> None:
        """The same."""
        self.do_back(action)


def _place_of(key: K | None, keys: Sequence[K], otherwise: int) -> int:
    """A search at C's speed: there may be a million keys."""
    try:
        return otherwise if key is None else keys.index(key)
    except ValueError:
        return otherwise
