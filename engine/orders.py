"""The life of an order: three axes, the events that move them, and the queue in which it waits for a person.

Pure: decides from values, touches nothing. The tables below are the whole of it; what is not in them does not happen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.model.channel import ChannelOrder, ChannelOrderState, PaymentState
from engine.model.erp import GONE_FROM_ERP


class Payment(StrEnum):
    """Where the money stands."""

    PENDING = "pending"
    REVIEW = "review"
    ACCEPTING = "accepting"  # a person accepted a payment in review; the effect has not been confirmed
    AUTHORIZED = "authorized"
    CAPTURING = "capturing"  # a person decided; the effect has not been confirmed
    PAID = "paid"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class Fulfilment(StrEnum):
    """Where the goods stand."""

    RECEIVED = "received"  # known to us, not yet in the ERP
    RESERVED = "reserved"
    SHORT = "short"  # in the ERP without reservation: goods are missing
    PART_INVOICED = "part-invoiced"  # some of it is invoiced and waits to be shipped, the rest to be invoiced
    PART_SHIPPING = "part-shipping"  # that part was closed by a person; the effect has not been confirmed
    PART_SHIPPED = "part-shipped"  # what is invoiced has left; the rest waits to be invoiced
    INVOICED = "invoiced"
    SHIPPING = "shipping"  # closed by a person; the effect has not been confirmed
    SHIPPED = "shipped"


class Cancellation(StrEnum):
    """Whether the order shall live."""

    NONE = "none"
    REFUSING = "refusing"  # a person decided; the effect has not been confirmed
    CANCELLED = "cancelled"
    LATE = "late"  # cancelled in the channel after approval or invoice: a person must act


class Queue(StrEnum):
    """Where an order waits."""

    DECIDE = "decide"
    PAY = "pay"
    SHORT = "short"
    TO_INVOICE = "to-invoice"
    TO_SHIP = "to-ship"
    PROBLEM = "problem"
    HELD = "held"  # put aside by a person, until a time or until somebody takes it up again
    DONE = "done"


class Event(StrEnum):
    """What happens to an order."""

    CHANNEL_PENDING = "channel-pending"
    CHANNEL_REVIEW = "channel-review"
    CHANNEL_AUTHORIZED = "channel-authorized"
    CHANNEL_PAID = "channel-paid"
    CHANNEL_REFUNDED = "channel-refunded"
    CHANNEL_UNKNOWN = "channel-unknown"
    CHANNEL_CANCELLED = "channel-cancelled"  # before anybody approved or invoiced
    CHANNEL_CANCELLED_LATE = "channel-cancelled-late"
    CHANNEL_SHIPPED = "channel-shipped"
    PAYMENT_ACCEPTED = "payment-accepted"  # of one in review
    ACCEPT_FAILED = "accept-failed"  # refused, or the decision was taken back
    APPROVED = "approved"
    PAYMENT_CONFIRMED = "payment-confirmed"
    CAPTURED = "captured"
    CAPTURE_FAILED = "capture-failed"  # refused, or the decision was taken back
    REFUSED = "refused"
    CANCEL_FAILED = "cancel-failed"  # refused by the channel, or the decision was taken back
    WRITTEN_RESERVED = "written-reserved"
    WRITTEN_SHORT = "written-short"
    FELL_SHORT = "fell-short"
    RESERVED_LATER = "reserved-later"
    INVOICED = "invoiced"
    INVOICED_PARTLY = "invoiced-partly"
    INVOICE_UNDONE = "invoice-undone"
    LOST_IN_ERP = "lost-in-erp"  # the ERP was restored from a backup that is older than the order
    CLOSED = "closed"
    SHIPPED = "shipped"
    SHIP_FAILED = "ship-failed"
    REST_SETTLED = "rest-settled"  # the shop cancelled what had not left, and a person has dealt with it in the ERP


Axis = Payment | Fulfilment | Cancellation
P, F, C, E = Payment, Fulfilment, Cancellation, Event

_CHANNEL_PAYMENT = {
    E.CHANNEL_PENDING: P.PENDING,
    E.CHANNEL_REVIEW: P.REVIEW,
    E.CHANNEL_AUTHORIZED: P.AUTHORIZED,
    E.CHANNEL_PAID: P.PAID,
    E.CHANNEL_REFUNDED: P.REFUNDED,
    E.CHANNEL_UNKNOWN: P.UNKNOWN,
}

TRANSITIONS: dict[tuple[Axis, Event], Axis] = {
    # Money: before a decision the channel's word counts in any direction.
    **{
        (was, event): now
        for was in (P.PENDING, P.REVIEW, P.AUTHORIZED, P.UNKNOWN)
        for event, now in _CHANNEL_PAYMENT.items()
    },
    # A payment in review that was accepted: until the channel shows it, review changes nothing.
    (P.REVIEW, E.PAYMENT_ACCEPTED): P.ACCEPTING,
    **{(P.ACCEPTING, event): now for event, now in _CHANNEL_PAYMENT.items() if now is not P.REVIEW},
    (P.ACCEPTING, E.ACCEPT_FAILED): P.UNKNOWN,  # the channel is read again and says what it is
    # A capture on its way: a channel that does not show it yet changes nothing.
    (P.AUTHORIZED, E.APPROVED): P.CAPTURING,
    (P.PENDING, E.PAYMENT_CONFIRMED): P.CAPTURING,
    (P.CAPTURING, E.CAPTURED): P.PAID,
    (P.CAPTURING, E.CHANNEL_PAID): P.PAID,
    (P.CAPTURING, E.CHANNEL_REFUNDED): P.REFUNDED,
    (P.CAPTURING, E.CAPTURE_FAILED): P.UNKNOWN,  # the channel is read again and says what it is
    (P.PAID, E.CHANNEL_REFUNDED): P.REFUNDED,
    # Goods.
    (F.RECEIVED, E.WRITTEN_RESERVED): F.RESERVED,
    (F.RECEIVED, E.WRITTEN_SHORT): F.SHORT,
    (F.RECEIVED, E.INVOICED): F.INVOICED,
    (F.SHORT, E.RESERVED_LATER): F.RESERVED,
    (F.SHORT, E.INVOICED): F.INVOICED,
    (F.RESERVED, E.FELL_SHORT): F.SHORT,
    (F.RESERVED, E.INVOICED): F.INVOICED,
    (F.INVOICED, E.INVOICE_UNDONE): F.SHORT,
    **{(was, E.LOST_IN_ERP): F.RECEIVED for was in (F.RESERVED, F.SHORT, F.PART_INVOICED, F.INVOICED)},
    (F.RESERVED, E.INVOICE_UNDONE): F.SHORT,  # invoiced and undone between two looks: the reservation is gone
    # Goods invoiced in pieces. What was closed is confirmed first; the ERP's next word says what is invoiced by then.
    **{(was, E.INVOICED_PARTLY): F.PART_INVOICED for was in (F.RECEIVED, F.SHORT, F.RESERVED, F.PART_SHIPPED)},
    (F.INVOICED, E.INVOICED_PARTLY): F.PART_INVOICED,  # one of its sales was undone
    (F.PART_INVOICED, E.INVOICED): F.INVOICED,
    (F.PART_SHIPPED, E.INVOICED): F.INVOICED,
    (F.PART_INVOICED, E.INVOICE_UNDONE): F.SHORT,
    (F.PART_INVOICED, E.CLOSED): F.PART_SHIPPING,
    (F.PART_INVOICED, E.CHANNEL_SHIPPED): F.PART_SHIPPED,
    (F.PART_SHIPPING, E.CHANNEL_SHIPPED): F.PART_SHIPPED,
    (F.PART_SHIPPING, E.SHIPPED): F.PART_SHIPPED,
    (F.PART_SHIPPING, E.SHIP_FAILED): F.PART_INVOICED,
    (F.PART_SHIPPED, E.REST_SETTLED): F.SHIPPED,
    (F.INVOICED, E.CLOSED): F.SHIPPING,
    (F.INVOICED, E.CHANNEL_SHIPPED): F.SHIPPED,
    (F.SHIPPING, E.CHANNEL_SHIPPED): F.SHIPPED,
    (F.SHIPPING, E.SHIPPED): F.SHIPPED,
    (F.SHIPPING, E.SHIP_FAILED): F.INVOICED,
    # Life.
    (C.NONE, E.REFUSED): C.REFUSING,
    (C.NONE, E.CHANNEL_CANCELLED): C.CANCELLED,
    (C.NONE, E.CHANNEL_CANCELLED_LATE): C.LATE,
    (C.REFUSING, E.CHANNEL_CANCELLED): C.CANCELLED,
    (C.REFUSING, E.CHANNEL_CANCELLED_LATE): C.CANCELLED,  # we asked for it
    (C.REFUSING, E.CANCEL_FAILED): C.NONE,
}


@dataclass(frozen=True, slots=True)
class State:
    """The three axes together, with what makes a person look (a reason to be parked, an alarm), and what one said."""

    payment: Payment
    fulfilment: Fulfilment = Fulfilment.RECEIVED
    cancellation: Cancellation = Cancellation.NONE
    parked: str | None = None
    alarm: str | None = None
    held: bool = False  # a person has put it aside
    in_parts: bool = False  # short, and a person lets what is there go first

    def after(self, event: Event) -> State:
        """The state after an event; axes that the tables do not move by it stay. What goes in parts is short."""
        fulfilment = Fulfilment(TRANSITIONS.get((self.fulfilment, event), self.fulfilment))
        return replace(
            self,
            payment=Payment(TRANSITIONS.get((self.payment, event), self.payment)),
            fulfilment=fulfilment,
            cancellation=Cancellation(TRANSITIONS.get((self.cancellation, event), self.cancellation)),
            in_parts=self.in_parts and fulfilment is F.SHORT,
        )

    @property
    def alive(self) -> bool:
        """Neither cancelled nor on the way to it."""
        return self.cancellation is Cancellation.NONE

    @property
    def sold(self) -> bool:
        """Invoiced, all of it or in part."""
        return self.fulfilment not in (F.RECEIVED, F.RESERVED, F.SHORT)

    @property
    def committed(self) -> bool:
        """Approved, paid or invoiced: a cancel from outside comes too late to be followed without a person."""
        return self.payment in (P.CAPTURING, P.PAID, P.REFUNDED) or self.sold


def queue_of(state: State) -> Queue:
    """Where an order in this state waits for a person."""
    if state.alarm or state.parked:
        return Queue.PROBLEM
    if not state.alive or state.fulfilment in (F.SHIPPING, F.SHIPPED):
        return Queue.DONE
    if state.payment in (P.UNKNOWN, P.REFUNDED):
        return Queue.PROBLEM
    if state.held:
        return Queue.HELD
    if state.payment is P.AUTHORIZED:
        return Queue.DECIDE
    if state.fulfilment is F.SHORT and not state.in_parts:
        return Queue.SHORT
    if state.payment in (P.PENDING, P.REVIEW, P.ACCEPTING):
        return Queue.PAY
    return Queue.TO_SHIP if state.fulfilment in (F.INVOICED, F.PART_INVOICED) else Queue.TO_INVOICE


PAYMENT_EVENTS = {
    PaymentState.PENDING: E.CHANNEL_PENDING,
    PaymentState.REVIEW: E.CHANNEL_REVIEW,
    PaymentState.AUTHORIZED: E.CHANNEL_AUTHORIZED,
    PaymentState.PAID: E.CHANNEL_PAID,
    PaymentState.REFUNDED: E.CHANNEL_REFUNDED,
    PaymentState.UNKNOWN: E.CHANNEL_UNKNOWN,
}

UNKNOWN_STATUS = "unknown-status"
ON_HOLD = "on-hold-in-channel"
DO_NOT_DISPATCH = "do-not-dispatch"
CAPTURE_REFUSED = "capture-refused"
CANCEL_REFUSED = "cancel-refused"
REVIEW_REFUSED = "review-refused"
SHIP_REFUSED = "ship-refused"
REFUND_REFUSED = "refund-refused"
DELIVERY_TOO_LATE = "delivery-too-late"
RETURNED_IN_ERP = "returned-in-erp"
GONE_FROM_SHOP = "order-gone"
MISSING_IN_ERP = "order-missing-in-erp"

NOT_IN_ERP = frozenset({MISSING_IN_ERP, GONE_FROM_ERP})
"""It stood in the ERP and stands there no more; it may be written again."""

REFUSALS = frozenset({CAPTURE_REFUSED, CANCEL_REFUSED, REFUND_REFUSED, REVIEW_REFUSED, SHIP_REFUSED})

_REASONS_OF_CHANNEL = {UNKNOWN_STATUS, ON_HOLD}


def _settled(state: State) -> bool:
    """Whether what the channel refused us has come to pass by another's hand, or does not matter any more."""
    return (
        (state.parked == CAPTURE_REFUSED and (state.payment is P.PAID or not state.alive))
        or (state.parked == CANCEL_REFUSED and not state.alive)
        or (state.parked == REVIEW_REFUSED and (state.payment is not P.REVIEW or not state.alive))
        or (state.parked in NOT_IN_ERP and state.cancellation is C.CANCELLED)
        or (state.parked == SHIP_REFUSED and (state.fulfilment in (F.SHIPPED, F.PART_SHIPPED) or not state.alive))
    )


def observe(state: State, order: ChannelOrder) -> State:
    """The state after the channel showed the order as it is now."""
    reason = {ChannelOrderState.UNKNOWN: UNKNOWN_STATUS, ChannelOrderState.HELD: ON_HOLD}.get(order.state)
    parked = reason if state.parked is None or state.parked in _REASONS_OF_CHANNEL else state.parked
    alarm = state.alarm
    if order.state is ChannelOrderState.CANCELLED:
        # The payment of a cancelled order says nothing any more.
        late = state.committed and state.cancellation is C.NONE
        moved = state.after(E.CHANNEL_CANCELLED_LATE if late else E.CHANNEL_CANCELLED)
        alarm = DO_NOT_DISPATCH if late else alarm
    else:
        moved = state.after(PAYMENT_EVENTS[order.payment])
        if order.lines and all(line.shipped + line.cancelled + line.returned >= line.ordered for line in order.lines):
            moved = moved.after(E.CHANNEL_SHIPPED)
        if moved.payment is P.REFUNDED and state.payment is not P.REFUNDED and moved.fulfilment is not F.SHIPPED:
            alarm = DO_NOT_DISPATCH
    after = replace(moved, parked=parked, alarm=alarm)
    died = after.cancellation is C.CANCELLED and state.cancellation is not C.CANCELLED
    # What kept an order from being sold matters no more once it is cancelled; what is wrong with a sale does.
    return replace(after, parked=None) if _settled(after) or (died and not after.sold) else after


def refused(state: State, event: Event | None, order: ChannelOrder, reason: str) -> State:
    """The state after the channel refused what was decided: what it shows counts, and a person looks if it matters."""
    moved = observe(state if event is None else state.after(event), order)
    parked = replace(moved, parked=moved.parked or reason)
    return moved if _settled(parked) else parked


def first_seen(order: ChannelOrder) -> State:
    """The state in which an order enters."""
    return observe(State(Payment(order.payment.value)), order)
