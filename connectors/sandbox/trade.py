"""The trade of a demo: tills, goods, office, buyers and gateway, each in a thread of its own, at a pace to watch.

Nobody begins before something is on the shop's shelf. What goes wrong as in any shop (sold out, somebody was faster)
is part of it; anything else is a bug, is kept, and is raised when the trade ends.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

from firebird.driver import DatabaseError

from connectors.cplus.base import firebird
from connectors.sandbox.base.build import Clock
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.buyers import Buyers, Gateway, SecondThoughts
from connectors.sandbox.hands import Billing, Cashier, Office, Storekeeper
from connectors.sandbox.shop import Shop
from connectors.sandbox.shop.errors import NotFound as ShopNotFound
from connectors.sandbox.shop.errors import Refused as ShopRefused
from connectors.sandbox.visitors import visitors
from engine.errors import Refused

LOOK_S = 0.25  # between two looks whether anything is on the shelf
LEAVE_S_MAX = 15.0  # after the end of the trade

Step = Callable[[], bool]
Arrive = Callable[[ExitStack, random.Random], Step]

_SOMEBODY_WAS_FASTER = frozenset({firebird.Kind.CONFLICT, firebird.Kind.LOCK_TIMEOUT})

# How long each waits between two acts, in seconds on average; two tills make a counter sale every three.
PAUSES_S = {
    "till-1": 6.0,
    "till-2": 6.0,
    "storekeeper": 7.0,
    "billing": 2.5,
    "office": 9.0,
    "buyers": 4.0,
    "second-thoughts": 10.0,
    "gateway": 2.0,
}


class Trade:
    """One trading day. `pace` 1 is for watching; smaller is faster. `seed` with the role's name draws its choices."""

    def __init__(
        self,
        database: firebird.Database,
        shop: Shop,
        clock: Clock,
        seed: int,
        *,
        order_prefix: str,
        known_customers: int = 0,
        pace: float = 1.0,
    ) -> None:
        self._shop = shop
        self._seed = seed
        self._pace = pace
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._bugs: list[Exception] = []
        self.done: Counter[str] = Counter(dict.fromkeys(PAUSES_S, 0))
        """Acts by role (a key of PAUSES_S)."""
        people = visitors(seed, known_customers, clock.now())
        self._roles: dict[str, Arrive] = {
            "till-1": lambda desks, chance: Cashier(desks.enter_context(Till(database, clock)), chance).step,
            "till-2": lambda desks, chance: Cashier(desks.enter_context(Till(database, clock)), chance).step,
            "storekeeper": lambda desks, chance: (
                Storekeeper(desks.enter_context(Receiver(database, clock)), chance).step
            ),
            "billing": lambda desks, chance: (
                Billing(desks.enter_context(Staff(database, clock)), shop, clock, order_prefix, chance).step
            ),
            "office": lambda desks, chance: Office(desks.enter_context(Staff(database, clock)), chance).step,
            "buyers": lambda _, chance: Buyers(shop, people, chance).step,
            "second-thoughts": lambda _, chance: SecondThoughts(shop, clock, people, chance).step,
            "gateway": lambda _, chance: Gateway(shop, clock, chance).step,
        }

    def start(self) -> None:
        """Open the doors."""
        assert not self._threads, "a trading day is opened once"
        for name, arrive in self._roles.items():
            thread = threading.Thread(target=self._work, args=(name, arrive), name=f"demo {name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Close the doors and wait until everybody has left. Raises ExceptionGroup of the bugs that were met."""
        self._stop.set()
        for thread in self._threads:
            thread.join(LEAVE_S_MAX)
        late = [thread.name for thread in self._threads if thread.is_alive()]
        bugs = [*self._bugs, *(RuntimeError(f"{name} did not leave") for name in late)]
        if bugs:
            raise ExceptionGroup("the demo's trade", bugs)

    def _work(self, name: str, arrive: Arrive) -> None:
        chance = random.Random(f"{self._seed}:{name}")
        try:
            while not something_to_sell(self._shop):
                if self._stop.wait(LOOK_S):
                    return
            with ExitStack() as desks:
                step = arrive(desks, chance)
                while not self._stop.wait(self._pause_s(name, chance)):
                    self.done[name] += _is_done(step)
        except Exception as error:
            error.add_note(f"in the demo's trade: {name}, seed {self._seed}")
            self._bugs.append(error)

    def _pause_s(self, name: str, chance: random.Random) -> float:
        """Between a quarter and nearly twice the average."""
        return PAUSES_S[name] * self._pace * chance.uniform(0.25, 1.75)


def something_to_sell(shop: Shop) -> bool:
    """Whether a buyer finds anything on the shelf."""
    with shop.lock:
        return any(
            shop.checkout.offered(product) and shop.salable(product.sku) >= 1
            for product in shop.catalogue.by_id.values()
            if not product.configurable
        )


def _is_done(step: Step) -> bool:
    try:
        return step()
    except (ShopRefused, ShopNotFound, Refused):
        return False  # sold out, no longer offered, cancelled or invoiced meanwhile
    except DatabaseError as error:
        if firebird.classify(error).kind in _SOMEBODY_WAS_FASTER:
            return False
        raise
