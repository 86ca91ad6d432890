"""Effects in the ERP: write an order with its customer and reservation, reserve later, release, cancel.

Each is safe to repeat by what stands in the ERP itself: an order is written under a key taken and stored before, and a
reservation moves only with a compare-and-set on the order's own row.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import msgspec

from engine.account import Account
from engine.amounts import ZERO
from engine.delivery import one_line
from engine.erp_customer import CODES_TRIED_MAX, ensure_in_erp, tell_unknown_city
from engine.errors import CodeTaken, IntegraError, NeedsPerson, Refused
from engine.model.channel import ChannelOrder
from engine.model.erp import BY_ERP, GONE_FROM_ERP, ErpOrderState, LetGo, OrderCodes, WrittenOrder
from engine.model.people import ErpCustomer, Recipient
from engine.order_for_erp import kit_parts_of, order_for_erp
from engine.orders import DELIVERY_TOO_LATE, DO_NOT_DISPATCH, REFUSALS, Event, Fulfilment, observe
from engine.store import orders
from engine.store.effects import Effect
from engine.store.instants import to_text


class InErp:
    """What the effects in the ERP have in common: acting again reads back, so nothing is read after them."""

    async def look(self, account: Account, effect: Effect) -> None:
        return None  # acting again, under the same key, finds what the first try did

    def happened(self, effect: Effect, finding: object) -> bool:
        return finding is not None

    def refused(
        self,
        db: sqlite3.Connection,
        account: Account,
        effect: Effect,
        error: IntegraError,
        finding: object,
    ) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        before = orders.state_of(row)
        params = {**error.params, "detail": error.detail}
        if before.parked != error.code:
            orders.note_event(db, effect.order_id, BY_ERP, error.code, params, account.now())
        orders.move(db, effect.order_id, replace(before, parked=error.code), parked_params=params)

    async def uncontrolled(self, account: Account, effect: Effect) -> set[str]:
        """What the order took nothing of when it was reserved; the ERP does not keep that."""
        return await account.store.read(lambda db: orders.uncontrolled(db, effect.order_id))

    def note_rows_gone(
        self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object
    ) -> ErpOrderState:
        """How the order stands after it let its goods go; what the ERP had no row for is noted in its history."""
        assert isinstance(finding, LetGo), "the ERP told what stands there"
        if finding.skus_without_row:
            skus = ", ".join(finding.skus_without_row)
            orders.note_event(db, effect.order_id, BY_ERP, "not-given-back", {"skus": skus}, account.now())
        return finding.state

    async def cancel(self, account: Account, effect: Effect, reason: str) -> LetGo:
        """Cancel the order; one that staff have deleted is cancelled by that."""
        key, uncontrolled = await self.key(account, effect), await self.uncontrolled(account, effect)
        try:
            return await account.erp.cancel_order(key, reason, uncontrolled)
        except Refused as error:
            if error.code != GONE_FROM_ERP:
                raise
            return _gone(key)
        finally:
            account.reads.wrote("stock")

    async def key(self, account: Account, effect: Effect) -> str:
        row = await account.store.read(lambda db: orders.get(db, effect.order_id))
        assert row is not None, "an effect belongs to an order"
        assert row["erp_key"], "only an order that is in the ERP gets here"
        return str(row["erp_key"])


class WriteToErp(InErp):
    """The order, its customer and its reservation come to stand in the ERP, once."""

    async def act(self, account: Account, effect: Effect) -> WrittenOrder:
        row, told, lines = await account.store.read(lambda db: _read(db, effect.order_id))
        for line in lines:
            if not line["sku"]:
                raise NeedsPerson("line-without-sku", line=line["name"])
        kit_parts = await account.store.write(lambda db: kit_parts_of(db, row, account.settings.base_price_table))
        # Looked for before anything is written: a reference that the ERP could not hold is refused here.
        codes = await _codes_before(account, effect.order_id, row)
        customer = await _customer(account, row["customer_id"], told)
        if customer.blocked:
            raise NeedsPerson("customer-blocked", customer=customer.code, reason=customer.block_reason)
        await tell_unknown_city(account, effect.order_id, told.delivery)
        order = order_for_erp(row, told, lines, kit_parts, customer, account.settings.order_prefix)
        for _ in range(CODES_TRIED_MAX):
            codes = codes or await _new_codes(account, effect.order_id)
            try:
                return await account.erp.write_order(codes, order)
            except CodeTaken:
                await account.store.write(lambda db: _keep_codes(db, effect.order_id, None))
                # A store that was put back from a copy may have kept older keys than those it was written under.
                codes = await _codes_there(account, effect.order_id, row["reference"])
        raise NeedsPerson("no-free-order-code")

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        assert isinstance(finding, WrittenOrder), "the ERP told what stands there"
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        # An ERP that is set not to reserve has no short lines: the order goes on, and we hold the goods back ourselves.
        event = Event.WRITTEN_SHORT if finding.short_skus else Event.WRITTEN_RESERVED
        # What the ERP had against it is settled; what the channel says of it (on hold, unknown) holds on.
        told = orders.told(db, row["account"], row["external_id"])
        before = orders.state_of(row)
        kept = before.parked if before.parked in REFUSALS else None
        state = observe(replace(before, parked=kept).after(event), told)
        orders.move(
            db,
            effect.order_id,
            state,
            erp_key=finding.codes.key,
            erp_number=finding.codes.number,
            erp_written_at=to_text(account.now()),
            erp_total_cents=row["total_cents"],
            erp_reference=finding.reference or row["reference"],
        )
        orders.set_uncontrolled(db, effect.order_id, finding.uncontrolled_skus)
        if finding.reserved:
            orders.lines_reserved(db, effect.order_id)
        else:
            orders.lines_unreserved(db, effect.order_id)
        params = {"number": finding.codes.number, "short": ", ".join(finding.short_skus)}
        orders.note_event(db, effect.order_id, BY_ERP, str(event), params, account.now())
        if finding.skus_without_row:
            skus = ", ".join(finding.skus_without_row)
            orders.note_event(db, effect.order_id, BY_ERP, "no-stock-row", {"skus": skus}, account.now())


class ReserveInErp(InErp):
    """A short order takes goods that have arrived; one that staff reserved tells what it took nothing of."""

    async def act(self, account: Account, effect: Effect) -> WrittenOrder:
        return await account.erp.reserve_order(await self.key(account, effect))

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        assert isinstance(finding, WrittenOrder), "the ERP told what stands there"
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        orders.set_uncontrolled(db, effect.order_id, finding.uncontrolled_skus)
        if not finding.reserved:
            return
        by_staff = row["fulfilment"] == Fulfilment.RESERVED
        orders.lines_reserved(db, effect.order_id, shown=by_staff)
        if not by_staff:
            orders.move(db, effect.order_id, orders.state_of(row).after(Event.RESERVED_LATER))
            orders.note_event(db, effect.order_id, BY_ERP, "reserved-later", {}, account.now())


class ReleaseInErp(InErp):
    """The goods of a reserved order are not there any more: it goes back to short, loudly."""

    async def act(self, account: Account, effect: Effect) -> LetGo:
        key, uncontrolled = await self.key(account, effect), await self.uncontrolled(account, effect)
        released = await account.erp.release_order(key, uncontrolled)
        account.reads.wrote("stock")
        return released

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        self.note_rows_gone(db, account, effect, finding)
        if row["fulfilment"] == Fulfilment.RESERVED:
            orders.move(db, effect.order_id, orders.state_of(row).after(Event.FELL_SHORT))
            orders.lines_unreserved(db, effect.order_id)
            orders.note_event(db, effect.order_id, BY_ERP, "fell-short", {"sku": effect.args["sku"]}, account.now())


class CancelInErp(InErp):
    """The order is cancelled in the ERP and its goods return, exactly once."""

    async def act(self, account: Account, effect: Effect) -> LetGo:
        row = await account.store.read(lambda db: orders.get(db, effect.order_id))
        assert row is not None, "an effect belongs to an order"
        # One that was cancelled while another engine wrote may stand there by that one's hand.
        if await _codes_before(account, effect.order_id, row) is None:
            return _gone("")
        return await self.cancel(account, effect, row["decision_reason"] or row["raw_status"])

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        stands = self.note_rows_gone(db, account, effect, finding)
        if stands.sold or not stands.cancelled:
            # Staff invoiced it before the cancel came: only a person can undo that.
            orders.move(db, effect.order_id, replace(orders.state_of(row), alarm=DO_NOT_DISPATCH))
            orders.note_event(db, effect.order_id, BY_ERP, DO_NOT_DISPATCH, {}, account.now())
            return
        orders.lines_let_go(db, effect.order_id)
        orders.note_event(db, effect.order_id, BY_ERP, "cancelled-in-erp-by-us", {}, account.now())


class DeliveryInErp(InErp):
    """Where the order goes to stands in the ERP as a person corrected it."""

    async def act(self, account: Account, effect: Effect) -> ErpOrderState:
        to = msgspec.convert(effect.args["to"], Recipient)
        return await account.erp.correct_delivery(await self.key(account, effect), to)

    def follow(self, db: sqlite3.Connection, account: Account, effect: Effect, finding: object) -> None:
        assert isinstance(finding, ErpOrderState), "the ERP told what stands there"
        row = orders.get(db, effect.order_id)
        assert row is not None, "an effect belongs to an order"
        state = orders.state_of(row)
        if finding.sold or finding.cancelled:
            # Staff were faster: the invoice says the old address, and only a person can send the parcel elsewhere.
            after = replace(state, parked=state.parked or DELIVERY_TOO_LATE)
            orders.move(db, effect.order_id, after, parked_params={"number": row["erp_number"]})
            orders.note_event(db, effect.order_id, BY_ERP, DELIVERY_TOO_LATE, {}, account.now())
            return
        orders.move(db, effect.order_id, state, delivery=msgspec.json.encode(effect.args["to"]).decode())
        told = {"to": one_line(msgspec.convert(effect.args["to"], Recipient))}
        orders.note_event(db, effect.order_id, BY_ERP, "delivery-corrected", told, account.now())


def _gone(key: str) -> LetGo:
    """What an order that does not stand in the ERP holds there: nothing, and it is no sale."""
    return LetGo(ErpOrderState(key, "", "", reserved=False, cancelled=True, invoiced_at=None, total=ZERO))


# --- the order and its codes ------------------------------------------------------------------------------------------


def _read(db: sqlite3.Connection, order_id: int) -> tuple[sqlite3.Row, ChannelOrder, list[sqlite3.Row]]:
    row = orders.get(db, order_id)
    assert row is not None, "an effect belongs to an order"
    return row, orders.told(db, row["account"], row["external_id"]), orders.lines(db, order_id)


async def _codes_before(account: Account, order_id: int, row: sqlite3.Row) -> OrderCodes | None:
    """The keys taken for the order before, or those under which it stands in the ERP already."""
    if row["erp_key"]:
        return OrderCodes(row["erp_key"], row["erp_number"])
    return await _codes_there(account, order_id, row["reference"])


async def _codes_there(account: Account, order_id: int, reference: str) -> OrderCodes | None:
    """The keys under which the ERP has this reference, kept: the net under a lost store."""
    found = await account.erp.find_orders(reference)
    if not found:
        return None
    codes = OrderCodes(found[0].key, found[0].number)
    await account.store.write(lambda db: _keep_codes(db, order_id, codes))
    return codes


async def _new_codes(account: Account, order_id: int) -> OrderCodes:
    """Keys from the ERP's counters, stored before they are used."""
    codes = await account.erp.take_order_codes()
    await account.store.write(lambda db: _keep_codes(db, order_id, codes))
    return codes


def _keep_codes(db: sqlite3.Connection, order_id: int, codes: OrderCodes | None) -> None:
    db.execute(
        "UPDATE sales_order SET erp_key = ?, erp_number = ? WHERE id = ?",
        (codes and codes.key, codes and codes.number, order_id),
    )


# --- the customer -----------------------------------------------------------------------------------------------------


async def _customer(account: Account, customer_id: int, told: ChannelOrder) -> ErpCustomer:
    """The buyer in the ERP: known, found by document or e-mail, or created under a key taken and stored before."""
    person = replace(told.buyer, address=told.delivery) if not told.buyer.address.street else told.buyer
    return await ensure_in_erp(account, customer_id, person, told.buyer_id or "")
