"""Orders that would be taken in as soon as an account goes live, and their buyers whom nobody has registered.

Where the store does not know all that was taken in before, some of these stand in the ERP already: they will be found
there by their reference. One that died meanwhile is taken in now, for nobody else would give its goods back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time

from engine import order_flow, restored
from engine.account import Account
from engine.adoption.matching import Standing
from engine.adoption.people import judged
from engine.errors import Refused
from engine.identity import document_of, email_of
from engine.model.channel import ChannelOrder, ChannelOrderState
from engine.model.erp import ErpOrderState
from engine.model.people import Person
from engine.order_flow import ours_to_import, reference_of
from engine.store import accounts, orders


@dataclass
class _Found:
    """What there is to take in."""

    to_write: int = 0
    in_erp: int = 0
    dead: int = 0  # cancelled in the channel and alive in the ERP
    guests: dict[str, Person] = field(default_factory=dict)


async def look_at_orders(account: Account) -> dict[str, int]:
    """Count them: orders, buyers who are guests, and those of the guests whom the ERP does not know."""
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None or not restored.is_forgetful(row):
        return {}
    since = datetime.combine(account.settings.import_orders_since, time(), account.zone)
    found = _Found()
    async for page in account.shop.orders(since):
        for order in page:
            if order.placed_at >= since and not await _is_known(account, order):
                await _look_at(account, order, found)
    new = [guest for guest in found.guests.values() if (await judged(account, guest))[0] is Standing.ONLY_SHOP]
    counted = {"orders_to_import": found.to_write, "guests": len(found.guests), "guests_new": len(new)}
    known = {"orders_in_erp": found.in_erp, "orders_dead": found.dead}
    return counted | {name: count for name, count in known.items() if count}


async def _is_known(account: Account, order: ChannelOrder) -> bool:
    row = await account.store.read(lambda db: orders.find(db, account.id, order.external_id))
    return row is not None


async def _look_at(account: Account, order: ChannelOrder, found: _Found) -> None:
    if ours_to_import(order):
        if await _in_erp(account, order):
            found.in_erp += 1
            return
        found.to_write += 1
        if order.buyer_id is None:
            buyer = order.buyer
            found.guests[document_of(buyer.document) or email_of(buyer.email) or order.external_id] = buyer
    elif order.state is ChannelOrderState.CANCELLED:
        stands = await _in_erp(account, order)
        if stands is not None and not stands.cancelled and not stands.sold:
            found.dead += 1
            now = account.now()
            await account.store.write(lambda db: order_flow.enter_dead(db, account.settings, order, now))


async def _in_erp(account: Account, order: ChannelOrder) -> ErpOrderState | None:
    try:
        states = await account.erp.find_orders(reference_of(account.settings, order))
    except Refused:  # a reference that the ERP could not hold never stood there
        return None
    return states[0] if states else None
