"""What people say of orders that neither side is told of, and what becomes of goods that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from functools import partial
from typing import Any

from console.actions import Action
from console.coming import OPENS_HOUR
from console.formats import STORE_TIME, date_and_time, money
from console.language import _, say
from console.missing_goods import E4, expected_by, missing, told
from console.reading.order import OrderDetail, order_detail
from console.reading.orders import OrderRow
from console.reading.reader import NotReadable
from console.screens.delivery_dialog import EditDelivery
from console.screens.triage import Triage
from console.widgets.choose import Choose
from console.widgets.dialogs import Confirm
from console.widgets.plain import EMPTY, Line, Piece
from console.widgets.until import AskUntil, Said
from engine.amounts import e4_to_cents
from engine.model.people import Address, Recipient
from engine.store.instants import to_text

WAIT, PART, CREDIT, AGAIN = "wait_for_goods", "part_first", "credit_short", "short_again"


class Sayings(Triage):
    """Put aside, wait, let a part go, credit what will not come, note."""

    def _say(self, action: Action, verb: str, orders: tuple[OrderRow, ...], args: Mapping[str, Any]) -> None:
        if self.console_app.asking.send_for_orders(verb, args, orders, _(action.label)):
            self.sent()

    def do_hold(self, action: Action) -> None:
        """Ask why and until when; what is on hold already is taken up again, which harms nobody."""
        orders = self.targets()
        if all(order.held for order in orders):
            self._say(action, "take_up", orders, {})
            return
        reasons = [
            say("to be settled with the buyer"),
            say("address to be confirmed"),
            say("suspected fraud: being looked into"),
            say("waits for another order of the buyer"),
        ]
        self._ask_until(action, "hold", orders, about=say("why"), suggestions=reasons, text_needed=True)

    def do_note(self, action: Action) -> None:
        """With what the note says now, to be changed or emptied."""
        orders = self.targets()

        async def ask() -> None:
            detail = await self._detail_of(orders)
            notes = [one for one in detail.said if one.kind == "note"] if detail else []
            note, until = (notes[0].text, notes[0].until) if notes else (EMPTY, None)
            when = date_and_time(until) if until else EMPTY
            self._ask_until(action, "note", orders, about=say("note; empty takes it away"), text=note, when=when)

        self.background(ask)

    def _ask_until(self, action: Action, verb: str, orders: tuple[OrderRow, ...], **asked: Any) -> None:
        def answered(said: Said | None) -> None:
            if said is not None:
                until = None if said.until is None else to_text(said.until)
                self._say(action, verb, orders, {"text": said.text, "until": until})

        lines = asked.pop("lines", None) or self._named(orders)
        question = AskUntil(self._question(action, orders), lines, self.console_app.now, **asked)
        self.app.push_screen(question, answered)

    async def _detail_of(self, orders: tuple[OrderRow, ...]) -> OrderDetail | None:
        """The order in full, None of several."""
        if len(orders) != 1:
            return None
        scopes = self.console_app.stock_scopes
        try:
            return await self.console_app.read(lambda db: order_detail(db, orders[0].id, scopes))
        except NotReadable:
            return None

    def do_correct_delivery(self, action: Action) -> None:
        """Show where it goes to, field by field; what was typed anew is written into C-Plus."""
        orders = self.targets()

        async def ask() -> None:
            detail = await self._detail_of(orders)
            if detail is None:
                return

            def answered(typed: dict[str, str] | None) -> None:
                if typed is not None:
                    self._say(action, action.verb, orders, {"to": typed})

            stands = Recipient(detail.delivery_name, detail.delivery_phone, Address(**detail.address))
            self.app.push_screen(EditDelivery(self._question(action, orders), stands), answered)

        self.background(ask)

    # --- goods that are missing ---------------------------------------------------------------------------------------

    def do_short(self, action: Action) -> None:
        """Show what is missing and what is on order; then one of the ways."""
        self.background(partial(self._ask_short, action, self.targets()))

    async def _ask_short(self, action: Action, orders: tuple[OrderRow, ...]) -> None:
        detail, now = await self._detail_of(orders), self.console_app.now()
        lacking = missing(detail) if detail else {}
        lines: list[Line] = [[Piece(text)] for text in told(detail, lacking, now)] if detail else self._named(orders)
        ways = [(WAIT, say("wait for the goods until a day"))]
        if all(order.payment in ("paid", "capturing") for order in orders):
            ways.append((PART, say("let what is there go first, the rest later")))
        if detail is not None and detail.row.payment == "paid" and _can_credit(detail, lacking):
            ways.append((CREDIT, say("credit what is missing in the shop; the rest goes")))
        if any(order.in_parts or order.back_at for order in orders):
            ways.append((AGAIN, say("nothing of this: open again")))

        def chosen(way: str | None) -> None:
            if way == WAIT:
                self._ask_wait(action, orders, detail, lines)
            elif way == CREDIT and detail is not None:
                self._ask_credit(action, detail, lacking)
            elif way == PART:
                self._ask_part(action, orders, lines)
            elif way == AGAIN:
                self._say(action, AGAIN, orders, {})

        self.app.push_screen(Choose(self._question(action, orders), lines, ways), chosen)

    def _ask_wait(
        self, action: Action, orders: tuple[OrderRow, ...], detail: OrderDetail | None, lines: list[Line]
    ) -> None:
        day = expected_by(detail, self.console_app.now()) if detail else None
        when = date_and_time(datetime.combine(day, time(OPENS_HOUR), STORE_TIME)) if day else EMPTY
        about = say("what was agreed with the buyer, if anything")
        self._ask_until(action, WAIT, orders, lines=lines, about=about, when=when, until_needed=True)

    def _ask_part(self, action: Action, orders: tuple[OrderRow, ...], lines: list[Line]) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._say(action, PART, orders, {})

        note = say(
            "It goes to Invoice: invoice in C-Plus only what is there. Nothing of it is reserved in C-Plus, where an"
            " order is reserved whole or not at all; in the shops it is not sold again."
        )
        self.app.push_screen(
            Confirm(self._question(action, orders), [*lines, [Piece(note)]], say("part first")), answered
        )

    def _ask_credit(self, action: Action, order: OrderDetail, lacking: Mapping[int, int]) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                args = {"lines": {str(line): e4 for line, e4 in lacking.items()}}
                self._say(action, CREDIT, (order.row,), args)

        lines: list[Line] = [[Piece(text)] for text in told(order, lacking, self.console_app.now())]
        worth = sum(
            e4_to_cents(line.unit_price_e4 * lacking[line.number] // E4)
            - line.discount_cents * lacking[line.number] // line.ordered_e4
            for line in order.lines
            if line.number in lacking
        )
        lines.append([Piece(say("  worth about {amount}, without freight", amount=money(worth)), "strong")])
        note = say(
            "The shop credits it and tells the buyer. No money moves: give it back where it was paid. Then strike it"
            " out of the order in C-Plus; until that is done the order stands under Problem, and says so."
        )
        question = Confirm(self._question(action, (order.row,)), [*lines, [Piece(note)]], say("credit it"))
        self.app.push_screen(question, answered)


def _can_credit(order: OrderDetail, lacking: Mapping[int, int]) -> bool:
    """Something is missing, and something goes."""
    wanted = sum(line.ordered_e4 - line.cancelled_e4 for line in order.lines)
    return 0 < sum(lacking.values()) < wanted
