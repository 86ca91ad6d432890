"""The kinds of effects: what each does, how one reads back whether it happened, what follows when it did."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Protocol

from engine import order_flow
from engine.account import Account
from engine.amounts import from_e4, to_e4
from engine.errors import IntegraError, Refused
from engine.model.channel import ChannelOrder, ChannelOrderState, Parcel, PaymentState, Refund, Shipment
from engine.model.erp import ErpOrderState, LetGo, WrittenOrder
from engine.orders import (
    CANCEL_REFUSED,
    CAPTURE_REFUSED,
    GONE_FROM_SHOP,
    REFUND_REFUSED,
    REVIEW_REFUSED,
    SHIP_REFUSED,
    Cancellation,
    Event,
    refused,
)
from engine.store import effects, orders, publications
from engine.store.effects import Effect, Kind
from engine.store.instants import to_text
from engine.tasks.erp_effects import CancelInErp, DeliveryInErp, ReleaseInErp, ReserveInErp, WriteToErp
from engine.tasks.sale_effects import LinkInErp, ReleaseInvoicedInErp
from engine.tasks.track_effect import TrackAtChannel

Finding = ChannelOrder | tuple[Parcel, ...] | WrittenOrder | LetGo | ErpOrderState | None
"""What stands on the other side once the effect has happened, as its kind's `follow` wants it."""


class EffectKind(Protocol):
    """One kind of effect: how it is done, how one sees whether it happened, and what follows."""

    async def act(self, account: Account, effect: Effect) -> Finding:
        """Do it; answers what then stands there where the deed itself tells. Raises the port's errors."""

    async def look(self, account: Account, effect: Effect) -> Finding:
        """What stands on the other side now; None where acting again is the way to look."""

    def happened(self, effect: Effect, finding: Finding) -> bool:
        """Whether what was found shows the effect."""

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        """What follows from its having happened."""

    def refused(
        self, db: sqlite3.Connection, account: Account, effect: Effect, error: IntegraError, finding: Finding
    ) -> None:
        """What follows from its having been refused."""


class _AtChannel:
    """What the effects at a channel have in common: the order as the channel shows it is read back."""

    failed: Event | None
    reason: str

    async def look(self, account: Account, effect: Effect) -> ChannelOrder | None:
        """The order there; None where somebody deleted it."""
        return await account.channel.order(await self._external_id(account, effect))

    async def _external_id(self, account: Account, effect: Effect) -> str:
        row = await account.store.read(lambda db: orders.get(db, effect.order_id))
        assert row is not None, "an effect belongs to an order"
        return str(row["external_id"])

    def refused(
        self, db: sqlite3.Connection, account: Account, effect: Effect, error: IntegraError, finding: Finding
    ) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        if not isinstance(finding, ChannelOrder):
            before = orders.state_of(row)
            state = replace(before.after(self.failed) if self.failed else before, parked=GONE_FROM_SHOP)
            orders.move(db, effect.order_id, state, parked_params={})
            orders.note_event(db, effect.order_id, account.id, GONE_FROM_SHOP, {}, account.now())
            return
        orders.take_in(db, account.id, finding, account.now())
        if orders.take_over_lines(db, effect.order_id, finding):
            publications.unconfirm_stock(db, account.id, orders.skus(db, effect.order_id))
        account.reads.wrote("stock")  # what the ERP showed while it was not known whether the order lives counts now
        state = refused(orders.state_of(row), self.failed, finding, self.reason)
        params = {"code": error.code, "detail": error.detail, "status": finding.raw_status}
        orders.move(db, effect.order_id, state, parked_params=params, raw_status=finding.raw_status)
        orders.note_event(db, effect.order_id, account.id, self.reason, params, account.now())
        if state.cancellation is Cancellation.CANCELLED:
            order_flow.die(db, effect.order_id, account.now())
        elif row["erp_written_at"] is None:
            effects.decide_again(db, effect.order_id, Kind.ERP_ORDER, account.now())  # the cancel had withdrawn it


class AcceptPayment(_AtChannel):
    """Accept a payment in review at the merchant's endpoint; the order shows what became of it."""

    failed, reason = Event.ACCEPT_FAILED, REVIEW_REFUSED

    async def act(self, account: Account, effect: Effect) -> None:
        await account.channel.decide_review(await self._external_id(account, effect), accept=True)

    def happened(self, effect: Effect, finding: Finding) -> bool:
        return isinstance(finding, ChannelOrder) and finding.payment is not PaymentState.REVIEW

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        assert isinstance(finding, ChannelOrder), "the order was read after the decision"
        orders.note_event(db, effect.order_id, account.id, "review-decided", {}, account.now())
        order_flow.receive(db, account.settings, finding, account.now())


class Capture(_AtChannel):
    """Take the money of an authorised order, or note an offline payment; the buyer is mailed by the same request."""

    failed, reason = Event.CAPTURE_FAILED, CAPTURE_REFUSED

    async def act(self, account: Account, effect: Effect) -> None:
        await account.channel.capture(await self._external_id(account, effect), notify=account.settings.payment_mail)

    def happened(self, effect: Effect, finding: Finding) -> bool:
        return isinstance(finding, ChannelOrder) and finding.payment in (PaymentState.PAID, PaymentState.REFUNDED)

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        assert isinstance(finding, ChannelOrder), "the order was read after the capture"
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        state = orders.state_of(row).after(Event.CAPTURED)
        orders.move(db, effect.order_id, state)
        orders.note_event(
            db, effect.order_id, account.id, "captured", {"mail": account.settings.payment_mail}, account.now()
        )
        order_flow.receive(db, account.settings, finding, account.now())


class Cancel(_AtChannel):
    """Cancel at the channel; the goods go back only after the channel was read to show it, or to have no such order."""

    failed, reason = Event.CANCEL_FAILED, CANCEL_REFUSED

    async def act(self, account: Account, effect: Effect) -> None:
        await account.channel.cancel(await self._external_id(account, effect))

    def happened(self, effect: Effect, finding: Finding) -> bool:
        return finding is None or (isinstance(finding, ChannelOrder) and finding.state is ChannelOrderState.CANCELLED)

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        if isinstance(finding, ChannelOrder):
            order_flow.receive(db, account.settings, finding, account.now())
        else:
            order_flow.deleted(db, effect.order_id, account.now())


class DenyPayment(Cancel):
    """Deny a payment in review at the merchant's endpoint, which cancels the order."""

    reason = REVIEW_REFUSED

    async def act(self, account: Account, effect: Effect) -> None:
        external_id, reason = await self._external_id(account, effect), str(effect.args["reason"])
        await account.channel.decide_review(external_id, accept=False, reason=reason)


class Ship(_AtChannel):
    """Tell the channel what has been shipped, with its tracking; it mails the customer.

    Decided for all that was invoiced then: `lines` is how much of each line shall have been shipped in all, so that
    neither a second try nor the shipment of another part sends a piece twice.
    """

    failed, reason = Event.SHIP_FAILED, SHIP_REFUSED

    async def act(self, account: Account, effect: Effect) -> None:
        shown = await self.look(account, effect)
        if shown is None:
            raise Refused(GONE_FROM_SHOP)
        going = {
            line.external_id: effect.args["lines"].get(line.external_id, 0) - to_e4(line.shipped)
            for line in shown.lines
        }
        quantities = tuple((line, from_e4(quantity)) for line, quantity in going.items() if quantity > 0)
        if not quantities:  # all of it was shipped by another hand; asked for nothing, a channel ships all that is left
            return
        shipment = Shipment(
            carrier=effect.args["carrier"],
            carrier_label=effect.args["label"],
            tracking=effect.args["tracking"],
            further=tuple(effect.args.get("further", ())),
            quantities=quantities,
            source=account.channel.capabilities.ships_from,
        )
        await account.channel.ship(shown.external_id, shipment)

    def happened(self, effect: Effect, finding: Finding) -> bool:
        return isinstance(finding, ChannelOrder) and all(
            to_e4(line.shipped) >= effect.args["lines"].get(line.external_id, 0)
            or line.shipped + line.cancelled + line.returned >= line.ordered
            for line in finding.lines
        )

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        assert isinstance(finding, ChannelOrder), "the order was read after the shipment"
        orders.lines_shipped(db, effect.order_id, effect.args["lines"])
        account.reads.wrote("stock")  # what was invoiced meanwhile is judged again, now that the parcel has left
        state = orders.state_of(row).after(Event.SHIPPED)
        orders.move(db, effect.order_id, state, closed_at=to_text(account.now()))
        codes = effects.codes_of(effect.args)
        params = {"carrier": effect.args["label"], "tracking": " ".join(codes)}
        orders.note_event(db, effect.order_id, account.id, "shipped", params, account.now())
        if codes and account.channel.capabilities.reports_tracking:
            args = {name: effect.args[name] for name in ("label", "tracking", "further") if name in effect.args}
            effects.decide(db, effect.order_id, Kind.TRACK, account.now(), part=effect.part, args=args)
        publications.unconfirm_stock(db, account.id, orders.skus(db, effect.order_id))
        order_flow.receive(db, account.settings, finding, account.now())


class CreditReturned(_AtChannel):
    """Credit the buyer in the channel with goods that stand on the store's shelf again.

    `lines` is how much of each line shall have been credited in all, so that no piece is credited twice.
    """

    failed, reason = None, REFUND_REFUSED
    credited = "credited"

    async def act(self, account: Account, effect: Effect) -> None:
        shown = await self.look(account, effect)
        if shown is None:
            raise Refused(GONE_FROM_SHOP)
        going = {
            line.external_id: effect.args["lines"].get(line.external_id, 0) - to_e4(line.returned)
            for line in shown.lines
        }
        quantities = tuple((line, from_e4(quantity)) for line, quantity in going.items() if quantity > 0)
        if not quantities:  # credited already: without lines it would be the freight once more
            return
        await account.channel.refund(shown.external_id, Refund(quantities, effect.args["freight"]))

    def happened(self, effect: Effect, finding: Finding) -> bool:
        return isinstance(finding, ChannelOrder) and all(
            to_e4(line.returned) >= effect.args["lines"].get(line.external_id, 0) for line in finding.lines
        )

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: Finding) -> None:
        assert isinstance(finding, ChannelOrder), "the order was read after the credit"
        orders.note_event(db, effect.order_id, account.id, self.credited, {}, account.now())
        order_flow.receive(db, account.settings, finding, account.now())
        publications.unconfirm_stock(db, account.id, orders.skus(db, effect.order_id))


class CreditShort(CreditReturned):
    """Credit what is short of a paid order and will not come; the rest of it goes on.

    It was never on the shelf, but a channel counts what it credits back in: its stock is sent again.
    """

    credited = "credited-short"


KINDS: dict[Kind, EffectKind] = {
    Kind.ERP_ORDER: WriteToErp(),
    Kind.ERP_RESERVE: ReserveInErp(),
    Kind.ERP_RELEASE: ReleaseInErp(),
    Kind.ERP_RELEASE_INVOICED: ReleaseInvoicedInErp(),
    Kind.ERP_CANCEL: CancelInErp(),
    Kind.ERP_DELIVERY: DeliveryInErp(),
    Kind.ERP_LINK: LinkInErp(),
    Kind.ACCEPT: AcceptPayment(),
    Kind.DENY: DenyPayment(),
    Kind.CAPTURE: Capture(),
    Kind.CANCEL: Cancel(),
    Kind.SHIP: Ship(),
    Kind.REFUND: CreditReturned(),
    Kind.CREDIT_SHORT: CreditShort(),
    Kind.TRACK: TrackAtChannel(),
}
