"""Which price table, whose word holds for which field, and which of several customers of C-Plus a person is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.customer_texts import NO_TABLE, shown_in_shops
from console.field_texts import FIELDS
from console.formats import document
from console.language import _, say
from console.reading.customer_card import Disputed, Table
from console.safe_text import SafeText, safe
from console.texts import word
from console.widgets.dialogs import DIALOG_CSS, Confirm
from console.widgets.plain import Labelled, Line, Page, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory, Row
from console.widths import fit
from engine.settings import AccountSettings
from engine.verbs.customers import CHANNEL, ERP

LABEL_CELLS = 15


class ChooseTable(ModalScreen[str | None]):
    """Answers the key of a price table, "" for none, None when nothing shall happen."""

    DEFAULT_CSS = DIALOG_CSS.format(name="ChooseTable") + "ChooseTable > Vertical { width: 100; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def __init__(
        self, title: SafeText, tables: Sequence[Table], accounts: Sequence[AccountSettings], now: str | None
    ) -> None:
        super().__init__()
        self._title = title
        self._tables: dict[str, Table | None] = {table.key: table for table in tables} | {"": None}
        self._accounts = accounts
        self._now = now

    def compose(self) -> ComposeResult:
        """Each table with what it does in the shops."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            yield Rows([Column(say("price table"), 26), Column(say("in the shops"))])
            yield Plain([[Piece(say("Enter: this one · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the one that he has."""
        rows = self.query_one(Rows)
        rows.show(Memory([(key, self._cells(table)) for key, table in self._tables.items()]))
        rows.focus()
        if self._now is not None:
            rows.go_to(self._now)

    def _cells(self, table: Table | None) -> Row:
        name = _(NO_TABLE) if table is None else table.name
        return [Cell(name, "strong"), Cell(SafeText(" · ".join(shown_in_shops(table, self._accounts))), "dim")]

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """This one."""
        self.dismiss(str(event.key))

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)


Taken = Mapping[Disputed, str]
"""Of each settled field the side that holds: ERP or CHANNEL."""


class Settle(ModalScreen[Taken | None]):
    """Both words of each field side by side. Answers what was taken, None when nothing shall happen."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Settle") + "Settle > Vertical { width: 90; } Settle Rows { max-height: 12; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("left,h", "take('erp')", show=False),
        Binding("right,l", "take('channel')", show=False),
        Binding("space", "take('')", show=False),
        Binding("escape,q", "leave", show=False),
    ]

    def __init__(self, title: SafeText, disputed: Sequence[Disputed]) -> None:
        super().__init__()
        self._title = title
        self._disputed = disputed
        self._taken: dict[Disputed, str] = {}

    def compose(self) -> ComposeResult:
        """The fields; at first nothing is taken."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            yield Rows(
                [
                    Column(say("field"), 11),
                    Column(say("agreed last"), 14),
                    Column(SafeText("C-Plus"), 16),
                    Column(say("shop")),
                    Column(say("holds"), 7),
                ]
            )
            yield Page(id="whole")
            yield Plain(
                [
                    [
                        Piece(
                            say("←: C-Plus's holds · →: the shop's · Space: neither · Enter: do it · Esc: leave it"),
                            "dim",
                        )
                    ]
                ]
            )
            yield Plain(classes="missing")

    def on_mount(self) -> None:
        """Begin with the first."""
        self._show()
        self.query_one(Rows).focus()

    def _show(self) -> None:
        self.query_one(Rows).show(Memory([(number, self._cells(one)) for number, one in enumerate(self._disputed)]))

    def _cells(self, one: Disputed) -> Row:
        taken = self._taken.get(one, "")
        return [
            Cell(word(FIELDS, one.field)),
            Cell(one.agreed or SafeText("—"), "dim"),
            Cell(one.erp or SafeText("—"), "good" if taken == ERP else "dim" if taken else ""),
            Cell(one.channel or SafeText("—"), "good" if taken == CHANNEL else "dim" if taken else ""),
            Cell(_side(taken), "good"),
        ]

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """The field under the cursor in full: a street is longer than a column."""
        if isinstance(event.key, int):
            one = self._disputed[event.key]
            told = ((say("agreed last"), one.agreed), (SafeText("C-Plus"), one.erp), (say("shop"), one.channel))
            lines = [
                Labelled([Piece(SafeText(fit(label, LABEL_CELLS)), "dim"), Piece(value or SafeText("—"))])
                for label, value in told
            ]
            self.query_one("#whole", Page).show(*lines)

    def action_take(self, side: str) -> None:
        """This side's word holds, and on to the next field."""
        rows = self.query_one(Rows)
        one = self._disputed[rows.cursor]
        if side:
            self._taken[one] = side
        else:
            self._taken.pop(one, None)
        self._show()
        rows.action_list("down")

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """What was taken, if anything was."""
        if self._taken:
            self.dismiss(self._taken)
        else:
            self.query_one(".missing", Plain).show([Piece(say("Say first whose word holds: ← or →."), "warn")])

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)


def _side(taken: str) -> SafeText:
    return {ERP: SafeText("C-Plus"), CHANNEL: say("shop"), "": SafeText("—")}[taken]


class ChooseCustomer(ModalScreen[str | None]):
    """Those of C-Plus who may be one person, side by side. Answers the key of the chosen one, None for none.

    `found` as the engine answers them: code, name, document, email, phone, city, state, blocked, for_shop.
    """

    DEFAULT_CSS = DIALOG_CSS.format(name="ChooseCustomer") + "ChooseCustomer > Vertical { width: 110; }"
    BINDINGS: ClassVar[list[Any]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, name: SafeText, found: Sequence[Mapping[str, Any]], now: str) -> None:
        super().__init__()
        self._name = name
        self._found = {str(one["code"]): one for one in found}
        self._now = now

    def compose(self) -> ComposeResult:
        """Who they are, and whom orders take."""
        with Vertical():
            yield Plain([[Piece(say("Which customer of C-Plus is {name}?", name=self._name), "strong")]])
            yield Rows(
                [
                    Column(say("C-Plus"), 10),
                    Column(say("name")),
                    Column(say("CPF or CNPJ"), 18),
                    Column(say("town"), 18, spare=True),
                    Column(say("e-mail"), 24, spare=True),
                ]
            )
            yield Plain(id="more")
            yield Plain(
                [
                    [
                        Piece(
                            say("None is changed or merged in C-Plus. Enter: orders take this one · Esc: leave it"),
                            "dim",
                        )
                    ]
                ]
            )

    def on_mount(self) -> None:
        """Begin with the one whom orders take now."""
        rows = self.query_one(Rows)
        rows.show(Memory([(key, self._cells(one)) for key, one in self._found.items()]))
        rows.focus()
        rows.go_to(self._now)

    def _cells(self, one: Mapping[str, Any]) -> Row:
        town = "/".join(filter(None, (str(one["city"]), str(one["state"]))))
        return [
            Cell(safe(one["code"]), "strong"),
            Cell(safe(one["name"]), "bad" if one["blocked"] else ""),
            Cell(document(str(one["document"])) or SafeText("—")),
            Cell(safe(town) or SafeText("—")),
            Cell(safe(one["email"]) or SafeText("—")),
        ]

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """What else is known of the one under the cursor."""
        one = self._found.get(str(event.key))
        if one is not None:
            self.query_one("#more", Plain).show(self._more(one))

    def _more(self, one: Mapping[str, Any]) -> Line:
        told = [safe(one["phone"]), safe(one["email"])]
        if str(one["code"]) == self._now:
            told.append(say("orders take this one now"))
        if one["for_shop"]:
            told.append(say("marked as the shop's customer"))
        if one["blocked"]:
            told.append(say("blocked in C-Plus"))
        return [Piece(SafeText("  " + " · ".join(text for text in told if text)))]

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Asked once more: his orders go there from now on."""
        code = str(event.key)

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(code)

        title = say("Orders of {name} take customer {code} from now on?", name=self._name, code=safe(code))
        self.app.push_screen(Confirm(title, [[Piece(self._found_name(code), "dim")]], say("this one")), answered)

    def _found_name(self, code: str) -> SafeText:
        return SafeText(f"  {safe(self._found[code]['name'])}  {document(str(self._found[code]['document']))}")

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
