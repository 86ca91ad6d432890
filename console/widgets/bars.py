"""The lines around a screen: which screens there are, how things stand, and the keys that work here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from console.actions import BY_ID, Action, key_name
from console.language import _, say
from console.safe_text import SafeText
from console.widgets.plain import Line, Piece, Plain
from console.widths import cells

FLASH_S = 6.0
SEPARATOR = Piece(SafeText(" │ "), "dim")
PLACES = ("overview", "orders", "catalogue", "customers", "shipments", "problems", "plan", "settings", "audit")


class Tabs(Plain):
    """The screens by their number keys; the one that is shown stands out."""

    DEFAULT_CSS = "Tabs { dock: top; height: 1; background: $panel; }"

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current
        self._first: str | None = None

    def come_after(self, key: str | None) -> None:
        """The number keys go elsewhere until this key is pressed; None when they work at once."""
        if key != self._first:
            self._first = key
            self.on_resize()

    def on_resize(self) -> None:
        """Longer or shorter names fit; the one that is shown is always written in full."""
        shown = next((line for line in self._lines() if _width(line) <= self.size.width), list(self._line(0)))
        self.show_in_place(shown)

    def _lines(self) -> Iterator[Line]:
        longest = max(cells(_(BY_ID[id].label)) for id in PLACES)
        return (list(self._line(length)) for length in range(longest, 0, -1))

    def _line(self, length: int) -> Iterator[Piece]:
        """With no more than so many characters of each name."""
        if self._first is None:
            yield Piece(SafeText(" Integra "), "head")
        else:
            yield Piece(say(" {key}, then ", key=key_name(self._first)), "warn")
        for id in PLACES:
            action, here = BY_ID[id], id == self._current
            whole = _(action.label)
            name = f"{whole} " if here or len(whole) <= length else whole[:length]
            yield Piece(SafeText(f" {key_name(action.keys[0])} {name}"), "chosen" if here else "")


class StatusLine(Plain):
    """How things stand, on every screen."""

    DEFAULT_CSS = "StatusLine { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._parts: Sequence[Piece] = ()

    def on_resize(self) -> None:
        """More or fewer parts fit."""
        self.show_parts(self._parts)

    def show_parts(self, parts: Sequence[Piece]) -> None:
        """Show what fits, the first ones being the more important."""
        self._parts = parts
        line: list[Piece] = [Piece(SafeText(" "))]
        left = self.size.width - 1
        for number, part in enumerate(parts):
            needed = cells(part.text) + (len(SEPARATOR.text) if number else 0)
            if needed > left:
                break
            line += [SEPARATOR, part] if number else [part]
            left -= needed
        self.show_in_place(line)


class KeysLine(Plain):
    """The keys that work here; for some seconds, what just happened."""

    DEFAULT_CSS = "KeysLine { height: auto; max-height: 3; background: $surface; }"

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = [action for action in actions if action.footer]
        self._flash: Piece | None = None
        self._flashes = 0

    def offer(self, actions: Sequence[Action]) -> None:
        """These are possible now."""
        actions = [action for action in actions if action.footer]
        if actions != self._actions:
            self._actions = actions
            if self._flash is None:
                self.show_in_place(self._keys())

    def on_mount(self) -> None:
        """Draw the keys."""
        self._draw()

    def on_resize(self) -> None:
        """More or fewer keys fit."""
        if self._flash is None:
            self.show_in_place(self._keys())

    def flash(self, text: SafeText, tone: str = "good") -> None:
        """Say something for a few seconds: a line costs a twentieth of a toast over SSH."""
        self._flash = Piece(SafeText(f" {text}"), tone)
        self._flashes += 1
        number = self._flashes
        self.set_timer(FLASH_S, lambda: self._end_flash(number))
        self._draw()

    def end_flash(self) -> None:
        """What was said is over."""
        if self._flash is not None:
            self._flash = None
            self._draw()

    def _end_flash(self, number: int) -> None:
        if number == self._flashes:
            self.end_flash()

    def _draw(self) -> None:
        self.show([self._flash] if self._flash else self._keys())

    def _keys(self) -> Line:
        """As many keys as fit; the way to all the others is always among them."""
        last = [action for action in self._actions if action.id == "help"]
        left = self.size.width - 1 - sum(self._width(action) for action in last)
        shown: list[Action] = []
        for action in self._actions:
            if action not in last and (left := left - self._width(action)) >= 0:
                shown.append(action)
        line = [Piece(SafeText(" "))]
        for action in [*shown, *last]:
            line += [Piece(key_name(action.keys[0]), "key"), Piece(SafeText(f" {_(action.label)}  "), "dim")]
        return line

    def _width(self, action: Action) -> int:
        return cells(key_name(action.keys[0])) + cells(_(action.label)) + 3


def _width(line: Line) -> int:
    return sum(cells(piece.text) for piece in line)
