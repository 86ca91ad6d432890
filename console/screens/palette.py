"""Every action that works here, by a part of its name; and orders and customers, by what people know of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.actions import Action, key_names
from console.language import _, say
from console.reading.quick_open import KINDS, Found
from console.reading.reader import NotReadable, fold
from console.reasons import Situation
from console.widgets.dialogs import DIALOG_CSS
from console.widgets.plain import Field
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory, Row


class Palette(ModalScreen[str | Found | None]):
    """Answers the id of the chosen action, or what was found. An action that is not possible now is dim, and says why
    when it is chosen."""

    DEFAULT_CSS = DIALOG_CSS.format(name="Palette") + "Palette Rows { height: 12; max-height: 12; }"
    BINDINGS: ClassVar[list[Any]] = [
        Binding("escape,ctrl+p", "leave", show=False),
        Binding("down,tab", "step('down')", show=False, priority=True),
        Binding("up,shift+tab", "step('up')", show=False, priority=True),
        Binding("pagedown", "step('page_down')", show=False, priority=True),
        Binding("pageup", "step('page_up')", show=False, priority=True),
    ]

    def __init__(
        self,
        actions: Sequence[Action],
        situation: Situation,
        find: Callable[[str], Awaitable[Sequence[Found]]],
    ) -> None:
        super().__init__()
        self._actions = actions
        self._situation = situation
        self._find = find

    def compose(self) -> ComposeResult:
        """A field and the list."""
        with Vertical():
            yield Field(say("what do you want to do? or: order 123, customer silva"))
            yield Rows([Column(say("action"), 14), Column(say("what it does")), Column(say("key"), 15)])

    def on_mount(self) -> None:
        """All of them at first."""
        self.query_one(Rows).can_focus = False
        self._show("")

    def on_input_changed(self, event: Field.Changed) -> None:
        """Those that have every typed word; what is found in the store follows."""
        self._show(event.value)
        self.run_worker(self._look(event.value), exclusive=True)

    async def _look(self, typed: str) -> None:
        try:
            found = await self._find(typed)
        except NotReadable:
            return
        if found:
            self._show(typed, found)

    def _show(self, typed: str, found: Sequence[Found] = ()) -> None:
        words = fold(typed).split()
        rows: list[tuple[Hashable, Row]] = [
            (action.id, self._row(action))
            for action in self._actions
            if all(word in fold(f"{_(action.label)} {_(action.help)}") for word in words)
        ]
        rows += [(one, [Cell(_(KINDS[one.kind]), "dim"), Cell(one.name, "strong"), Cell(one.more)]) for one in found]
        self.query_one(Rows).show(Memory(rows), empty=say("nothing has that in its name"))

    def _row(self, action: Action) -> Row:
        possible = action.hindrance(self._situation) is None
        return [
            Cell(_(action.label), "strong" if possible else "dim"),
            Cell(_(action.help), "" if possible else "dim"),
            Cell(key_names(action), "dim"),
        ]

    def action_step(self, name: str) -> None:
        """Move in the list while typing."""
        self.query_one(Rows).action_list(name)

    def on_input_submitted(self) -> None:
        """Take what is under the cursor."""
        key = self.query_one(Rows).key
        self.dismiss(key if isinstance(key, (str, Found)) else None)

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss(None)
