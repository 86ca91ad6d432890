"""The life of an order: every state, every event, and where the order waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest

from engine.model.channel import ChannelLine, ChannelOrder, ChannelOrderState, PaymentState
from engine.model.people import Address, Person
from engine.orders import (
    CAPTURE_REFUSED,
    DO_NOT_DISPATCH,
    TRANSITIONS,
    Cancellation,
    Event,
    Fulfilment,
    Payment,
    Queue,
    State,
    first_seen,
    observe,
    queue_of,
    refused,
)

ALL_STATES = [State(*axes) for axes in product(Payment, Fulfilment, Cancellation)]


def told(
    payment: PaymentState = PaymentState.PENDING, state: ChannelOrderState = ChannelOrderState.OPEN
) -> ChannelOrder:
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    line = ChannelLine("1", "000000001", "Camiseta", Decimal(2), Decimal("49.90"))
    return ChannelOrder(
        external_id="1", number="000000001", placed_at=at, updated_at=at, state=state, payment=payment,
        raw_status="new/pending", payment_method="boleto", payment_label="Boleto", buyer=Person("Ana"), buyer_id=None,
        delivery=Address(), delivery_name="Ana", delivery_phone="", shipping_method="pac", lines=(line,),
        freight=Decimal(10), discount=Decimal(0), surcharge=Decimal(0), total=Decimal("109.80"),
    )  # fmt: skip


@pytest.mark.parametrize("event", list(Event))
def test_an_event_moves_only_what_the_tables_say(event: Event) -> None:
    for state in ALL_STATES:
        after = state.after(event)
        assert after.payment is TRANSITIONS.get((state.payment, event), state.payment)
        assert after.fulfilment is TRANSITIONS.get((state.fulfilment, event), state.fulfilment)
        assert after.cancellation is TRANSITIONS.get((state.cancellation, event), state.cancellation)


def test_every_order_waits_in_exactly_one_queue_and_no_living_order_is_forgotten() -> None:
    for state in ALL_STATES:
        queue = queue_of(state)
        if state.alive and state.fulfilment not in (Fulfilment.SHIPPING, Fulfilment.SHIPPED):
            assert queue is not Queue.DONE, state


def test_an_alarm_or_a_reason_always_puts_the_order_before_a_person() -> None:
    for state in ALL_STATES:
        assert queue_of(replace(state, alarm=DO_NOT_DISPATCH)) is Queue.PROBLEM
        assert queue_of(replace(state, parked="unknown-status")) is Queue.PROBLEM


@pytest.mark.parametrize(
    ("payment", "queue"),
    [
        (PaymentState.PENDING, Queue.PAY),
        (PaymentState.REVIEW, Queue.PAY),
        (PaymentState.AUTHORIZED, Queue.DECIDE),
        (PaymentState.PAID, Queue.TO_INVOICE),
        (PaymentState.UNKNOWN, Queue.PROBLEM),
        (PaymentState.REFUNDED, Queue.PROBLEM),
    ],
)
def test_a_new_order_waits_where_its_payment_puts_it(payment: PaymentState, queue: Queue) -> None:
    assert queue_of(first_seen(told(payment))) is queue


def test_a_short_order_waits_for_goods_but_an_expiring_card_is_decided_first() -> None:
    assert queue_of(State(Payment.PAID, Fulfilment.SHORT)) is Queue.SHORT
    assert queue_of(State(Payment.PENDING, Fulfilment.SHORT)) is Queue.SHORT
    assert queue_of(State(Payment.AUTHORIZED, Fulfilment.SHORT)) is Queue.DECIDE


@pytest.mark.parametrize("payment", [Payment.CAPTURING, Payment.PAID])
@pytest.mark.parametrize("fulfilment", [Fulfilment.RESERVED, Fulfilment.INVOICED])
def test_a_buyer_who_cancels_after_approval_rings_the_alarm_and_nothing_else_moves(
    payment: Payment, fulfilment: Fulfilment
) -> None:
    after = observe(State(payment, fulfilment), told(state=ChannelOrderState.CANCELLED))
    assert after == State(payment, fulfilment, Cancellation.LATE, alarm=DO_NOT_DISPATCH)


def test_a_buyer_who_cancels_before_anybody_decided_is_simply_cancelled() -> None:
    after = observe(State(Payment.AUTHORIZED, Fulfilment.RESERVED), told(state=ChannelOrderState.CANCELLED))
    assert after.cancellation is Cancellation.CANCELLED
    assert after.alarm is None


def test_what_kept_an_order_out_of_the_erp_is_no_problem_once_it_is_refused_and_cancelled() -> None:
    waiting = State(Payment.AUTHORIZED, Fulfilment.RECEIVED, Cancellation.REFUSING, parked="erp-unknown-sku")
    assert queue_of(observe(waiting, told(state=ChannelOrderState.CANCELLED))) is Queue.DONE
    sold = State(Payment.PAID, Fulfilment.INVOICED, Cancellation.REFUSING, parked="nfe-cancelled")
    assert queue_of(observe(sold, told(state=ChannelOrderState.CANCELLED))) is Queue.PROBLEM


def test_a_channel_that_does_not_yet_show_the_capture_does_not_undo_the_decision() -> None:
    capturing = State(Payment.CAPTURING, Fulfilment.RESERVED)
    assert observe(capturing, told(PaymentState.AUTHORIZED)).payment is Payment.CAPTURING
    assert observe(capturing, told(PaymentState.PAID)).payment is Payment.PAID


def test_a_status_nobody_knows_parks_the_order_until_a_known_one_comes() -> None:
    parked = observe(State(Payment.PENDING), told(state=ChannelOrderState.UNKNOWN))
    assert queue_of(parked) is Queue.PROBLEM
    assert queue_of(observe(parked, told())) is Queue.PAY


def test_what_a_review_at_the_gateway_decides_is_followed() -> None:
    in_review = first_seen(told(PaymentState.REVIEW))
    assert queue_of(observe(in_review, told(PaymentState.AUTHORIZED))) is Queue.DECIDE
    assert observe(in_review, told(state=ChannelOrderState.CANCELLED)).cancellation is Cancellation.CANCELLED


def test_a_capture_refused_because_the_buyer_has_cancelled_is_no_problem_left_behind() -> None:
    late = refused(
        State(Payment.CAPTURING, Fulfilment.RESERVED),
        Event.CAPTURE_FAILED,
        told(state=ChannelOrderState.CANCELLED),
        CAPTURE_REFUSED,
    )
    assert (late.cancellation, late.parked) == (Cancellation.CANCELLED, None)
    assert queue_of(late) is Queue.DONE


def test_a_refused_capture_waits_for_a_person_until_the_channel_shows_the_money() -> None:
    waiting = refused(
        State(Payment.CAPTURING, Fulfilment.RESERVED),
        Event.CAPTURE_FAILED,
        told(PaymentState.AUTHORIZED),
        CAPTURE_REFUSED,
    )
    assert queue_of(waiting) is Queue.PROBLEM
    assert queue_of(observe(waiting, told(PaymentState.PAID))) is Queue.TO_INVOICE


def test_an_order_on_hold_waits_for_nobody_but_a_problem_or_an_end_is_never_hidden_by_it() -> None:
    for state in ALL_STATES:
        free, held = queue_of(state), queue_of(replace(state, held=True))
        assert held is (free if free in (Queue.PROBLEM, Queue.DONE) else Queue.HELD), state


def test_an_order_that_goes_in_parts_is_invoiced_while_it_lacks_goods() -> None:
    assert queue_of(State(Payment.PAID, Fulfilment.SHORT, in_parts=True)) is Queue.TO_INVOICE
    assert queue_of(State(Payment.AUTHORIZED, Fulfilment.SHORT, in_parts=True)) is Queue.DECIDE


@pytest.mark.parametrize("event", list(Event))
def test_what_a_person_said_of_an_order_outlives_events_and_going_in_parts_ends_with_the_shortage(event: Event) -> None:
    for state in ALL_STATES:
        after = replace(state, held=True, in_parts=state.fulfilment is Fulfilment.SHORT).after(event)
        assert after.held
        assert after.in_parts is (state.fulfilment is Fulfilment.SHORT and after.fulfilment is Fulfilment.SHORT)
    shown = observe(State(Payment.PAID, Fulfilment.SHORT, held=True, in_parts=True), told(PaymentState.PAID))
    assert (shown.held, shown.in_parts) == (True, True)
