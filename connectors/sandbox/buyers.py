"""What buyers do in the sample shop, and the gateway that decides their cards in review: one act per step.

A step answers whether anything was done; what the shop refuses them is raised as the shop's own error.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from connectors.sandbox.base.build import Clock
from connectors.sandbox.shop import Delivery, Shop
from connectors.sandbox.shop.storefront import PICK_UP
from connectors.sandbox.shop.wire import stamp
from connectors.sandbox.taste import favourite
from connectors.sandbox.visitors import Visitor

LINES_MAX = 3
LAST_PIECES_SHARE = 0.15  # of the orders take what is nearly sold out as well
LAST_PIECES_MAX = 4
REVIEW_SHARE = 0.25  # of the cards
ACCEPTED_SHARE = 0.75  # of the reviews
REVIEW_S = 6
SECOND_THOUGHTS_S = 8  # nobody cancels sooner

_PAYMENTS = ("pix", "boleto", "cartao")
_PAYMENT_WEIGHTS = (35, 25, 40)
_DELIVERIES = (
    Delivery("correios_pac", "Correios PAC", Decimal("18.90")),
    Delivery("correios_sedex", "Correios SEDEX", Decimal("32.50")),
    PICK_UP,
)
_DELIVERY_WEIGHTS = (50, 30, 20)


class Buyers:
    """Guests and registered customers who order one to three products, now and then the last pieces of one more."""

    def __init__(self, shop: Shop, people: Sequence[Visitor], chance: random.Random) -> None:
        self._shop = shop
        self._people = people
        self._chance = chance
        self._came = 0

    def step(self) -> bool:
        """Somebody orders."""
        chance, storefront = self._chance, self._shop.storefront
        visitor = self._somebody()
        registers = chance.random() < 0.4
        customer_id = _account_of(self._shop, visitor)
        if customer_id is None and registers:
            customer_id = storefront.register(visitor.account).customer_id
        cart = self._cart(customer_id)
        if not cart:
            return False
        (payment,) = chance.choices(_PAYMENTS, _PAYMENT_WEIGHTS)
        (delivery,) = chance.choices(_DELIVERIES, _DELIVERY_WEIGHTS)
        review = payment == "cartao" and chance.random() < REVIEW_SHARE
        guest, address = (visitor.guest, visitor.address) if customer_id is None else (None, None)
        storefront.place_order(cart, payment, customer_id, guest, address, delivery=delivery, review=review)
        return True

    def _somebody(self) -> Visitor:
        """A new face, or one of those who have been here."""
        if self._came and self._chance.random() < 0.25:
            return self._people[self._chance.randrange(min(self._came, len(self._people)))]
        self._came += 1
        return self._people[(self._came - 1) % len(self._people)]

    def _cart(self, customer_id: int | None) -> dict[str, Decimal | int]:
        shelf = [
            (piece.sku, piece.available)
            for offer in self._shop.storefront.shelf(customer_id)
            for piece in offer.variants or (offer,)
            if piece.available >= 1
        ]
        lines = min(len(shelf), self._chance.randint(1, LINES_MAX))
        wanted = {favourite(sorted(shelf), self._chance) for _ in range(lines)}
        cart: dict[str, Decimal | int] = {
            sku: min(int(available), self._chance.choice((1, 1, 2))) for sku, available in sorted(wanted)
        }
        if shelf and self._chance.random() < LAST_PIECES_SHARE:
            # They may lie in two sectors, or go over the counter meanwhile: this is how orders come to be short.
            sku, available = min(shelf, key=lambda piece: (piece[1], piece[0]))
            cart[sku] = min(int(available), LAST_PIECES_MAX)
        return cart


class SecondThoughts:
    """What people do besides ordering: open an account, move house, change their mind."""

    def __init__(self, shop: Shop, clock: Clock, people: Sequence[Visitor], chance: random.Random) -> None:
        self._shop = shop
        self._clock = clock
        self._people = people
        self._chance = chance

    def step(self) -> bool:
        """One of these, by chance."""
        (act,) = self._chance.choices((self._move, self._change_mind, self._register), (40, 35, 25))
        return act()

    def _move(self) -> bool:
        with self._shop.lock:
            known = [(c.customer_id, list(c.addresses[0].street)) for c in self._shop.customers.by_id.values()]
        if not known:
            return False
        customer_id, street = self._chance.choice(known)
        street[1] = str(self._chance.randint(1, 2999))
        self._shop.storefront.edit_address(customer_id, {"street": street})
        return True

    def _change_mind(self) -> bool:
        before = stamp(self._clock.now() - timedelta(seconds=SECOND_THOUGHTS_S))
        with self._shop.lock:
            open_orders = [
                order.increment_id
                for order in self._shop.orders.by_id.values()
                if order.can_cancel and not order.invoiced and order.created_at <= before
            ]
        return bool(open_orders) and self._shop.storefront.cancel_order(self._chance.choice(open_orders))

    def _register(self) -> bool:
        # From the end of the list: who only looks today orders when the others have been through.
        visitor = self._people[-1 - self._chance.randrange(len(self._people) // 4)]
        if _account_of(self._shop, visitor) is not None:
            return False
        self._shop.storefront.register(visitor.account)
        return True


class Gateway:
    """The payment provider, who looks at a card in review for some seconds."""

    def __init__(self, shop: Shop, clock: Clock, chance: random.Random) -> None:
        self._shop = shop
        self._clock = clock
        self._chance = chance

    def step(self) -> bool:
        """Decide the oldest payment that has waited long enough."""
        before = stamp(self._clock.now() - timedelta(seconds=REVIEW_S))
        with self._shop.lock:
            due = [order.increment_id for order in self._shop.orders.in_review() if order.created_at <= before]
        if not due:
            return False
        self._shop.storefront.gateway(due[0], self._chance.random() < ACCEPTED_SHARE)
        return True


def _account_of(shop: Shop, visitor: Visitor) -> int | None:
    with shop.lock:
        customer = shop.customers.find(visitor.email)
        return customer.customer_id if customer is not None else None
