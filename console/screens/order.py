"""The page of one order, with the keys of the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget

from console.actions import Action, actions_at
from console.language import say
from console.reading.order import TOPICS, OrderDetail, order_detail
from console.reasons import Situation
from console.screens.order_page import open_elsewhere, order_page
from console.screens.place import bindings
from console.screens.saying import Sayings
from console.widgets.plain import Page, Piece


class OrderScreen(Sayings):
    """All that is known of one order."""

    CSS_PATH = "order.tcss"
    BINDINGS: ClassVar[list[Any]] = [
        *bindings("order", "everywhere"),
        Binding("down,j", "read(1)", show=False),
        Binding("up,k", "read(-1)", show=False),
        Binding("pagedown,space", "read(15)", show=False),
        Binding("pageup", "read(-15)", show=False),
        Binding("home", "read(-9999)", show=False),
        Binding("end", "read(9999)", show=False),
    ]
    place = "order"
    tab = "orders"

    def __init__(self, order: int) -> None:
        super().__init__()
        self.order = order
        self._detail: OrderDetail | None = None

    def actions(self) -> list[Action]:
        """Those of an order."""
        return [*actions_at("order"), *actions_at("everywhere")]

    def body(self) -> Iterable[Widget]:
        """The page."""
        yield VerticalScroll(Page(id="page"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Deadlines count down."""
        super().on_mount()
        self.set_interval(1.0, self._show)

    async def load(self, topics: frozenset[str]) -> None:
        """Read the order."""
        if topics & TOPICS:
            order, scopes = self.order, self.console_app.stock_scopes
            self._detail = await self.console_app.read(lambda db: order_detail(db, order, scopes))
            self._show()

    def _show(self) -> None:
        self.offer_keys()
        page = self.query_one("#page", Page)
        if self._detail is None:
            page.show([Piece(say("This order is not there any more."))])
            return
        lines = order_page(self._detail, self.console_app.now(), self.console_app.asking.pending(self._detail.row))
        page.show(*open_elsewhere(self.console_app.opened_by(self.order)), *lines)

    def others_moved(self) -> None:
        """The first line says so."""
        self._show()

    def situation(self) -> Situation:
        """This order."""
        orders = (self._detail.row,) if self._detail else ()
        return Situation(attached=self.console_app.link.state.attached, orders=orders)

    def sent(self) -> None:
        """It waits for the engine now."""
        self._show()

    def do_next(self, action: Action) -> None:
        """The next order that waits for a decision."""
        self.console_app.go("orders")
        self.console_app.next_undecided()

    def do_back(self, action: Action) -> None:
        """To the list."""
        self.dismiss()

    def do_escape(self, action: Action) -> None:
        """To the list."""
        self.dismiss()

    def action_read(self, lines: int) -> None:
        """Read on."""
        self.query_one("#sheet").scroll_relative(y=lines, animate=False)
