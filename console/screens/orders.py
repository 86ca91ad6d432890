"""The orders: queues, the list of one, and a preview of the order under the cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from console.actions import Action
from console.formats import duration, money
from console.language import say
from console.reading.order import TOPICS, order_detail
from console.reading.orders import ALL, OrderRow, order_ids, order_rows, queue_counts
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.order import OrderScreen
from console.screens.order_page import open_elsewhere, order_page, state_cell
from console.screens.piles import Piles
from console.screens.place import bindings
from console.screens.saying import Sayings
from console.texts import QUEUES
from console.widgets.plain import Line
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Row


class Orders(Piles[int, OrderRow], Sayings):
    """Triage like a mail client: what is waiting, oldest first."""

    BINDINGS: ClassVar[list[Any]] = bindings("orders", "everywhere")
    place = "orders"
    tab = "orders"
    topics = frozenset({"*", "orders"})
    sheet_topics = frozenset(TOPICS)
    names = QUEUES
    urgent = frozenset({"problem"})
    everything = ALL

    def __init__(self) -> None:
        super().__init__("decide")
        self._last: tuple[OrderRow, ...] = ()

    def on_mount(self) -> None:
        """Ages and deadlines go on."""
        super().on_mount()
        self.set_interval(1.0, self._tick)

    def _tick(self) -> None:
        if self.is_current:
            self.query_one(Rows).refresh()

    # --- what lies in the queues --------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """What one decides by."""
        return [
            Column(say("number"), 10),
            Column(say("C-Plus"), 9, spare=True),
            Column(say("age"), 7, spare=True),
            Column(say("buyer")),
            Column(say("total"), 12, right=True),
            Column(say("state"), 17),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("number, buyer, document, e-mail or code")

    def nothing(self) -> SafeText:
        """What an empty queue says."""
        return say("no order here")

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """And the orders that were decided last, which may have left the queue."""
        self._last = tuple(order_rows(db, self.console_app.asking.last).values())
        return queue_counts(db)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[int]:
        """In the order in which they are worked off."""
        return order_ids(db, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[int], pile: str) -> Mapping[int, OrderRow]:
        """Those that still stand in the queue."""
        return {id: row for id, row in order_rows(db, keys).items() if pile in (row.queue, ALL)}

    def draw(self, row: OrderRow) -> Row:
        """A row's cells."""
        now = self.console_app.now()
        opened = self.console_app.opened_by(row.id)
        age = duration((now - row.placed_at).total_seconds()) if row.placed_at else SafeText("—")
        return [
            Cell(row.number, "strong"),
            Cell(row.erp_number or SafeText("—"), "dim"),
            Cell(age, "dim"),
            Cell(row.buyer) if opened is None else Cell(say("[{who}] {buyer}", who=opened, buyer=row.buyer), "warn"),
            Cell(money(row.total_cents)),
            state_cell(row, now, self.console_app.asking.pending(row)),
        ]

    async def sheet(self, row: OrderRow) -> Sequence[Line]:
        """The order in full."""
        scopes = self.console_app.stock_scopes
        order = await self.console_app.read(lambda db: order_detail(db, row.id, scopes))
        if order is None:
            return ()
        page = order_page(order, self.console_app.now(), self.console_app.asking.pending(order.row))
        return [*open_elsewhere(self.console_app.opened_by(row.id)), *page]

    def others_moved(self) -> None:
        """Rows and preview say who has what open."""
        self.query_one(Rows).refresh()
        self._sheet_soon()

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The marked orders, else the one under the cursor."""
        return Situation(
            attached=self.console_app.link.state.attached,
            reading=self.is_reading(),
            orders=tuple(sorted(self.meant(), key=lambda order: order.id)),
            last=self._last,
        )

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """The order's own page."""
        if isinstance(event.key, int):
            self.app.push_screen(OrderScreen(event.key))

    def do_next(self, action: Action) -> None:
        """The next order that waits for a decision."""
        rows = self.query_one(Rows)
        if self.pile == "decide" and len(rows.source):
            rows.action_list("down" if rows.cursor < len(rows.source) - 1 else "first")
        else:
            self.show_pile("decide")

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")
