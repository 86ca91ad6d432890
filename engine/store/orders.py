"""Orders in the store: what channels told, the axes, the lines' ledger, the history.

Every change of an order goes through `move`, which keeps the queue and the row version and writes the history.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from engine.amounts import to_cents, to_e4
from engine.errors import Param
from engine.model.channel import ChannelOrder
from engine.orders import Cancellation, Fulfilment, Payment, State, queue_of
from engine.store import said
from engine.store.database import touch
from engine.store.instants import to_text

# --- the inbox --------------------------------------------------------------------------------------------------------


def take_in(db: sqlite3.Connection, account: str, order: ChannelOrder, now: datetime) -> ChannelOrder | None:
    """Store what the channel told of an order. Answers the former telling, None when this is the first one."""
    former = db.execute(
        "SELECT payload FROM inbox WHERE account = ? AND external_id = ?", (account, order.external_id)
    ).fetchone()
    db.execute(
        "INSERT INTO inbox (account, external_id, payload, updated_at, first_seen_at, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, external_id) DO UPDATE SET payload = excluded.payload,"
        " updated_at = excluded.updated_at, seen_at = excluded.seen_at WHERE payload <> excluded.payload",
        (
            account,
            order.external_id,
            msgspec.json.encode(order).decode(),
            to_text(order.updated_at),
            to_text(now),
            to_text(now),
        ),
    )
    return None if former is None else msgspec.json.decode(former[0], type=ChannelOrder)


def told(db: sqlite3.Connection, account: str, external_id: str) -> ChannelOrder:
    """What the channel told of an order last."""
    row = db.execute(
        "SELECT payload FROM inbox WHERE account = ? AND external_id = ?", (account, external_id)
    ).fetchone()
    return msgspec.json.decode(row[0], type=ChannelOrder)


# --- the order --------------------------------------------------------------------------------------------------------


def insert(
    db: sqlite3.Connection,
    account: str,
    reference: str,
    order: ChannelOrder,
    state: State,
    customer_id: int,
    authorized_until: str | None,
    now: datetime,
) -> int:
    """Make the order and its lines, all of them promised; answers our id."""
    buyer = order.buyer
    values: dict[str, Any] = {
        "account": account,
        "external_id": order.external_id,
        "number": order.number,
        "reference": reference,
        "placed_at": to_text(order.placed_at),
        "channel_at": to_text(order.updated_at),
        "payment": state.payment,
        "fulfilment": state.fulfilment,
        "cancellation": state.cancellation,
        "queue": queue_of(state),
        "parked": state.parked,
        "alarm": state.alarm,
        "raw_status": order.raw_status,
        "payment_method": order.payment_method,
        "payment_label": order.payment_label,
        "shipping_method": order.shipping_method,
        "authorized_until": authorized_until,
        "buyer_name": buyer.name,
        "buyer_document": buyer.document,
        "buyer_email": buyer.email,
        "buyer_phone": buyer.phone,
        "customer_id": customer_id,
        "total_cents": to_cents(order.total),
        "freight_cents": to_cents(order.freight),
        "discount_cents": to_cents(order.discount),
        "surcharge_cents": to_cents(order.surcharge),
        "note": order.note,
    }
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    order_id = int(
        db.execute(f"INSERT INTO sales_order ({columns}) VALUES ({marks}) RETURNING id", values).fetchone()[0]
    )
    db.executemany(
        "INSERT INTO order_line (order_id, line, external_id, sku, name, unit_price_e4, discount_cents, ordered_e4)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                order_id,
                number,
                line.external_id,
                line.sku,
                line.name,
                to_e4(line.unit_price),
                to_cents(line.discount),
                to_e4(line.ordered),
            )
            for number, line in enumerate(order.lines, start=1)
        ],
    )
    note_event(db, order_id, account, "placed", {"status": order.raw_status}, now)
    touch(db, "orders")
    return order_id


def find(db: sqlite3.Connection, account: str, external_id: str) -> sqlite3.Row | None:
    """The order of this channel id."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM sales_order WHERE account = ? AND external_id = ?", (account, external_id)
    ).fetchone()
    return row


def get(db: sqlite3.Connection, order_id: int) -> sqlite3.Row | None:
    """The order of our id."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM sales_order WHERE id = ?", (order_id,)).fetchone()
    return row


def by_erp_key(db: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    """The order that stands in the ERP under this key."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM sales_order WHERE erp_key = ?", (key,)).fetchone()
    return row


def lines(db: sqlite3.Connection, order_id: int) -> list[sqlite3.Row]:
    """The lines of an order, in order."""
    return db.execute("SELECT * FROM order_line WHERE order_id = ? ORDER BY line", (order_id,)).fetchall()


def skus(db: sqlite3.Connection, order_id: int) -> list[str]:
    """The SKUs of an order."""
    return [row[0] for row in db.execute("SELECT DISTINCT sku FROM order_line WHERE order_id = ?", (order_id,))]


def state_of(row: sqlite3.Row) -> State:
    """The axes of a stored order."""
    return State(
        Payment(row["payment"]),
        Fulfilment(row["fulfilment"]),
        Cancellation(row["cancellation"]),
        row["parked"],
        row["alarm"],
        bool(row["held"]),
        bool(row["in_parts"]),
    )


def move(
    db: sqlite3.Connection,
    order_id: int,
    state: State,
    *,
    parked_params: Mapping[str, Param] | None = None,
    **columns: Any,
) -> None:
    """Set the axes (the queue follows) and further columns; the row version grows."""
    values: dict[str, Any] = {
        "payment": state.payment,
        "fulfilment": state.fulfilment,
        "cancellation": state.cancellation,
        "queue": queue_of(state),
        "parked": state.parked,
        "alarm": state.alarm,
        "held": state.held,
        "in_parts": state.in_parts,
        **columns,
    }
    if parked_params is not None:
        values["parked_params"] = json.dumps(parked_params)
    sets = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(
        f"UPDATE sales_order SET {sets}, row_version = row_version + 1 WHERE id = :id", {**values, "id": order_id}
    )
    if state.fulfilment is not Fulfilment.SHORT:
        said.forget(db, order_id, *said.ABOUT_SHORT)
    touch(db, "orders")


def note_event(
    db: sqlite3.Connection, order_id: int, who: str, what: str, params: Mapping[str, Param], now: datetime
) -> None:
    """Add to the order's history. `what` is a stable name, its sentence is the console's."""
    db.execute(
        "INSERT INTO order_event (order_id, at, who, what, params) VALUES (?, ?, ?, ?, ?)",
        (order_id, to_text(now), who, what, json.dumps(params)),
    )


def note_event_once(
    db: sqlite3.Connection, order_id: int, who: str, what: str, params: Mapping[str, Param], now: datetime
) -> None:
    """Add to the order's history what it does not tell yet."""
    told = db.execute("SELECT 1 FROM order_event WHERE order_id = ? AND what = ?", (order_id, what)).fetchone()
    if told is None:
        note_event(db, order_id, who, what, params, now)


# --- the lines' ledger ------------------------------------------------------------------------------------------------


def take_over_lines(db: sqlite3.Connection, order_id: int, order: ChannelOrder) -> bool:
    """Bring the ledger to what the channel shipped, cancelled and took back; True when a line moved."""
    moved = 0
    for line in order.lines:
        # A channel may count a refunded piece that has not left as returned. It ships no piece of a line in its place
        # (Magento: to ship = ordered - shipped - cancelled - refunded), so what can be meant of those is cancelled.
        ordered, shipped = to_e4(line.ordered), to_e4(line.shipped)
        cancelled, returned = to_e4(line.cancelled), to_e4(line.returned)
        unsent = min(returned, max(0, ordered - shipped - cancelled))
        values = (shipped, cancelled + unsent, min(returned - unsent, shipped), order_id, line.external_id)
        moved += db.execute(
            "UPDATE order_line SET shipped_e4 = ?1, cancelled_e4 = MIN(?2, ordered_e4 - ?1), returned_e4 = ?3"
            " WHERE order_id = ?4 AND external_id = ?5 AND"
            " (shipped_e4, cancelled_e4, returned_e4) <> (?1, MIN(?2, ordered_e4 - ?1), ?3)",
            values,
        ).rowcount
    if moved:
        touch(db, "orders")
    return moved > 0


def lines_reserved(db: sqlite3.Connection, order_id: int, *, shown: bool = False) -> None:
    """All lines are reserved in the ERP, confirmed now: promised until a snapshot that begins later shows it.

    shown: a snapshot has told it, so nothing is promised any more.
    """
    db.execute(
        "UPDATE order_line SET promised = ?1, reserved_e4 = CASE WHEN sku IN"
        " (SELECT sku FROM order_uncontrolled WHERE order_id = ?2) THEN 0 ELSE ordered_e4 END,"
        " promised_until_snapshot = CASE WHEN ?1 THEN (SELECT begun + 1 FROM stock_snapshot) END WHERE order_id = ?2",
        (not shown, order_id),
    )


def shown_as_reserved(db: sqlite3.Connection, order_id: int) -> bool:
    """Whether we reserved something of the order, and a snapshot has shown all of that since."""
    row = db.execute(
        "SELECT MAX(reserved_e4), MAX(promised) FROM order_line WHERE order_id = ?", (order_id,)
    ).fetchone()
    return bool(row[0]) and not row[1]


def set_uncontrolled(db: sqlite3.Connection, order_id: int, found: Sequence[str]) -> None:
    """The ERP keeps no stock of these SKUs: the order never waits for them, and gives nothing of them back."""
    db.execute("DELETE FROM order_uncontrolled WHERE order_id = ?", (order_id,))  # it may have begun to keep one's
    db.executemany(
        "INSERT INTO order_uncontrolled (order_id, sku) VALUES (?, ?)",
        [(order_id, sku) for sku in found],
    )


def uncontrolled(db: sqlite3.Connection, order_id: int) -> set[str]:
    """The SKUs of an order whose stock the ERP does not keep."""
    return {row[0] for row in db.execute("SELECT sku FROM order_uncontrolled WHERE order_id = ?", (order_id,))}


def lines_unreserved(db: sqlite3.Connection, order_id: int) -> None:
    """Nothing is reserved in the ERP: the lines stay promised."""
    db.execute(
        "UPDATE order_line SET reserved_e4 = 0, promised = 1, promised_until_snapshot = NULL WHERE order_id = ?",
        (order_id,),
    )


def lines_lost(db: sqlite3.Connection, order_id: int) -> None:
    """The ERP has forgotten the order and counts its goods as free: whatever became of them, they stay promised."""
    db.execute(
        "UPDATE order_line SET reserved_e4 = 0, promised = 1, promised_until_snapshot = NULL, invoiced_e4 = 0,"
        " erp_holds_e4 = NULL, erp_returned_e4 = 0 WHERE order_id = ?",
        (order_id,),
    )
    db.execute("DELETE FROM invoiced_extra WHERE order_id = ?", (order_id,))
    db.execute("UPDATE order_part SET invoiced_e4 = 0 WHERE order_id = ?", (order_id,))


def lines_let_go(db: sqlite3.Connection, order_id: int) -> None:
    """The order holds nothing in the ERP any more and will not."""
    db.execute(
        "UPDATE order_line SET reserved_e4 = 0, promised = 0, promised_until_snapshot = NULL WHERE order_id = ?",
        (order_id,),
    )


def lines_shipped(db: sqlite3.Connection, order_id: int, shipped: Mapping[str, int]) -> None:
    """So much of each line, by the channel's id, has been shipped there by now, in ten-thousandths."""
    db.executemany(
        "UPDATE order_line SET shipped_e4 = MAX(shipped_e4, MIN(?, ordered_e4 - cancelled_e4))"
        " WHERE order_id = ? AND external_id = ?",
        [(quantity, order_id, line) for line, quantity in shipped.items()],
    )


def lines_cancelled(db: sqlite3.Connection, order_id: int) -> None:
    """Everything that was left has been cancelled at the channel."""
    db.execute("UPDATE order_line SET cancelled_e4 = ordered_e4 - shipped_e4 WHERE order_id = ?", (order_id,))


# --- questions --------------------------------------------------------------------------------------------------------


def open_erp_keys(db: sqlite3.Connection) -> list[str]:
    """ERP keys of orders whose state in the ERP may still move."""
    rows = db.execute(
        "SELECT erp_key FROM sales_order INDEXED BY sales_order_open_in_erp WHERE erp_written_at IS NOT NULL AND"
        " (queue <> 'done' OR fulfilment = 'shipping' OR cancellation = 'refusing') ORDER BY erp_key"
    )
    return [row[0] for row in rows]


def short_orders(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Orders that wait for goods, in the order in which arriving goods serve them: paid first, then oldest."""
    return db.execute(
        "SELECT * FROM sales_order INDEXED BY sales_order_short"
        " WHERE fulfilment = 'short' AND cancellation = 'none' AND erp_written_at IS NOT NULL"
        " AND NOT (erp_cancelled OR sale_cancelled OR linked_sale IS NOT NULL)"  # the ERP reserves nothing for these
        " ORDER BY payment IN ('paid', 'capturing') DESC, placed_at, id"
    ).fetchall()
