"""Orders that would be taken in as soon as an account goes live, and their buyers whom nobody has registered."""

from __future__ import annotations

from datetime import datetime, time

from engine.account import Account
from engine.adoption.matching import Standing
from engine.adoption.people import judged
from engine.identity import document_of, email_of
from engine.model.people import Person
from engine.order_flow import ours_to_import
from engine.store import accounts


async def look_at_orders(account: Account) -> dict[str, int]:
    """Count them: orders, buyers who are guests, and those of the guests whom the ERP does not know."""
    row = await account.store.read(lambda db: accounts.get(db, account.id))
    if row is None or row["approved_at"] is not None:
        return {}
    since = datetime.combine(account.settings.import_orders_since, time(), account.zone)
    orders, guests = 0, dict[str, Person]()
    async for page in account.shop.orders(since):
        for order in page:
            if order.placed_at < since or not ours_to_import(order):
                continue
            orders += 1
            if order.buyer_id is None:
                buyer = order.buyer
                guests[document_of(buyer.document) or email_of(buyer.email) or order.external_id] = buyer
    new = [guest for guest in guests.values() if (await judged(account, guest))[0] is Standing.ONLY_SHOP]
    return {"orders_to_import": orders, "guests": len(guests), "guests_new": len(new)}
