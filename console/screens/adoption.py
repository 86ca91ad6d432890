"""What was in a shop before Integra, and whose it is: what is doubtful is settled here, and taken back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from console.actions import BY_ID, Action
from console.adoption_texts import PILES, WRONG
from console.language import _, say, say_n
from console.reading import shop_items
from console.reading.accounts import AccountRow, all_accounts
from console.reading.shop_items import Ours, ShopRow
from console.reasons import Situation, cannot_settle, reopenable
from console.safe_text import SafeText
from console.screens import adoption_sheet
from console.screens.choose_product import ChooseProduct
from console.screens.go_live import ask_to_go_live
from console.screens.piles import Piles
from console.screens.place import bindings
from console.texts import refusal, word
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Row
from engine.runtime.client import Answer
from engine.verbs.adoption import LEAVE

NAMED_MAX = 8
"""Of several rows that a question is about, so many are named."""


class AdoptionScreen(Piles[str, ShopRow]):
    """One account's piles. `key`: the row of the shop to begin with."""

    BINDINGS: ClassVar[list[Any]] = bindings("adoption", "everywhere")
    place = "adoption"
    topics = frozenset(shop_items.TOPICS)
    names = PILES

    def __init__(self, account: str, key: str | None = None) -> None:
        super().__init__("doubtful")
        self._account_id = account
        self._account: AccountRow | None = None
        self._first = key
        self._begun = False
        self._settled: tuple[str, ...] = ()
        self._last: tuple[ShopRow, ...] = ()

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """The shop's words, then ours."""
        return [Column(say("SKU"), 16), Column(say("name in the shop")), Column(say("C-Plus"), 30, spare=True)]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("SKU, name, GTIN, or key, code and name in C-Plus")

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """And what hangs on them: the account, and what was settled last."""
        self._account = next((row for row in all_accounts(db) if row.id == self._account_id), None)
        self._last = tuple(shop_items.rows(db, self._account_id, self._settled).values())
        return shop_items.counts(db, self._account_id)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[str]:
        """As the shop's SKUs are sorted."""
        return shop_items.keys(db, self._account_id, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[str], pile: str) -> Mapping[str, ShopRow]:
        """The rows with their proposals."""
        return shop_items.rows(db, self._account_id, keys, pile)

    def draw(self, row: ShopRow) -> Row:
        """A row's cells."""
        return adoption_sheet.cells(row)

    async def sheet(self, row: ShopRow) -> Sequence[Line]:
        """All that is known of it."""
        return list(adoption_sheet.sheet(row))

    async def load(self, topics: frozenset[str]) -> None:
        """The first time, begin where something waits."""
        if not self._begun:
            self._begun = True
            first = self._first
            begin = await self.console_app.read(lambda db: _first_pile(db, self._account_id, first))
            self.show_pile(begin, first)
        await super().load(topics)

    def about(self) -> Line:
        """Which shop, and whether anything is written there."""
        account = self._account
        if account is None:
            return []
        line = [Piece(SafeText(f"{account.name}  "), "head")]
        if account.adopted_at is None:
            return [*line, Piece(say("is looked through; nothing is written there"), "warn")]
        if account.observes:
            return [*line, Piece(say("nothing is written there before you approve (v)"), "warn")]
        return [*line, Piece(say("is live: what you settle is written there"), "dim")]

    # --- what is done with them ---------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        """The rows meant, and those settled last."""
        return Situation(
            attached=self.console_app.link.state.attached,
            reading=self.is_reading(),
            account=self._account,
            found=self.meant(),
            last_found=self._last,
        )

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """Choose among the proposals."""
        self._choose(searching=False)

    def do_choose(self, action: Action) -> None:
        """Look for the product."""
        self._choose(searching=True)

    def _choose(self, *, searching: bool) -> None:
        row, action = self.under_cursor(), BY_ID["choose"]
        if row is None:
            return
        reason = cannot_settle(row) if self.console_app.link.state.attached else action.why_not(self.situation())
        if reason is not None:
            self.flash(say("{action}: {reason}", action=_(action.label), reason=_(reason)), "warn")
            return

        def chosen(item: str | None) -> None:
            if item is not None:
                self._settle({row: item})

        self.app.push_screen(ChooseProduct(row, lambda text: self._search(row, text), searching=searching), chosen)

    async def _search(self, row: ShopRow, text: str) -> Sequence[Ours]:
        prefix = next((one.grid_prefix for one in self.console_app.settings.account if one.id == self._account_id), "")
        return await self.console_app.read(
            lambda db: shop_items.products(db, self._account_id, text, grids=row.kind == "grid", grid_prefix=prefix)
        )

    def do_agree(self, action: Action) -> None:
        """Each is its only proposal."""
        self._settle({row: row.proposals[0].item for row in self.meant()})

    def do_leave_alone(self, action: Action) -> None:
        """Each is none of ours."""
        self._settle(dict.fromkeys(self.meant(), LEAVE))

    def _settle(self, decisions: Mapping[ShopRow, str]) -> None:
        """One row of an account that writes nothing yet can be taken back, and is not asked about."""

        def go(yes: bool | None) -> None:
            if yes:
                args = {
                    "account": self._account_id,
                    "decisions": {row.id: item for row, item in decisions.items()},
                    "seen": {row.id: row.seen for row in decisions},
                }
                look = self.console_app.asking.look
                look("settle_adoption", args, lambda answer: self._settled_by(answer, decisions))
                self.sent()

        live = self._account is not None and self._account.approved_at is not None
        if len(decisions) == 1 and not live:
            go(True)
            return
        title = say_n("Settle {n} row?", "Settle {n} rows?", len(decisions))
        note = (
            [[Piece(say("The shop is live: this is written there, and not taken back here."), "warn")]] if live else []
        )
        self.app.push_screen(Confirm(title, [*note, *_named(decisions)], say("settle")), go)

    def _settled_by(self, answer: Answer, decisions: Mapping[ShopRow, str]) -> None:
        if not answer.ok:
            self._tell_refusal(answer)
            return
        self._settled = tuple(row.id for row in decisions)
        text = say_n("{n} row settled", "{n} rows settled", len(decisions))
        if self._account is not None and self._account.approved_at is None:
            text = say("{sentence}; z takes it back.", sentence=text)
        self.flash(text)
        self.reload(frozenset({"*"}))

    def do_reopen(self, action: Action) -> None:
        """They wait for a person again."""
        rows = reopenable(self.situation())

        def go(yes: bool | None) -> None:
            if yes:
                args = {
                    "account": self._account_id,
                    "rows": [row.id for row in rows],
                    "seen": {row.id: row.seen for row in rows},
                }
                self.console_app.asking.look("reopen_adoption", args, lambda answer: self._reopened(answer, rows))
                self.sent()

        if len(rows) == 1:
            go(True)
        else:
            title = say_n("Take back {n} row?", "Take back {n} rows?", len(rows))
            named = _named({row: row.item for row in rows})
            self.app.push_screen(Confirm(title, list(named), _(action.label)), go)

    def _reopened(self, answer: Answer, rows: Sequence[ShopRow]) -> None:
        if not answer.ok:
            self._tell_refusal(answer)
            return
        self._settled = ()
        self.flash(say_n("{n} row waits for you again", "{n} rows wait for you again", len(rows)))
        self.show_pile(self.pile, rows[0].id)

    def _tell_refusal(self, answer: Answer) -> None:
        if answer.code != "adoption-rows-wrong":
            self.flash(refusal(answer.code, answer.params), "bad")
            return
        wrong = json.loads(str(answer.params["wrong"]))
        why = word(WRONG, str(next(iter(wrong.values()))))
        if len(wrong) == 1:
            self.flash(say("Not done: {why}.", why=why), "bad")
        else:
            self.flash(say("Nothing was settled; wrong rows: {n}. The first: {why}.", n=len(wrong), why=why), "bad")
        self.reload(frozenset({"*"}))

    def do_look_again(self, action: Action) -> None:
        """The shop is looked through once more."""
        self.console_app.asking.send(action.verb, {"account": self._account_id}, label=_(action.label))

    def do_go_live(self, action: Action) -> None:
        """Show the verdict, and ask for the first write."""
        assert self._account is not None, "the table of actions asked for an account"
        ask_to_go_live(self, self._account, action)


def _first_pile(db: sqlite3.Connection, account: str, key: str | None) -> str:
    """That of the row to begin with, else the first in which something waits."""
    if key is not None and (pile := shop_items.pile_of(db, account, key)) is not None:
        return pile
    counts = shop_items.counts(db, account)
    return next((pile for pile in shop_items.PILES if counts[pile]), shop_items.PILES[0])


def _named(decisions: Mapping[ShopRow, str]) -> Iterator[Line]:
    for row, item in list(decisions.items())[:NAMED_MAX]:
        yield [Piece(say("  {sku}  {name}: {item}", sku=row.sku, name=row.name, item=item or _("none of ours")), "dim")]
    if len(decisions) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(decisions) - NAMED_MAX), "dim")]
