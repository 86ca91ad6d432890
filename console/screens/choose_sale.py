"""A sale that was typed again at the till is chosen for an order, among those that look like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.formats import instant, moment, money
from console.language import say
from console.reading.orders import OrderRow
from console.safe_text import SafeText, safe
from console.texts import SALE_REASONS, word
from console.widgets.dialogs import DIALOG_CSS, Confirm
from console.widgets.plain import Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory
from engine.amounts import to_cents


class ChooseSale(ModalScreen[str | None]):
    """Answers the key of the chosen sale, None when nothing shall happen.

    `sales` as the engine answers them: key, number, at, customer, total, reasons.
    """

    DEFAULT_CSS = DIALOG_CSS.format(name="ChooseSale") + "ChooseSale > Vertical { width: 100; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, order: OrderRow, sales: Sequence[Mapping[str, Any]], now: datetime) -> None:
        super().__init__()
        self._order = order
        self._sales = {str(sale["key"]): sale for sale in sales}
        self._now = now

    def compose(self) -> ComposeResult:
        """The order, then the sales with what speaks for each."""
        order = self._order
        with Vertical():
            yield Plain(
                [
                    [Piece(say("Which sale is order {number}?", number=order.number), "strong")],
                    [Piece(SafeText(f"  {order.buyer}  {money(order.total_cents)}"), "dim")],
                ]
            )
            yield Rows(
                [
                    Column(say("sale"), 8),
                    Column(say("when"), 12),
                    Column(say("total"), 14, right=True),
                    Column(say("what speaks for it")),
                ]
            )
            yield Plain([[Piece(say("Enter: choose · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the likest."""
        rows = self.query_one(Rows)
        rows.show(Memory([(key, self._cells(sale)) for key, sale in self._sales.items()]))
        rows.focus()

    def _cells(self, sale: Mapping[str, Any]) -> list[Cell]:
        return [
            Cell(safe(sale["number"])),
            Cell(moment(instant(sale["at"]), self._now)),
            Cell(money(to_cents(Decimal(sale["total"])))),
            Cell(_reasons(sale)),
        ]

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Asked once more: the order is cancelled in C-Plus in the sale's favour."""
        key = str(event.key)
        sale = self._sales[key]

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(key)

        title = say("Sale {sale} is the invoice of {number}?", sale=safe(sale["number"]), number=self._order.number)
        lines = [
            [Piece(SafeText(f"  {safe(sale['customer'])}  {money(to_cents(Decimal(sale['total'])))}"), "dim")],
            [Piece(SafeText(f"  {_reasons(sale)}"), "dim")],
            [
                Piece(
                    say("The order is cancelled in C-Plus with this sale as the reason, and what it reserves is free.")
                )
            ],
        ]
        self.app.push_screen(Confirm(title, lines, say("link it")), answered)

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)


def _reasons(sale: Mapping[str, Any]) -> SafeText:
    return SafeText(", ".join(word(SALE_REASONS, reason) for reason in sale["reasons"]))
