"""Questions in front of a screen. A question stands on "no"; Esc always means no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from console.language import _, say, say_n
from console.postal_code import is_postal_code
from console.safe_text import SafeText, safe
from console.widgets.plain import EMPTY, Field, Line, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory

DIALOG_CSS = """
{name} {{ align: center middle; }}
{name} > Vertical {{
    width: 72; max-width: 96%; height: auto; max-height: 94%;
    padding: 0 2; border: round $primary; background: $surface;
}}
{name} VerticalScroll {{ height: auto; max-height: 15; }}
{name} Plain {{ height: auto; }}
{name} .answers {{ margin-top: 1; }}
{name} Field {{ margin-top: 1; border: tall $border; }}
{name} Rows {{ height: auto; max-height: 8; margin-top: 1; background: $surface; }}
"""

YES_KEYS = ("y", "s")
"""Yes and sim."""


class Confirm(ModalScreen[bool]):
    """Asks before something that cannot simply be undone. y or s says yes; Enter takes what is chosen, at first no."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Confirm")
    BINDINGS: ClassVar[list[Any]] = [
        Binding("left,right,tab,shift+tab,h,l", "other", show=False),
        Binding("enter", "take", show=False),
        Binding(",".join(YES_KEYS), "answer(True)", show=False),
        Binding("n,q,escape", "answer(False)", show=False),
        Binding("down,j", "scroll(1)", show=False),
        Binding("up,k", "scroll(-1)", show=False),
        Binding("pagedown,space", "scroll_pages(1)", show=False),
        Binding("pageup", "scroll_pages(-1)", show=False),
        Binding("home", "scroll_pages(-99)", show=False),
        Binding("end", "scroll_pages(99)", show=False),
    ]

    def __init__(self, title: SafeText, lines: Sequence[Line] = (), yes: SafeText = EMPTY) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._yes = yes or say("yes")
        self.chosen = False

    def compose(self) -> ComposeResult:
        """The question, and two answers."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")]])
            with VerticalScroll(can_focus=False):
                yield Plain(self._lines)
            yield Plain(id="more")
            yield Plain(classes="answers")

    def on_mount(self) -> None:
        """Stand on no."""
        self._draw()
        scroll = self.query_one(VerticalScroll)
        self.watch(scroll, "scroll_y", self._tell_more)
        self.watch(scroll, "virtual_size", self.on_resize)

    def on_resize(self) -> None:
        """More or fewer lines fit; how many is known once they are laid out."""
        self.call_after_refresh(self._tell_more)

    def _tell_more(self) -> None:
        """Lines that do not fit are said to be there: what nobody sees is approved unread."""
        scroll = self.query_one(VerticalScroll)
        below = round(scroll.max_scroll_y - scroll.scroll_y)
        more = say_n("↓ {n} more line: PgDn, End", "↓ {n} more lines: PgDn, End", below)
        told = [[Piece(more if below else say("↑ PgUp, Home"), "warn")]] if scroll.max_scroll_y > 0 else []
        self.query_one("#more", Plain).show(*told)

    def _draw(self) -> None:
        no, yes = say("no"), self._yes
        answers = [(False, SafeText(f" {no} (n) ")), (True, SafeText(f" {yes} ({YES_KEYS[1]}) "))]
        line: list[Piece] = []
        for value, text in answers:
            mark = "▸" if value is self.chosen else " "
            line += [Piece(SafeText(f"{mark}{text}"), "chosen" if value is self.chosen else ""), Piece(SafeText("  "))]
        self.query_one(".answers", Plain).show(line)

    def action_other(self) -> None:
        """Choose the other answer."""
        self.chosen = not self.chosen
        self._draw()

    def action_take(self) -> None:
        """Take the chosen answer."""
        self.dismiss(self.chosen)

    def action_answer(self, answer: bool) -> None:
        """Take this answer."""
        self.dismiss(answer)

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_scroll_pages(self, pages: int) -> None:
        """Read on by the page."""
        scroll = self.query_one(VerticalScroll)
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)


class Ask(ModalScreen[str | None]):
    """Asks for a text, with suggestions to pick from. Answers None when nothing shall happen."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Ask")
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape", "leave", show=False),
        Binding("tab,shift+tab", "other", show=False, priority=True),
    ]

    def __init__(
        self,
        title: SafeText,
        lines: Sequence[Line] = (),
        *,
        suggestions: Sequence[SafeText] = (),
        heading: SafeText = EMPTY,
        placeholder: SafeText = EMPTY,
        typed: SafeText = EMPTY,
        needed: bool = True,
        secret: bool = False,
    ) -> None:
        """`typed` stands in the field already; what is `secret` is not shown."""
        super().__init__()
        self._title = title
        self._lines = lines
        self._suggestions = suggestions
        self._heading = heading or say("common reasons")
        self._placeholder = placeholder
        self._typed = typed
        self._needed = needed
        self._secret = secret

    def compose(self) -> ComposeResult:
        """The question, the suggestions, the field."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")], *self._lines])
            if self._suggestions:
                yield Rows([Column(self._heading)])
            yield Field(self._placeholder, password=self._secret)
            yield Plain([[Piece(say("Enter: do it · Tab: reasons or own words · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin where there is something to choose."""
        field = self.query_one(Field)
        field.value = self._typed
        if self._suggestions:
            rows = self.query_one(Rows)
            rows.show(Memory([(text, [Cell(text)]) for text in self._suggestions]))
            rows.focus()
        else:
            field.focus()
            field.select_all()  # what is typed replaces it; an arrow goes into it

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """A suggestion goes into the field, where it can be completed; Enter there does it."""
        field = self.query_one(Field)
        field.value = safe(event.key)
        field.cursor_position = len(field.value)
        field.focus()

    def on_input_submitted(self) -> None:
        """The text is there, or is still missing."""
        text = safe(self.query_one(Field).value.strip())
        if text or not self._needed:
            self.dismiss(text)

    def action_other(self) -> None:
        """Between the suggestions and the field."""
        field = self.query_one(Field)
        if self._suggestions and field.has_focus:
            self.query_one(Rows).focus()
        else:
            field.focus()

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)


class Shipment(ModalScreen[tuple[str, str] | None]):
    """Asks how a parcel leaves: (carrier, tracking), where the tracking is empty for pick-up and own driver."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Shipment")
    BINDINGS: ClassVar[list[Any]] = [Binding("escape", "leave", show=False)]
    WITHOUT_CODE = ("pickup", "own-driver")
    OTHER = "carrier:"

    def __init__(self, title: SafeText, lines: Sequence[Line], *, many: bool) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        # Several parcels have several codes.
        self._carriers = self.WITHOUT_CODE if many else ("correios", self.OTHER, *self.WITHOUT_CODE)
        self._carrier = ""

    def compose(self) -> ComposeResult:
        """The carriers, then what is asked about the chosen one."""
        with Vertical():
            yield Plain([[Piece(self._title, "strong")], *self._lines])
            yield Rows([Column(say("how it leaves"))])
            yield Field(say("carrier's name"), id="label")
            yield Field(say("tracking code"), id="tracking")
            yield Plain(classes="missing")
            yield Plain([[Piece(say("Enter: choose, then close the shipment · Esc: leave it"), "dim")]])

    def on_mount(self) -> None:
        """Begin with the carriers."""
        names = {
            "correios": _("Correios"),
            self.OTHER: _("another carrier"),
            "pickup": _("picked up at the store"),
            "own-driver": _("own driver"),
        }
        rows = self.query_one(Rows)
        rows.show(Memory([(code, [Cell(names[code])]) for code in self._carriers]))
        rows.focus()
        self.query_one("#label").display = False
        self.query_one("#tracking").display = False
        self.query_one(".missing").display = False

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """A carrier was chosen: ask what is still needed of it."""
        self._carrier = str(event.key)
        label, tracking = self.query_one("#label"), self.query_one("#tracking")
        label.display = self._carrier == self.OTHER
        tracking.display = self._carrier not in self.WITHOUT_CODE
        self.query_one(".missing").display = False
        if self._carrier in self.WITHOUT_CODE:
            self.app.push_screen(Confirm(self._title, self._lines, say("close it")), self._confirmed)
        else:
            (label if label.display else tracking).focus()

    def _confirmed(self, yes: bool | None) -> None:
        if yes:
            self.dismiss((self._carrier, ""))

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """On to the tracking code; with both there, that is the shipment."""
        label, tracking = self.query_one("#label", Field), self.query_one("#tracking", Field)
        if event.input is label:
            tracking.focus()
            return
        code = "".join(tracking.value.split()).upper()
        name = label.value.strip()
        self.query_one(".missing").display = False
        if self._carrier == self.OTHER and not name:
            self._ask_for(label, say("Type the carrier's name, then Enter."))
        elif not code:
            self._ask_for(tracking, say("Type the tracking code of the label. Without one: pick-up or own driver."))
        elif self._carrier == "correios" and not is_postal_code(code):
            self._doubt(code)
        else:
            self.dismiss((self.OTHER + name if self._carrier == self.OTHER else self._carrier, code))

    def _ask_for(self, field: Field, said: SafeText) -> None:
        missing = self.query_one(".missing", Plain)
        missing.show([Piece(said, "warn")])
        missing.display = True
        field.focus()

    def _doubt(self, code: str) -> None:
        """Ask once more: a slip of typing would send the buyer a code that leads nowhere."""

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss((self._carrier, code))

        said = say("{code} does not look like a code of the Correios: compare it with the label.", code=code)
        self.app.push_screen(Confirm(say("Record it all the same?"), [[Piece(said)]], say("record it")), answered)

    def action_leave(self) -> None:
        """Nothing shall happen."""
        self.dismiss(None)
