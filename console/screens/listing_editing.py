"""Saying something of products in a shop in place of C-Plus: asked field by field, shown before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from console.actions import Action
from console.language import Counted, _, say, say_n
from console.listing_text import MANY_AT_ONCE, batches, is_one_line, said, typed_of
from console.reading.catalogue import ListingRow
from console.reading.listing_sheet import ListingSheet, listing_sheet
from console.reading.reader import NotReadable
from console.safe_text import SafeText, safe
from console.screens.catalogue_sheet import holds, preview
from console.screens.listing_dialogs import ChooseField, EditValue
from console.screens.piles import Piles
from console.screens.sending import Changes, Sending
from console.screens.sending import Piece as Command
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Piece
from engine.listing_fields import FIELDS, About, checked
from engine.settings import AccountSettings

CHANGED = Counted("n", "{n} product changed; z takes it back", "{n} products changed; z takes it back")
UNDONE = Counted("n", "{n} product is as it was", "{n} products are as they were")


class Listings(Piles[str, ListingRow]):
    """The products of one account at a time, and what can be done with them."""

    def __init__(self, pile: str) -> None:
        super().__init__(pile)
        self._place = 0
        self._options: tuple[str, ...] = ()
        self._sending = Sending(self, "set_listing", CHANGED, UNDONE)

    @property
    def account(self) -> AccountSettings | None:
        """The shop that is shown."""
        accounts = self.console_app.settings.account
        return accounts[self._place % len(accounts)] if accounts else None

    async def _read_sheet(self, row: ListingRow) -> ListingSheet:
        account = self.account
        assert account is not None, "a row is an account's"
        return await self.console_app.read(lambda db: listing_sheet(db, account, row))

    def do_edit_listing(self, action: Action) -> None:
        """Which field, what it shall say, and for several products what that does."""
        rows = self.meant()
        if len(rows) == 1:
            self.background(partial(self._edit_one, rows[0]))
            return
        now = {name: self._common(rows, name) for name in MANY_AT_ONCE}
        self._choose_field(rows, [(name, self._now(rows, name)) for name in MANY_AT_ONCE], now)

    async def _edit_one(self, row: ListingRow) -> None:
        """With what holds now, whoever says it."""
        try:
            told = await self._read_sheet(row)
        except NotReadable:
            return
        now = {field.name: field.value for field in told.fields}
        self._choose_field((row,), [(field.name, holds(field)) for field in told.fields], now)

    def _choose_field(
        self, rows: Sequence[ListingRow], fields: Sequence[tuple[str, SafeText]], now: Mapping[str, Any]
    ) -> None:
        def chosen(name: str | None) -> None:
            if name is not None:
                self._edit(rows, name, now[name])

        self.app.push_screen(ChooseField(self._title(rows), fields), chosen)

    def _edit(self, rows: Sequence[ListingRow], name: str, now: Any) -> None:
        if not is_one_line(now):
            self.flash(say("It has several lines: change it in a file (integra catalogue --csv FILE)."), "warn")
            return

        def check(field: str, value: Any) -> Any:
            in_order = [checked(field, value, self._judged(row)) for row in rows]
            return in_order[0]

        def edited(answer: tuple[Any] | None) -> None:
            if answer is not None and (len(rows) > 1 or answer[0] != now):
                self._change(rows, {name: answer[0]})

        lines = [[Piece(self._title(rows), "dim")]]
        if name == "payment_options":
            lines.append([Piece(say("C-Plus offers: {options}", options=", ".join(self._options) or "—"), "dim")])
        self.app.push_screen(EditValue(name, typed_of(name, now), lines, check), edited)

    def do_return_field(self, action: Action) -> None:
        """One field, or the only one, says what C-Plus says again."""
        rows = self.meant()
        own = [name for name in FIELDS if name != "withheld" and any(row.own[name] is not None for row in rows)]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._change(rows, {name: None})

        if len(own) == 1:
            chosen(own[0])
        else:
            title = say("Which shall be as in C-Plus again?")
            self.app.push_screen(ChooseField(title, [(name, self._now(rows, name)) for name in own]), chosen)

    def do_withhold(self, action: Action) -> None:
        """Keep them from this shop, or no longer where all are kept."""
        rows = self.meant()
        self._change(rows, {"withheld": not all(row.own["withheld"] for row in rows)}, asks=True)

    def _change(self, rows: Sequence[ListingRow], fields: Mapping[str, Any], *, asks: bool = False) -> None:
        """One field of one product can simply be taken back; before all else stands what it does."""
        account = self.account
        assert account is not None, "rows are an account's"
        changes = {row.item: dict(fields) for row in rows}
        seen = {row.item: row.seen for row in rows}

        def pieces(changes: Changes, seen: Mapping[str, int]) -> Iterator[Command]:
            return (Command(args) for args in batches(account.id, changes, seen))

        def go(yes: bool | None) -> None:
            if yes:
                self._sending.send(pieces, changes, seen)
                self.sent()

        if len(rows) == 1 and not asks:
            go(True)
        else:
            lines = list(preview(rows, changes))
            self.app.push_screen(Confirm(self._title(rows), lines, say("change")), go)

    def do_undo_listing(self, action: Action) -> None:
        """What was said before."""
        self._sending.undo()

    def do_flag_online(self, action: Action) -> None:
        """Write the mark into C-Plus, or take it away where all have it."""
        account, rows = self.account, self.meant()
        assert account is not None, "rows are an account's"
        online = not all(row.flagged for row in rows)

        def go(yes: bool | None) -> None:
            if yes:
                asked = [{"account": account.id, "sku": row.item, "online": online} for row in rows]
                self.console_app.asking.send_all("flag_online", asked, label=_(action.label))
                self.sent()

        mark = safe(account.online_tag)
        title = (
            say("Mark as online in C-Plus (characteristic {mark})?", mark=mark)
            if online
            else say("Take the online mark away in C-Plus (characteristic {mark})?", mark=mark)
        )
        lines: list[Line] = [[Piece(SafeText(f"  {row.label}  {row.name}"))] for row in rows[:12]]
        if len(rows) > len(lines):
            lines.append([Piece(say("  and {n} more", n=len(rows) - len(lines)), "dim")])
        self.app.push_screen(Confirm(title, lines, _(action.label)), go)

    def _judged(self, row: ListingRow) -> About:
        return About(row.item, self._options, whole=row.whole, is_grid=row.is_grid)

    def _common(self, rows: Sequence[ListingRow], name: str) -> Any:
        """What is said of all of them; None too where it differs."""
        return rows[0].own[name] if len({str(row.own[name]) for row in rows}) == 1 else None

    def _now(self, rows: Sequence[ListingRow], name: str) -> SafeText:
        same = len({str(row.own[name]) for row in rows}) == 1
        return said(name, self._common(rows, name)) if same else say("differs")

    def _title(self, rows: Sequence[ListingRow]) -> SafeText:
        if len(rows) == 1:
            return SafeText(f"{rows[0].label}  {rows[0].name}")
        return say_n("{n} product", "{n} products", len(rows))
