"""What the packing desk asks: who takes a parcel without a code, how many parcels there are, and whose codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from stdnum.br import cpf
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.language import say
from console.reading.orders import OrderRow
from console.safe_text import SafeText, safe
from console.shipping import barcodes
from console.shipping.carriers import Carrier, guess
from console.shipping.desk import DeskOrder
from console.texts import FULFILMENTS, carrier, word
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.scan_line import ScanLine
from console.widgets.sources import Cell, Memory, Row
from engine.verbs.shipment import DOCUMENT_CHARS_MAX, NAME_CHARS_MAX, VOLUMES_MAX

LEAVE: list[Any] = [Binding("escape", "leave", show=False)]
DIGITS_OF_A_NAME_MAX = 3
DIGITS_OF_A_DOCUMENT_MIN = 4
OTHER = "other"


def is_scanned(text: str, known: Sequence[Carrier]) -> bool:
    """It is a barcode's, typed by a scanner while somebody was asked something."""
    read = barcodes.scanned(text)
    return barcodes.nfe_key(read) is not None or bool(guess(read, known))


class HandOver(ModalScreen[tuple[str, str] | None]):
    """Asks who takes it: (name, document). A driver of the house is known by the name alone."""

    DEFAULT_CSS = DIALOG_CSS.format(name="HandOver")
    BINDINGS: ClassVar[list[Any]] = LEAVE

    def __init__(self, order: OrderRow, kind: str, known: Sequence[Carrier]) -> None:
        super().__init__()
        self._order = order
        self._kind = kind
        self._known = known
        self._name = ""

    def compose(self) -> ComposeResult:
        """The order, the two lines."""
        number, buyer = self._order.number, self._order.buyer
        title = (
            say("{number} of {buyer}: who picks it up?", number=number, buyer=buyer)
            if self._kind == "pickup"
            else say("{number} of {buyer}: who drives it?", number=number, buyer=buyer)
        )
        with Vertical():
            yield Plain([[Piece(title, "strong")]])
            yield ScanLine(say("name"), id="name", max_length=NAME_CHARS_MAX)
            if self._kind == "pickup":
                yield ScanLine(say("CPF, RG or another document"), id="document", max_length=DOCUMENT_CHARS_MAX)
            yield Plain(classes="missing")
            yield Plain([[Piece(say("Enter: next, then it is closed · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#name").focus()

    def on_scan_line_read(self, event: ScanLine.Read) -> None:
        """A scan is no answer; what a hand mistyped stands there again, to be put right."""
        text = " ".join(event.text.split())
        if is_scanned(text, self._known):
            self._refuse(say("That was a barcode. It is asked who takes the parcel."))
        elif event.line.id == "name":
            self._named(text)
        else:
            self._documented(text, event.line)

    def _named(self, name: str) -> None:
        if not name or sum(char.isdecimal() for char in name) > DIGITS_OF_A_NAME_MAX:
            self._refuse(say("Type the name of who takes it, then Enter."))
            return
        if self._kind != "pickup":
            self.dismiss((name, ""))
            return
        self._name = name
        self.query_one(".missing", Plain).show([Piece(safe(name))])
        self.query_one("#document").focus()

    def _documented(self, document: str, line: ScanLine) -> None:
        digits = "".join(char for char in document if char.isdecimal())
        if not self._name:
            self.query_one("#name").focus()
        elif len(digits) < DIGITS_OF_A_DOCUMENT_MIN:
            self._refuse(say("Type the document that was shown, then Enter."))
        elif len(digits) == 11 and not document.strip("0123456789.- ") and not cpf.is_valid(digits):
            self._refuse(say("The check digits of this CPF do not fit: compare it with the document."))
            if not line.value:
                line.insert_text_at_cursor(document)
        else:
            self.dismiss((self._name, document))

    def _refuse(self, said: SafeText) -> None:
        self.query_one(".missing", Plain).show([Piece(said, "warn")])
        self.app.bell()

    def action_leave(self) -> None:
        """It is not handed over."""
        self.dismiss(None)


class Volumes(ModalScreen[int | None]):
    """Asks how many parcels an order has; not fewer than were scanned already."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Volumes")
    BINDINGS: ClassVar[list[Any]] = LEAVE

    def __init__(self, order: OrderRow, scanned: int) -> None:
        super().__init__()
        self._order = order
        self._least = scanned + 1

    def compose(self) -> ComposeResult:
        """One line for a number."""
        title = say("{number} of {buyer}: how many volumes?", number=self._order.number, buyer=self._order.buyer)
        with Vertical():
            yield Plain([[Piece(title, "strong")]])
            yield Field(say("number of volumes"), restrict=r"[0-9]{0,2}", valid_empty=True)
            yield Plain([[Piece(say("It is closed with the code of the last one. Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Type it."""
        self.query_one(Field).focus()

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """A number that is none stays to be put right."""
        value = event.input.value
        if value.isdecimal() and self._least <= int(value) <= VOLUMES_MAX:
            self.dismiss(int(value))
        else:
            event.input.value = ""
            self.app.bell()

    def action_leave(self) -> None:
        """As before."""
        self.dismiss(None)


class WhichOrder(ModalScreen[DeskOrder | None]):
    """Asks which of several orders with one number lies on the desk."""

    DEFAULT_CSS = DIALOG_CSS.format(name="WhichOrder")
    BINDINGS: ClassVar[list[Any]] = LEAVE

    def __init__(self, orders: Sequence[DeskOrder]) -> None:
        super().__init__()
        self._orders = orders

    def compose(self) -> ComposeResult:
        """Both numbers and the buyer of each."""
        columns = [Column(say("number"), 11), Column(say("C-Plus"), 9), Column(say("buyer")), Column(say("state"), 17)]
        with Vertical():
            yield Plain([[Piece(say("Which of them lies on the desk?"), "strong")]])
            yield Rows(columns)
            yield Plain([[Piece(say("Enter: choose · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the first."""
        rows = self.query_one(Rows)
        rows.show(Memory([(place, self._row(order.row)) for place, order in enumerate(self._orders)]))
        rows.focus()

    def _row(self, row: OrderRow) -> Row:
        state = word(FULFILMENTS, row.fulfilment)
        return [Cell(row.number, "strong"), Cell(row.erp_number), Cell(row.buyer), Cell(state, "dim")]

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """That one."""
        assert isinstance(event.key, int), "rows are known by their place"
        self.dismiss(self._orders[event.key])

    def action_leave(self) -> None:
        """None of them."""
        self.dismiss(None)


class WhichCarrier(ModalScreen[str | None]):
    """Asks whose codes are scanned: "" = by the code, else as close_shipment takes it."""

    DEFAULT_CSS = DIALOG_CSS.format(name="WhichCarrier")
    BINDINGS: ClassVar[list[Any]] = LEAVE

    def __init__(self, known: Sequence[Carrier]) -> None:
        super().__init__()
        self._known = known

    def compose(self) -> ComposeResult:
        """The carriers, and a line for another one's name."""
        with Vertical():
            yield Plain([[Piece(say("Whose codes are scanned?"), "strong")]])
            yield Rows([Column(say("carrier"))])
            yield Field(say("carrier's name"), max_length=NAME_CHARS_MAX)
            yield Plain([[Piece(say("Enter: choose · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with "by the code"."""
        rows = self.query_one(Rows)
        known = [(one.kind, [Cell(carrier(one.kind))]) for one in self._known]
        rows.show(
            Memory([("", [Cell(say("by the code"))]), *known, (OTHER, [Cell(say("another carrier"))])]),
        )
        rows.focus()
        self.query_one(Field).display = False

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Another one has to be named."""
        if event.key == OTHER:
            self.query_one(Field).display = True
            self.query_one(Field).focus()
        else:
            self.dismiss(str(event.key))

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """Named; a scan names nobody."""
        name = safe(" ".join(event.input.value.split()))
        if name and not is_scanned(name, self._known) and not name.replace(" ", "").isdecimal():
            self.dismiss(f"carrier:{name}")
        else:
            event.input.value = ""
            self.app.bell()

    def action_leave(self) -> None:
        """As before."""
        self.dismiss(None)
