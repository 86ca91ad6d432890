"""The sample OpenMage as one object in memory: its parts, its API users and sessions, what it mailed and was asked.

Whoever speaks to it from another thread than the one that serves it holds `lock` meanwhile; its own methods do.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count

from connectors.sandbox.openmage.catalogue import Catalogue, Product
from connectors.sandbox.openmage.errors import ApiFault
from connectors.sandbox.openmage.people import People
from connectors.sandbox.openmage.sales import Order, Sales
from connectors.sandbox.shop.faults import Faults
from connectors.sandbox.shop.mail import Mail

REQUESTS_KEPT = 20_000


@dataclass(frozen=True)
class Asked:
    """One call as the shop saw it; those within a multiCall each for itself. `protocol` is xmlrpc or soap."""

    protocol: str
    method: str
    args: tuple[object, ...]


class OpenMage:
    """Empty at the start, but for what a fresh shop has. `users` are the API users with their keys.

    `faults` match on "xmlrpc" or "soap" and the method, a multiCall as `multiCall METHOD` of its first.
    """

    def __init__(self, clock: Callable[[], datetime], users: Mapping[str, str]) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.users = dict(users)
        self.denied: set[str] = set()  # methods that the users may not call
        self.rewrites = True  # else the web server finds the API below /index.php only
        self.ws_i = False  # SOAP v2 takes envelopes of the WS-I profile then, and no others
        self.soap_works = True  # a shop that cannot read its own WSDL answers no SOAP call
        self.brazil: dict[int, tuple[str, str]] = {}  # region id -> code and name, where a module brought them
        self.mail: list[Mail] = []
        self.requests: deque[Asked] = deque(maxlen=REQUESTS_KEPT)
        self.faults = Faults()
        self.catalogue = Catalogue(clock)
        self.people = People(clock)
        self.sales = Sales(clock, self.catalogue, self.mail.append)
        self._sessions: dict[str, str] = {}
        self._session_ids = count(1)

    # ------------------------------------------------------------- sessions

    def login(self, user: str, key: str) -> str:
        """A session; the user's former one ends."""
        if not key or self.users.get(user) != key:
            raise ApiFault("access_denied")
        session = f"{next(self._session_ids):032x}"
        self._sessions[user] = session
        return session

    def is_open(self, session: object) -> bool:
        return session in self._sessions.values()

    def end_sessions(self) -> None:
        """An hour has passed."""
        with self.lock:
            self._sessions.clear()

    # ------------------------------------------------------------- visitors and the shop's own admin

    def product(self, sku: str) -> Product:
        with self.lock:
            return self.catalogue.of(sku, "sku")

    def on_shelf(self, sku: str) -> bool:
        with self.lock:
            found = self.catalogue.by_sku(sku)
            return found is not None and found.salable()

    def price(self, sku: str, quantity: int = 1, group: str = "0") -> Decimal:
        """What a visitor of that group pays for each of so many pieces."""
        with self.lock:
            return self.product(sku).price(group, Decimal(quantity), self.clock().date())

    def order(
        self,
        lines: Mapping[str, int],
        payment: str = "boleto",
        *,
        guest: Mapping[str, str],
        address: Mapping[str, str],
        shipping_title: str = "Correios - PAC",
        freight: Decimal = Decimal("18.90"),
        review: bool = False,
    ) -> Order:
        """A guest orders; the CPF stands in the order's taxvat."""
        with self.lock:
            buyer = {"group_id": "0", **guest}
            place = {"firstname": guest["firstname"], "lastname": guest["lastname"], "country_id": "BR", **address}
            return self.sales.place(
                lines, payment, buyer, place, shipping_title=shipping_title, freight=freight, review=review
            )

    def gateway(self, number: str, accept: bool) -> None:
        """The decision on a payment in review."""
        with self.lock:
            self.sales.review(self.sales.order(number), accept)

    def asked(self, method: str) -> list[Asked]:
        """The calls of one method so far."""
        with self.lock:
            return [one for one in self.requests if one.method == method]
