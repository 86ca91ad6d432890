"""What can be done with orders, on the list and on the page of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from console.actions import Action
from console.formats import money
from console.language import _, say, say_n
from console.picking_text import pick_lines
from console.reading.orders import OrderRow
from console.reading.picking import picks
from console.reading.reader import NotReadable
from console.reasons import withdrawable
from console.safe_text import SafeText
from console.screens.choose_sale import ChooseSale
from console.screens.place import Place
from console.texts import refusal
from console.widgets.dialogs import Ask, Confirm, Shipment
from console.widgets.plain import Line, Piece
from console.widgets.reading_page import ReadingPage
from engine.runtime.client import Answer

LOOK_FOR_SALES = "sale_candidates"
NAMED_MAX = 8
"""Of a bulk action, so many orders are named in the question."""


class Triage(Place):
    """Asks, then has the engine do it; what is asked of several orders is asked for each of them."""

    def targets(self) -> tuple[OrderRow, ...]:
        """The orders that an action would take."""
        return self.situation().orders

    def sent(self) -> None:
        """Commands are on their way: marks have done their work."""

    def _send(self, action: Action, args: Mapping[str, Any], orders: tuple[OrderRow, ...]) -> None:
        label = _(action.label)
        if self.console_app.asking.send_for_orders(action.verb, args, orders, label):
            self.sent()

    def _question(self, action: Action, orders: tuple[OrderRow, ...]) -> SafeText:
        if len(orders) == 1:
            return say(
                "{number} of {buyer}: {action}?", number=orders[0].number, buyer=orders[0].buyer, action=_(action.label)
            )
        return say_n("{n} order: {action}?", "{n} orders: {action}?", len(orders), action=_(action.label))

    def _named(self, orders: tuple[OrderRow, ...]) -> list[Line]:
        lines: list[Line] = [
            [Piece(SafeText(f"  {order.number}  {money(order.total_cents):>14}  {order.buyer}"), "dim")]
            for order in orders[:NAMED_MAX]
        ]
        if len(orders) > NAMED_MAX:
            lines.append([Piece(say("  and {n} more", n=len(orders) - NAMED_MAX), "dim")])
        if len(orders) > 1:
            total = sum(order.total_cents for order in orders)
            lines.append([Piece(say("  together {amount}", amount=money(total)), "strong")])
        return lines

    def _confirm(self, action: Action) -> None:
        orders = self.targets()

        def answered(yes: bool | None) -> None:
            if yes:
                self._send(action, {}, orders)

        lines = [[Piece(_(action.help))], *self._named(orders)]
        self.app.push_screen(Confirm(self._question(action, orders), lines, _(action.label)), answered)

    def do_approve(self, action: Action) -> None:
        """Take the money."""
        self._confirm(action)

    def do_confirm_payment(self, action: Action) -> None:
        """The money is there."""
        self._confirm(action)

    def do_accept_payment(self, action: Action) -> None:
        """It is no fraud."""
        self._confirm(action)

    def do_deny_payment(self, action: Action) -> None:
        """Ask for the reason, which the shop's endpoint gets."""
        self.do_refuse(action)

    def do_refund(self, action: Action) -> None:
        """The buyer is credited."""
        self._confirm(action)

    def do_alarm_seen(self, action: Action) -> None:
        """The parcel was stopped."""
        self._confirm(action)

    def do_unpark(self, action: Action) -> None:
        """Back into its queue."""
        self._confirm(action)

    def do_rewrite(self, action: Action) -> None:
        """It stands in C-Plus again."""
        self._confirm(action)

    def do_link_sale(self, action: Action) -> None:
        """Look for sales like this order, have one chosen, ask once more."""
        orders = self.targets()

        def chosen(sale: str | None) -> None:
            if sale is not None:
                self._send(action, {"sale": sale}, orders)

        def found(answer: Answer) -> None:
            if not answer.ok:
                self.flash(refusal(answer.code, answer.params), "bad")
            elif not answer.result["sales"]:
                self.flash(say("No sale of the last days looks like this order."), "warn")
            else:
                sales = answer.result["sales"]
                self.app.push_screen(ChooseSale(orders[0], sales, self.console_app.now()), chosen)

        self.console_app.asking.look(LOOK_FOR_SALES, {"order": orders[0].id}, found)

    def do_withdraw(self, action: Action) -> None:
        """Taking back harms nobody: no question."""
        self._send(action, {}, withdrawable(self.situation()))

    def do_refuse(self, action: Action) -> None:
        """Ask for the reason, which the buyer's order in C-Plus will show."""
        orders = self.targets()

        def answered(reason: str | None) -> None:
            if reason:
                self._send(action, {"reason": reason}, orders)

        reasons = [
            say("out of stock"),
            say("suspected fraud"),
            say("wrong address"),
            say("the buyer asked for it"),
            say("duplicate order"),
        ]
        asked, placeholder = self._question(action, orders), say("reason of the refusal")
        question = Ask(asked, self._named(orders), suggestions=reasons, placeholder=placeholder)
        self.app.push_screen(question, answered)

    def do_pick_list(self, action: Action) -> None:
        """What is to be fetched for them, shelf by shelf, to be read here; on paper by the command line."""
        ids = [order.id for order in self.targets()]

        async def show() -> None:
            try:
                found = await self.console_app.read(lambda db: picks(db, ids))
            except NotReadable:
                return
            lines: list[Line] = [[Piece(text)] for text in pick_lines(found, len(ids))]
            lines += [[], [Piece(say("On paper: integra orders picklist | lp"), "dim")]]
            self.app.push_screen(ReadingPage(lines))

        self.background(show)

    def do_ship(self, action: Action) -> None:
        """Ask how it leaves."""
        orders = self.targets()

        def answered(shipment: tuple[str, str] | None) -> None:
            if shipment:
                self._send(action, {"carrier": shipment[0], "tracking": shipment[1]}, orders)

        lines = self._named(orders)
        if len(orders) > 1:
            lines.append([Piece(say("Several orders at once only without a tracking code."), "dim")])
        self.app.push_screen(Shipment(self._question(action, orders), lines, many=len(orders) > 1), answered)
