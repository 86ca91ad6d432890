"""What must hold, looked at from outside only: the C-Plus base, the shops, and the mails that buyers got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from decimal import Decimal
from enum import StrEnum

from connectors.sandbox.base.desk import Desk
from connectors.sandbox.both_sides import ZERO, Base, read_base
from connectors.sandbox.comparison import compare
from connectors.sandbox.shop.orders import COMPLETE
from tests.simulation.branch import Branch

ONCE = ("invoice", "shipment")
"""Mails that a buyer gets once for an order: in this world nothing is shipped or paid in pieces."""


def owed(base: Base) -> dict[str, Decimal]:
    """By SKU, how much more is reserved than lies there."""
    short = {(shelf.sku, shelf.place): shelf.reserved + shelf.at_service - shelf.on_hand for shelf in base.stock}
    return {f"{sku} {place}": amount for (sku, place), amount in short.items() if amount > 0}


def safe(desk: Desk, branches: list[Branch], owed_before: dict[str, Decimal]) -> Iterator[str]:
    """What may never be, whatever goes wrong meanwhile (P1, P3, P4): an order twice, goods owed that nobody has."""
    base = read_base(desk, branches[0].terms.online_tag)
    times = Counter(order.reference for order in base.orders if order.reference and not order.cancelled)
    for reference, count in times.items():
        if count > 1:
            yield f"P1: {reference} stands {count} times in C-Plus"
    for shelf in base.stock:
        if shelf.on_hand < 0 or shelf.reserved < 0:
            yield f"P4: {shelf.sku} {shelf.place}: {shelf.on_hand} on hand, {shelf.reserved} reserved"
    for place, amount in owed(base).items():
        if amount > max(ZERO, owed_before.get(place, ZERO)):
            yield f"P4: {place}: {amount} more reserved than lies there"
    for branch in branches:
        mails = Counter((mail.kind, mail.order) for mail in branch.shop.mail if mail.kind in ONCE)
        for (kind, number), count in mails.items():
            if count > 1:
                yield f"the buyer of {branch.account} {number} got {count} mails: {kind}"
        for order in branch.shop.orders.by_id.values():
            if order.paid > order.grand_total:
                yield f"{branch.account} {order.increment_id} was paid {order.paid} of {order.grand_total}"


class Forgiven(StrEnum):
    """Differences that nobody could know better."""

    STRANGERS = "strangers"  # the engine has lost its store: what C-Plus took off the shops then is a stranger's there
    SHIPPED_ORDERS = "shipped-orders"  # the base that was restored does not have them, and nobody writes them again


def right(desk: Desk, branches: list[Branch], *, forgives: Collection[Forgiven]) -> Iterator[str]:
    """What must be equal once nothing has gone wrong for a cycle (P2, P3, P6)."""
    for branch in branches:
        closed = {order.increment_id for order in branch.shop.orders.by_id.values() if order.state == COMPLETE}
        for difference in compare(desk, branch.shop, branch.terms).differences:
            what = difference["what"]
            if Forgiven.STRANGERS in forgives and what == "enabled" and difference["shop"]:
                continue
            if Forgiven.SHIPPED_ORDERS in forgives and what == "order-missing" and difference["order"] in closed:
                continue
            yield f"{branch.account}: " + ", ".join(f"{key} {value}" for key, value in difference.items())
