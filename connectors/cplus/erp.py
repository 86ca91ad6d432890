"""The port `Erp`, answered by C-Plus: each call is one piece of work for the thread of a connection."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from connectors.cplus import notices
from connectors.cplus.base import identity
from connectors.cplus.base.actor import Actor
from connectors.cplus.base.claims import Claims
from connectors.cplus.base.incarnation import BaseChanged, Incarnations
from connectors.cplus.base.opening import Opener
from connectors.cplus.base.session import Session
from connectors.cplus.base.when import to_local
from connectors.cplus.changes.fast_lane import FastLane
from connectors.cplus.goods import arrivals, catalogue, keys, photos, prices, stock
from connectors.cplus.goods.online import mark
from connectors.cplus.invoicing import candidates, states
from connectors.cplus.orders import delivery, release, reserve, writing
from connectors.cplus.orders.reference_index import ReferenceIndex
from connectors.cplus.people import cities, customers, mapping
from connectors.cplus.people.index import PeopleIndex
from connectors.cplus.settings import Options
from engine.errors import CodeTaken
from engine.model.erp import (
    ErpChanges,
    ErpIdentity,
    ErpNotice,
    ErpOrder,
    ErpOrderState,
    ErpSnapshot,
    LetGo,
    OrderCodes,
    SaleCandidate,
    WrittenOrder,
)
from engine.model.goods import Arrival, Catalogue, PhotoStamp, PriceList, PriceTable, ProductKey
from engine.model.people import ErpCustomer, Person, Recipient
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
        self._incarnations = Incarnations()
        self._claims = Claims(surroundings.mark)
        self._references = ReferenceIndex(options)
        self._people = PeopleIndex()
        self._reader = Actor("cplus-reader", self._open)
        self._writer = Actor("cplus-writer", self._open)
        self._fast_lane = FastLane(options, self._opener, self._reader, self._at_writer, surroundings.clock)

    async def identity(self) -> ErpIdentity:
        """Which base answers. Raises Misconfigured("erp-option-unknown") for a configured key that it does not have."""
        await self._reader.close()  # a connection from before may still hold a file that others do not see any more
        return await self._read(self._identity)

    async def notices(self) -> Sequence[ErpNotice]:
        """Who keeps a transaction open for hours."""
        return await self._read(lambda session: notices.read(session, self._options))

    async def incarnation(self) -> str:
        """Differs after the base was found to be another file than before; opens nothing."""
        return self._incarnations.newest

    async def is_claimed(self) -> bool:
        """Whether our claim was seen to be the only one since a connection was last opened."""
        return self._claims.is_known

    async def claim(self) -> None:
        """Hold the claim on the connection that writes, or see that it is still the only one."""
        await self._at_writer(self._claims.take)

    async def let_go(self) -> None:
        """Take our claim back."""
        if self._claims.is_held:
            await self._at_writer(self._claims.let_go)

    async def pulse(self) -> str:
        """Equal to an earlier one when nobody but us began a transaction since, and none of theirs stood open."""
        unlike = self._surroundings.new_id()
        return await self._read(lambda session: self._pulse(session, unlike))

    async def changes(self, ring: Callable[[], None]) -> ErpChanges | None:
        """What the log of Integra's triggers tells; None where the options do not name one."""
        return await self._fast_lane.look(ring) if self._options.change_log else None

    async def catalogue(self, tags: Sequence[str], cursor: str | None) -> Catalogue:
        """Products that carry one of the tags."""
        now = self._now()
        return await self._read(lambda session: catalogue.read(session, self._options, tags, cursor, now))

    async def product_keys(self) -> Sequence[ProductKey]:
        """What all active products are known by."""
        return await self._read(lambda session: keys.read(session, self._options))

    async def price_tables(self) -> tuple[PriceTable, ...]:
        """All price tables."""
        return await self._read(prices.tables)

    async def prices(self, cursor: str | None) -> tuple[PriceList | None, str]:
        """All prices, or None when none changed."""
        today = self._now().date()
        return await self._read(lambda session: prices.read(session, self._options, cursor, today))

    async def arrivals(self) -> Sequence[Arrival] | None:
        """Goods on open purchase orders; None where the layout does not tell what has come."""
        today = self._now().date()
        return await self._read(lambda session: arrivals.read(session, self._options, today))

    async def photo_stamps(self, cursor: str | None) -> tuple[Sequence[PhotoStamp] | None, str]:
        """All photos of the base without their bytes, or None when none changed."""
        return await self._read(lambda session: photos.stamps(session, cursor))

    async def photo(self, key: str) -> bytes | None:
        """The bytes of a photo."""
        return await self._read(lambda session: photos.read(session, key))

    async def snapshot(
        self, order_keys: Sequence[str], *, linked: Mapping[str, str] | None = None, stock: bool = True
    ) -> ErpSnapshot:
        """Stock and the states of these orders at one moment."""
        return await self._read(lambda session: _snapshot(session, self._options, order_keys, linked or {}, stock))

    async def customers(self, cursor: str | None) -> tuple[Sequence[ErpCustomer], str]:
        """Customers that may have changed since the cursor; none with None: from now on."""
        now = self._now()
        return await self._read(lambda session: customers.changed(session, self._options, cursor, now))

    async def customer(self, code: str) -> ErpCustomer | None:
        """One customer by his CODCLI."""
        return await self._read(lambda session: customers.one(session, self._options, code))

    async def find_customers(self, document: str, email: str) -> Sequence[ErpCustomer]:
        """Customers with this document, else with this e-mail."""
        return await self._read(lambda session: customers.find(session, self._options, self._people, document, email))

    async def marked_customers(self, tag: str) -> Sequence[ErpCustomer]:
        """Customers with this characteristic (CODCARACTERISTICAPESSOA)."""
        return await self._read(lambda session: customers.marked(session, self._options, tag))

    async def knows_city(self, city: str, state: str) -> bool | None:
        """Whether CIDADE has this city of the state."""
        return await self._read(lambda session: cities.known(session, city, state))

    async def take_customer_code(self) -> str:
        """A free CODCLI."""
        return await self._write(lambda session: customers.take_code(session, self._options))

    async def create_customer(self, code: str, person: Person, price_table: str | None, channel_id: str = "") -> None:
        """Insert the customer and its tag under this key."""
        new = customers.New(code, person, price_table, channel_id)
        now = self._now()
        await self._write(lambda session: customers.create(session, self._options, new, now))
        self._people.made(code, person.document, person.email)

    async def update_customer(self, code: str, changes: Mapping[str, str]) -> None:
        """Write these fields."""
        now = self._now()
        await self._write(lambda session: customers.update(session, self._options, code, changes, now))

    async def fit(self, field: str, value: str) -> str:
        """The value as C-Plus would hold it."""
        return await self._read(lambda session: mapping.fit(session.layout, field, value))

    async def take_order_codes(self) -> OrderCodes:
        """A free CODORC and the next NUMEROORCAMENTO."""
        return await self._write(lambda session: writing.take_codes(session, self._options))

    async def write_order(self, codes: OrderCodes, order: ErpOrder) -> WrittenOrder:
        """Header, lines and reservation in one transaction."""
        now = self._now()

        def work(session: Session) -> WrittenOrder:
            self._references.add(session, order.reference, codes.key)
            try:
                return writing.write(session, self._options, codes, order, now)
            except CodeTaken:  # another's order stands under it, and would be found as ours
                self._references.drop(session, order.reference, codes.key)
                raise

        return await self._write(work)

    async def find_orders(self, reference: str) -> Sequence[ErpOrderState]:
        """Orders with this reference in any column that was ever used for it."""
        return await self._read(lambda session: writing.find(session, self._options, self._references, reference))

    async def reserve_order(self, key: str) -> WrittenOrder:
        """Reserve all open lines of an unreserved order, or none."""
        now = self._now()
        return await self._write(lambda session: reserve.reserve(session, self._options, key, now))

    async def release_order(self, key: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Give back what a reserved order holds."""
        now = self._now()
        return await self._write(lambda session: reserve.release(session, self._options, key, uncontrolled, now))

    async def cancel_order(self, key: str, reason: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Cancel and give back, exactly once."""
        now = self._now()
        return await self._write(lambda session: reserve.cancel(session, self._options, key, reason, uncontrolled, now))

    async def correct_delivery(self, key: str, to: Recipient) -> ErpOrderState:
        """Write where an open order goes to."""
        return await self._write(lambda session: delivery.correct(session, self._options, key, to))

    async def release_invoiced(self, key: str, uncontrolled: Collection[str] = ()) -> LetGo:
        """Give back what an invoiced order still has reserved, exactly once."""
        now = self._now()
        return await self._write(lambda session: release.invoiced(session, self._options, key, uncontrolled, now))

    async def invoice_xml(self, key: str, linked: str = "") -> bytes | None:
        """The authorised NF-e or NFC-e of an order's newest standing sale."""
        return await self._read(lambda session: states.invoice_xml(session, self._options, key, linked))

    async def sale_candidates(self, key: str) -> Sequence[SaleCandidate]:
        """Sales of the last days that may be this order typed again."""
        now = self._now()
        return await self._read(lambda session: candidates.find(session, self._options, key, now))

    async def set_online(self, sku: str, tag: str, online: bool) -> None:
        """Add or remove the product's tag."""
        now = self._now()
        await self._write(lambda session: mark(session, self._options, sku, tag, online, now))

    async def close(self) -> None:
        """Let go of connections and threads."""
        await self._fast_lane.close()
        await self._reader.close()
        await self._writer.close()

    async def _read(self, work: Callable[[Session], T]) -> T:
        return await self._reader.run(work, self._options.read_timeout_s)

    async def _write(self, work: Callable[[Session], T]) -> T:
        def claimed(session: Session) -> T:
            self._claims.guard(session)
            return work(session)

        return await self._at_writer(claimed)

    async def _at_writer(self, work: Callable[[Session], T]) -> T:
        def guarded(session: Session) -> T:
            self._incarnations.guard(session)
            return work(session)

        try:
            return await self._writer.run(guarded, self._options.write_timeout_s)
        except BaseChanged:
            await self._writer.close()  # it may be the one that still holds the former file
            raise

    def _open(self) -> Session:
        session = self._opener.session()
        self._incarnations.opened(session)
        self._claims.opened()
        return session

    def _identity(self, session: Session) -> ErpIdentity:
        found = identity.read(session, self._options)
        self._incarnations.accept(session)
        return replace(found, incarnation=session.incarnation)

    def _pulse(self, session: Session, unlike: str) -> str:
        pulse = identity.pulse(session, self._opener.begins, unlike)
        self._incarnations.reached(session)
        return pulse

    def _now(self) -> datetime:
        return to_local(self._surroundings.clock.now(), self._options.zone)


def _snapshot(
    session: Session, options: Options, order_keys: Sequence[str], linked: Mapping[str, str], with_stock: bool
) -> ErpSnapshot:
    return stock.snapshot(session, options, order_keys, linked, stock=with_stock)
