"""Reads of the ERP that all accounts share: each happens once, however many tasks ask for it.

A read that finds the base's pulse unmoved since the last one does nothing.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import anyio

from engine import erp_states
from engine.base_watch import BaseWatch
from engine.errors import RetryLater
from engine.ports import Erp, Surroundings
from engine.store import accounts, arrivals, erp_lines, mirror, price_mirror
from engine.store import orders as order_table
from engine.store.accounts import ERP
from engine.store.database import Store
from engine.store.instants import from_text, to_text

PHOTOS_PER_CYCLE = 200
LOOK_BACK = timedelta(days=30)
"""How long after an order ended its returns and its NF-e are looked at."""

_COMPARE_AT = "-compare-at"
_ARRIVALS_AT = "arrivals-read-at"
_LOOK_BACK_AT = "orders-look-back-at"
_Orders = tuple[list[str], list[str], dict[str, str]]
_NONE: _Orders = ([], [], {})
PHOTO_BYTES_MAX = 20_000_000
LOOKS_KEPT = 1_000

PhotoCheck = Callable[[bytes], str | None]


class Looks:
    """When the ERP was looked at, and what a look that found something may have missed until then."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._found: deque[tuple[datetime, float]] = deque(maxlen=LOOKS_KEPT)

    def note(self, began: datetime, *, moved_at: datetime | None) -> None:
        """One look; `moved_at`: when what it found was stored."""
        if moved_at is not None and self._last is not None:
            self._found.append((moved_at, max(0.0, (began - self._last).total_seconds())))
        self._last = began

    def unseen_s(self, stored_at: datetime) -> float:
        """Seconds between the look that found what was stored by then and the one before it; 0 where nobody knows."""
        return next((seconds for at, seconds in reversed(self._found) if at <= stored_at), 0.0)


class ErpReads:
    """The mirror's feeder. One per engine."""

    def __init__(
        self,
        store: Store,
        erp: Erp,
        base: BaseWatch,
        surroundings: Surroundings,
        tags: Sequence[str],
        full_compare_s: float,
    ) -> None:
        self._store = store
        self._erp = erp
        self._base = base
        self._clock = surroundings.clock
        self._tags = tuple(tags)
        self._full_compare_s = full_compare_s
        self._pulses: dict[str, str] = {}
        self._written = {"catalogue": 0, "stock": 0}
        self._locks = {name: anyio.Lock() for name in ("catalogue", "prices", "photos", "stock", "arrivals")}
        self._stock_looks = Looks()

    def wrote(self, part: str) -> None:
        """A write of ours to the catalogue or the stock is committed: the pulse does not tell, so look at it next."""
        self._written[part] += 1

    async def catalogue(self) -> int:
        """Products, grids, kits and payment options; all of them on the slower clock. Answers how many changed."""
        async with self._locks["catalogue"]:
            mark = f"{await self._erp.pulse()}|{self._written['catalogue']}"
            cursor, full = await self._cursor("catalogue")
            if not full and self._pulses.get("catalogue") == mark:
                return 0
            read = await self._erp.catalogue(self._tags, cursor)
            following = self._next_compare()

            def store(db: sqlite3.Connection) -> int:
                changed = mirror.store_catalogue(db, read, self._tags)
                mirror.store_payment_options(db, read.payment_options)
                _passed(db, "catalogue", read.cursor, following if read.complete else None)
                return changed

            changed = await self._store.write(store)
            self._pulses["catalogue"] = mark
            return changed

    async def prices(self) -> int:
        """All price tables and prices, on the slower clock whatever the cursor says; answers how many changed."""
        async with self._locks["prices"]:
            pulse = await self._erp.pulse()
            cursor, full = await self._cursor("prices")
            if not full and self._pulses.get("prices") == pulse:
                return 0
            tables = await self._erp.price_tables()
            prices, new_cursor = await self._erp.prices(cursor)
            now, following = self._clock.now(), self._next_compare()

            def store(db: sqlite3.Connection) -> int:
                price_mirror.store_price_tables(db, tables)
                changed = 0 if prices is None else price_mirror.store_prices(db, prices, now)
                _passed(db, "prices", new_cursor, following if full else None)
                return changed

            changed = await self._store.write(store)
            self._pulses["prices"] = pulse
            return changed

    async def _cursor(self, part: str) -> tuple[str | None, bool]:
        """Where the last read of this part stood; none, and True, when everything is to be compared.

        A cursor rests on stamps that not every program sets and on sums that may collide: it is a fast lane, never the
        only way of a change.
        """
        cursor, compare_at = await self._store.read(
            lambda db: (accounts.cursor(db, ERP, part), accounts.cursor(db, ERP, f"{part}{_COMPARE_AT}"))
        )
        full = compare_at is None or from_text(compare_at) <= self._clock.now()
        return (None, True) if full else (cursor, False)

    def _next_compare(self) -> str:
        return to_text(self._clock.now() + timedelta(seconds=self._full_compare_s))

    async def arrivals(self) -> None:
        """Goods on order, on the slower clock only: their tables are read whole."""
        async with self._locks["arrivals"]:
            due = await self._store.read(lambda db: accounts.cursor(db, ERP, _ARRIVALS_AT))
            now = self._clock.now()
            if due is not None and from_text(due) > now:
                return
            found = await self._erp.arrivals()
            following = to_text(now + timedelta(seconds=self._full_compare_s))

            def store(db: sqlite3.Connection) -> None:
                mirror.mark_changed(db, arrivals.store_arrivals(db, found))
                accounts.set_cursor(db, ERP, _ARRIVALS_AT, following)

            await self._store.write(store)

    async def photos(self, check: PhotoCheck) -> int:
        """Which photos exist, and what the bytes of new ones are, one at a time; answers how many were read."""
        async with self._locks["photos"]:
            pulse = await self._erp.pulse()
            cursor, full = await self._cursor("photos")
            if full or self._pulses.get("photos") != pulse:
                stamps, new_cursor = await self._erp.photo_stamps(cursor)
                following = self._next_compare()

                def store(db: sqlite3.Connection) -> None:
                    if stamps is not None:
                        mirror.store_photo_stamps(db, stamps)
                    _passed(db, "photos", new_cursor, following if full else None)

                await self._store.write(store)
            unread = await self._store.read(lambda db: mirror.unread_photos(db, PHOTOS_PER_CYCLE))
            for sku, key, stamp in unread:
                await self._read_photo(sku, key, stamp, check)
            if len(unread) < PHOTOS_PER_CYCLE:
                self._pulses["photos"] = pulse
            return len(unread)

    async def _read_photo(self, sku: str, key: str, stamp: str, check: PhotoCheck) -> None:
        data = await self._erp.photo(key) or b""
        problem = "photo-too-large" if len(data) > PHOTO_BYTES_MAX else check(data)
        digest = hashlib.sha256(data).hexdigest()
        await self._store.write(lambda db: mirror.store_photo(db, sku, key, stamp, digest, len(data), problem))

    def stock_unseen_s(self, stored_at: datetime) -> float:
        """For how many seconds at most the ERP had what was stored by then, and nobody here knew."""
        return self._stock_looks.unseen_s(stored_at)

    async def stock_and_orders(self) -> int:
        """Stock and the states of our open orders, from one snapshot; answers how many SKUs and orders moved.

        What follows from it for orders (invoiced, fallen short, goods arrived) is decided in the same transaction.
        """
        async with self._locks["stock"]:
            began = self._clock.now()
            pulse = await self._erp.pulse()
            ours = await self._base.has_our_orders()
            incarnation = await self._erp.incarnation()
            now = self._clock.now()
            keys, closed, linked = await self._store.read(lambda db: _orders_to_look_at(db, now)) if ours else _NONE
            # What we wrote ourselves since the last read must be seen too; the pulse tells of others only.
            mark = f"{pulse}|{','.join(keys)}|{linked}|{self._written['stock']}"
            promised = await self._store.read(_promises_wait)
            if self._pulses.get("stock") == mark and not promised and not closed:
                self._stock_looks.note(began, moved_at=None)
                return 0
            number = await self._store.write(mirror.begin_snapshot)
            snapshot = await self._erp.snapshot([*keys, *closed], linked=linked)
            if await self._erp.incarnation() != incarnation:
                raise RetryLater("erp-base-changed")  # a key there may be another's order
            now = self._clock.now()

            def store(db: sqlite3.Connection) -> int:
                moved = len(mirror.store_stock(db, snapshot.stock, number, now))
                if closed:
                    following = now + timedelta(seconds=self._full_compare_s)
                    accounts.set_cursor(db, ERP, _LOOK_BACK_AT, to_text(following))
                return moved + erp_states.take_over(db, keys, snapshot.orders, number, now) if ours else moved

            moved = await self._store.write(store)
            self._stock_looks.note(began, moved_at=now if moved else None)
            self._pulses["stock"] = mark
            return moved


def _passed(db: sqlite3.Connection, part: str, cursor: str, compare_at: str | None) -> None:
    """What was read is stored: the next read begins here, the next whole comparison then."""
    accounts.set_cursor(db, ERP, part, cursor)
    if compare_at is not None:
        accounts.set_cursor(db, ERP, f"{part}{_COMPARE_AT}", compare_at)


def _orders_to_look_at(db: sqlite3.Connection, now: datetime) -> _Orders:
    """ERP keys of the open orders; on the slower clock those that ended lately; and the sales linked to any by hand."""
    look_back_at = accounts.cursor(db, ERP, _LOOK_BACK_AT)
    due = look_back_at is None or from_text(look_back_at) <= now
    closed = erp_lines.closed_erp_keys(db, now - LOOK_BACK) if due else []
    return order_table.open_erp_keys(db), closed, erp_lines.linked_sales(db)


def _promises_wait(db: sqlite3.Connection) -> bool:
    """Whether a confirmed reservation waits for a snapshot that shows it."""
    row = db.execute("SELECT 1 FROM order_line WHERE promised AND promised_until_snapshot IS NOT NULL LIMIT 1")
    return row.fetchone() is not None


def no_picture(data: bytes) -> str | None:
    """The problem of bytes that no shop would show: empty, or none of the formats of the web."""
    known = data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
    return None if known else "photo-no-picture"
