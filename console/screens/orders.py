"""The orders: queues, the list of one, and a preview of the order under the cursor."""

from __future__ import annotations

import asyncio
import sqlite3
from array import array
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual.containers import Container, VerticalScroll
from textual.widget import Widget

from console.actions import Action
from console.formats import duration, money
from console.language import say
from console.reading.order import TOPICS, order_detail
from console.reading.orders import ALL, QUEUES, OrderRow, order_ids, order_rows, queue_counts
from console.reading.reader import NotReadable
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.order import OrderScreen
from console.screens.order_page import order_page, state_cell
from console.screens.place import bindings
from console.screens.triage import Triage
from console.texts import QUEUES as QUEUE_NAMES
from console.widgets.choices import Choices
from console.widgets.plain import Field, Page
from console.widgets.rows import Column, Rows
from console.widgets.sources import PAGE_ROWS, Cell, Pages, Row

PREVIEW_S = 0.15
"""The preview waits until the cursor rests: it is eight times the bytes of a cursor move."""

MARKS_MAX = 1_000

Found = dict[int, OrderRow]
Loaded = tuple[dict[str, int], "array[int]", int, Found, Found, Found]
"""Counts, the ids of the list, how many a filter that finds none here finds in all queues, and the rows of the list's
page, of the marks, and of what was decided last."""


class Orders(Triage):
    """Triage like a mail client: what is waiting, oldest first."""

    CSS_PATH = "orders.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("orders", "everywhere")
    place = "orders"

    def __init__(self) -> None:
        super().__init__()
        self._queue = "decide"
        self._filter = ""
        self._counts: dict[str, int] = {}
        self._pages: Pages[int, OrderRow] = Pages(array("q"), self._fetch, self._draw_row)
        self._marked: dict[int, OrderRow] = {}
        self._last: tuple[OrderRow, ...] = ()
        self._wanted: int | None = None
        self._previews = 0

    def body(self) -> Iterable[Widget]:
        """Queues, filter, list and preview."""
        yield Choices()
        field = Field(say("number, buyer, document, e-mail or code"), id="filter")
        field.display = False
        yield field
        columns = [
            Column(say("number"), 10),
            Column(say("C-Plus"), 9, spare=True),
            Column(say("age"), 7, spare=True),
            Column(say("buyer")),
            Column(say("total"), 12, right=True),
            Column(say("state"), 17),
        ]
        yield Container(
            Rows(columns, empty=say("looking …"), id="list"),
            VerticalScroll(Page(id="page"), id="preview", can_focus=False),
            id="both",
        )

    def on_mount(self) -> None:
        """The list is where keys go."""
        super().on_mount()
        self.query_one(Rows).focus()
        self.set_interval(1.0, self._tick)

    # --- reading -----------------------------------------------------------------------------------------------------

    async def load(self, topics: frozenset[str]) -> None:
        """The ids of the queue and the rows around the cursor, swapped in at once."""
        if not topics & {"*", "orders"}:
            if topics & TOPICS:
                self._preview_soon()
            return
        rows = self.query_one(Rows)
        queue, text, around = self._queue, self._filter, self._wanted or rows.key
        marks, last = [key for key in rows.marks if isinstance(key, int)], self.console_app.last

        def read(db: sqlite3.Connection) -> Loaded:
            ids = order_ids(db, queue, text)
            start = ids.index(around) if isinstance(around, int) and around in ids else min(rows.cursor, len(ids))
            first = max(0, start - PAGE_ROWS // 2)
            page = order_rows(db, ids[first : first + PAGE_ROWS])
            elsewhere = len(order_ids(db, ALL, text)) if text and not ids else 0
            return queue_counts(db), ids, elsewhere, page, order_rows(db, marks), order_rows(db, last)

        counts, ids, elsewhere, found, marked, decided = await self.console_app.read(read)
        if (queue, text) != (self._queue, self._filter):
            return  # another queue was chosen meanwhile; its own load follows
        self._counts = counts
        self._pages = Pages(ids, self._fetch, self._draw_row)
        self._pages.supply(found)
        self.console_app.settle(found | decided)
        self._last = tuple(decided.values())
        # A mark outlives a filter, and goes with an order that has left the queue.
        self._marked = {key: row for key, row in marked.items() if queue in (row.queue, ALL)}
        rows.marks &= set(self._marked) | (rows.marks - set(marks))
        empty = say("no order here") if not text else say("no order has “{text}”", text=text)
        if elsewhere:
            empty = say("no order of this list has “{text}”; {n} in All", text=text, n=elsewhere)
        rows.show(self._pages, empty=empty)
        if self._wanted is not None:
            rows.go_to(self._wanted)
            self._wanted = None
        self._show_queues()
        self.offer_keys()
        self._preview_soon()

    def _fetch(self, ids: list[int]) -> None:
        pages = self._pages

        async def fetch() -> None:
            try:
                pages.supply(await self.console_app.read(lambda db: order_rows(db, ids)))
            except NotReadable:
                return
            if pages is self._pages:
                self.query_one(Rows).refresh()

        self.background(fetch)

    def _tick(self) -> None:
        if self.is_current:
            self.query_one(Rows).refresh()

    def _draw_row(self, order: OrderRow) -> Row:
        now = self.console_app.now()
        age = duration((now - order.placed_at).total_seconds()) if order.placed_at else SafeText("—")
        return [
            Cell(order.number, "strong"),
            Cell(order.erp_number or SafeText("—"), "dim"),
            Cell(age, "dim"),
            Cell(order.buyer),
            Cell(money(order.total_cents)),
            state_cell(order, now, self.console_app.pending(order)),
        ]

    # --- queues and filter -------------------------------------------------------------------------------------------

    def show_queue(self, queue: str, order: int | None = None) -> None:
        """Show this queue, with the cursor on that order."""
        rows = self.query_one(Rows)
        if queue != self._queue:
            self._queue = queue
            rows.unmark()
            self._marked.clear()
            rows.cursor = 0
            self._filter = ""
            self.query_one("#filter", Field).value = ""
            self.query_one("#filter").display = False
        self._wanted = order
        self._show_queues()
        self.reload(frozenset({"orders"}))

    def _show_queues(self) -> None:
        urgent = {"problem"} if self._counts.get("problem") else set()
        self.query_one(Choices).show_choices(QUEUE_NAMES, self._counts, self._queue, urgent)

    def do_queue_left(self, action: Action) -> None:
        """The queue to the left."""
        self.show_queue(QUEUES[(QUEUES.index(self._queue) - 1) % len(QUEUES)])

    def do_queue_right(self, action: Action) -> None:
        """The queue to the right."""
        self.show_queue(QUEUES[(QUEUES.index(self._queue) + 1) % len(QUEUES)])

    def do_filter(self, action: Action) -> None:
        """Type a part of number, buyer, document, e-mail or tracking code."""
        field = self.query_one("#filter", Field)
        field.display = True
        field.focus()

    def on_input_changed(self, event: Field.Changed) -> None:
        """Results as one types."""
        if event.value.strip() != self._filter:
            self._filter = event.value.strip()
            self.reload(frozenset({"orders"}))

    def on_input_submitted(self) -> None:
        """Into the list; the filter stays."""
        self.query_one("#filter").display = bool(self._filter)
        self.query_one(Rows).focus()

    def do_back(self, action: Action) -> None:
        """The innermost thing first: filter, marks, then the overview."""
        field, rows = self.query_one("#filter", Field), self.query_one(Rows)
        if field.display:
            field.value = ""
            field.display = False
            rows.focus()
        elif rows.marks:
            self.do_unmark(action)
        else:
            self.console_app.go("overview")

    def do_escape(self, action: Action) -> None:
        """The same; the overview is as far as it goes."""
        self.do_back(action)

    # --- list and preview --------------------------------------------------------------------------------------------

    def on_rows_moved(self, _event: Rows.Moved) -> None:
        """The preview follows once the cursor rests; the keys are those of this order."""
        self.offer_keys()
        self._preview_soon()

    def _preview_soon(self) -> None:
        self._previews += 1
        number = self._previews
        self.set_timer(PREVIEW_S, lambda: self.background(partial(self._preview, number)))

    async def _preview(self, number: int) -> None:
        if number != self._previews or not self.stands:
            return
        page, key = self.query_one("#page", Page), self.query_one(Rows).key
        if not isinstance(key, int):
            page.show()
            return
        scopes = self.console_app.stock_scopes
        try:
            order = await self.console_app.read(lambda db: order_detail(db, key, scopes))
        except (NotReadable, asyncio.CancelledError):
            return
        if number == self._previews and order is not None:
            page.show(*order_page(order, self.console_app.now(), self.console_app.pending(order.row)))
            self.query_one("#preview").scroll_home(animate=False)

    def situation(self) -> Situation:
        """The marked orders, else the one under the cursor."""
        rows, attached = self.query_one(Rows), self.console_app.link.state.attached
        if rows.marks:
            orders = tuple(sorted(self._marked.values(), key=lambda order: order.id))
            return Situation(attached, orders, reading=rows.marks != set(self._marked), last=self._last)
        order = self._pages.value(rows.key) if isinstance(rows.key, int) else None
        return Situation(attached, () if order is None else (order,), last=self._last)

    def sent(self) -> None:
        """The marks have done their work."""
        self.query_one(Rows).unmark()
        self._marked.clear()
        self._preview_soon()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The order's own page."""
        if isinstance(event.key, int):
            self.app.push_screen(OrderScreen(event.key))

    def do_next(self, action: Action) -> None:
        """The next order that waits for a decision."""
        rows = self.query_one(Rows)
        if self._queue == "decide" and len(rows.source):
            rows.action_list("down" if rows.cursor < len(rows.source) - 1 else "first")
        else:
            self.show_queue("decide")

    def do_mark(self, action: Action) -> None:
        """Mark and go on."""
        rows = self.query_one(Rows)
        key = rows.key
        rows.mark()
        order = self._pages.value(key) if isinstance(key, int) and key in rows.marks else None
        if order is not None:
            self._marked[order.id] = order
        elif isinstance(key, int):
            self._marked.pop(key, None)
        self.console_app.show_status(self)

    def do_mark_all(self, action: Action) -> None:
        """Mark the whole list."""
        rows = self.query_one(Rows)
        if len(rows.source) > MARKS_MAX:
            self.flash(say("More than {n} orders: filter them first.", n=MARKS_MAX), "warn")
            return
        rows.mark_all()
        self.console_app.show_status(self)
        self.reload(frozenset({"orders"}))

    def do_unmark(self, action: Action) -> None:
        """No marks."""
        self.query_one(Rows).unmark()
        self._marked.clear()
        self.console_app.show_status(self)

    def marked(self) -> int:
        """How many orders are marked."""
        return len(self.query_one(Rows).marks)
