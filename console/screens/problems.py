"""The problems: everything that failed or was skipped, by its cause, with what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from console.actions import Action
from console.formats import ago, moment
from console.language import N_, say
from console.reading import troubles
from console.reading.affected import Affected, CauseKey, affected_by
from console.reading.troubles import Trouble
from console.reasons import PointedAt, Situation
from console.safe_text import SafeText
from console.screens.affected import AffectedScreen, affected_cells
from console.screens.piles import Piles
from console.screens.place import bindings
from console.screens.troubled import Troubled, name_of, page_of, sentence_of
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Cell, Row

NAMED_MAX = 12
"""So many of what a cause holds up are named beside it; Enter shows them all."""
NAMES = {troubles.WAITS: N_("To put right"), troubles.NOTICE: N_("To know"), troubles.IGNORED: N_("Left aside")}
NOTHING = {
    troubles.WAITS: N_("Nothing failed or was skipped. What does is listed here by its cause."),
    troubles.NOTICE: N_("Nothing to know. What stops nothing but is worth knowing is here."),
    troubles.IGNORED: N_("Nothing is left aside. What you leave aside (i) is listed here."),
}
TONES = {troubles.WAITS: "warn", troubles.NOTICE: "", troubles.IGNORED: "dim"}


class Problems(Piles[CauseKey, Trouble], Troubled):
    """Those that hold up most first."""

    BINDINGS: ClassVar[list[Any]] = bindings("problems", "everywhere")
    place = "problems"
    tab = "problems"
    topics = frozenset(troubles.TOPICS)
    names = NAMES
    urgent = frozenset({troubles.WAITS})

    def __init__(self) -> None:
        super().__init__(troubles.WAITS)
        self._all: Sequence[Trouble] = ()

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """How much, what, since when."""
        return [
            Column(say("count"), 6, right=True),
            Column(say("cause")),
            Column(say("since"), 11, spare=True),
            Column(say("last"), 11, spare=True),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("cause, account, code, or a product, order or word of what is wrong")

    def nothing(self) -> SafeText:
        """What would be here."""
        return say(NOTHING[self.pile])

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """Of all causes, whatever the filter shows; read with their keys."""
        return troubles.counts(self._all)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[CauseKey]:
        """There are some dozens of causes at most."""
        self._all = troubles.troubles(db, text)
        return [one.key for one in self._all if one.pile == pile and (one.matching or not text)]

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[CauseKey], pile: str) -> Mapping[CauseKey, Trouble]:
        """Read with their keys."""
        return {one.key: one for one in self._all if one.pile == pile and one.key in keys}

    def draw(self, row: Trouble) -> Row:
        """A row's cells."""
        now = self.console_app.now()
        return [
            Cell(SafeText(f"{row.rows}×"), "strong"),
            Cell(name_of(row.key), TONES[row.pile]),
            Cell(ago(row.first_at, now), "dim"),
            Cell(ago(row.last_at, now), "dim"),
        ]

    async def sheet(self, row: Trouble) -> Sequence[Line]:
        """What to do, and what it holds up."""
        found = await self.console_app.read(lambda db: affected_by(db, row.key))
        return list(self._sheet(row, [one for one in found if bool(one.ignored_why) == (row.pile == troubles.IGNORED)]))

    def _sheet(self, row: Trouble, found: Sequence[Affected]) -> Iterator[Line]:
        now = self.console_app.now()
        yield [Piece(name_of(row.key), "head")]
        yield [Piece(sentence_of(row.key, row.params, row.detail), TONES[row.pile])]
        if row.ignored_why:
            told = say("Left aside by {who}: {why}", who=row.ignored_by, why=row.ignored_why)
            yield [Piece(told, "strong")]
        yield []
        when, guide = say("when"), say("guide")
        since = say("since {first}, last {last}", first=moment(row.first_at, now), last=moment(row.last_at, now))
        yield Labelled([Piece(SafeText(f"{when:<8}"), "dim"), Piece(since)])
        yield Labelled([Piece(SafeText(f"{guide:<8}"), "dim"), Piece(page_of(row.key.code))])
        yield []
        for one in found[:NAMED_MAX]:
            label, name = affected_cells(one)
            yield Labelled([Piece(SafeText(f"{label}  "), "strong"), Piece(name)])
        if row.rows > NAMED_MAX:
            yield [Piece(say("and {n} more: Enter", n=row.rows - NAMED_MAX), "dim")]

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The causes meant, as far as they were seen."""
        return Situation(
            attached=self.console_app.link.state.attached,
            reading=self.is_reading(),
            troubles=tuple(_pointed_at(one) for one in self.meant()),
        )

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """All that it holds up."""
        row = self.under_cursor()
        if row is not None:
            self.app.push_screen(AffectedScreen(row.key))

    def do_retry_all(self, action: Action) -> None:
        """Every cause of this pile."""
        self.ask_to_retry(action, [_pointed_at(one).args for one in self._all if one.pile == self.pile])

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")


def _pointed_at(one: Trouble) -> PointedAt:
    return PointedAt(
        args={**one.key._asdict(), "until": one.until},
        title=name_of(one.key),
        ignored=one.pile == troubles.IGNORED,
    )
