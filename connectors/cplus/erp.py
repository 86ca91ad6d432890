"""The port `Erp`, answered by C-Plus: each call is one piece of work for the thread of a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from connectors.cplus import (
    catalogue,
    customers,
    identity,
    orders,
    people,
    photos,
    prices,
    reserve,
    stock,
)
from connectors.cplus.actor import Actor
from connectors.cplus.online import mark
from connectors.cplus.opening import Opener
from connectors.cplus.session import Session
from connectors.cplus.settings import Options
from connectors.cplus.when import to_local
from engine.model import (
    Catalogue,
    ErpCustomer,
    ErpIdentity,
    ErpOrder,
    ErpOrderState,
    ErpSnapshot,
    OrderCodes,
    Person,
    PhotoStamp,
    Price,
    PriceTable,
    WrittenOrder,
)
from engine.ports import Surroundings

T = TypeVar("T")


class CPlus:
    """C-Plus over two connections: one reads, so that a long read never keeps an order waiting; one writes.

    Nothing is opened before the first call. A connection that broke is opened anew by the next one.
    """

    def __init__(self, options: Options, password: str, surroundings: Surroundings) -> None:
        self._options = options
        self._surroundings = surroundings
        self._opener = Opener(options, password, surroundings)
        self._reader = Actor("cplus-reader", self._opener.session)
        self._writer = Actor("cplus-writer", self._opener.session)

    async def identity(self) -> ErpIdentity:
        """Which base answers. Raises Misconfigured("erp-option-unknown") for a configured key that it does not have."""
        return await self._read(lambda session: identity.read(session, self._options))

    async def pulse(self) -> str:
        """Equal to an earlier one when nobody but us began a transaction since, and none of theirs stood open."""
        unlike = self._surroundings.new_id()
        return await self._read(lambda session: identity.pulse(session, self._opener.begins, unlike))

    async def catalogue(self, tags: Sequence[str], cursor: str | None) -> Catalogue:
        """Products that carry one of the tags."""
        now = self._now()
        return await self._read(lambda session: catalogue.read(session, self._options, tags, cursor, now))

    async def price_tables(self) -> tuple[PriceTable, ...]:
        """All price tables."""
        return await self._read(prices.tables)

    async def prices(self, cursor: str | None) -> tuple[Sequence[Price] | None, str]:
        """All prices, or None when none changed."""
        return await self._read(lambda session: prices.read(session, cursor))

    async def photo_stamps(self, cursor: str | None) -> tuple[Sequence[PhotoStamp] | None, str]:
        """All photos of the base without their bytes, or None when none changed."""
        return await self._read(lambda session: photos.stamps(session, cursor))

    async def photo(self, key: str) -> bytes | None:
        """The bytes of a photo."""
        return await self._read(lambda session: photos.read(session, key))

    async def snapshot(self, order_keys: Sequence[str], *, stock: bool = True) -> ErpSnapshot:
        """Stock and the states of these orders at one moment."""
        return await self._read(lambda session: _snapshot(session, self._options, order_keys, stock))

    async def customers(self, cursor: str | None) -> tuple[Sequence[ErpCustomer], str]:
        """Customers that may have changed since the cursor; none with None: from now on."""
        now = self._now()
        return await self._read(lambda session: customers.changed(session, self._options, cursor, now))

    async def customer(self, code: str) -> ErpCustomer | None:
        """One customer by his CODCLI."""
        return await self._read(lambda session: customers.one(session, self._options, code))

    async def find_customers(self, document: str, email: str) -> Sequence[ErpCustomer]:
        """Customers with this document, else with this e-mail."""
        return await self._read(lambda session: customers.find(session, self._options, document, email))

    async def take_customer_code(self) -> str:
        """A free CODCLI."""
        return await self._write(customers.take_code)

    async def create_customer(self, code: str, person: Person, price_table: str | None) -> None:
        """Insert the customer and its tag under this key."""
        now = self._now()
        await self._write(lambda session: customers.create(session, self._options, code, person, price_table, now))

    async def update_customer(self, code: str, changes: Mapping[str, str]) -> None:
        """Write these fields."""
        now = self._now()
        await self._write(lambda session: customers.update(session, code, changes, now))

    async def fit(self, field: str, value: str) -> str:
        """The value as C-Plus would hold it."""
        return await self._read(lambda session: people.fit(session.layout, field, value))

    async def take_order_codes(self) -> OrderCodes:
        """A free CODORC and the next NUMEROORCAMENTO."""
        return await self._write(orders.take_codes)

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        """Header, lines and reservation in one transaction."""
        now = self._now()
        return await self._write(lambda session: orders.write(session, self._options, codes, order, now))

    async def find_orders(self, reference: str) -> Sequence[ErpOrderState]:
        """Orders with this reference in any column that was ever used for it."""
        return await self._read(lambda session: orders.find(session, self._options, reference))

    async def reserve_order(self, key: str) -> WrittenOrder:
        """Reserve all open lines of an unreserved order, or none."""
        now = self._now()
        return await self._write(lambda session: reserve.reserve(session, self._options, key, now))

    async def release_order(self, key: str) -> ErpOrderState:
        """Give back what a reserved order holds."""
        now = self._now()
        return await self._write(lambda session: reserve.release(session, self._options, key, now))

    async def cancel_order(self, key: str, reason: str) -> ErpOrderState:
        """Cancel and give back, exactly once."""
        now = self._now()
        return await self._write(lambda session: reserve.cancel(session, self._options, key, reason, now))

    async def set_online(self, sku: str, tag: str, online: bool) -> None:
        """Add or remove the product's tag."""
        now = self._now()
        await self._write(lambda session: mark(session, sku, tag, online, now))

    async def close(self) -> None:
        """Let go of connections and threads."""
        await self._reader.close()
        await self._writer.close()

    async def _read(self, work: Callable[[Session], T]) -> T:
        return await self._reader.run(work, self._options.read_timeout_s)

    async def _write(self, work: Callable[[Session], T]) -> T:
        return await self._writer.run(work, self._options.write_timeout_s)

    def _now(self) -> datetime:
        return to_local(self._surroundings.clock.now(), self._options.zone)


def _snapshot(session: Session, options: Options, order_keys: Sequence[str], with_stock: bool) -> ErpSnapshot:
    return stock.snapshot(session, options, order_keys, stock=with_stock)
