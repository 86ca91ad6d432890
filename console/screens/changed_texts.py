"""Texts that somebody changed in a shop's own admin: ours beside the shop's, and whose it shall be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from console.actions import Action
from console.field_texts import CHANGED_TEXTS, CONTENT_FIELDS
from console.formats import ago
from console.language import _, say, say_n
from console.reading import shop_changes
from console.reading.shop_changes import Key, ShopChange
from console.reasons import Situation
from console.safe_text import SafeText
from console.screens.piles import Piles
from console.screens.place import bindings
from console.text_difference import difference
from console.texts import word
from console.widgets.dialogs import Confirm
from console.widgets.plain import Labelled, Line, Piece
from console.widgets.rows import Column
from console.widgets.sources import Cell, Row
from engine.verbs.shop_changes import KEEP, RESTORE, SHOP

NAMED_MAX = 8
TAKES = {"keep_text": KEEP, "restore_text": RESTORE, "leave_text": SHOP}


class ChangedTexts(Piles[Key, ShopChange]):
    """Those of one account, or of all."""

    BINDINGS: ClassVar[list[Any]] = bindings("changed_texts", "everywhere")
    place = "changed_texts"
    topics = frozenset(shop_changes.TOPICS)
    names = CHANGED_TEXTS

    def __init__(self, account: str | None = None) -> None:
        super().__init__(shop_changes.ALL)
        self._account_id = account

    def columns(self) -> Sequence[Column]:
        """Which product, which text, what the shop shows."""
        return [
            Column(say("product"), 26),
            Column(say("text"), 16),
            Column(say("in the shop")),
            Column(say("since"), 12, spare=True),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("key or name of the product, or a word of the text")

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """By field."""
        return shop_changes.counts(db, self._account_id)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[Key]:
        """Product by product."""
        return shop_changes.keys(db, self._account_id, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[Key], pile: str) -> Mapping[Key, ShopChange]:
        """With the beginnings of both texts."""
        return shop_changes.rows(db, keys)

    def draw(self, row: ShopChange) -> Row:
        """A row's cells."""
        return [
            Cell(row.name or row.item, "strong"),
            Cell(word(CONTENT_FIELDS, row.field)),
            Cell(row.shown or SafeText("—")),
            Cell(ago(row.seen_at, self.console_app.now()), "dim"),
        ]

    def about(self) -> Line:
        """What this is about."""
        return [
            Piece(say("Texts changed in the shop"), "head"),
            Piece(SafeText("  ")),
            Piece(say("nothing overwrites them until you say whose they are"), "dim"),
        ]

    async def sheet(self, row: ShopChange) -> Sequence[Line]:
        """Both texts in full, with what differs."""
        key = (row.account, row.item, row.field)

        def read(db: sqlite3.Connection) -> tuple[Line, Line] | None:
            both = shop_changes.both_texts(db, key)
            return None if both is None else difference(*both)

        return list(_sheet(row, await self.console_app.read(read)))

    def situation(self) -> Situation:
        """The texts meant."""
        attached = self.console_app.link.state.attached
        return Situation(attached=attached, reading=self.is_reading(), changes=self.meant())

    def do_keep_text(self, action: Action) -> None:
        """The shop's text is ours there."""
        self._ask(action)

    def do_restore_text(self, action: Action) -> None:
        """Ours is sent again."""
        self._ask(action)

    def do_leave_text(self, action: Action) -> None:
        """It is the shop's from now on."""
        self._ask(action)

    def _ask(self, action: Action) -> None:
        changes = self.meant()

        def answered(yes: bool | None) -> None:
            if yes:
                take = TAKES[action.id]
                asked = [
                    {"account": one.account, "item": one.item, "field": one.field, "take": take, "seen": one.seen}
                    for one in changes
                ]
                self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
                self.sent()

        title = say_n("{n} text: {action}?", "{n} texts: {action}?", len(changes), action=_(action.label))
        lines = [[Piece(_(action.help))], *_named(changes)]
        self.app.push_screen(Confirm(title, lines, _(action.label)), answered)


def _sheet(row: ShopChange, both: tuple[Line, Line] | None) -> Iterator[Line]:
    yield [Piece(row.name or row.item, "head")]
    yield [
        Piece(
            say("{field} of {item} on {account}", field=word(CONTENT_FIELDS, row.field), item=row.item,
                account=row.account), "dim"
        )
    ]  # fmt: skip
    if both is None:
        return
    for label, line in zip((say("Integra"), say("shop")), both, strict=True):
        yield []
        yield Labelled([Piece(SafeText(f"{label:<9}"), "dim"), *(line or [Piece(SafeText("—"), "dim")])])


def _named(changes: Sequence[ShopChange]) -> Iterator[Line]:
    for one in changes[:NAMED_MAX]:
        yield [Piece(SafeText(f"  {one.item}  {word(CONTENT_FIELDS, one.field)}: {one.name}"), "dim")]
    if len(changes) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(changes) - NAMED_MAX), "dim")]
