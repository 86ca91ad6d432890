"""The product of C-Plus that an item of the shop is, chosen among the proposals or by search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.language import say
from console.reading.reader import NotReadable
from console.reading.shop_items import FOUND_MAX, Ours, ShopRow
from console.safe_text import SafeText
from console.screens.adoption_sheet import product_cells
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Memory

Search = Callable[[str], Awaitable[Sequence[Ours]]]


class ChooseProduct(ModalScreen[str | None]):
    """Answers the chosen item, None when nothing shall happen."""

    DEFAULT_CSS = (
        DIALOG_CSS.format(name="ChooseProduct")
        + "ChooseProduct > Vertical { width: 110; } ChooseProduct Rows { height: 12; max-height: 12; }"
    )
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "leave", show=False),
        Binding("tab,shift+tab", "other", show=False, priority=True),
        Binding("down", "other", show=False),
    ]

    def __init__(self, row: ShopRow, search: Search, *, searching: bool) -> None:
        super().__init__()
        self._row = row
        self._search = search
        self._searching = searching or not row.proposals
        self._typed = ""

    def compose(self) -> ComposeResult:
        """The shop's item, a field to search in, the products."""
        row = self._row
        with Vertical():
            yield Plain(
                [
                    [Piece(say("Which product of C-Plus is this?"), "strong")],
                    [Piece(SafeText(f"  {row.sku}  {row.name}  {row.gtin}".rstrip()), "dim")],
                ]
            )
            yield Field(say("code, key, GTIN or name in C-Plus"))
            columns = [
                Column(say("C-Plus"), 14),
                Column(say("name")),
                Column(say("what speaks for it"), 28, spare=True),
            ]
            yield Rows([*columns, Column(SafeText("GTIN"), 14, spare=True)])
            yield Plain([[Piece(say("Enter: this one · Tab: list or search · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the proposals, or with the search."""
        self._show(self._row.proposals)
        self.query_one(Field if self._searching else Rows).focus()

    def _show(self, found: Sequence[Ours]) -> None:
        empty = say("C-Plus has no product like that") if self._typed else say("type to search")
        self.query_one(Rows).show(Memory([(ours.item, product_cells(ours)) for ours in found]), empty=empty)

    def on_input_changed(self, event: Field.Changed) -> None:
        """Search as one types; with nothing typed the proposals are there again."""
        self._typed = event.value.strip()
        if not self._typed:
            self._show(self._row.proposals)
            return
        typed = self._typed

        async def search() -> None:
            with suppress(NotReadable):
                found = await self._search(typed)
                if typed == self._typed and self.is_attached:
                    self._show(found[:FOUND_MAX])

        self.run_worker(search, exclusive=True)  # type: ignore[arg-type]  # as in Place.background

    def on_input_submitted(self) -> None:
        """One that was found alone is taken; among several one is chosen."""
        rows = self.query_one(Rows)
        if len(rows.source) == 1:
            self.dismiss(str(rows.key))
        elif len(rows.source):
            rows.focus()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one."""
        self.dismiss(str(event.key))

    def action_other(self) -> None:
        """Between the field and the list."""
        rows = self.query_one(Rows)
        (self.query_one(Field) if rows.has_focus else rows).focus()

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
