"""The hands in the sample store during a demo: who sells, takes goods in, invoices and keeps the books, act by act.

Each works at a desk that is handed in; a step answers whether anything was done.
"""

from __future__ import annotations

import random
from collections import deque
from datetime import timedelta
from decimal import Decimal

from connectors.sandbox.base import registers as r
from connectors.sandbox.base.build import Clock
from connectors.sandbox.base.desk import Record
from connectors.sandbox.base.people import Receiver, Staff, Till
from connectors.sandbox.shop import Shop
from connectors.sandbox.shop.errors import NotFound
from connectors.sandbox.shop.orders import CANCELED, Order
from connectors.sandbox.shop.wire import stamp
from connectors.sandbox.taste import favourite
from engine.errors import Refused

LOW_STOCK = 4
PRICE_SWING = 0.10
NEW_PRICE_SHARE = 0.3  # of the receipts
UNFLAGGED_MAX = 3  # products off the shop at a time
LATE_CANCEL_S = 60  # after which the office by itself cancels what the shop cancelled and C-Plus still holds
LATE_CANCEL_REASON = "Cancelado pelo comprador"
WITHOUT_NFE_SHARE = 0.2
CENT = Decimal("0.01")

_FREE = "COALESCE(E.ESTATU, 0) - COALESCE(E.RESERVADOORCAMENTO, 0) - COALESCE(E.RESERVADOOS, 0)"
_ON_SALE = (
    "FROM PRODUTO P JOIN PRODUTOCARACTERISTICA C ON C.CODPROD = P.CODPROD AND C.CODCARACTERISTICA = ? "
    "JOIN PRODUTOPRECO V ON V.CODPROD = P.CODPROD AND V.CODPRECO = ? AND V.PRECO > 0"
)
_IS_SOLD = "WHERE P.FLAGINATIVO = 'N' AND COALESCE(P.FLAGNAOVENDER, 'N') = 'N'"
_ON_THE_SHELF = (
    f"SELECT P.CODPROD, P.UNIDADE, {_FREE} AS FREE {_ON_SALE} "
    f"JOIN PRODUTOESTOQUE E ON E.CODPROD = P.CODPROD AND E.CODSETORESTOQUE = ? {_IS_SOLD} AND {_FREE} >= 1 "
    "ORDER BY P.CODPROD"
)
_LOW = (
    f"SELECT P.CODPROD, V.PRECO, COALESCE(SUM({_FREE}), 0) AS FREE {_ON_SALE} "
    f"LEFT JOIN PRODUTOESTOQUE E ON E.CODPROD = P.CODPROD {_IS_SOLD} AND COALESCE(P.FLAGCOMPOSTO, 'N') = 'N' "
    f"GROUP BY P.CODPROD, V.PRECO HAVING COALESCE(SUM({_FREE}), 0) < {LOW_STOCK} ORDER BY P.CODPROD"
)
_OFFERED = f"SELECT P.CODPROD, P.NOMEPROD, P.NOMEPRODWEB {_ON_SALE} {_IS_SOLD} ORDER BY P.CODPROD"
_CUSTOMERS = "SELECT CODCLI, NOMECLI FROM CLIENTE WHERE CODCLI <> ? ORDER BY CODCLI"


class Cashier:
    """At the till: one customer a step, who takes one to three of a thing."""

    def __init__(self, till: Till, chance: random.Random) -> None:
        self._till = till
        self._chance = chance

    def step(self) -> bool:
        """Sell something that lies in the shop; False when another was faster."""
        goods = self._till.read(_ON_THE_SHELF, r.VENDA_ONLINE, r.VAREJO, r.LOJA)
        if not goods:
            return False
        product = favourite(goods, self._chance)
        return self._till.sell(product["CODPROD"], self._quantity(product)) is not None

    def _quantity(self, product: Record) -> Decimal:
        pieces = Decimal(self._chance.choice((1, 1, 1, 2, 3)))
        if product["UNIDADE"] == "MT":
            pieces += Decimal(self._chance.choice((0, 5))) / 10
        return min(pieces, Decimal(product["FREE"]))


class Storekeeper:
    """Takes in what was ordered of goods that run low, now and then at another price."""

    def __init__(self, receiver: Receiver, chance: random.Random) -> None:
        self._receiver = receiver
        self._chance = chance

    def step(self) -> bool:
        """Put one delivery into the shop or the store room."""
        chance = self._chance
        low = self._receiver.read(_LOW, r.VENDA_ONLINE, r.VAREJO)
        if not low:
            return False
        product = chance.choice(low)
        prices = self._new_prices(product["PRECO"]) if chance.random() < NEW_PRICE_SHARE else None
        sector = chance.choice((r.LOJA, r.DEPOSITO))
        self._receiver.receive(product["CODPROD"], chance.randint(5, 20), prices, sector=sector)
        return True

    def _new_prices(self, retail: Decimal) -> dict[str, Decimal]:
        swing = Decimal(str(1 + self._chance.uniform(-PRICE_SWING, PRICE_SWING)))
        shares = {r.VAREJO: Decimal(1), r.ATACADO: Decimal("0.80"), r.REVENDA: Decimal("0.70")}
        return {table: (retail * swing * share).quantize(CENT) for table, share in shares.items()}


class Billing:
    """Makes sales of the shop's orders in C-Plus: of those that are paid, as the shop's own admin shows it."""

    def __init__(self, staff: Staff, shop: Shop, clock: Clock, order_prefix: str, chance: random.Random) -> None:
        self._staff = staff
        self._shop = shop
        self._clock = clock
        self._prefix = f"{order_prefix}-"
        self._chance = chance

    def step(self) -> bool:
        """Invoice the oldest order that can be, or cancel one that the shop cancelled long ago.

        Raises Refused where a colleague or the shop's cancel was faster.
        """
        long_ago = stamp(self._clock.now() - timedelta(seconds=LATE_CANCEL_S))
        for waiting in self._staff.open_orders():
            if not waiting.reference.startswith(self._prefix):
                continue
            number = waiting.reference.removeprefix(self._prefix)
            if waiting.reserved and self._is_paid(number):
                self._staff.invoice(waiting.key, nfe=self._chance.random() >= WITHOUT_NFE_SHARE)
                return True
            if _is_cancelled(self._shop, number, until=long_ago):
                self._staff.cancel_order(waiting.key, LATE_CANCEL_REASON)
                return True
        return False

    def _is_paid(self, number: str) -> bool:
        with self._shop.lock:
            order = _in_the_shop(self._shop, number)
            return order is not None and order.state != CANCELED and order.paid >= order.grand_total


def cancel_as_told(staff: Staff, shop: Shop, order_prefix: str, number: str) -> bool:
    """The operator rings: not to be dispatched. What the shop has cancelled is cancelled in C-Plus, if it still waits.

    False where there was nothing to cancel: invoiced meanwhile, or the shop's order lives.
    """
    if not _is_cancelled(shop, number):
        return False
    found = [order.key for order in staff.open_orders() if order.reference == f"{order_prefix}-{number}"]
    for key in found:
        try:
            staff.cancel_order(key, LATE_CANCEL_REASON)
        except Refused:
            return False  # invoiced or cancelled since we looked
    return bool(found)


def _is_cancelled(shop: Shop, number: str, until: str | None = None) -> bool:
    with shop.lock:
        order = _in_the_shop(shop, number)
        return order is not None and order.state == CANCELED and (until is None or order.updated_at <= until)


def _in_the_shop(shop: Shop, number: str) -> Order | None:
    try:
        return shop.orders.by_increment(number)
    except NotFound:
        return None


class Office:
    """Keeps customers and catalogue: an address, a name for the shop, a product off the shop and back."""

    def __init__(self, staff: Staff, chance: random.Random) -> None:
        self._staff = staff
        self._chance = chance
        self._unflagged: deque[str] = deque()

    def step(self) -> bool:
        """One of these, by chance."""
        (act,) = self._chance.choices((self._edit_customer, self._rename, self._flag), (40, 30, 30))
        return act()

    def _edit_customer(self) -> bool:
        customers = self._staff.read(_CUSTOMERS, r.CONSUMER)
        if not customers:
            return False
        # The newest are the shop's own: their edits have to go there.
        customer = favourite(customers[::-1], self._chance)
        columns = {"NUMEROLOGRADOURO": str(self._chance.randint(1, 2999)), "BAIRRO": self._chance.choice(_DISTRICTS)}
        self._staff.edit_customer(customer["CODCLI"], **columns)
        return True

    def _rename(self) -> bool:
        offered = self._offered()
        if not offered:
            return False
        product = favourite(offered, self._chance)
        name = (product["NOMEPRODWEB"] or product["NOMEPROD"].title()).partition(" | ")[0]
        # Eighty letters and the rest: NOMEPRODWEB holds a hundred.
        self._staff.rename(product["CODPROD"], product["NOMEPROD"], f"{name[:80]} | {self._chance.choice(_CLAIMS)}")
        return True

    def _flag(self) -> bool:
        offered = self._offered()
        if len(self._unflagged) >= UNFLAGGED_MAX or (self._unflagged and self._chance.random() < 0.4):
            self._staff.flag_online(self._unflagged.popleft(), True)
            return True
        if not offered:
            return False
        sku = self._chance.choice(offered)["CODPROD"]
        self._staff.flag_online(sku, False)
        self._unflagged.append(sku)
        return True

    def _offered(self) -> list[Record]:
        return self._staff.read(_OFFERED, r.VENDA_ONLINE, r.VAREJO)


_DISTRICTS = ("CENTRO", "VILA NOVA", "BOA VISTA", "JARDIM AMÉRICA", "MENINO DEUS", "SANTA CECÍLIA")
_CLAIMS = ("Lançamento", "Feito no Brasil", "Edição limitada", "Mais vendido")
