"""A store in virtual time, small enough to live through years: a counter, shops that count for themselves, a link.

It is a model, not the engine: of the engine it has what decides about overselling, which is when it looks at C-Plus,
when it reads orders, how long a push takes, and what it keeps back. A push sets what a shop may sell; what was bought
there meanwhile is subtracted, as a shop does that counts its own open orders.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Trade:
    """What is bought: by so many products, the likelier ones more, `zipf` says how much more.

    Goods come `lead_s` after the last piece is gone, `restock` on average. `down_share` of the time a shop cannot be
    reached, for `down_s` on average; its buyers do not notice.
    """

    products: int = 400
    zipf: float = 0.8
    counter_a_day: float = 400
    shops: int = 3
    shop_a_day: float = 100
    restock: float = 4
    lead_s: float = 12 * 3600
    down_share: float = 0.0
    down_s: float = 1800.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How the shops are kept up with.

    notice_s: from a sale at the counter until it is seen, None = in the cycle only. orders_s: how often orders are
    read, None = in the cycle. buffer: pieces kept back, of a product whose chance of a sale at the counter within a
    cycle is above `rule`. defence: pieces kept back from a shop that was silent, where no more than `few` are left.
    set_aside: each shop sells from a stock of its own.
    """

    name: str
    cycle_s: float = 180
    notice_s: float | None = None
    orders_s: float | None = None
    push_s: float = 3
    buffer: int = 0
    rule: float = 0.0
    defence: int = 0
    few: int = 5
    often: int = 3
    set_aside: bool = False


@dataclass(slots=True)
class Tally:
    """What came of it: `oversold` of `orders` in the shops; `refused` there though there was one; at the counter."""

    orders: int = 0
    oversold: int = 0
    refused: int = 0
    wanted_at_counter: int = 0
    refused_at_counter: int = 0
    stale_s: list[float] = field(default_factory=list)


@dataclass(slots=True)
class _Shop:
    shown: list[int]
    open: list[int]  # by product: orders not read yet
    up: bool = True
    heard_at: float = 0.0
    behind: bool = False
    often: bool = False
    silences: list[float] = field(default_factory=list)


class StoreModel:
    """One run. Everything that happens is an event of the heap: (time, order, what to do)."""

    def __init__(self, trade: Trade, policy: Policy, seed: int) -> None:
        self._trade, self._policy = trade, policy
        self._chance = random.Random(f"{seed}:trade")  # the same trade whatever the policy
        self._goods_chance = random.Random(f"{seed}:goods")
        self._order = itertools.count()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        weights = [1 / (place + 1) ** trade.zipf for place in range(trade.products)]
        self._share = [weight / sum(weights) for weight in weights]
        self._cumulated = list(itertools.accumulate(self._share))
        self.now = 0.0
        self.stock = [self._delivery() for _ in weights]
        self._sold_at: list[float | None] = [None] * trade.products  # since when the shops show what the counter sold
        self._pushing = [False] * trade.products
        self._moved: set[int] = set()  # since the last cycle
        self.shops = [_Shop([0] * trade.products, [0] * trade.products) for _ in range(trade.shops)]
        self.tally = Tally()

    # --- the run ------------------------------------------------------------------------------------------------------

    def run(self, days: float) -> Tally:
        """Let these days pass."""
        for product in range(self._trade.products):
            if self._policy.set_aside:
                self._share_out(product)
            else:
                self._push(product)
        self._next_sale(self._trade.counter_a_day, self._counter_sale)
        for shop in self.shops:
            self._next_sale(self._trade.shop_a_day, partial(self._shop_sale, shop))
            self._next_outage(shop)
        self._at(self._policy.cycle_s, self._cycle)
        if self._policy.orders_s is not None:
            self._at(self._policy.orders_s, self._read_orders)
        end = days * DAY_S
        while self._heap and self._heap[0][0] <= end:
            self.now, _, happens = heapq.heappop(self._heap)
            happens()
        return self.tally

    def _at(self, after_s: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now + after_s, next(self._order), happens))

    def _next_sale(self, a_day: float, sell: Callable[[], None]) -> None:
        def happens() -> None:
            sell()
            self._next_sale(a_day, sell)

        self._at(self._chance.expovariate(a_day / DAY_S), happens)

    def _product(self) -> int:
        return self._chance.choices(range(self._trade.products), cum_weights=self._cumulated)[0]

    # --- the world ----------------------------------------------------------------------------------------------------

    def _delivery(self) -> int:
        """At least one piece; geometric, since deliveries differ."""
        pieces = 1
        while self._goods_chance.random() > 1 / self._trade.restock:
            pieces += 1
        return pieces

    def _counter_sale(self) -> None:
        product = self._product()
        self.tally.wanted_at_counter += 1
        if self.stock[product] > 0:
            self._take(product)
            if self._sold_at[product] is None:
                self._sold_at[product] = self.now
            self._noticed(product)
        elif self._set_aside(product):
            self.tally.refused_at_counter += 1

    def _shop_sale(self, shop: _Shop) -> None:
        product = self._product()
        if shop.shown[product] > 0:
            shop.shown[product] -= 1
            self.tally.orders += 1
            self._moved.add(product)
            if self._policy.set_aside:
                self._gone(product)
            else:
                shop.open[product] += 1
        elif self.stock[product] + self._set_aside(product) > sum(one.open[product] for one in self.shops):
            self.tally.refused += 1

    def _take(self, product: int) -> None:
        self.stock[product] -= 1
        self._moved.add(product)
        self._gone(product)

    def _gone(self, product: int) -> None:
        if self.stock[product] == 0 and not self._set_aside(product):
            self._at(self._trade.lead_s, partial(self._arrive, product))

    def _arrive(self, product: int) -> None:
        if self.stock[product] or self._set_aside(product):
            return
        self.stock[product] += self._delivery()
        self._moved.add(product)
        if self._policy.set_aside:
            self._share_out(product)
        else:
            self._noticed(product)

    def _next_outage(self, shop: _Shop) -> None:
        trade = self._trade
        if not trade.down_share:
            return

        def ends() -> None:
            shop.up = True
            self._all_moved()
            self._next_outage(shop)

        def begins() -> None:
            shop.up = False
            self._at(self._goods_chance.expovariate(1 / trade.down_s), ends)

        between_s = trade.down_s * (1 - trade.down_share) / trade.down_share
        self._at(self._goods_chance.expovariate(1 / between_s), begins)

    # --- the link -----------------------------------------------------------------------------------------------------

    def _cycle(self) -> None:
        moved, self._moved = sorted(self._moved), set()
        for shop in self.shops:
            self._judge(shop)
        for product in moved:
            if self._policy.set_aside:
                self._balance(product)
                continue
            for shop in self.shops:
                self._import(shop, product)
            self._push(product)
        for shop in self.shops:
            if shop.up:
                if shop.behind:
                    self._all_moved()
                shop.heard_at, shop.behind = self.now, False
        self._at(self._policy.cycle_s, self._cycle)

    def _read_orders(self) -> None:
        assert self._policy.orders_s is not None
        for product in sorted(self._moved):
            before = self.stock[product]
            for shop in self.shops:
                self._import(shop, product)
            if self.stock[product] != before:
                self._push(product)
        self._at(self._policy.orders_s, self._read_orders)

    def _all_moved(self) -> None:
        self._moved = set(range(self._trade.products))

    def _judge(self, shop: _Shop) -> None:
        """Whether it was silent, as a look at it finds once it is back; what is long ago counts no more."""
        if not (self._policy.defence and shop.up):
            return
        if self.now - shop.heard_at > 2 * self._policy.cycle_s and not shop.behind:
            shop.behind = True
            shop.silences.append(self.now)
        shop.silences = [at for at in shop.silences if at > self.now - DAY_S]
        often = len(shop.silences) >= self._policy.often
        if often != shop.often:
            shop.often = often
            self._all_moved()

    def _noticed(self, product: int) -> None:
        """Something of it has changed in C-Plus."""
        if self._policy.notice_s is not None and not self._pushing[product]:
            self._pushing[product] = True
            self._at(self._policy.notice_s, partial(self._push, product))

    def _import(self, shop: _Shop, product: int) -> None:
        """Its orders are reserved, or there is nothing left to reserve."""
        if not shop.up:
            return
        orders, shop.open[product] = shop.open[product], 0
        for _ in range(orders):
            if self.stock[product] > 0:
                self._take(product)
            else:
                self.tally.oversold += 1

    def _wanted(self, shop: _Shop, product: int) -> int:
        policy = self._policy
        left = self.stock[product] - (policy.buffer if self._needs_buffer(product) else 0)
        if policy.defence and left <= policy.few and (shop.behind or shop.often):
            left -= policy.defence
        return max(0, left)

    def _needs_buffer(self, product: int) -> bool:
        a_cycle: float = self._trade.counter_a_day * self._share[product] * self._policy.cycle_s / DAY_S
        return a_cycle > self._policy.rule

    def _shows(self, shop: _Shop, product: int) -> int:
        return shop.shown[product] + shop.open[product]

    def _push(self, product: int) -> None:
        """What is wanted now stands in the shops once the push has landed, less what was bought there meanwhile."""
        self._pushing[product] = False
        sold_at, self._sold_at[product] = self._sold_at[product], None
        for shop in self.shops:
            if not shop.up:
                self._sold_at[product] = sold_at  # it goes on showing it
                self._moved.add(product)
                continue
            self._judge(shop)
            wanted = self._wanted(shop, product)
            if wanted != self._shows(shop, product):
                self._at(self._policy.push_s, partial(self._land, shop, product, wanted, sold_at))

    def _land(self, shop: _Shop, product: int, wanted: int, sold_at: float | None) -> None:
        shop.shown[product] = wanted - shop.open[product]
        if sold_at is not None:
            self.tally.stale_s.append(self.now - sold_at)
        before = self.stock[product]
        self._import(shop, product)  # orders may have crossed the push: they are read after it
        if self.stock[product] != before:
            self._push(product)  # the other shops are told at once

    # --- stock set aside ----------------------------------------------------------------------------------------------

    def _set_aside(self, product: int) -> int:
        return sum(shop.shown[product] for shop in self.shops) if self._policy.set_aside else 0

    def _share_out(self, product: int) -> None:
        """A delivery, by what counter and shops sell of it; what cannot be halved goes to the counter."""
        trade, pieces = self._trade, self.stock[product]
        each = int(pieces * trade.shop_a_day / (trade.counter_a_day + trade.shops * trade.shop_a_day))
        for shop in self.shops:
            if shop.up:
                shop.shown[product] += each
                self.stock[product] -= each

    def _balance(self, product: int) -> None:
        """One piece a cycle goes where none is left, taken away first and given once that is certain."""
        having = [shop for shop in self.shops if shop.up and shop.shown[product] > 0]
        lacking = [shop for shop in self.shops if shop.up and shop.shown[product] == 0]
        if self.stock[product] == 0 and having:
            max(having, key=lambda shop: shop.shown[product]).shown[product] -= 1
            self.stock[product] += 1
        elif self.stock[product] > 1 and lacking:
            self.stock[product] -= 1
            lacking[0].shown[product] += 1
            self._moved.add(product)
