"""What one cause of trouble holds up, one by one, with the sentence of the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from textual.containers import VerticalScroll
from textual.widget import Widget

from console.actions import Action
from console.formats import ago
from console.language import _, say
from console.reading.affected import AFFECTED_MAX, TOPICS, Affected, CauseKey, affected_by
from console.reasons import PointedAt, Situation
from console.safe_text import SafeText, safe
from console.screens.adoption import AdoptionScreen
from console.screens.changed_texts import ChangedTexts
from console.screens.order import OrderScreen
from console.screens.place import Place, bindings
from console.screens.troubled import Troubled, name_of, sentence_of
from console.texts import EFFECTS, SUBJECTS, TASKS, word
from console.widgets.plain import Line, Page, Piece, Plain
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Memory, Row
from engine.adoption.taken_names import NAME_TAKEN
from engine.reconcile.content import CHANGED

TICK_S = 1.0


class AffectedScreen(Troubled):
    """A list, and below it what is wrong with one of them."""

    CSS_PATH = "affected.tcss"
    BINDINGS: ClassVar[list[Any]] = bindings("affected", "everywhere")
    place = "affected"
    tab = "problems"

    def __init__(self, cause: CauseKey) -> None:
        super().__init__()
        self._cause = cause
        self._found: dict[str, Affected] | None = None

    def body(self) -> Iterable[Widget]:
        """The cause, the list, the sentence."""
        yield Plain([[Piece(name_of(self._cause), "head")]], id="cause")
        columns = [Column(say("which"), 16), Column(say("name")), Column(say("since"), 12, spare=True)]
        yield Rows(columns, empty=say("looking …"), id="list")
        yield VerticalScroll(Page(id="sentence"), id="told", can_focus=False)

    def on_mount(self) -> None:
        """The list is where keys go."""
        super().on_mount()
        self.query_one(Rows).focus()
        self.set_interval(TICK_S, self._show)

    async def load(self, topics: frozenset[str]) -> None:
        """Read them anew."""
        if topics & TOPICS:
            found = await self.console_app.read(lambda db: affected_by(db, self._cause))
            self._found = {one.subject: one for one in found}
            self._show()

    def _show(self) -> None:
        if self._found is None:
            return
        now = self.console_app.now()
        rows = [(one.subject, _row(one, now)) for one in self._found.values()]
        self.query_one(Rows).show(Memory(rows), empty=say("nothing is held up by this any more"))
        self._tell()

    def on_rows_moved(self, _event: Rows.Moved) -> None:
        """Another one, another sentence."""
        self._tell()

    def _one(self) -> Affected | None:
        key = self.query_one(Rows).key
        return self._found.get(key) if self._found and isinstance(key, str) else None

    def _tell(self) -> None:
        self.offer_keys()
        one = self._one()
        lines: list[Line] = []
        if one is not None:
            sentence = sentence_of(self._cause, one.params, one.detail)
            lines.append([Piece(sentence, "warn")])
            if one.detail not in sentence:
                lines.append([Piece(one.detail, "dim")])
            if one.ignored_why:
                told = say("Left aside by {who}: {why}", who=one.ignored_by, why=one.ignored_why)
                lines.append([Piece(told, "strong")])
        if self._found and len(self._found) == AFFECTED_MAX:
            lines.append([Piece(say("There are more: these are the {n} oldest.", n=AFFECTED_MAX), "dim")])
        self.query_one("#sentence", Page).show(*lines)

    def situation(self) -> Situation:
        """The one under the cursor."""
        one, attached = self._one(), self.console_app.link.state.attached
        if one is None:
            return Situation(attached=attached)
        args = {**self._cause._asdict(), "subject": one.subject}
        return Situation(attached=attached, troubles=(PointedAt(args, affected_cells(one)[0], bool(one.ignored_why)),))

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """Where it is put right; else where the sentence says."""
        one = self._one()
        where = None if one is None else self._place_of(one)
        if where is not None:
            self.app.push_screen(where)
        else:
            self.flash(say("It has no page of its own here; the sentence above says where to put this right."), "warn")

    def _place_of(self, one: Affected) -> Place | None:
        if one.order is not None:
            return OrderScreen(one.order)
        if self._cause.code == NAME_TAKEN:
            return AdoptionScreen(self._cause.account, str(one.params.get("shop_id")))
        if self._cause.code == CHANGED:
            return ChangedTexts(self._cause.account)
        return None

    def do_back(self, action: Action) -> None:
        """To where it was opened."""
        self.dismiss()

    def do_escape(self, action: Action) -> None:
        """To where it was opened."""
        self.dismiss()


_ABOUT = {"task": TASKS, "effects": EFFECTS}


def affected_cells(one: Affected) -> tuple[SafeText, SafeText]:
    """What it is called: the number or code people know it by, and its name."""
    kind, _colon, about = one.subject.partition(":")
    if kind in SUBJECTS:
        return _(SUBJECTS[kind]), word(_ABOUT[kind], about) if kind in _ABOUT else safe(about)
    return one.label, one.name


def _row(one: Affected, now: datetime) -> Row:
    label, name = affected_cells(one)
    tone = "dim" if one.ignored_why else ""
    return [Cell(label, tone or "strong"), Cell(name, tone), Cell(ago(one.since, now), "dim")]
