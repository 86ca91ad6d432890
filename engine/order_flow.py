"""What the channel's telling of an order means: the order enters, moves, dies. Runs inside a store transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine import cancelled_in_part, credited_in_shop
from engine.model.channel import ChannelOrder, ChannelOrderState
from engine.orders import GONE_FROM_SHOP, Cancellation, Event, Payment, first_seen, observe
from engine.settings import AccountSettings
from engine.sole_writer import other_engine
from engine.store import customers, effects, erp_lines, kits, orders, publications
from engine.store.effects import Kind
from engine.store.instants import later, to_text

DAY_S = 86_400


def receive(db: sqlite3.Connection, account: AccountSettings, order: ChannelOrder, now: datetime) -> tuple[bool, bool]:
    """Take in what the channel tells of an order; answers (it is new to us, something of it changed)."""
    former = orders.take_in(db, account.id, order, now)
    row = orders.find(db, account.id, order.external_id)
    if row is None:
        if not ours_to_import(order):
            return False, False
        _enter(db, account, order, now)
        return True, True
    if former == order:
        return False, False
    return False, _observe_again(db, account, row, order, now)


def ours_to_import(order: ChannelOrder) -> bool:
    """An order that is over when first seen (cancelled, all shipped) asks nothing of the ERP."""
    over = all(line.shipped + line.cancelled >= line.ordered for line in order.lines)
    return bool(order.lines) and order.state is not ChannelOrderState.CANCELLED and not over


def reference_of(account: AccountSettings, order: ChannelOrder) -> str:
    """How the ERP's order names this one: the account's prefix and the channel's number."""
    return f"{account.order_prefix}-{order.number}"


def enter_dead(db: sqlite3.Connection, account: AccountSettings, order: ChannelOrder, now: datetime) -> None:
    """An order that was cancelled in the channel and stands in the ERP by a hand of ours that nobody remembers."""
    orders.take_in(db, account.id, order, now)
    order_id = _insert(db, account, order, now)
    orders.lines_cancelled(db, order_id)
    effects.decide(db, order_id, Kind.ERP_CANCEL, now)


def _insert(db: sqlite3.Connection, account: AccountSettings, order: ChannelOrder, now: datetime) -> int:
    state = first_seen(order)
    until = _authorized_until(account, order) if state.payment is Payment.AUTHORIZED else None
    customer_id = customers.recognise_or_insert(db, order.buyer)
    order_id = orders.insert(db, account.id, reference_of(account, order), order, state, customer_id, until, now)
    kits.freeze(db, order_id)
    orders.take_over_lines(db, order_id, order)
    return order_id


def _enter(db: sqlite3.Connection, account: AccountSettings, order: ChannelOrder, now: datetime) -> None:
    order_id = _insert(db, account, order, now)
    effects.decide(db, order_id, Kind.ERP_ORDER, now)
    # The channel has just subtracted these itself; what it shows is to be sent again. Of a kit it has counted down the
    # kit and not its parts: those are wanted anew by what is promised of them.
    publications.unconfirm_stock(db, account.id, orders.skus(db, order_id))


def _authorized_until(account: AccountSettings, order: ChannelOrder) -> str:
    """When the card's authorisation lapses; the day of the order counts, whenever the anti-fraud let it pass."""
    return later(order.placed_at, account.authorization_days * DAY_S)


def _observe_again(
    db: sqlite3.Connection, account: AccountSettings, row: sqlite3.Row, order: ChannelOrder, now: datetime
) -> bool:
    before = orders.state_of(row)
    after = observe(before, order)
    credited = erp_lines.credited_and_out(db, row["id"])
    if orders.take_over_lines(db, row["id"], order):
        publications.unconfirm_stock(db, account.id, orders.skus(db, row["id"]))
    judged = cancelled_in_part.judge(db, dict(row), after, now)
    after, params = credited_in_shop.judge(db, row["id"], credited, judged.state)
    if after == before and row["raw_status"] == order.raw_status and row["unwanted"] == judged.unwanted:
        return False
    columns: dict[str, Any] = {
        "raw_status": order.raw_status,
        "channel_at": to_text(order.updated_at),
        "unwanted": judged.unwanted,
        "parked_params": params or judged.params,
    }
    if after.payment is Payment.AUTHORIZED and row["authorized_until"] is None:
        columns["authorized_until"] = _authorized_until(account, order)
    orders.move(db, row["id"], after, **columns)
    if after.payment is not before.payment:
        orders.note_event(db, row["id"], account.id, f"payment-{after.payment}", {"status": order.raw_status}, now)
    if params is not None:
        orders.note_event(db, row["id"], account.id, credited_in_shop.CREDITED, params, now)
    if after.alarm and not before.alarm:
        orders.note_event(db, row["id"], account.id, after.alarm, {"status": order.raw_status}, now)
    if after.cancellation is Cancellation.CANCELLED and before.cancellation is not Cancellation.CANCELLED:
        die(db, row["id"], now)
    return True


def deleted(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """The channel has no such order any more, and a person has refused it: it ends as a cancelled one does."""
    row = orders.get(db, order_id)
    assert row is not None, "a person has refused it"
    state = orders.state_of(row).after(Event.CHANNEL_CANCELLED)
    orders.move(db, order_id, replace(state, parked=None))
    orders.note_event(db, order_id, row["account"], GONE_FROM_SHOP, {}, now)
    die(db, order_id, now)


def die(db: sqlite3.Connection, order_id: int, now: datetime) -> None:
    """The order is cancelled in the channel: its goods go back, once, and nothing else is done for it."""
    row = orders.get(db, order_id)
    assert row is not None, "an order that dies has lived"
    orders.lines_cancelled(db, order_id)
    effects.withdraw_all_decided(db, order_id, now)
    orders.note_event(db, order_id, row["account"], "cancelled", {"status": row["raw_status"]}, now)
    publications.unconfirm_stock(db, row["account"], orders.skus(db, order_id))
    writing = db.execute(
        "SELECT 1 FROM effect WHERE order_id = ? AND kind = ? AND state = 'in-flight'", (order_id, Kind.ERP_ORDER)
    ).fetchone()
    # What another engine writes into the ERP it may have written there: that is looked up once it has left.
    if row["erp_written_at"] is None and writing is None and other_engine(db) is None:
        orders.lines_let_go(db, order_id)
    else:
        effects.decide(db, order_id, Kind.ERP_CANCEL, now)
