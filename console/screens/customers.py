"""The customers: who waits for a person, what each pays and where, what both sides say of him, and whom orders take."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from console.actions import Action
from console.customer_texts import NOTHING, PILES
from console.language import Counted, _, say, say_n
from console.reading import customer_card, customer_list
from console.reading.customer_card import Disputed, Table
from console.reading.customer_list import CustomerRow, Key
from console.reading.orders import ALL
from console.reading.reader import NotReadable
from console.reasons import Situation
from console.safe_text import SafeText, safe
from console.screens.customer_dialogs import ChooseCustomer, ChooseTable, Settle, Taken
from console.screens.customer_sheet import cells, moved, registration_sheet, settled, sheet
from console.screens.piles import Piles
from console.screens.place import bindings
from console.screens.sending import Changes, Sending
from console.screens.sending import Piece as Command
from console.texts import refusal
from console.widgets.dialogs import Confirm
from console.widgets.plain import Line, Piece
from console.widgets.rows import Column, Rows
from console.widgets.sources import Row
from engine.runtime.client import Answer
from engine.settings import AccountSettings
from engine.verbs.customers import CHANNEL, ERP

CHANGED = Counted("n", "{n} customer changed; z takes it back", "{n} customers changed; z takes it back")
UNDONE = Counted("n", "{n} customer is as before", "{n} customers are as before")
LOOK_FOR_DOUBLES = "erp_customers"
NAMED_MAX = 8


class Customers(Piles[Key, CustomerRow]):
    """Those of all shops."""

    BINDINGS: ClassVar[list[Any]] = bindings("customers", "everywhere")
    place = "customers"
    tab = "customers"
    topics = frozenset(customer_list.TOPICS)
    sheet_topics = frozenset({"orders"})
    names = PILES
    everything = customer_list.ALL
    counted_max = customer_list.LISTED_MAX

    def __init__(self) -> None:
        super().__init__(customer_list.ALL)
        self._sending = Sending(self, "customer_table", CHANGED, UNDONE)
        self._tables: Sequence[Table] = ()

    @property
    def _accounts(self) -> Sequence[AccountSettings]:
        return self.console_app.settings.account

    # --- what lies in the piles ---------------------------------------------------------------------------------------

    def columns(self) -> Sequence[Column]:
        """Who it is, what he pays, and how he stands."""
        return [
            Column(say("name")),
            Column(say("CPF or CNPJ"), 18, spare=True),
            Column(SafeText("C-Plus"), 9, spare=True),
            Column(say("table"), 14),
            Column(say("state"), 22),
        ]

    def hint(self) -> SafeText:
        """What the filter looks in."""
        return say("name, CPF or CNPJ, e-mail or code in C-Plus")

    def nothing(self) -> SafeText:
        """What would be here."""
        return _(NOTHING[self.pile])

    def read_counts(self, db: sqlite3.Connection) -> Mapping[str, int]:
        """And the price tables, of which there are a few."""
        self._tables = customer_card.price_tables(db)
        return customer_list.counts(db, self._accounts)

    def read_keys(self, db: sqlite3.Connection, pile: str, text: str) -> Sequence[Key]:
        """By name; who waits for a word comes first."""
        return customer_list.keys(db, self._accounts, pile, text)

    def read_rows(self, db: sqlite3.Connection, keys: Sequence[Key], pile: str) -> Mapping[Key, CustomerRow]:
        """Those that are there."""
        return customer_list.rows(db, self._accounts, keys)

    def draw(self, row: CustomerRow) -> Row:
        """A row's cells."""
        return cells(row)

    def about(self) -> Line:
        """Only where not all are listed."""
        if len(self.pages) < customer_list.LISTED_MAX:
            return []
        return [Piece(say("the first {n} are listed: filter (/)", n=customer_list.LISTED_MAX), "warn")]

    async def sheet(self, row: CustomerRow) -> Sequence[Line]:
        """All about him."""
        if row.standing or row.id is None:
            return list(registration_sheet(row))
        id = row.id
        card = await self.console_app.read(lambda db: customer_card.customer_card(db, id))
        return list(sheet(row, card, self._tables, self._accounts, self.console_app.now()))

    def situation(self) -> Situation:
        """The customers meant, and whether something can be taken back."""
        return Situation(
            attached=self.console_app.link.state.attached,
            reading=self.is_reading(),
            customers=self.meant(),
            undoable=self._sending.undoable,
        )

    # --- price tables -------------------------------------------------------------------------------------------------

    def do_price_table(self, action: Action) -> None:
        """Which one, with what it does in the shops; then, for whom."""
        rows = self.meant()
        now = {row.price_table for row in rows}

        def chosen(key: str | None) -> None:
            if key is not None:
                self._move(rows, key)

        title = rows[0].name if len(rows) == 1 else say_n("{n} customer", "{n} customers", len(rows))
        has = next(iter(now)) if len(now) == 1 else None
        self.app.push_screen(ChooseTable(title, self._tables, self._accounts, has), chosen)

    def _move(self, rows: Sequence[CustomerRow], key: str) -> None:
        table = next((table for table in self._tables if table.key == key), None)
        changing = [row for row in rows if row.price_table != key]
        if not changing:
            self.flash(say("nothing changed: it says so already"))
            return

        def go(yes: bool | None) -> None:
            if yes:
                seen = {str(row.id): row.row_version for row in changing}
                self._sending.send(_pieces, {str(row.id): key for row in changing}, seen)
                self.sent()

        title = say("Change the price table in C-Plus?")
        self.app.push_screen(Confirm(title, list(moved(rows, table, self._accounts)), say("change")), go)

    def do_undo_table(self, action: Action) -> None:
        """As they were before."""
        self._sending.undo()

    # --- conflicts ----------------------------------------------------------------------------------------------------

    def do_settle_fields(self, action: Action) -> None:
        """Field by field."""
        row = self.meant()[0]

        def ask(fields: Sequence[Disputed]) -> None:
            self.app.push_screen(Settle(row.name, fields), partial(self._settle, action))

        self.background(partial(self._with_fields, (row,), ask))

    def do_keep_erp(self, action: Action) -> None:
        """C-Plus's word, of all of them."""
        self._keep(action, ERP)

    def do_keep_channel(self, action: Action) -> None:
        """The shop's word, of all of them."""
        self._keep(action, CHANNEL)

    def _keep(self, action: Action, side: str) -> None:
        rows = self.meant()

        def ask(fields: Sequence[Disputed]) -> None:
            def answered(yes: bool | None) -> None:
                if yes:
                    self._settle(action, dict.fromkeys(fields, side))

            title = (
                say_n("C-Plus's word holds for {n} field?", "C-Plus's word holds for {n} fields?", len(fields))
                if side == ERP
                else say_n("The shop's word holds for {n} field?", "The shop's word holds for {n} fields?", len(fields))
            )
            self.app.push_screen(Confirm(title, list(settled(fields, side)), _(action.label)), answered)

        self.background(partial(self._with_fields, rows, ask))

    async def _with_fields(self, rows: Sequence[CustomerRow], then: Any) -> None:
        ids = [row.id for row in rows if row.id is not None]
        try:
            fields = await self.console_app.read(lambda db: customer_card.disputed(db, ids))
        except NotReadable:
            return
        if fields and self.stands:
            then(fields)

    def _settle(self, action: Action, taken: Taken | None) -> None:
        if not taken:
            return
        asked = [
            {"account": one.account, "external_id": one.external_id, "field": one.field, "take": side, "seen": one.seen}
            for one, side in taken.items()
        ]
        self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
        self.sent()

    # --- who he is ----------------------------------------------------------------------------------------------------

    def do_choose_customer(self, action: Action) -> None:
        """Those of C-Plus side by side; orders take the chosen one from now on."""
        row = self.meant()[0]

        def chosen(code: str | None) -> None:
            if code is not None:
                args = {"customer": row.id, "code": code}
                self.console_app.asking.send(action.verb, args, label=_(action.label))

        def found(answer: Answer) -> None:
            if not answer.ok:
                self.flash(refusal(answer.code, answer.params), "bad")
            elif not answer.result["customers"]:
                self.flash(say("C-Plus has none of them any more."), "warn")
            else:
                self.app.push_screen(ChooseCustomer(row.name, answer.result["customers"], row.erp_code), chosen)

        self.console_app.asking.look(LOOK_FOR_DOUBLES, {"customer": row.id}, found)

    def do_register(self, action: Action) -> None:
        """They are registered in their shops, so many a day."""
        rows = self.meant()
        by_account: dict[str, list[str]] = {}
        for row in rows:
            by_account.setdefault(row.account, []).append(row.erp_code)

        def go(yes: bool | None) -> None:
            if yes:
                asked = [{"account": account, "codes": codes, "n": len(codes)} for account, codes in by_account.items()]
                self.console_app.asking.send_all(action.verb, asked, label=_(action.label))
                self.sent()

        title = say_n("Register {n} customer in the shop?", "Register {n} customers in the shop?", len(rows))
        self.app.push_screen(Confirm(title, list(_to_register(rows)), _(action.label)), go)

    # --- going about --------------------------------------------------------------------------------------------------

    def on_rows_opened(self, _event: Rows.Opened) -> None:
        """His orders: the only one, or the list of them."""
        row = self.under_cursor()
        if row is not None:
            self.background(partial(self._open_orders, row))

    async def _open_orders(self, row: CustomerRow) -> None:
        id = row.id
        card = None
        if id is not None:
            try:
                card = await self.console_app.read(lambda db: customer_card.customer_card(db, id))
            except NotReadable:
                return
        if card is None or not card.orders:
            self.flash(say("{name} has no order", name=row.name), "warn")
        elif card.orders_in_all == 1:
            self.console_app.open_order(card.orders[0].id)
        else:
            self.console_app.go("orders", queue=ALL, text=row.document or row.email or row.name)

    def go_back(self) -> None:
        """It stands beside the overview, not on it."""
        self.console_app.go("overview")


def _pieces(changes: Changes, seen: Mapping[str, int]) -> Iterator[Command]:
    """A command for each customer: each is a write into C-Plus of its own."""
    for id, table in changes.items():
        yield Command({"customer": int(id), "price_table": table}, seen.get(id))


def _to_register(rows: Sequence[CustomerRow]) -> Iterator[Line]:
    yield [Piece(say("The shop may write an e-mail to each of them, which nothing takes back."), "warn")]
    for row in rows[:NAMED_MAX]:
        yield [Piece(SafeText(f"  {safe(row.account)}  {row.name}  {row.email}"), "dim")]
    if len(rows) > NAMED_MAX:
        yield [Piece(say("  and {n} more", n=len(rows) - NAMED_MAX), "dim")]
